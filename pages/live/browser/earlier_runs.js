// Earlier runs: dashed curves on the charts, each with its number at its end, and the numbered list that names them.

const DASHES = [[6, 3], [2, 2], [9, 3, 2, 3], [1, 4]];

/** The dash pattern of the earlier run at a place in the list. */
export const dashOf = (i) => DASHES[i % DASHES.length];

export class EarlierRunsList {
  constructor(list) {
    this.list = list;
  }

  /** @param {object[]} runs  of the Run on view */
  show(runs) {
    this.list.hidden = !runs.length;
    const key = runs.map(({ label }) => label).join("\n");
    if (key === this.shown) return;
    this.shown = key;
    this.list.replaceChildren(...runs.map(({ label }, i) => listItem(`${i + 1}: ${label}`, dashOf(i))));
  }
}

function listItem(label, dash) {
  const item = document.createElement("li");
  item.innerHTML = `<svg viewBox="0 0 26 6" aria-hidden="true"><path d="M0 3h26" stroke-dasharray="${dash.join(" ")}"/></svg>`;
  item.append(label);
  return item;
}

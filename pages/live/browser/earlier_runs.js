// The list of runs: the one on view and earlier ones, each with the colour and the number of its curve. Earlier runs of this browser can
// be renamed, pinned, hidden, removed from the list, and shown beside the run on view. One button at a time is in the tab order, and the
// arrow keys move between them.

import { element } from "./elements.js";

const DASHES = [[6, 3], [2, 2], [9, 3, 2, 3], [1, 4]];
const LONGEST_NAME = 80;

/** The style of an earlier run's curve on the charts. */
export const curveStyle = (theme, run, { number }) => ({ colour: runColour(theme, run, number), width: 1.4, dash: DASHES[number % DASHES.length], tag: String(number) });

/** The colour of a run in the list: that of its number or, where an older run has it, the next one that is free. */
export function runColour({ runs: colours }, { present, earlierRuns }, number) {
  const taken = new Map();
  for (const each of [present, ...earlierRuns].filter(Boolean).map((entry) => entry.number).sort((a, b) => a - b)) {
    const own = each % colours.length;
    const inOrder = [...colours.slice(own), ...colours.slice(0, own)];
    taken.set(each, inOrder.find((colour) => ![...taken.values()].includes(colour)) ?? colours[own]);
  }
  return taken.get(number);
}

/** What a run is called: by the learner, or by itself. */
export const nameOf = ({ name, automatic, label }) => name ?? automatic ?? label;

/** The same with its number and, where the next run may learn something else, with its data set. */
const titleOf = (entry) => [`${entry.number}: ${nameOf(entry)}`, entry.dataset].filter(Boolean).join(" · ");

export class EarlierRunsList {
  /** @param {{mark: function, compare: function}} actions  mark(entry, marks), compare(entry) */
  constructor(list, actions) {
    this.list = list;
    this.actions = actions;
    list.onkeydown = (event) => this.move(event);
    list.addEventListener("focusin", ({ target }) => this.reach(target));
  }

  move(event) {
    const buttons = [...this.list.querySelectorAll("button")];
    const next = buttons[buttons.indexOf(event.target) + ({ ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key] ?? NaN)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  /** Puts one button into the tab order, and takes the others out of it. */
  reach(target) {
    for (const button of this.list.querySelectorAll("button")) button.tabIndex = button === target ? 0 : -1;
  }

  /**
   * @param {Run} run
   * @param {string|null} compared  id of the run that is shown beside it
   */
  show(theme, run, compared) {
    const { present, earlierRuns: earlier } = run;
    this.list.hidden = !earlier.length;
    const rows = [...(present ? [{ ...present, present: true }] : []), ...earlier];
    const facts = rows.map(({ run, number, name, automatic, pinned, hidden, comparison, present: now }) => [run, number, name, automatic, pinned, hidden, comparison, now]);
    const key = JSON.stringify([facts, compared, theme.dark]);
    if (key === this.shown || this.list.querySelector("input")) return;
    this.shown = key;
    const focused = this.list.contains(this.list.getRootNode().activeElement) && this.list.getRootNode().activeElement.dataset.testid;
    this.list.replaceChildren(...rows.map((row) => this.item(curveStyle(theme, run, row), row, row.run !== undefined && row.run === compared)));
    const first = this.list.querySelector("button");
    const again = focused && (this.list.querySelector(`[data-testid="${focused}"]`) ?? first);
    this.reach(again || first);
    if (again) again.focus();
  }

  item({ colour, dash }, entry, compared) {
    const { number, present, pinned, hidden, run } = entry;
    const item = element("li");
    item.innerHTML = `<svg viewBox="0 0 26 6" aria-hidden="true"><path d="M0 3h26" stroke="${colour}" ${present ? "" : `stroke-dasharray="${dash.join(" ")}"`}/></svg>`;
    item.classList.toggle("hidden-run", Boolean(hidden));
    const name = titleOf(entry);
    if (!run) {
      item.append(name);
      return item;
    }
    const button = (what, text, title, pressed, action) => {
      const made = element("button", text);
      Object.assign(made, { type: "button", className: "quiet", title, onclick: action });
      if (text !== name) made.ariaLabel = `${what} ${name}`;
      if (pressed !== null) made.setAttribute("aria-pressed", String(Boolean(pressed)));
      made.dataset.testid = `run-${number}-${what}`;
      item.append(made);
    };
    const { mark, compare } = this.actions;
    button("name", name, "Rename", null, () => this.rename(item, entry));
    if (present) {
      item.append(element("span", "on view"));
      return item;
    }
    if (entry.comparison) button("compare", "compare", "Show side by side", compared, () => compare(entry));
    button("pin", "pin", "Keep in this list", pinned, () => mark(entry, { pinned: !pinned }));
    button("hide", "hide", "Leave out of the charts", hidden, () => mark(entry, { hidden: !hidden }));
    button("remove", "×", "Remove from this list; its link still opens it", null, () => mark(entry, { removed: true }));
    return item;
  }

  /** Puts a field in place of the name. Enter stores what is typed, an empty field brings back the name that the run has by itself. */
  rename(item, entry) {
    const field = element("input");
    Object.assign(field, { type: "text", maxLength: LONGEST_NAME, value: nameOf(entry), ariaLabel: `Name of run ${entry.number}` });
    const end = (stored) => {
      field.onblur = null;
      field.remove();
      this.shown = null; // drawn again
      const name = field.value.trim() || null;
      this.actions.mark(entry, stored && name !== nameOf(entry) ? { name } : {});
      this.list.querySelector(`[data-testid="run-${entry.number}-name"]`)?.focus();
    };
    field.onblur = () => end(true);
    field.onkeydown = ({ key }) => (key === "Enter" || key === "Escape") && end(key === "Enter");
    item.querySelector("button").replaceWith(field);
    field.select();
  }
}

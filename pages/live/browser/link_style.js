// How a link shows its weight: thicker and more opaque the larger it is, on one scale for all networks, so that small weights look faint.

const FULL = 3; // a weight from which on a link is as thick and opaque as it gets
const STEPS = 4; // for each factor of two: weights of the same step are drawn together

const strength = (weight) => Math.min(1, Math.abs(weight) / FULL) ** 0.75;

/** @returns {{width: number, opacity: number}} */
export const linkStyle = (weight) => ({ width: 0.4 + 5.6 * strength(weight), opacity: 0.06 + 0.94 * strength(weight) ** 0.7 });

/** A whole number with the sign of the weight: links of one step look the same. */
export const stepOf = (weight) => Math.sign(weight) * (100 + Math.max(-60, Math.round(STEPS * Math.log2(Math.abs(weight)))));

/** A weight in the middle of a step. */
export const weightOf = (step) => 2 ** ((Math.abs(step) - 100) / STEPS);

/** Shows the scale: a line for each of a few weights. */
export function showLinkScale(list) {
  const lines = [0.1, 1, FULL].map((weight) => {
    const item = document.createElement("span");
    const line = document.createElement("i");
    const { width, opacity } = linkStyle(weight);
    Object.assign(line.style, { borderTopWidth: `${width}px`, opacity });
    item.append(line, weight === FULL ? `${weight}+` : String(weight));
    return item;
  });
  list.replaceChildren(...lines);
}

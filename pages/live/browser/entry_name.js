// Names of weights and biases: a program counts from 0, W1[0,3] or b1[19], a reader from 1, as the picture of the network does.

/** The name of a link's weight: W1[0,3]. */
export const entryOf = ([layer, below, unit]) => `W${layer}[${below},${unit}]`;

/**
 * @param {string} entry  W1[0,3] or b1[19]
 * @param {{sizes: number[], classes: string[], inputs?: {names: string[]}}} started
 * @returns {string}  "weight of x₁ → unit 4" or "bias of unit 20"
 */
export function entryInWords(entry, { sizes, classes, inputs }) {
  const [layer, ...indices] = entry.match(/\d+/g).map(Number);
  const name = (l, unit) => {
    if (l === 0) return inputs?.names[unit] ?? `input ${unit + 1}`;
    if (l === sizes.length - 1) return classes[unit];
    return `unit ${unit + 1}${sizes.length > 3 ? ` of layer ${l}` : ""}`;
  };
  if (indices.length === 1) return `bias of ${name(layer, indices[0])}`;
  return `weight of ${name(layer - 1, indices[0])} → ${name(layer, indices[1])}`;
}

// What is wrong with a run while it trains, if anything: the first of these that holds, so that a cause comes before its effects.

import { clearGap } from "./chance.js";
import { DEAD, gradientPerWeight, OVERFITTING } from "./healthy.js";
import { percent, short } from "./number_text.js";

const EXPLODING = 10; // gradient of a weight, on average; a healthy one is below 1
const VANISHING = 1e-7; // below which the gradient of a weight moves nothing
const SHRINKING = 100; // times that the gradient of the output layer's weights is larger
const LARGE_UPDATE = 0.1; // of the length of the weights: a hundred times the healthy pace
const FIRST_STEPS = 10; // whose updates may be large
const LEARNED = 0.9; // training accuracy from which on a small gradient is a good sign

/**
 * @param {{step: number, diagnostics: object[]}} frame
 * @param {number[]} sizes     units of every layer
 * @param {object} evaluation  the newest, or undefined
 * @param {object} examples    as in measuredOn
 * @returns {{name: string, layer: number, size: string}|null}  name: "exploding", "rate", "vanishing", "dead" or "overfitting"
 */
export function causeOf({ step, diagnostics }, sizes, evaluation, examples) {
  const layers = diagnostics.map((of) => ({ layer: of.layer, update: of.update_ratio, dead: of.dead_share, gradient: gradientPerWeight(of, sizes, sizes) }));
  if (!layers.length) return null;
  const found = (name, holds, size) => {
    const layer = layers.find(holds);
    return layer && { name, layer: layer.layer, size: size(layer) };
  };
  const output = layers.at(-1).gradient;
  const learned = evaluation?.train_accuracy >= LEARNED;
  const gap = evaluation ? clearGap(evaluation, examples) : 0;
  return (
    found("exploding", ({ gradient }) => gradient > EXPLODING, ({ gradient }) => short(gradient, 2)) ??
    found("rate", ({ update }) => step > FIRST_STEPS && update > LARGE_UPDATE, ({ update }) => percent(update, 0)) ??
    found("vanishing", ({ layer, gradient, dead }) => layer < layers.length && dead !== 1 && !learned && (gradient < VANISHING || SHRINKING * gradient < output), ({ gradient }) => short(gradient, 2)) ??
    found("dead", ({ dead }) => dead > DEAD, ({ dead }) => percent(dead, 0)) ??
    (gap > OVERFITTING ? { name: "overfitting", layer: 0, size: (100 * gap).toFixed(0) } : null)
  );
}

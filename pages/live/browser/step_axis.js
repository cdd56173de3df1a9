// The axis of steps, which the charts of loss and accuracy share.

import { count, layers, short } from "./number_text.js";

/**
 * How positions on the axis are written: as steps, or as epochs.
 * @param {number|null} stepsPerEpoch  null to write steps
 * @param {function} entryAt           step → the network of a table that it belongs to, or undefined
 */
export function stepAxis(stepsPerEpoch, entryAt) {
  if (stepsPerEpoch) {
    const format = (step) => `epoch ${short(step / stepsPerEpoch)}`;
    return { unit: stepsPerEpoch, wholeNumbers: false, title: "epoch (times through the training data)", format };
  }
  const format = (step) => [entryAt(step) && layers(entryAt(step).depth), `step ${count(step)}`].filter(Boolean).join(", ");
  return { unit: 1, wholeNumbers: true, title: "step (mini-batch updates)", format };
}

const FIRST_END = 1000; // of the axis before a run without a limit

/** The last step on the axis: the same for both charts, so that they can be compared. */
export function axisEnd({ series, evaluations, curves, ended }, iterations) {
  if (!series.length) return endBeforeRun(curves, iterations);
  const step = Math.max(series.last, evaluations.at(-1)?.step ?? 0);
  return ended ? Math.max(step, 1) : roundedEnd(step, iterations);
}

/** As far as the earlier runs went, or else as far as this one will go. */
function endBeforeRun(curves, iterations) {
  if (!curves.length) return iterations || FIRST_END;
  return Math.max(1, ...curves.map((run) => run.loss.step.at(-1) || 0));
}

/** A round number beyond `step`, so that the axis grows in jumps and the curve does not shift all the time. */
function roundedEnd(step, iterations) {
  const power = 10 ** Math.floor(Math.log10(Math.max(step, 10)));
  const end = [1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15].map((m) => m * power).find((v) => v >= step * 1.04) || step;
  return Math.max(1, iterations ? Math.min(end, iterations) : end);
}

/**
 * The sections of a chart: where each network of a table begins on the axis, and its label there.
 * @param {object[]|undefined} entries  of the started event
 * @param {boolean} top                 whether the labels stand at the top
 */
export function networkSections(entries, top) {
  if (!entries) return null;
  const firstOfDepth = (entry, i) => entry.depth !== entries[i - 1]?.depth;
  const depths = entries.filter(firstOfDepth);
  const oneSeed = depths.length === entries.length;
  const full = entries.map((entry, i) => ({
    x: entry.first, text: [...(firstOfDepth(entry, i) ? [layers(entry.depth)] : []), ...(oneSeed ? [] : [`seed ${entry.seed}`])].join(", "),
  }));
  const depthsOnly = (text) => depths.map((entry) => ({ x: entry.first, text: text(entry.depth) }));
  return { top, starts: entries.map((entry) => entry.first), labels: [full, depthsOnly(layers), depthsOnly(String)] };
}

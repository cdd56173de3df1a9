// What the chart of the accuracy shows: accuracy on training and validation data, each time it was measured.

import { clearGap, luck } from "./chance.js";
import { curveStyle } from "./earlier_runs.js";
import { OVERFITTING } from "./healthy.js";
import { count, layers, percent } from "./number_text.js";
import { networkSections } from "./step_axis.js";

const LABELS_MEET = 0.15; // accuracies so close that labels on their lines would overlap
const GUESSING_MARGIN = 0.03; // an accuracy at most this far above the share of one class, or as far as luck reaches, counts as guessing
const CLOSE = 2.5; // points between training and validation, up to which they count as close

/** The reference, of those with the settings they were measured with, that fits a run with these settings; or undefined. */
export function referenceOf(settings, references) {
  const equal = ([name, value]) => JSON.stringify(settings[name]) === JSON.stringify(value);
  return references.find((reference) => Object.entries(reference.settings).every(equal));
}

/** The picture for LineChart.draw. */
export function accuracyPicture(theme, { run, classes, end, axis, stepsPerEpoch, cursor }, reference) {
  const { evaluations, curves } = run;
  const x = evaluations.map(({ step }) => step);
  const lines = curves.map((each) => ({ x: each.val.step, y: each.val.accuracy, ...curveStyle(theme, run, each) }));
  lines.push({ x, y: evaluations.map((each) => each.train_accuracy), colour: theme.training, width: 2, dots: true, label: "training", onCurve: true });
  lines.push({ x, y: evaluations.map((each) => each.val_accuracy), colour: theme.validation, width: 2.4, dots: true, label: "validation", onCurve: true, main: true });
  const inTrainingMode = evaluations.map((each) => each.val_accuracy_train_mode ?? NaN);
  if (inTrainingMode.some(Number.isFinite)) lines.push({ x, y: inTrainingMode, colour: theme.validation, width: 1.4, dash: [5, 3], label: "in training mode" });
  if (reference?.val_accuracy) {
    const y = reference.val_accuracy;
    lines.push({ x: y.map((_, i) => (i + 1) * stepsPerEpoch), y, colour: theme.soft, width: 1.4, dash: [2, 3], label: reference.label });
  }
  const final = reference?.final;
  const reported = Number.isFinite(final) ? `${reference.label}: ${percent(final)}` : "";
  const atGuessing = reported && Math.abs(final - 1 / classes) < LABELS_MEET;
  return {
    x: [0, end],
    y: [0, 1],
    axis,
    cursor,
    sections: networkSections(run.started?.entries, true),
    yTitle: "accuracy (%)",
    yTick: (v) => String(Math.round(100 * v)),
    yValue: (v) => percent(v),
    lines,
    references: [
      // Its label is at the left where the curves end near it, with theirs at the right.
      ...(classes ? [{ y: 1 / classes, label: `guessing: ${percent(1 / classes, classes > 5 ? 0 : 1)}${atGuessing ? `; ${reported}` : ""}`, left: nearGuessing(evaluations, classes) }] : []),
      ...(reported ? [{ y: final, label: atGuessing ? "" : reported, left: true }] : []),
    ],
    empty: evaluations.length || curves.length ? null : "The accuracy will be drawn here",
    emptyAt: final > 0.4 ? 0.37 : 0.85, // clear of that line, and of the label of guessing below it
  };
}

function nearGuessing(evaluations, classes) {
  const last = evaluations.at(-1);
  return Boolean(last) && Math.min(last.train_accuracy, last.val_accuracy) - 1 / classes < 0.25;
}

/**
 * @param {object} evaluation  the newest, or the newest up to the snapshot on view
 * @param {object} entry       the network of a table that it belongs to, or undefined
 * @param {number} classes     how many there are
 * @param {number|null} final  validation accuracy of a run that ended between two evaluations
 * @param {object} examples    as in measuredOn
 * @param {string} state       of the run
 * @param {object} past        the snapshot on view; null or undefined for the present
 */
export function accuracyTitle({ evaluation, entry, classes, final, examples, state, past }) {
  if (state === "diverged" && !past) return "No accuracy: the run diverged";
  if (!evaluation) return "Accuracy";
  const { train_accuracy: train, val_accuracy: val } = evaluation;
  if (past) return `Validation ${percent(val)} at step ${count(evaluation.step)}`;
  if (entry) return `Validation ${percent(val)} with ${layers(entry.depth)}`;
  if (final !== null) return `Validation ${percent(final)} at the end`;
  const head = `Validation ${percent(val)}`;
  const guessed = (accuracy, n) => accuracy < 1 / classes + Math.max(GUESSING_MARGIN, luck(1 / classes, n));
  if (guessed(train, examples.train) && guessed(val, examples.val)) return `${head}: as good as guessing`;
  const points = 100 * (train - val);
  if (Math.abs(points) <= CLOSE) return `${head}, close to training`;
  const beside = `${head}, ${Math.abs(points).toFixed(0)} points ${points > 0 ? "behind" : "ahead of"} training`;
  if (!clearGap(evaluation, examples)) return `${beside}: this can be chance`;
  return train - val > OVERFITTING ? `${beside}: overfitting` : beside;
}

// What the chart of the loss shows: every step as a pale band, the exponential mean as a line, earlier runs thin and dashed.

import { curveStyle, runColour } from "./earlier_runs.js";
import { trend } from "./loss_series.js";
import { count, layers, loss as lossText, short } from "./number_text.js";
import { ENDED } from "./run.js";
import { networkSections } from "./step_axis.js";
import { mix } from "./theme.js";

/** The picture for LineChart.draw. */
export function lossPicture(theme, { run, classes, end, axis, cursor }, logarithmic) {
  const { series, curves, present } = run;
  const { step: x, low, high, smooth } = series;
  const guessing = classes ? Math.log(classes) : null;
  const top = greatestLoss(smooth, curves, guessing);
  const earlier = curves.map((each) => ({ x: each.loss.step, y: each.loss.smooth, ...curveStyle(theme, run, each) }));
  const colour = present ? runColour(theme, run, present.number) : theme.ink;
  return {
    x: [0, end],
    y: logarithmic ? [Math.max(1e-6, Math.min(leastPositive(low), top / 10)) * 0.9, top] : [0, top],
    logarithmic,
    axis,
    yTitle: "loss (nats)",
    yTick: (v) => short(v, 2),
    yValue: lossText,
    band: { x, low, high, colour: mix(theme.ink, theme.paper, 0.8), label: "each step" },
    lines: [...earlier, { x, y: smooth, colour, width: 2.4, label: "smoothed", main: true }],
    references: guessing && guessing < top ? [{ y: guessing, label: `guessing: log ${classes} ≈ ${guessing.toFixed(2)}` }] : [],
    marks: run.marks,
    cursor,
    sections: networkSections(run.started?.entries, false),
    empty: series.length || curves.length ? null : "The loss will be drawn here",
  };
}

/** The upper end of the axis. An earlier run that diverged must not flatten the curve of the run on view. */
function greatestLoss(smooth, earlierRuns, guessing) {
  const own = Math.max(0, ...smooth);
  const limit = Math.max(1.6 * (guessing || 1), 1.3 * own);
  const earlier = Math.max(0, ...earlierRuns.flatMap((run) => run.loss.smooth));
  const greatest = Math.max(own, Math.min(earlier, limit));
  return 1.12 * (greatest > 0 ? greatest : guessing ? 1.3 * guessing : 1);
}

const leastPositive = (values) => Math.min(...values.filter((v) => v > 0));

/**
 * @param {object} entry   the network of a table that is being trained, or undefined
 * @param {number} edited  the loss measured after a weight was changed, if no step was taken since
 * @param {object} past    the snapshot on view; null or undefined for the present
 */
export function lossTitle({ series, state, entry, edited, past }) {
  if (past) return past.step ? `Loss ${lossText(series.at(past.step))} at step ${count(past.step)}` : "Loss before the first step";
  if (edited !== undefined && state === "paused") return `Loss ${lossText(edited)} after your change`;
  if (!series.length) return "Loss";
  const now = lossText(series.now);
  if (entry) return `Loss ${now} with ${layers(entry.depth)}`;
  if (state === "diverged") return "Loss out of bounds: the steps were too large";
  const ended = ENDED.includes(state);
  switch (trend(series)) {
    case "falling":
      return ended ? `Loss ${now}, and it was still falling` : `Loss ${now} and still falling`;
    case "level":
      return ended ? `Loss levelled off at ${now}` : `Loss ${now} and levelling off`;
    case "flat":
      return `Loss ${now} and flat since the start`;
    case "rising":
    case "climbing":
    case "exploding":
      return `Loss ${now} and ${trend(series)}`;
    default:
      return `Loss ${now}`;
  }
}

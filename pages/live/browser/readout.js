// The row of figures: step, epoch, speed, time left, learning rate, accuracies.

import { setText } from "./elements.js";
import { count, duration, percent, short } from "./number_text.js";
import { TIME_LEFT } from "./run.js";

export function showReadout({ run, find, iterations, lab, controls, data }) {
  const { past, frameOnView: frame, stepOnView: step } = run;
  const newest = run.evaluationOnView;
  const evaluation = run.state === "diverged" && !past ? null : newest; // accuracies from before that are no result
  const none = run.state === "none";
  const epoch = frame && (past || !(newest?.step > frame.step)) ? frame.epoch : (newest?.epoch ?? 0);
  const speed = past ? frame[lab.speed.name] : (run.end?.[lab.speed.name] ?? (["running", "paused"].includes(run.state) ? frame?.[lab.speed.name] : null));
  const secondsLeft = past || run.state === "running" ? frame?.seconds_left : null;
  const texts = {
    step: [none ? 0 : step, iterations].filter((steps) => steps !== null && steps !== undefined).map(count).join(" / "),
    epoch: none ? "0" : epoch < 1 ? short(epoch, 2) : epoch < 10 ? epoch.toFixed(1) : count(epoch),
    speed: speed ? lab.speed.format(speed) : "–",
    left: Number.isFinite(secondsLeft) ? duration(secondsLeft) : ((past ? null : TIME_LEFT[run.state]) ?? (run.state === "running" && iterations === null ? "no limit" : "–")),
    rate: short(frame?.learning_rate ?? controls.values.learning_rate ?? data.settings.learning_rate),
    train: evaluation ? percent(evaluation.train_accuracy) : "–",
    val: evaluation ? percent((past ? null : run.finalAccuracy) ?? evaluation.val_accuracy) : "–",
  };
  for (const [name, text] of Object.entries(texts)) setText(find(`readout-${name}`), text);
  find("readout-bar").style.transform = `scaleX(${iterations ? Math.min(1, step / iterations) : 0})`;
}

// The slider under the loss: it shows the run as it was at an earlier step, while the training goes on. Its positions are the snapshots of the
// run, and the last one is the present.

import { setText } from "./elements.js";
import { count, loss } from "./number_text.js";
import { remember, remembered } from "./tab_storage.js";

const STORED = "backprop-lab-time"; // the run and the step on view, over a reload

export class TimeSlider {
  /**
   * @param {function} find    testid to element
   * @param {object} actions   onMove(): what is on view has changed; onError(message); trainOn(step)
   */
  constructor(find, run, { file, onMove, onError, trainOn }) {
    const parts = { box: "time", range: "time-range", past: "time-past", now: "time-now", trainOn: "train-on" };
    this.parts = Object.fromEntries(Object.entries(parts).map(([name, testid]) => [name, find(testid)]));
    Object.assign(this, { run, file, onMove, onError });
    const { range, now } = this.parts;
    range.oninput = () => this.go(Number(range.value));
    now.onclick = () => {
      this.go(this.earlier.length);
      range.focus(); // the button disappears
    };
    this.parts.trainOn.onclick = () => this.origin && trainOn(this.origin.step);
  }

  /** The snapshots before the present step. */
  get earlier() {
    const { list } = this.run.snapshots;
    return list.at(-1)?.step >= this.run.step ? list.slice(0, -1) : list;
  }

  /** From which snapshot the button trains on: the one on view, or the newest before it with weights. */
  get origin() {
    return this.run.snapshots.trainableAt(this.run.stepOnView);
  }

  /** Shows the snapshot at a position, or the present for the position after the last one. */
  async go(position) {
    const { run, earlier } = this;
    const snapshot = earlier[position];
    this.wanted = snapshot;
    if (!snapshot) return this.show(null);
    const load = (each) => run.snapshots.load(this.file(), each);
    try {
      const frame = await load(snapshot);
      if (this.wanted === snapshot && run.snapshots.list.includes(snapshot)) this.show({ ...snapshot, frame });
      for (const next of [earlier[position - 1], earlier[position + 1]]) if (next) load(next).catch(() => {});
    } catch (error) {
      if (this.wanted !== snapshot) return;
      this.onError(error.message);
      this.show(run.past);
    }
  }

  show(past) {
    this.wanted = null;
    this.run.past = past;
    remember(STORED, past && JSON.stringify([this.run.id, past.step]));
    this.onMove();
  }

  /** The step of a run that this tab has shown last, null for the present one. */
  rememberedStep(id) {
    const [run, step] = JSON.parse(remembered(STORED) ?? "[]");
    return run === id ? step : null;
  }

  draw() {
    const { run, earlier, origin } = this;
    const { box, range, past, now, trainOn } = this.parts;
    box.hidden = !earlier.length;
    range.max = String(earlier.length);
    const position = run.past ? earlier.findIndex(({ step }) => step === run.past.step) : earlier.length;
    if (!this.wanted) range.value = String(position); // else the slider is ahead of the picture that is being loaded
    range.style.setProperty("--fill", `${(100 * position) / Math.max(1, earlier.length)}%`);
    const step = run.stepOnView;
    const value = run.series.at(step);
    const here = `step ${count(step)} of ${count(run.step)}${Number.isFinite(value) ? `, loss ${loss(value)}` : ""}`;
    range.setAttribute("aria-valuetext", run.past ? here : "now"); // the present changes too often to be read aloud
    past.hidden = !run.past && !(run.ended && origin?.step === run.step); // a run that has ended can be trained on as well
    now.hidden = !run.past;
    trainOn.ariaDisabled = String(!origin);
    trainOn.title = origin ? "A new run that starts with these weights and the settings that are chosen now" : "This network is too large: its weights are not stored";
    setText(trainOn, origin ? `Continue from step ${count(origin.step)}` : "Continue from here");
  }
}

// The progress of a study: figures about its trials, and the trials in training. Its charts are drawn by the page (trial_reports.js).

import { element, setText } from "./elements.js";
import { count, duration, percent, short } from "./number_text.js";
import { TIME_LEFT } from "./run.js";

export const trials = (number) => `${count(number)} ${number === 1 ? "trial" : "trials"}`;

/** A point of the search space as text: { hidden: 64 }, with the axes' titles { hidden: "hidden size" }, is "hidden size 64". */
export function point(params, axes) {
  const text = ([name, value]) => (name === "iterations" ? `${count(value)} iterations` : `${axes[name] ?? name} ${short(value)}`);
  return Object.entries(params).map(text).join(", ");
}

/**
 * A trial in training: its name, with its sampler if there are several; its point; and the trained share of its network, 0 to 1.
 * @param {{axes: object, samplers: object}} texts  titles of the axes and the samplers
 */
export function runningTrial({ number, sampler, params, step, iterations }, { axes, samplers }) {
  const name = sampler ? `${samplers[sampler]}, ${number + 1}` : String(number);
  return { name, text: `${name}: ${point(params, axes)}`, share: iterations ? step / iterations : 0 };
}

/** Trials a minute since the study began; null before the first. */
export function perMinute(step, seconds) {
  return step && seconds > 0 ? (60 * step) / seconds : null;
}

export class Study {
  constructor(find) {
    this.find = find;
    this.items = new Map(); // name of a trial → its element
  }

  /**
   * @param {Run} run
   * @param {number|null} all  trials of the study
   * @param {{axes: object, samplers: object}} texts  titles of the axes and the samplers
   */
  show(run, all, texts) {
    const { frame, end } = run;
    const write = (testid, text) => setText(this.find(testid), text);
    const best = end?.best ?? frame?.best;
    const running = run.state === "running";
    const speed = perMinute(run.step, end?.seconds ?? frame?.seconds);
    write("study-trials", [count(run.step), ...(all ? [count(all)] : [])].join(" / "));
    write("study-best-title", run.ended ? "Best" : "Best so far");
    write("study-best", best ? `${percent(best.val_accuracy)}${best.sampler ? ` by ${texts.samplers[best.sampler]}` : ""} at ${point(best.params, texts.axes)}` : "–");
    this.find("study-best").title = best ? "Validation accuracy, mean over the networks of this point" : "";
    write("study-left", running && Number.isFinite(frame?.seconds_left) ? duration(frame.seconds_left) : (TIME_LEFT[run.state] ?? "–"));
    const workers = running && frame ? frame.workers : run.started?.workers;
    write("study-workers", workers === undefined ? "–" : `${count(workers)}${run.started?.scheduler ? " of the cluster" : ""}`);
    write("study-speed", speed ? short(speed) : "–");
    this.find("study-bar").style.transform = `scaleX(${all ? Math.min(1, run.step / all) : 0})`;
    this.showRunning(running ? (frame?.running ?? []).map((trial) => runningTrial(trial, texts)) : []);
  }

  showRunning(running) {
    const list = this.find("study-running");
    const gone = new Set(this.items.keys());
    for (const { name, text, share } of running) {
      gone.delete(name);
      if (!this.items.has(name)) {
        const item = element("li");
        const bar = document.createElement("progress");
        bar.max = 1;
        bar.setAttribute("aria-label", text);
        item.append(element("span", text), bar);
        list.append(item);
        this.items.set(name, item);
      }
      this.items.get(name).querySelector("progress").value = share;
    }
    for (const name of gone) {
      this.items.get(name).remove();
      this.items.delete(name);
    }
  }
}

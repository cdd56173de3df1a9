// How far a study is: its trials in figures, and those that are being trained. Its charts are drawn by the page, which is told
// how many trials are done.

import { element } from "./elements.js";
import { count, duration, percent, short } from "./bytes.js";
import { LEFT } from "./run.js";

const TELL_MS = 1000; // between two words to the page, each of which draws its charts anew

export const trials = (number) => `${count(number)} ${number === 1 ? "trial" : "trials"}`;

/** A point of the space in words, as { hidden: 64 } with the axes' names { hidden: "hidden size" }: "hidden size 64". */
export function point(params, axes) {
  const words = ([name, value]) => (name === "iterations" ? `${count(value)} iterations` : `${axes[name] ?? name} ${short(value)}`);
  return Object.entries(params).map(words).join(", ");
}

/**
 * A trial in flight: which it is, among those of its search if there are several, and how much of its present network is trained, 0 to 1.
 * @param {{axes: object, samplers: object}} texts  what the axes are called, and the samplers that race
 */
export function flight({ number, sampler, params, step, iterations }, { axes, samplers }) {
  const name = sampler ? `${samplers[sampler]}, ${number + 1}` : String(number);
  return { name, words: `${name}: ${point(params, axes)}`, share: iterations ? step / iterations : 0 };
}

/** Trials a minute since the study began, or null before there is one to count. */
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
   * @param {{axes: object, samplers: object}} texts  what the axes are called, and the samplers that race
   */
  show(run, all, texts) {
    const { frame, end } = run;
    const write = (testid, text) => {
      if (this.find(testid).textContent !== text) this.find(testid).textContent = text;
    };
    const best = end?.best ?? frame?.best;
    const running = run.state === "running";
    const speed = perMinute(run.step, end?.seconds ?? frame?.seconds);
    write("study-trials", [count(run.step), ...(all ? [count(all)] : [])].join(" / "));
    write("study-best-title", run.ended ? "Best" : "Best so far");
    write("study-best", best ? `${percent(best.val_accuracy)}${best.sampler ? ` by ${texts.samplers[best.sampler]}` : ""} at ${point(best.params, texts.axes)}` : "–");
    this.find("study-best").title = best ? "Share of the validation data that is right, mean over the networks of the point" : "";
    write("study-left", running && Number.isFinite(frame?.seconds_left) ? duration(frame.seconds_left) : (LEFT[run.state] ?? "–"));
    const workers = running && frame ? frame.workers : run.started?.workers;
    write("study-workers", workers === undefined ? "–" : `${count(workers)}${run.started?.scheduler ? " of the cluster" : ""}`);
    write("study-speed", speed ? short(speed) : "–");
    this.find("study-bar").style.transform = `scaleX(${all ? Math.min(1, run.step / all) : 0})`;
    this.showRunning(running ? (frame?.running ?? []).map((each) => flight(each, texts)) : []);
  }

  showRunning(flights) {
    const list = this.find("study-running");
    const gone = new Set(this.items.keys());
    for (const { name, words, share } of flights) {
      gone.delete(name);
      if (!this.items.has(name)) {
        const item = element("li");
        const bar = document.createElement("progress");
        bar.max = 1;
        bar.setAttribute("aria-label", words);
        item.append(element("span", words), bar);
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

/** Tells the page how many trials of which run are done: at once when the state of the run changes, else once a second at most. */
export class TellTrials {
  constructor(tell) {
    this.tell = tell;
    this.last = "";
    this.at = -TELL_MS;
  }

  hear(run, event) {
    const known = JSON.stringify([run.id, run.state, run.step]);
    if (known === this.last || !run.id) return;
    const wait = event.event === "state" || event.event === "finished" ? 0 : this.at + TELL_MS - performance.now();
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      const { id, state, step } = run;
      this.last = JSON.stringify([id, state, step]);
      this.at = performance.now();
      this.tell({ run: id, state, done: step });
    }, Math.max(0, wait));
  }

  close() {
    clearTimeout(this.later);
  }
}

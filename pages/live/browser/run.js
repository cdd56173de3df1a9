// What is known about the run on view. Takes the events of docs/live-protocol.md, keeps what the pictures need, draws nothing.

import { LossSeries } from "./series.js";
import { short } from "./bytes.js";

export const ENDS = ["finished", "stopped", "diverged"]; // with a result; "failed" has none
export const LEFT = { finished: "done", stopped: "stopped" }; // time, by the state of a run that has ended
export const RESUMABLE = ["released", "interrupted", "failed"];

export class Run {
  /** @param {object} lab  one of LABS */
  constructor(lab) {
    this.lab = lab;
    this.series = new LossSeries();
    this.ghosts = [];
    this.clear();
  }

  clear() {
    this.id = null;
    this.settings = null;
    this.label = null;
    this.expectation = null;
    this.state = "none";
    this.reason = null;
    this.position = null;
    this.started = null;
    this.frame = null;
    this.pictures = null;
    this.end = null;
    this.preparing = null;
    this.series.clear();
    this.series.starts = [];
    this.evaluations = [];
    this.marks = [];
    this.entries = []; // networks of a table that are done
    this.values = null; // learning rate, λ and batch size in force, as last set
  }

  get active() {
    return ["starting", "queued", "running", "paused"].includes(this.state);
  }

  get ended() {
    return ENDS.includes(this.state);
  }

  get step() {
    return Math.max(this.series.last, this.frame?.step ?? 0, this.end?.step ?? 0);
  }

  /** Of a table, what is known beforehand of the network at work; else, or when all are done, undefined. */
  get atWork() {
    return this.started?.entries?.[this.entries.length];
  }

  /** Of a table, the networks that are being trained, { depth, val_accuracy }: the one at work, and those beside it in a lab. */
  get underWay() {
    if (!this.active || !this.atWork) return [];
    return [{ depth: this.atWork.depth, val_accuracy: this.evaluation?.val_accuracy ?? null }, ...(this.frame?.beside ?? [])];
  }

  /** The same as atWork, of the network that a step belongs to. */
  entryAt(step) {
    return this.started?.entries?.find((entry) => step <= entry.last);
  }

  /** The newest evaluation of the network at work. */
  get evaluation() {
    const last = this.evaluations[this.evaluations.length - 1];
    return this.atWork?.first > last?.step ? undefined : last;
  }

  /** The validation accuracy of a run that ended between two evaluations; else null. */
  get final() {
    return this.ended && this.end?.step > this.evaluation?.step ? (this.end.val_accuracy ?? null) : null;
  }

  /** What each layer of a deep network did at the newest evaluation, or null. */
  get layers() {
    return this.evaluations[this.evaluations.length - 1]?.layers ?? null;
  }

  /** Puts the run on view aside as a faint curve. The hub sends its own list with the next run; this one bridges the wait. */
  becomeGhost() {
    if (this.series.length > 1) {
      const ghost = {
        run: this.id,
        label: this.lab.kind === "train" ? label(this.settings, this.values) : this.label,
        loss: { step: [...this.series.step], smooth: [...this.series.smooth] },
        val: { step: this.evaluations.map((e) => e.step), accuracy: this.evaluations.map((e) => e.val_accuracy) },
      };
      this.ghosts = [ghost, ...this.ghosts.filter((g) => g.run !== this.id)].slice(0, 4);
    }
    this.clear();
  }

  take(event) {
    if (!this.id && event.event !== "run") return; // the last words of a run that is no longer looked at
    switch (event.event) {
      case "run": {
        const same = event.run === this.id;
        const ghosts = this.ghosts;
        if (!same) this.clear();
        this.ghosts = ghosts.filter((ghost) => ghost.run !== event.run);
        this.id = event.run;
        this.settings = event.settings;
        this.label = event.label;
        this.expectation = event.expectation;
        this.values ||= this.pick(event.settings);
        if (!same) this.state = "starting";
        break;
      }
      case "state":
        this.state = event.state;
        this.reason = event.reason;
        this.position = event.position;
        if (event.state !== "running") this.preparing = null;
        break;
      case "preparing":
        this.preparing = event;
        break;
      case "started":
        this.started = event;
        this.series.starts = (event.entries ?? []).map((entry) => entry.first);
        this.preparing = null;
        break;
      case "history":
        this.evaluations = [];
        this.marks = [];
        this.entries = [];
        this.values = this.pick(this.settings);
        this.series.restore(event.loss);
        for (const each of event.events) this.take(each);
        break;
      case "metrics":
        this.series.add(event.first, event.loss);
        break;
      case "evaluation":
        if (!this.evaluations.length || event.step > this.evaluations[this.evaluations.length - 1].step) this.evaluations.push(event);
        break;
      case "control":
        this.mark(event);
        break;
      case "entry":
        if (!this.entries.some((entry) => entry.index === event.index)) this.entries.push(event);
        break;
      case "frame":
        this.frame = event;
        if (event.weight_pictures) this.pictures = event.weight_pictures;
        this.preparing = null;
        break;
      case "diverged":
      case "finished":
        this.end = event;
        break;
      case "ghosts":
        this.ghosts = event.runs.slice(0, 4);
        break;
    }
  }

  pick(values) {
    return Object.fromEntries(this.lab.live.map((name) => [name, values?.[name] ?? null]).filter(([, value]) => value !== null));
  }

  /** A changed setting becomes a mark on the charts, named after what changed. */
  mark(event) {
    const before = this.values || {};
    let changed = this.lab.live.filter((name) => event[name] !== undefined && event[name] !== null && event[name] !== before[name]);
    // The event tells the rate in use, which a schedule lowers by itself: beside another change, that is no change of its own.
    if (changed.length > 1 && this.settings?.schedule !== "constant") changed = changed.filter((name) => name !== "learning_rate");
    for (const name of changed) before[name] = event[name];
    this.values = before;
    if (!changed.length || event.step === 0) return;
    const names = { learning_rate: "rate", reg: "λ", batch_size: "batch" };
    this.marks.push({ x: event.step, changes: Object.fromEntries(changed.map((name) => [names[name], short(event[name], 2)])) });
    if (this.marks.length > 400) this.marks = this.marks.filter((_, i) => i % 2);
  }
}

/** A run of the lab Train in a few characters, as the hub writes it too. */
export function label(settings, values) {
  if (!settings) return "earlier run";
  const [first, last] = [settings.learning_rate, values?.learning_rate ?? settings.learning_rate];
  const rate = first === last ? first : `${first} → ${short(last, 2)}`;
  const sigma = settings.init === "normal" ? ` · σ ${settings.std}` : "";
  return `H ${settings.hidden.join("·") || "none"} · lr ${rate} · ${settings.optimiser}${sigma}`;
}

/** Whether two experiments differ in something that only a new run can change: not in one of the `live` settings. */
export function differs(a, b, live) {
  return Object.keys(a).some((name) => !live.includes(name) && name in b && JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}

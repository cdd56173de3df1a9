// The state of the run on view, updated by the events of docs/live-protocol.md. It draws nothing.

import { entryInWords } from "./entry_name.js";
import { LossSeries } from "./loss_series.js";
import { short } from "./number_text.js";
import { Snapshots } from "./snapshots.js";

export const ENDED = ["finished", "stopped", "diverged"]; // states with a result; "failed" has none
export const TIME_LEFT = { finished: "done", stopped: "stopped" }; // text for the states that have none
export const RESUMABLE = ["released", "interrupted", "failed"];

/** The outcome in a run's last event; undefined for several networks. */
export const outcomeOf = (end) => (end.event === "diverged" ? "diverges" : end.outcome);

const EARLIER_RUNS = 4; // on the charts, beside those that are pinned
const MAX_MARKS = 400;

export class Run {
  /** @param {object} lab  one of LABS */
  constructor(lab) {
    this.lab = lab;
    this.series = new LossSeries();
    this.earlierRuns = [];
    this.snapshots = new Snapshots();
    this.clear();
  }

  clear() {
    this.id = null;
    this.settings = null;
    this.label = null;
    this.expectation = null;
    this.key = null; // of a run that this browser may control: with it, a link does the same elsewhere
    this.state = "none";
    this.stopping = false; // Stop was pressed here, and the report is not there yet
    this.reason = null;
    this.position = null;
    this.started = null;
    this.frame = null;
    this.snapshots.clear();
    this.past = null; // the snapshot on view, with its frame
    this.present = null; // number and names of this run in the list of runs
    this.pictures = null;
    this.end = null;
    this.preparing = null;
    this.series.clear();
    this.series.starts = [];
    this.evaluations = [];
    this.marks = [];
    this.editedAt = null; // step after which a weight or a bias was changed last
    this.entries = []; // finished networks of a table
    this.changes = 0; // that the learner has made
    this.changesShown = 0; // before the newest frame
    this.values = null; // current learning rate, λ and batch size
  }

  get active() {
    return ["starting", "queued", "running", "paused"].includes(this.state);
  }

  /** Whether another browser started it, and this one only watches. */
  get spectated() {
    return Boolean(this.id) && !this.key;
  }

  get controlled() {
    return this.active && !this.spectated;
  }

  /** Whether it stands still, and its last step is stored. */
  get still() {
    return this.state === "paused" || this.ended || RESUMABLE.includes(this.state);
  }

  get ended() {
    return ENDED.includes(this.state);
  }

  get step() {
    return Math.max(this.series.last, this.frame?.step ?? 0, this.end?.step ?? 0);
  }

  get stepOnView() {
    return this.past?.step ?? this.step;
  }

  get frameOnView() {
    return this.past?.frame ?? this.frame;
  }

  /** The newest evaluation up to the step on view. */
  get evaluationOnView() {
    return this.past ? this.evaluations.findLast(({ step }) => step <= this.past.step) : this.evaluation;
  }

  /** The earlier runs that are on the charts. */
  get curves() {
    return this.earlierRuns.filter(({ hidden }) => !hidden);
  }

  /** Of a table, the planned entry of the network in training; undefined if there is none. */
  get currentEntry() {
    return this.started?.entries?.[this.entries.length];
  }

  /** Of a table, the networks in training, { depth, val_accuracy }: the one that the charts show, and others on a cluster. */
  get networksInTraining() {
    if (!this.active || !this.currentEntry) return [];
    return [{ depth: this.currentEntry.depth, cure: this.currentEntry.cure, val_accuracy: this.evaluation?.val_accuracy ?? null }, ...(this.frame?.beside ?? [])];
  }

  /** The planned entry of the network that a step belongs to, or undefined. */
  entryAt(step) {
    return this.started?.entries?.find((entry) => step <= entry.last);
  }

  /** The newest evaluation of the network in training. */
  get evaluation() {
    const last = this.evaluations.at(-1);
    return this.currentEntry?.first > last?.step ? undefined : last;
  }

  /** The validation accuracy at the end of a run that ended between two evaluations; else null. */
  get finalAccuracy() {
    return this.ended && this.end?.step > this.evaluation?.step ? (this.end.val_accuracy ?? null) : null;
  }

  /** The loss of a network that stands still since one of its weights was changed, as measured then; else undefined. */
  get lossAfterEdit() {
    return this.editedAt === this.step && this.evaluation?.step === this.step ? this.evaluation.loss : undefined;
  }

  /** The layers of a deep network at the newest evaluation, or null. */
  get layers() {
    return this.evaluations.at(-1)?.layers ?? null;
  }

  /** Clears the run and lists it as an earlier one, until the server sends its own list with the next run. */
  becomeEarlierRun() {
    if (this.series.length > 1) {
      const earlierRun = {
        number: 1 + Math.max(0, ...this.earlierRuns.map(({ number }) => number)),
        ...this.present,
        run: this.id,
        label: this.label,
        dataset: this.settings?.dataset, // the page may have chosen another one
        snapshots: this.snapshots.list,
        loss: { step: [...this.series.step], smooth: [...this.series.smooth] },
        val: { step: this.evaluations.map((e) => e.step), accuracy: this.evaluations.map((e) => e.val_accuracy) },
      };
      let unpinned = 0;
      this.earlierRuns = [earlierRun, ...this.earlierRuns.filter(({ run }) => run !== this.id)].filter(({ pinned }) => pinned || unpinned++ < EARLIER_RUNS);
    }
    this.clear();
  }

  update(event) {
    if (!this.id && event.event !== "run") return; // a late event of a run that is no longer on view
    switch (event.event) {
      case "run": {
        const same = event.run === this.id;
        if (!same) this.clear();
        this.earlierRuns = this.earlierRuns.filter(({ run }) => run !== event.run);
        this.id = event.run;
        this.settings = event.settings;
        this.label = event.label;
        this.key = event.key;
        this.expectation = event.expectation;
        this.values ||= this.liveValues(event.settings);
        if (!same) this.state = "starting";
        this.stopping = false; // after a reconnection: Stop may have been lost with the connection
        break;
      }
      case "state":
        this.state = event.state;
        this.stopping &&= this.active;
        this.reason = event.reason;
        this.position = event.position;
        if (event.state !== "running") this.preparing = null;
        if (!this.ended) this.end = null; // a study that was stopped goes on
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
        this.editedAt = null;
        this.entries = [];
        this.changes = 0;
        this.snapshots.clear();
        this.values = this.liveValues(this.settings);
        this.series.restore(event.loss);
        for (const each of event.events) this.update(each);
        break;
      case "metrics":
        this.series.add(event.first, event.loss);
        break;
      case "evaluation":
        if (event.step === this.evaluations.at(-1)?.step) this.evaluations.pop(); // measured again, after a weight was changed
        if (event.step > (this.evaluations.at(-1)?.step ?? -1)) this.evaluations.push(event);
        break;
      case "snapshot":
        this.snapshots.add(event);
        break;
      case "control":
        this.label = event.label ?? this.label; // an older log has none
        this.changes++;
        this.addMark(event);
        break;
      case "entry":
        if (!this.entries.some((entry) => entry.index === event.index)) this.entries.push(event);
        break;
      case "frame":
        this.frame = event;
        this.changesShown = this.changes;
        if (event.evaluation) this.update({ event: "evaluation", ...event.evaluation });
        if (event.weight_pictures) this.pictures = event.weight_pictures;
        this.preparing = null;
        break;
      case "diverged":
      case "finished":
        this.end = event.step ? event : null; // a network that was stopped before its first step has no result
        break;
      case "earlier_runs":
        this.earlierRuns = event.runs;
        this.present = event.this;
        break;
    }
  }

  liveValues(values) {
    return Object.fromEntries(this.lab.live.map((name) => [name, values?.[name] ?? null]).filter(([, value]) => value !== null));
  }

  /** A changed setting becomes a mark on the charts, with its name. */
  addMark(event) {
    const before = this.values || {};
    let changed = this.lab.live.filter((name) => event[name] !== undefined && event[name] !== null && event[name] !== before[name]);
    // The event holds the rate in use. A schedule lowers it, so beside another change a different rate is not a change by the learner.
    if (changed.length > 1 && this.settings?.schedule !== "constant") changed = changed.filter((name) => name !== "learning_rate");
    for (const name of changed) before[name] = event[name];
    this.values = before;
    const names = { learning_rate: "rate", reg: "λ", batch_size: "batch" };
    const entries = Object.entries(event.changed ?? {}).filter(([name]) => /^[Wb]\d/.test(name)); // weights and biases by their names
    if (entries.length) this.editedAt = event.step;
    const changes = Object.fromEntries([...changed.map((name) => [names[name], short(event[name], 2)]), ...entries.map(([name, value]) => [this.started ? entryInWords(name, this.started) : name, short(value)])]);
    if (!Object.keys(changes).length || event.step === 0) return;
    this.marks.push({ x: event.step, changes });
    if (this.marks.length > MAX_MARKS) this.marks = this.marks.filter((_, i) => i % 2);
  }
}

/** Whether two experiments differ in something that only a new run can change: not in one of the `live` settings. */
export function differs(a, b, live) {
  return Object.keys(a).some((name) => !live.includes(name) && name in b && JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}

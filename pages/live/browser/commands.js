// What the buttons, the sliders and the page ask for: commands to the server, and what the view does with them at once.

import { differs } from "./run.js";

const SHOW_WAIT_MS = 200; // only a wait for settings that is longer than this is shown

export class Commands {
  constructor(view) {
    this.view = view;
    this.waitingStart = null; // { then } of a start, or { origin } of a continuation, that waits for settings
    this.continuing = false; // a continuation was asked for, and the server has not answered yet
    this.waitShown = false;
    this.startedAt = null; // when the newest start was sent, until its first frame is drawn
    this.paceKnown = false; // else it is read from the first frame: another tab may have set it
    this.rejectedRun = null; // a run that the page asks for and that cannot be shown
    this.wanted = null; // { values, at }: settings chosen in the view that the page has not taken over yet
  }

  /** @param {string} action  "start", "pause", "resume", "step", "epoch", "stop" or "reset" */
  perform(action) {
    this.view.notice.clear();
    if (["stop", "reset"].includes(action)) this.view.drawing.card.close(false);
    if (action === "start") this.start();
    else if (action === "reset") this.reset();
    else if (["step", "epoch"].includes(action) && this.view.run.state === "none") this.start([{ do: action }]);
    else {
      if (action === "stop") this.view.run.stopping = true;
      this.view.connection.send({ do: action });
      this.view.schedule.request("state");
    }
  }

  /** Starts a run with the settings on the left. `then` are commands to send after that. */
  async start(then = []) {
    const { view } = this;
    const { run, connection, controls, story } = view;
    if (run.state === "starting" || this.waitingStart || view.refusal) return;
    await this.waitForSettings({ then });
    if (view.closed || view.data.problem) return;
    if (run.controlled) connection.send({ do: "stop" });
    this.keepAsEarlierRun();
    run.state = "starting";
    const settings = { ...view.data.settings, ...controls.values };
    connection.send({ do: "start", kind: view.lab.kind, settings, expectation: story.expectation });
    story.clearExpectation();
    this.paceKnown = true;
    if (this.pace && settings.device !== "cluster") this.setPace();
    for (const command of then) connection.send(command);
    this.startedAt = performance.now();
    view.schedule.request("state", "theme");
  }

  /** Trains on from a snapshot, { run, step }, as a new run. The run on view stays there until the server has made the new one. */
  async trainOn(origin) {
    const { view } = this;
    if (this.waitingStart || this.continuing || view.refusal) return;
    await this.waitForSettings({ origin });
    view.notice.clear();
    if (view.closed) return;
    this.continuing = true;
    const settings = { ...view.data.settings, ...view.controls.values };
    view.connection.send({ do: "start", kind: view.lab.kind, settings, from: origin });
    this.setPace();
  }

  /** Notes something of a run: its name, or that it is pinned, hidden or removed from the list. */
  mark(entry, marks) {
    const { run, connection, schedule } = this.view;
    if (Object.keys(marks).length) connection.send({ do: "mark", run: entry.run, ...marks });
    if (run.id === entry.run && run.present) Object.assign(run.present, marks);
    run.earlierRuns = run.earlierRuns.map((each) => (each.run === entry.run ? { ...each, ...marks } : each)).filter(({ removed }) => !removed);
    schedule.request("state", "loss", "accuracy");
  }

  /** A start that was sent, but not answered, before the connection was lost. */
  forgetLostStart() {
    const { run, connection, notice, drawing } = this.view;
    this.continuing &&= connection.isWaiting("start");
    if (run.state !== "starting" || connection.run || connection.isWaiting("start")) return;
    run.clear();
    notice.show("The connection was lost before the run started: start it again.");
    drawing.showPreview();
  }

  /** Resolves when changes just made on the left have reached the view. @param {object} start  what waits for them */
  async waitForSettings(start) {
    const show = (shown) => {
      this.waitShown = shown;
      this.view.schedule.request("state");
    };
    this.waitingStart = start;
    const timer = setTimeout(() => show(true), SHOW_WAIT_MS);
    await this.view.pendingSettings.delivered();
    clearTimeout(timer);
    this.waitingStart = null;
    show(false);
  }

  /** A live control moved: sends at most one command an animation frame, with what the learner moved. */
  change(name, value) {
    if (!this.view.run.controlled) return;
    this.changes = { ...this.changes, [name]: value };
    this.changeFrame ||= requestAnimationFrame(() => {
      this.changeFrame = null;
      this.view.connection.send({ do: "change", ...this.changes });
      this.changes = {};
    });
  }

  /** Changes one entry of a parameter, such as W1[0,3]; before a run, of a new one that stands still at step 0. */
  edit(entry, value) {
    const change = { do: "change", [entry]: value };
    if (this.view.run.state === "none") this.start([{ do: "pause" }, change]);
    else this.view.connection.send(change);
  }

  /** Settings chosen in the picture of the network: those of the page. A run on view has others, and becomes an earlier one. */
  set(values) {
    const { component, run, pendingSettings } = this.view;
    if (run.state !== "none") this.putAside();
    this.wanted = { values: { ...this.wanted?.values, ...values }, at: Date.now() };
    pendingSettings.touchedAt = performance.now();
    component.setStateValue("set", this.wanted);
    this.view.schedule.request("state");
  }

  /** @param {string} what  "weights": other initial weights for the same data; "points": other data for the same initial weights */
  drawAnew(what) {
    const { seed, data_seed: ownSeed } = { ...this.view.data.settings, ...this.wanted?.values };
    const ofData = ownSeed ?? seed;
    this.set(what === "weights" ? { seed: next(seed), data_seed: ofData } : { data_seed: next(ofData) });
  }

  /** @param {number} at  when what the page has taken over was chosen */
  onDelivery(at) {
    if (at === this.wanted?.at) this.wanted = null;
  }

  /** Units of each hidden layer, with what was chosen last. */
  get hidden() {
    return this.wanted?.values.hidden ?? this.view.data.settings.hidden;
  }

  setPace() {
    this.view.connection.send({ do: "pace", steps_per_second: this.pace });
  }

  /** Steps a second at most, null for full speed. */
  get pace() {
    return Number(this.view.find("pace").querySelector("input:checked")?.value) || null;
  }

  /** Shows a pace that was set elsewhere, which may be none of those offered. */
  showPace(pace) {
    for (const input of this.view.find("pace").querySelectorAll("input")) input.checked = input.value === String(pace ?? "");
  }

  reset() {
    if (this.view.run.controlled) this.view.connection.send({ do: "stop" });
    this.reportNoRun();
    this.leave();
  }

  /** Resets where that is not what was asked for: says so of a run that was going on, with a way back to it. */
  putAside() {
    const { run, data, lab, notice } = this.view;
    const { id, step, controlled } = run;
    const query = data.query && `${data.query}&`; // without its settings, the page would take them over as a second step of the history
    this.reset();
    if (!controlled || !step) return;
    notice.showLink("Your run was stopped. ", "Show it again to continue its training", `${data.base}/${lab.address}${query}run=${id}`);
  }

  /** Makes the settings of the run on view those of the page. */
  adopt() {
    const { component, run } = this.view;
    component.setStateValue("adopt", { settings: { ...run.settings, ...run.values }, at: Date.now() });
  }

  /** Copies a link to the settings, with the name that the learner gave to the run of them: another server opens it, too. */
  copyLink(button) {
    const { data, run, lab } = this.view;
    const named = run.settings && !differs(data.settings, run.settings, lab.live) && run.present?.name;
    const name = named || data.name;
    const query = [data.query, name && new URLSearchParams({ name })].filter(Boolean).join("&");
    this.copy(button, `${location.origin}${location.pathname}${query ? `?${query}` : ""}`);
  }

  /** Copies a link to the run on view: others watch it, and with its key they control it, too. */
  copyRunLink(button, key) {
    const { run, data, lab } = this.view;
    this.copy(button, `${location.origin}${data.base}/${lab.address}run=${run.id}${key ? `&key=${key}` : ""}`);
  }

  async copy(button, link) {
    button.dataset.text ??= button.textContent;
    try {
      await navigator.clipboard.writeText(link); // not there without https
      button.textContent = "Copied";
      button.dataset.link = link;
      setTimeout(() => (button.textContent = button.dataset.text), 1600);
    } catch {
      this.view.notice.showText("Copy this link: ", link);
    }
  }

  // ---- which run is on view

  /** @param {string|null} id  the run that the page wants on view */
  showRun(id) {
    if (id && id !== this.view.run.id && id !== this.rejectedRun) this.watch(id);
    else if (!id && this.view.run.id) this.leave();
  }

  watch(id) {
    const { run, connection } = this.view;
    this.rejectedRun = null;
    run.clear();
    run.state = "starting";
    this.paceKnown = false;
    connection.watch(id);
  }

  /** Stops watching; the run that was on view becomes an earlier run. */
  leave() {
    const { connection, drawing, schedule } = this.view;
    this.keepAsEarlierRun();
    connection.send({ do: "leave" });
    drawing.showPreview();
    schedule.request("state", "theme");
  }

  /** The run on view stays as a faint curve. */
  keepAsEarlierRun() {
    const { run, connection, drawing, notice } = this.view;
    run.becomeEarlierRun();
    connection.run = null;
    drawing.result.clear();
    notice.clear();
  }

  /** The requested run cannot be shown: forgets it, and does not request it again. */
  reject() {
    const { run, connection, data, drawing } = this.view;
    this.rejectedRun = connection.run;
    run.clear();
    connection.run = null;
    if (data.run) this.reportNoRun();
    drawing.showPreview();
  }

  /** Reports to the page that no run is on view. The value is new each time, because Streamlit passes on only what differs from the
   *  state that it holds, and after a reload with a run in the address that state is empty. */
  reportNoRun() {
    this.view.component.setStateValue("run", { none: Date.now() });
  }
}

const next = (seed) => (seed + 1) % 2 ** 31;

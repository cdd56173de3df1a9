// Mounts the live view and passes on what Streamlit sends. There is one view for each place on the page; it outlives Streamlit's reruns.
//
// commands.js holds what buttons do, events.js what an event from the server changes, drawing.js what is drawn.

import { Commands } from "./commands.js";
import { Connection } from "./connection.js";
import { Controls } from "./controls.js";
import { Drawing } from "./drawing.js";
import { DrawingSchedule } from "./drawing_schedule.js";
import { handleEvent } from "./events.js";
import { LABS, showPartsOf } from "./labs.js";
import { Notice } from "./notice.js";
import { OneStep } from "./one_step.js";
import { PendingSettings } from "./pending_settings.js";
import { Run } from "./run.js";
import { Story } from "./story.js";
import { closeByKeyboard, TakeHome } from "./take_home.js";
import { readTheme } from "./theme.js";
import { TimeSlider } from "./time_slider.js";
import { Toolbar } from "./toolbar.js";
import { TrialReports } from "./trial_reports.js";

const RESUME_START_MS = 5000; // how long a start that an unmount interrupted is still worth finishing

const views = new WeakMap();
let interruptedStart = null; // Streamlit at times unmounts a view and mounts a new one at once; the new one finishes a waiting start

/** Called by Streamlit at every run of the page and every change of theme. */
export function mount(component) {
  let view = views.get(component.parentElement);
  if (!view) views.set(component.parentElement, (view = new View(component)));
  view.update(component);
}

export function unmount(parentElement) {
  views.get(parentElement)?.close();
  views.delete(parentElement);
}

class View {
  constructor({ parentElement, data }) {
    const root = parentElement.querySelector("[data-testid=live-view]");
    const find = (testid) => root.querySelector(`[data-testid=${testid}]`);
    this.root = root;
    this.find = find;
    this.lab = LABS[data.lab];
    this.run = new Run(this.lab);
    this.connected = false;
    this.offline = "Connecting…"; // the status while there is no connection
    this.refusal = null; // why the server refuses connections
    root.dataset.lab = this.lab.kind;
    if (new URLSearchParams(location.search).getAll("embed_options").includes("hide_controls")) root.dataset.controls = "hidden";
    showPartsOf(this.lab, find);

    this.schedule = new DrawingSchedule((changed) => this.drawing.draw(changed));
    this.drawing = new Drawing(this);
    this.commands = new Commands(this);
    this.notice = new Notice(find("notice"));
    this.pendingSettings = new PendingSettings(root, (request) => this.component.setStateValue("request", request));
    this.trialReports = new TrialReports((trials) => this.component.setStateValue("trials", trials));
    this.toolbar = new Toolbar(root, find, (action) => this.commands.perform(action));
    this.story = new Story(find, this.lab, data.texts.story, { startNew: () => this.commands.start(), adopt: () => this.commands.adopt() });
    this.controls = new Controls(find, this.lab.live, data.ranges, data.texts.controls, {
      onInput: (values, name) => this.commands.change(name, values[name]),
      onChange: (values) => this.component.setStateValue("live", values),
    });
    this.takeHome = new TakeHome(find("take-home"), (name) => this.file(name), this.notice);
    this.timeSlider = new TimeSlider(find, this.run, {
      file: () => this.file("frames"),
      onMove: () => this.schedule.request("state", "frame", "loss", "accuracy"),
      onError: (message) => this.notice.show(message),
      trainOn: (step) => this.commands.trainOn({ run: this.run.id, step }),
    });
    this.oneStep = new OneStep(this, find("one-step"));
    find("preparing-cancel").onclick = () => this.commands.perform("stop");
    find("new-weights").onclick = () => this.commands.drawAnew("weights");
    find("new-points").onclick = () => this.commands.drawAnew("points");
    find("copy-link").onclick = ({ target }) => this.commands.copyLink(target);
    find("copy-run").onclick = ({ target }) => this.commands.copyRunLink(target);
    find("copy-control").onclick = ({ target }) => this.commands.copyRunLink(target, this.run.key);
    closeByKeyboard(find("share"));
    this.commands.showPace(this.lab.pace);
    find("pace").onchange = () => this.run.controlled && this.commands.setPace();
    this.connection = new Connection(data.base, {
      onEvent: (event) => handleEvent(this, event),
      onUp: () => this.onUp(),
      onDown: (refusal) => this.onDown(refusal),
    });
  }

  onUp() {
    this.connected = true;
    if (this.refusal) this.notice.clear();
    this.refusal = null;
    this.schedule.request("state");
  }

  onDown(refusal) {
    this.connected = false;
    this.offline = refusal ? "Not connected" : "Reconnecting…";
    this.commands.forgetLostStart();
    if (refusal && refusal !== this.refusal) this.notice.show(refusal);
    this.refusal = refusal;
    this.schedule.request("state");
  }

  /** Takes over what Python sent: the settings, which run to show, the theme. */
  update(component) {
    const first = !this.component;
    this.component = component;
    this.data = component.data;
    this.pendingSettings.onDelivery(this.data.request);
    this.theme = readTheme(this.root);
    this.oneStep.update(this.data.explain ?? null);
    this.drawing.applyTheme();
    if (first || this.data.revision !== this.revision) {
      this.revision = this.data.revision;
      this.controls.show(this.data.settings);
      this.commands.showRun(this.data.run);
    }
    this.commands.onDelivery(this.data.set);
    this.schedule.request("state", "theme");
    if (first && !this.data.run) this.finishInterruptedStart();
  }

  /** Finishes what waited for settings when the view before this one was unmounted: once the run on view, if there is one, is known. */
  finishInterruptedStart() {
    const start = interruptedStart;
    interruptedStart = null;
    if (start?.kind !== this.lab.kind || performance.now() - start.at > RESUME_START_MS) return;
    this.pendingSettings.touchedAt = start.touchedAt;
    if (start.origin) this.commands.trainOn(start.origin);
    else this.commands.start(start.then);
  }

  close() {
    this.closed = true;
    const { waitingStart } = this.commands;
    if (waitingStart) interruptedStart = { kind: this.lab.kind, ...waitingStart, touchedAt: this.pendingSettings.touchedAt, at: performance.now() };
    for (const part of [this.connection, this.pendingSettings, this.trialReports, this.oneStep, this.drawing, this.schedule]) part.close();
  }

  /** Steps of the run on view, or of the one that the settings would start; null where that is not known. */
  get iterations() {
    return this.run.started ? this.run.started.iterations : this.data.iterations;
  }

  /** The address of one of the run's files. */
  file(name) {
    return this.run.id ? this.fileOf(this.run.id, name) : null;
  }

  fileOf(run, name) {
    return `${this.data.base}/runs/${run}/${name}`;
  }
}

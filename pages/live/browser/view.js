// The live view: brings the parts together. One view for each place on the page, made once and kept over Streamlit's reruns.
//
// Events only change `run` and raise flags; drawing happens once per animation frame at most, so that a slow browser skips frames
// and never falls behind. Pictures that are off the screen are not drawn at all.

import { Arrivals } from "./arrivals.js";
import { Connection } from "./connection.js";
import { Controls } from "./controls.js";
import { LineChart, accuracyPicture, accuracyTitle, axisEnd, ghostDash, lossPicture, lossTitle, referenceOf, stepAxis } from "./charts.js";
import { Boundary, drawLegend } from "./boundary.js";
import { NetworkDrawing } from "./network_drawing.js";
import { Gallery, WeightPictures } from "./gallery.js";
import { Diagnostics } from "./diagnostics.js";
import { Signal, rowsOf as signalRows } from "./signal.js";
import { Depths, rowsOf as depthRows } from "./depths.js";
import { LABS, furnish } from "./labs.js";
import { Study, TellTrials } from "./study.js";
import { Result } from "./result.js";
import { Story } from "./story.js";
import { Toolbar } from "./toolbar.js";
import { LEFT, Run } from "./run.js";
import { readTheme } from "./classes.js";
import { count, duration, percent, short } from "./bytes.js";

const FELT_MS = 200; // a wait that is longer is shown

const HANDED_MS = 5000; // that a start may wait for a view to take it over

const views = new WeakMap();
let handed = null; // a start that waited when its view was unmounted: Streamlit does so at times, and mounts anew at once

/** Called by Streamlit at every run of the page and every change of theme. */
export function mount(component) {
  let view = views.get(component.parentElement);
  if (!view) views.set(component.parentElement, (view = new View(component)));
  view.receive(component);
}

export function unmount(parentElement) {
  views.get(parentElement)?.close();
  views.delete(parentElement);
}

class View {
  constructor(component) {
    const root = component.parentElement.querySelector("[data-testid=live-view]");
    const find = (testid) => root.querySelector(`[data-testid=${testid}]`);
    const { data } = component;
    this.root = root;
    this.find = find;
    this.lab = LABS[data.lab];
    this.run = new Run(this.lab);
    this.dirty = new Set();
    this.shown = new Map(); // element → whether it is on the screen
    this.wordedAt = {};
    this.connected = false;
    this.retrying = false;
    this.awaiting = null; // what a start that waits for settings does then
    this.busy = false; // it waits so long that it is shown
    this.log = false;
    this.inEpochs = false;
    this.frames = 0;
    this.spent = 0; // milliseconds of drawing, for benchmarks

    root.dataset.lab = this.lab.kind;
    furnish(this.lab, find);
    this.lossChart = new LineChart(find("loss-canvas"), () => this.mark("loss"));
    this.accuracyChart = new LineChart(find("accuracy-canvas"), () => this.mark("accuracy"));
    this.boundary = new Boundary(find("boundary-canvas"), find("points-canvas"), find("boundary-point"));
    this.network = new NetworkDrawing({
      box: find("network-box"), canvas: find("network-canvas"), unitCanvas: find("unit-canvas"),
      title: find("unit-title"), range: find("unit-range"), weights: find("unit-weights"), note: find("network-note"),
    });
    this.gallery = new Gallery(find("gallery-items"), find("gallery-title"));
    this.weights = new WeightPictures(find("weights-canvas"), find("weights-note"));
    this.diagnostics = new Diagnostics(this.lab, find("diagnostics-rows"), find("diagnostics-reading"));
    this.signal = new Signal(find, () => this.mark("signal"));
    this.depths = new Depths(find);
    this.study = new Study(find);
    this.arrivals = new Arrivals(root, (asked) => this.component.setStateValue("asked", asked));
    this.told = new TellTrials((trials) => this.component.setStateValue("trials", trials));
    this.result = new Result(find);
    this.toolbar = new Toolbar(root, find, (action) => this.act(action));
    this.story = new Story(find, this.lab, data.texts.story, { startNew: () => this.start(), adopt: () => this.adopt() });
    this.controls = new Controls(find, this.lab.live, data.ranges, data.texts.controls, {
      onInput: (values, name) => this.change(name, values[name]),
      onChange: (values) => this.component.setStateValue("live", values),
    });
    find("preparing-cancel").onclick = () => this.act("stop");
    find("copy-link").onclick = () => this.copyLink();
    find("pace").onchange = () => this.run.active && this.setPace();
    this.switch("loss-log", "log");
    this.switch("chart-epochs", "inEpochs");

    this.watcher = new IntersectionObserver((entries) => {
      for (const entry of entries) this.shown.set(entry.target, entry.isIntersecting);
      this.mark("frame", "loss", "accuracy");
    }, { rootMargin: "80px" });
    for (const testid of ["loss-chart", "accuracy-chart", "boundary", "signal", "pictures", "network", "diagnostics"]) this.watcher.observe(find(testid));
    this.sizes = new ResizeObserver(() => this.mark("resize"));
    this.sizes.observe(root);

    this.connection = new Connection(data.base, {
      onEvent: (event) => this.hear(event),
      onUp: () => {
        this.connected = true;
        this.retrying = false;
        this.mark("state");
      },
      onDown: () => {
        this.connected = false;
        this.retrying = true;
        this.mark("state");
      },
    });
  }

  /** A button that turns a way of drawing the charts on and off. */
  switch(testid, name) {
    const button = this.find(testid);
    button.setAttribute("aria-pressed", "false");
    button.onclick = () => {
      this[name] = !this[name];
      button.setAttribute("aria-pressed", String(this[name]));
      this.mark("loss", "accuracy");
    };
  }

  close() {
    this.closed = true;
    if (this.awaiting) handed = { kind: this.lab.kind, ...this.awaiting, touchedAt: this.arrivals.touchedAt, at: performance.now() };
    this.connection.close();
    this.arrivals.close();
    this.told.close();
    this.watcher.disconnect();
    this.sizes.disconnect();
    clearTimeout(this.later);
    clearTimeout(this.waiting);
    cancelAnimationFrame(this.pending);
  }

  /** Takes what Python has to say: settings, the run to show, the theme. */
  receive(component) {
    const first = !this.component;
    this.component = component;
    this.data = component.data;
    this.arrivals.hear(this.data.asked);
    this.dress();
    if (first || this.data.revision !== this.revision) {
      this.revision = this.data.revision;
      this.controls.show(this.data.settings);
      if (this.data.run && this.data.run !== this.run.id && this.data.run !== this.turnedAway) this.watch(this.data.run);
      else if (!this.data.run && this.run.id) this.leave();
    }
    this.preview();
    this.mark("state", "theme");
    if (first) this.takeOver();
  }

  /** Goes on with a start that waited in the view before this one. */
  takeOver() {
    const left = handed;
    handed = null;
    if (left?.kind !== this.lab.kind || performance.now() - left.at > HANDED_MS) return;
    this.arrivals.touchedAt = left.touchedAt;
    this.start(left.then);
  }

  /** Reads the theme, which may have changed, and hands it on. */
  dress() {
    const theme = readTheme(this.root);
    this.root.style.colorScheme = theme.dark ? "dark" : "light";
    this.theme = this.gallery.theme = this.diagnostics.theme = theme;
    this.boundary.dress(theme);
    this.network.dress(theme);
    if (this.run.started?.classes) this.drawLegend();
  }

  // ---- commands out

  act(action) {
    this.say(null);
    switch (action) {
      case "start":
        return this.start();
      case "step":
      case "epoch":
        return this.run.state === "none" ? this.start(action) : this.connection.send({ do: action });
      case "reset":
        return this.reset();
      default:
        this.connection.send({ do: action });
    }
  }

  /** Starts a run of the settings on the left, and does `then` with it: "step" or "epoch". */
  async start(then) {
    if (this.run.state === "starting" || this.awaiting) return;
    await this.settingsHere(then);
    if (this.closed || this.data.problem) return;
    if (this.run.active) this.connection.send({ do: "stop" });
    this.setAside();
    this.run.state = "starting";
    this.connection.run = null;
    const expectation = this.story.expectation;
    this.story.forget();
    this.connection.send({ do: "start", kind: this.lab.kind, settings: { ...this.data.settings, ...this.controls.values }, expectation });
    this.paceKnown = true;
    if (this.find("pace").value) this.setPace();
    if (then) this.connection.send({ do: then });
    this.startedAt = performance.now();
    this.mark("state", "theme");
  }

  /** Resolves when what was changed on the left just now has arrived. `then` is what the waiting start does after that. */
  async settingsHere(then) {
    const show = (busy) => {
      this.busy = busy;
      this.mark("state");
    };
    this.awaiting = { then };
    const later = setTimeout(() => show(true), FELT_MS);
    await this.arrivals.arrive();
    clearTimeout(later);
    this.awaiting = null;
    show(false);
  }

  setPace() {
    this.connection.send({ do: "pace", steps_per_second: Number(this.find("pace").value) || null });
  }

  reset() {
    if (this.run.active) this.connection.send({ do: "stop" });
    this.tellNoRun();
    this.leave();
  }

  /** The page hears that no run is on view. Each time in other words: Streamlit passes on only what differs from the state it has,
   *  and after a reload, with a run from the address, that is none. */
  tellNoRun() {
    this.component.setStateValue("run", { none: Date.now() });
  }

  /** Looks at no run any more; the one that was on view stays behind as a ghost. */
  leave() {
    this.setAside();
    this.connection.send({ do: "leave" });
    this.connection.run = null;
    this.preview();
    this.mark("state", "theme");
  }

  /** Keeps the run on view as a ghost. */
  setAside() {
    this.run.becomeGhost();
    this.result.clear();
    this.say(null);
  }

  watch(id) {
    this.turnedAway = null;
    this.run.clear();
    this.run.state = "starting";
    this.paceKnown = false; // whoever chose it, here or in another tab: its first frame tells
    this.connection.watch(id);
  }

  /** A live control moved: at most one command an animation frame, and only what the learner moved. */
  change(name, value) {
    if (!this.run.active) return;
    this.changes = { ...this.changes, [name]: value };
    this.changing ||= requestAnimationFrame(() => {
      this.changing = null;
      this.connection.send({ do: "change", ...this.changes });
      this.changes = {};
    });
  }

  adopt() {
    this.component.setStateValue("adopt", { settings: { ...this.run.settings, ...this.run.values }, at: Date.now() });
  }

  async copyLink() {
    const button = this.find("copy-link");
    const link = `${location.origin}${location.pathname}${this.data.query ? `?${this.data.query}` : ""}`;
    try {
      await navigator.clipboard.writeText(link);
      button.textContent = "Copied";
      button.dataset.link = link;
      setTimeout(() => (button.textContent = "Copy link to this experiment"), 1600);
    } catch {
      this.say(`Copy this link: ${link}`);
    }
  }

  // ---- events in

  hear(event) {
    const { run } = this;
    const before = run.state;
    if (event.event === "run" && event.kind !== this.lab.kind) return this.refer(event);
    run.take(event);
    if (!run.id && event.event !== "refused") return;
    switch (event.event) {
      case "run":
        this.connection.run = event.run;
        this.say(null);
        if (this.data.run !== event.run) this.component.setStateValue("run", event.run);
        break;
      case "refused":
        this.say(event.message);
        if (run.state === "starting") this.turnAway();
        break;
      case "started":
        this.begin();
        break;
      case "history":
      case "control":
        if (run.values) this.controls.show(run.values, { polite: event.event === "control" });
        break;
      case "frame":
        this.fresh = true;
        if (!this.paceKnown) this.find("pace").value = String(event.pace ?? "");
        this.paceKnown = true;
        break;
    }
    if (event.event === "metrics") this.soon("loss");
    else if (event.event === "evaluation") this.soon("loss", "accuracy");
    else if (event.event === "frame") this.mark("frame");
    else this.mark("state", "loss", "accuracy");
    if (run.state !== before) this.mark("state");
    if (this.lab.parts.includes("study")) this.told.hear(run, event);
    if (["finished", "diverged", "history", "state"].includes(event.event)) this.mark("end");
  }

  /** The run that is asked for is of another lab: says where, and looks at nothing. */
  refer({ kind, run }) {
    const lab = LABS[kind];
    this.turnAway();
    this.connection.send({ do: "leave" });
    this.say(`This link's run is of another kind: it belongs to ${lab.page}. `);
    const link = document.createElement("a");
    link.href = `${this.data.base}/${lab.address}run=${run}`;
    link.textContent = "Open it there";
    this.find("notice").append(link, ".");
    this.mark("state", "theme");
  }

  /** The run that is asked for cannot be shown, and is not asked for again. */
  turnAway() {
    this.turnedAway = this.connection.run;
    this.run.clear();
    this.connection.run = null;
    if (this.data.run) this.tellNoRun();
    this.preview();
  }

  /** A run has its data and its first weights: lay out the pictures for it. */
  begin() {
    const { started } = this.run;
    if (started.sizes) this.diagnostics.start(started, this.data.texts.diagnostics);
    if (started.gallery) {
      this.gallery.start(started);
      this.weights.start(started);
    } else if (started.points) {
      this.boundary.show(started);
      this.network.start(started);
    }
    this.find("class-legend").hidden = !started.classes;
    if (started.classes) this.drawLegend();
    this.mark("theme");
  }

  drawLegend() {
    const { classes, points } = this.run.started || this.data.preview;
    drawLegend(this.find("class-legend"), classes, this.theme, Boolean(points));
  }

  /** Before any run: the data of the chosen settings, so that the question "what do you expect?" can be answered. */
  preview() {
    if (this.run.started || this.run.state !== "none") return;
    const { preview } = this.data;
    this.boundary.show(preview?.points ? preview : null);
    this.find("class-legend").hidden = !preview?.points;
    if (preview?.points) this.drawLegend();
    if (preview?.gallery) this.gallery.start(preview);
    else this.gallery.clear();
  }

  // ---- drawing

  mark(...flags) {
    if (this.closed) return; // another view may draw here by now
    for (const flag of flags) this.dirty.add(flag);
    this.pending ||= requestAnimationFrame(() => {
      this.pending = null;
      const start = performance.now();
      this.draw();
      this.spent += performance.now() - start;
    });
  }

  /** For what comes just before a frame: waits for it, so that both are drawn at once. */
  soon(...flags) {
    for (const flag of flags) this.dirty.add(flag);
    this.waiting ||= setTimeout(() => {
      this.waiting = null;
      if (this.dirty.size) this.mark();
    }, 80);
  }

  /** True at most once in `every` milliseconds; the skipped words are caught up with a little later. */
  due(name, every) {
    const now = performance.now();
    if (now - (this.wordedAt[name] || 0) >= every) {
      this.wordedAt[name] = now;
      return true;
    }
    this.later ||= setTimeout(() => {
      this.later = null;
      this.mark("words");
    }, every);
    return false;
  }

  on(testid) {
    return this.shown.get(this.find(testid)) !== false;
  }

  draw() {
    const { run, theme, dirty } = this;
    const has = (flag) => dirty.has(flag);
    if (!this.component) return;
    const all = has("theme") || has("resize");
    this.dirty = new Set();
    if (has("state") || all) this.drawState();
    this.drawCharts(has("loss") || all, has("accuracy") || all);
    if (has("state") || has("accuracy") || has("signal") || all) this.drawDepth();
    if (has("frame") || all) this.drawFrame(all);
    if (this.lab.parts.includes("study") && (has("frame") || has("state") || all)) this.study.show(run, this.iterations, this.data.texts.study);
    if (all) this.boundary.draw();
    if (all && !run.frame) this.weights.clear(theme);
    if (has("end") || has("theme")) this.drawEnd();
    if (this.due("readout", 100) || has("state")) this.drawReadout();
    if (this.due("titles", 500) || has("state")) this.drawTitles();
  }

  drawState() {
    const { run, root, find, data } = this;
    root.dataset.state = run.state;
    root.dataset.connected = String(this.connected);
    root.dataset.run = run.id || "";
    this.toolbar.show(run, { problem: data.problem, connected: this.connected, retrying: this.retrying, busy: this.busy });
    this.story.show(run, data.settings);
    const image = run.started ? Boolean(run.started.image_shape) : data.kind === "image";
    const preparing = Boolean(run.preparing);
    find("boundary").hidden = image || preparing;
    find("pictures").hidden = !image || preparing;
    find("signal").hidden = find("depths").hidden = preparing;
    root.dataset.kind = image ? "image" : "plane";
    find("pictures").classList.toggle("waiting", !run.started);
    find("network").hidden = image || !run.frame;
    find("diagnostics").hidden = !run.frame;
    find("preparing").hidden = !preparing;
    if (preparing) {
      const { what, done, total } = run.preparing;
      find("preparing-text").textContent = total ? `${what}: ${count(done)} of ${count(total)}` : what;
      find("preparing-bar").value = total ? done / total : 0;
    }
    find("boundary-title").textContent = run.frame ? "What the network would answer, everywhere" : "The data it will learn from";
    find("device").hidden = !run.started?.device;
    if (run.started?.device) find("device").textContent = deviceText(run.started);
    find("ghosts").hidden = !run.ghosts.length;
    const key = run.ghosts.map((ghost) => ghost.run + ghost.label).join();
    if (key !== this.ghostKey) {
      this.ghostKey = key;
      this.drawGhostList();
    }
  }

  drawGhostList() {
    this.find("ghosts").replaceChildren(
      ...this.run.ghosts.map((ghost, i) => {
        const item = document.createElement("li");
        const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        svg.setAttribute("viewBox", "0 0 26 6");
        svg.setAttribute("aria-hidden", "true");
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        path.setAttribute("d", "M0 3h26");
        path.setAttribute("stroke-dasharray", ghostDash(i).join(" "));
        svg.append(path);
        item.append(svg, ghost.label);
        return item;
      }),
    );
  }

  drawCharts(loss, accuracy) {
    if ((!loss && !accuracy) || !this.lab.parts.includes("charts")) return;
    const { run, theme, data } = this;
    const perEpoch = run.started?.steps_per_epoch ?? data.iterations / data.settings.epochs;
    const common = {
      series: run.series, ghosts: run.ghosts, evaluations: run.evaluations, controls: run.marks, ended: run.ended, log: this.log,
      classes: run.started?.classes.length ?? data.classes, iterations: this.iterations, entries: run.started?.entries,
      reference: referenceOf(run.settings ?? data.settings, data.references ?? []), perEpoch, axis: stepAxis(this.inEpochs && perEpoch > 0 ? perEpoch : null, (step) => run.entryAt(step)),
    };
    common.end = axisEnd(common);
    if (loss && this.on("loss-chart")) this.lossChart.draw(theme, lossPicture(theme, common));
    if ((accuracy || common.end !== this.axisEnd) && this.on("accuracy-chart")) {
      this.axisEnd = common.end;
      this.accuracyChart.draw(theme, accuracyPicture(theme, common));
    }
  }

  /** What the labs Depth and table show of their networks. */
  drawDepth() {
    const { run, data, theme, lab } = this;
    if (lab.parts.includes("signal")) {
      const rows = signalRows(data.signal?.layers, run.started, run.layers);
      this.signal.show(rows, (run.started ?? data.signal)?.obstacle, data.texts.signal);
      if (this.on("signal")) this.signal.draw(theme);
    }
    if (lab.parts.includes("depths")) {
      this.depths.show({
        rows: depthRows(run.settings ?? data.settings, run.entries, run.underWay),
        report: (run.settings ?? data.settings).dataset === data.settings.dataset ? data.table.report : {}, texts: data.texts.table, download: run.ended ? this.file("metrics.csv") : null,
      });
    }
  }

  drawFrame(all) {
    const { run } = this;
    const { frame, started } = run;
    if (!frame || !started) return;
    if (frame.boundary && this.on("boundary")) this.boundary.update(frame.boundary, started.grid);
    if (frame.layers && this.on("network") && (all || this.due("network", 66))) this.network.update(frame.layers);
    if (frame.probabilities && this.on("pictures")) this.gallery.update(frame.probabilities);
    if (run.pictures && run.pictures !== this.drawnPictures && this.on("pictures")) {
      this.drawnPictures = run.pictures;
      this.weights.update(run.pictures);
    } else if (all) this.weights.draw();
    if (this.lab.parts.includes("diagnostics")) this.drawDiagnostics(all);
    if (this.fresh) {
      this.fresh = false;
      this.root.dataset.frames = String(++this.frames);
      if (this.startedAt) {
        this.root.dataset.firstFrame = (performance.now() - this.startedAt).toFixed(0);
        this.startedAt = null;
      }
    }
  }

  drawDiagnostics(all) {
    const { run } = this;
    if (all) this.diagnostics.draw();
    if (!run.started.layers) {
      if (this.due("diagnostics", 300)) this.diagnostics.update(run.frame.diagnostics);
      return;
    }
    // A network that is looked at once an epoch: its traces show every look there was, so that a reload changes nothing.
    if (this.traced === run.evaluations.length && this.tracedRun === run.started) return;
    this.traced = run.evaluations.length;
    this.tracedRun = run.started;
    this.diagnostics.retrace([run.started.layers, ...run.evaluations.map((evaluation) => evaluation.layers)]);
  }

  drawReadout() {
    this.root.dataset.step = String(this.run.step);
    if (!this.lab.parts.includes("readout")) return;
    const { run, find, iterations, lab } = this;
    const { frame } = run;
    const last = run.evaluation;
    const write = (testid, text) => {
      const element = find(testid);
      if (element.textContent !== text) element.textContent = text;
    };
    const blank = run.state === "none";
    write("readout-step", [count(blank ? 0 : run.step), ...(iterations ? [count(iterations)] : [])].join(" / "));
    const epoch = frame && !(last?.step > frame.step) ? frame.epoch : (last?.epoch ?? 0);
    write("readout-epoch", blank ? "–" : epoch < 10 ? epoch.toFixed(1) : count(epoch));
    const speed = run.end?.[lab.speed.name] ?? (run.state === "running" || run.state === "paused" ? frame?.[lab.speed.name] : null);
    write("readout-speed", speed ? lab.speed.say(speed) : "–");
    write("readout-left", run.state === "running" && Number.isFinite(frame?.seconds_left) ? duration(frame.seconds_left) : (LEFT[run.state] ?? "–"));
    write("readout-rate", short(frame?.learning_rate ?? this.controls.values.learning_rate ?? this.data.settings.learning_rate));
    write("readout-train", last ? percent(last.train_accuracy) : "–");
    write("readout-val", last ? percent(run.final ?? last.val_accuracy) : "–");
    find("readout-bar").style.transform = `scaleX(${iterations ? Math.min(1, run.step / iterations) : 0})`;
    this.root.dataset.drawMs = this.spent.toFixed(0);
  }

  drawTitles() {
    if (!this.lab.parts.includes("charts")) return;
    const { run, find } = this;
    const title = lossTitle({ series: run.series, state: run.state, entry: run.entryAt(run.step) });
    const accuracy = accuracyTitle(run.evaluation, run.entryAt(run.evaluation?.step), run.started?.classes.length, run.final);
    const write = (testid, text, canvas, alt) => {
      if (find(testid).textContent !== text) find(testid).textContent = text;
      if (find(canvas).getAttribute("aria-label") !== alt) find(canvas).setAttribute("aria-label", alt);
    };
    write("loss-title", title, "loss-canvas", `Line chart of the loss by step, up to step ${count(run.step)}. ${title}.`);
    write("accuracy-title", accuracy, "accuracy-canvas", `Line chart of training and validation accuracy by step. ${accuracy}.`);
    if (run.frame?.boundary) {
      const last = run.evaluations[run.evaluations.length - 1];
      const alt = `Decision regions of ${run.started.classes.length} classes over the plane at step ${count(run.step)}${last ? `; ${percent(last.val_accuracy)} of the validation points lie in their own region` : ""}.`;
      find("boundary-canvas").setAttribute("aria-label", alt);
    }
  }

  drawEnd() {
    const { run, theme } = this;
    if (!this.lab.parts.includes("result")) return;
    if (!run.end || !run.settings || !run.ended) {
      this.result.clear();
      return;
    }
    this.result.show({
      why: `${this.data.base}/depth?${this.data.query ? `${this.data.query}&` : ""}part=why-it-collapses`,
      end: run.end, settings: { ...run.settings, ...run.values }, began: run.settings, started: run.started, expectation: run.expectation,
      evaluation: run.evaluations[run.evaluations.length - 1],
      texts: this.data.texts.result, theme, download: this.file("metrics.csv"), network: this.file("network"),
    });
    this.mark("loss", "accuracy");
  }

  /** Steps of the run on view, or of the one that the settings would start; null where that is not known. */
  get iterations() {
    return this.run.started?.iterations ?? this.data.iterations;
  }

  /** The address of one of the run's files. */
  file(name) {
    return this.run.id ? `${this.data.base}/runs/${this.run.id}/${name}` : null;
  }

  say(message) {
    const notice = this.find("notice");
    notice.hidden = !message;
    notice.textContent = message || "";
  }
}

/** Where a network is trained, and in which numbers. */
function deviceText({ device, precision, at_once }) {
  const where = device.name === "cpu" ? "the processor" : device.title;
  const host = (device.host ? ` of ${device.host}` : "") + (at_once > 1 ? `, ${at_once} networks at once` : "");
  return `Trained on ${where}${host}, in ${{ tf32: "TF32", bf16: "bfloat16" }[precision] ?? precision}.`;
}

// Draws the view: passes what has changed to the module that draws it.

import { accuracyPicture, accuracyTitle, referenceOf } from "./accuracy_chart.js";
import { Beside } from "./beside.js";
import { Boundary } from "./boundary.js";
import { causeOf } from "./cause.js";
import { measuredOn } from "./chance.js";
import { showClassLegend } from "./class_legend.js";
import { columnsOf, DepthTable, rowsOf as depthRows } from "./depth_table.js";
import { Diagnostics } from "./diagnostics.js";
import { EarlierRunsList } from "./earlier_runs.js";
import { setText } from "./elements.js";
import { fill } from "./explanations.js";
import { Gallery } from "./gallery.js";
import { layOut } from "./layout.js";
import { LineChart } from "./line_chart.js";
import { lossPicture, lossTitle } from "./loss_chart.js";
import { trend } from "./loss_series.js";
import { NetworkDrawing } from "./network_drawing.js";
import { count, percent } from "./number_text.js";
import { showReadout } from "./readout.js";
import { Result } from "./result.js";
import { isRestored, Signal, rowsOf as signalRows } from "./signal.js";
import { axisEnd, stepAxis } from "./step_axis.js";
import { Study } from "./study.js";
import { readTheme } from "./theme.js";
import { UnitCard } from "./unit_card.js";
import { Visibility } from "./visibility.js";
import { FeatureMaps } from "./feature_maps.js";
import { WeightPictures } from "./weight_pictures.js";

const WATCHED = ["loss-chart", "accuracy-chart", "boundary", "signal", "pictures", "network", "diagnostics"];

export class Drawing {
  constructor(view) {
    const { root, find, lab, schedule } = view;
    this.view = view;
    this.logarithmic = false;
    this.inEpochs = false;
    this.newFrame = false; // a frame has arrived since the last drawing
    this.frames = 0; // drawn so far, for tests and benchmarks
    this.lossChart = new LineChart(find("loss-canvas"), () => schedule.request("loss"));
    this.accuracyChart = new LineChart(find("accuracy-canvas"), () => schedule.request("accuracy"));
    this.boundary = new Boundary(find("boundary-canvas"), find("points-canvas"), find("boundary-point"));
    this.network = new NetworkDrawing(
      {
        box: find("network-box"), canvas: find("network-canvas"), note: find("network-note"), scale: find("link-scale"),
        layerCount: find("layer-count"), layerAdd: find("layer-add"), layerRemove: find("layer-remove"),
      },
      {
        onPoint: () => this.drawAnswer(),
        onChange: () => this.drawAnswer(),
        onReplaced: () => this.card.close(false),
        onOpen: (unit, entry, moves) => this.openCard(unit, entry, moves),
        onHidden: (hidden) => view.commands.set({ hidden }),
      },
    );
    this.card = new UnitCard(find, {
      onEdit: (entry, value) => view.commands.edit(entry, value),
      onPick: (entry) => view.oneStep.chooseIfOpen(entry),
      onClose: (unit, returns) => (returns ? this.network.focus(unit) : this.network.point(null)),
    });
    this.gallery = new Gallery(find("gallery-items"), find("gallery-title"));
    this.weights = new WeightPictures(find("weights-canvas"), find("weights-note"), find("weights-unit"));
    this.featureMaps = new FeatureMaps(find);
    this.diagnostics = new Diagnostics(lab, find("diagnostics-rows"), find("diagnostics-reading"));
    this.signal = new Signal(find, () => schedule.request("signal"));
    this.depthTable = new DepthTable(find);
    this.study = new Study(find);
    this.beside = new Beside(find, (run) => view.fileOf(run, "frames"), () => schedule.request("state"));
    this.earlierRuns = new EarlierRunsList(find("runs"), {
      mark: (entry, marks) => view.commands.mark(entry, marks),
      compare: (entry) => this.beside.compare(entry),
    });
    this.result = new Result(find);
    const redrawCharts = () => schedule.request("loss", "accuracy");
    this.connectSwitch("loss-log", this, "logarithmic", redrawCharts);
    this.connectSwitch("chart-epochs", this, "inEpochs", redrawCharts);
    this.connectSwitch("training-only", this.boundary, "trainingOnly", () => this.boundary.draw());
    this.connectSwitch("class-only", this.boundary, "classOnly", () => this.boundary.paint());
    this.visibility = new Visibility(WATCHED.map(find), () => schedule.request("frame", "loss", "accuracy"));
    this.sizeObserver = new ResizeObserver(() => {
      const theme = readTheme(root); // presenter mode changes both
      if (view.theme && view.theme.soft !== theme.soft) {
        view.theme = theme;
        this.applyTheme();
      }
      schedule.request("size");
    });
    this.sizeObserver.observe(root);
  }

  close() {
    this.visibility.close();
    this.sizeObserver.disconnect();
  }

  /** A button that switches a way of drawing, a property of `part`, on and off. */
  connectSwitch(testid, part, name, redraw) {
    const button = this.view.find(testid);
    button.setAttribute("aria-pressed", "false");
    button.onclick = () => {
      part[name] = !part[name];
      button.setAttribute("aria-pressed", String(part[name]));
      redraw();
    };
  }

  applyTheme() {
    const { root, run, theme } = this.view;
    root.style.colorScheme = theme.dark ? "dark" : "light";
    for (const part of [this.boundary, this.network, this.gallery, this.weights, this.diagnostics]) part.applyTheme(theme);
    this.beside.applyTheme(theme);
    if (run.started?.classes) this.showLegend(run.started);
  }

  /** Prepares the pictures for a run that has its data and its initial weights. */
  startRun() {
    const { run, data, schedule } = this.view;
    const { started } = run;
    this.diagnosedFrame = null;
    if (started.sizes) this.diagnostics.start(started, data.texts.diagnostics);
    if (started.gallery) {
      this.gallery.start(started);
      this.weights.start(started);
      this.featureMaps.update(undefined);
    } else if (started.points) {
      this.boundary.show(started);
      this.network.start(started);
    }
    this.showLegend(started);
    schedule.request("theme");
  }

  /** Before any run: the data of the chosen settings and, on Train, their untrained network. */
  showPreview() {
    const { run, data } = this.view;
    if (run.started || run.state !== "none") return;
    const { preview } = data;
    const { frame } = preview ?? {};
    this.boundary.show(preview?.points ? preview : null);
    this.showLegend(preview?.points ? preview : null);
    if (preview?.gallery) this.gallery.start(preview);
    else this.gallery.clear();
    if (frame?.boundary) {
      this.boundary.update(frame.boundary, preview.grid);
      this.network.start(preview);
      this.network.update(frame.layers);
    } else this.card.close(false); // no network is drawn
    if (frame?.probabilities) this.gallery.update(frame.probabilities);
    if (frame?.weight_pictures) {
      this.weights.start(preview);
      this.weights.update(frame.weight_pictures);
    } else this.weights.clear();
  }

  /** The plane shows what the unit that is pointed at puts out, else what the network predicts. */
  drawAnswer() {
    const { view, network } = this;
    this.boundary.showAnswer(network.answer);
    const { run, data } = view;
    setText(view.find("boundary-title"), network.answer ? network.name(...network.pointed) : predictions(run, data.preview));
    this.card.show(network, !run.past && (run.controlled || run.state === "none"));
  }

  /**
   * Lets the learner choose what is explained.
   * @param {function|null} choose  called with { example } or { name } of a weight; null where nothing can be explained
   */
  showChoices(choose) {
    const { boundary, gallery, result, weights } = this;
    const example = (part) => choose && ((i) => choose({ example: `${part}-${i}` }));
    const trained = this.view.run.started?.examples?.train;
    boundary.onPoint = choose && ((i) => (i < trained ? example("train")(i) : example("val")(i - trained)));
    gallery.showChoices(example("val"));
    result.showChoices(example("test"));
    weights.onWeight = choose && ((name) => this.view.oneStep.chooseIfOpen(name));
  }

  /** Where a step is explained, a click on a link chooses its weight, and the page stays where it is. */
  openCard(unit, entry, moves) {
    const { oneStep } = this.view;
    const explains = entry && oneStep.explain;
    this.card.open(this.network, unit, entry, moves && !explains);
    if (explains) oneStep.choose({ name: entry });
  }

  showLegend(source) {
    const legend = this.view.find("class-legend");
    legend.hidden = !source?.classes;
    if (source?.classes) showClassLegend(legend, source, this.view.theme);
  }

  /** @param {Set<string>} changed  what has changed since the last drawing, see DrawingSchedule.request */
  draw(changed) {
    const { view } = this;
    const { schedule, lab } = view;
    const all = changed.has("theme") || changed.has("size");
    const any = (...parts) => all || parts.some((part) => changed.has(part));
    if (any("state")) this.drawState();
    if (lab.parts.includes("charts") && any("loss", "accuracy")) this.drawCharts(any("loss"), any("accuracy"));
    if (lab.parts.includes("signal") && any("state", "accuracy", "signal")) this.drawSignal();
    if (lab.parts.includes("depths") && any("state", "accuracy")) this.drawDepthTable();
    if (any("frame", "end")) this.drawFrame(all);
    if (any("state", "loss", "frame")) view.timeSlider.draw();
    if (any("state", "frame")) this.beside.draw(view.run);
    if (lab.parts.includes("study") && any("frame", "state")) this.study.show(view.run, view.iterations, view.data.texts.study);
    if (all) for (const plane of [this.boundary, ...this.beside.planes]) plane.draw();
    if (all && !view.run.frame) this.showPreview();
    if (changed.has("end") || changed.has("theme")) this.drawResult();
    if (schedule.isDue("readout", 100) || changed.has("state")) this.drawReadout();
    if (schedule.isDue("cause", 500) || changed.has("state")) this.drawCause(view.run);
    if (schedule.isDue("titles", 500) || changed.has("state") || (changed.has("accuracy") && schedule.isDue("accuracy-title", 500))) this.drawTitles();
  }

  drawState() {
    const { view } = this;
    const { run, data, commands, lab } = view;
    layOut(view);
    if (lab.parts.includes("network")) {
      this.network.showSettings(view.commands.hidden, data.limits);
      this.drawAnswer();
    }
    view.toolbar.show(run, { problem: data.problem, connected: view.connected, offline: view.offline, waiting: commands.waitShown });
    view.story.show(run, data);
    view.takeHome.show(run);
    if (lab.parts.includes("one-step")) view.oneStep.show();
    this.earlierRuns.show(view.theme, run, this.beside.entry?.run);
  }

  drawCharts(loss, accuracy) {
    const { run, theme, data, iterations } = this.view;
    const stepsPerEpoch = run.started?.steps_per_epoch ?? data.iterations / data.settings.epochs;
    const common = {
      run, stepsPerEpoch,
      end: axisEnd(run, iterations),
      axis: stepAxis(this.inEpochs && stepsPerEpoch > 0 ? stepsPerEpoch : null, (step) => run.entryAt(step)),
      classes: run.started?.classes.length ?? data.classes,
      cursor: run.past?.step,
    };
    if (loss && this.isVisible("loss-chart")) this.lossChart.draw(theme, lossPicture(theme, common, this.logarithmic));
    if ((accuracy || common.end !== this.axisEnd) && this.isVisible("accuracy-chart")) {
      this.axisEnd = common.end;
      const reference = referenceOf(run.settings ?? data.settings, data.references ?? []);
      this.accuracyChart.draw(theme, accuracyPicture(theme, common, reference));
    }
  }

  drawSignal() {
    const { run, data, theme } = this.view;
    this.signal.show(signalRows(data.signal?.layers, run.started, run.layers), (run.started ?? data.signal)?.obstacle, data.texts.signal, run.state === "diverged");
    if (this.isVisible("signal")) this.signal.draw(theme);
  }

  drawDepthTable() {
    const { view } = this;
    const { run, data } = view;
    const settings = run.settings ?? data.settings;
    this.depthTable.show({
      rows: depthRows(settings, run.entries, run.networksInTraining),
      columns: columnsOf(settings, run.entries, run.networksInTraining),
      titles: data.table.cures,
      report: settings.dataset === data.settings.dataset ? data.table.report : {},
      texts: data.texts.table,
      download: run.ended ? view.file("metrics.csv") : null,
    });
  }

  drawFrame(all) {
    const { run, schedule, lab } = this.view;
    const { frameOnView: frame, past, started } = run;
    if (!frame || !started) return;
    if (frame.boundary && this.isVisible("boundary")) this.boundary.update(frame.boundary, started.grid);
    if (frame.layers && this.isVisible("network") && (all || past || run.ended || schedule.isDue("network", 66))) this.network.update(frame.layers);
    if (frame.probabilities && this.isVisible("pictures")) this.gallery.update(frame.probabilities, past);
    const pictures = past ? frame.weight_pictures : run.pictures;
    if (pictures && pictures !== this.drawnPictures && this.isVisible("pictures")) {
      this.drawnPictures = pictures;
      this.weights.update(pictures);
      this.featureMaps.update(pictures.maps, started.classes[started.gallery?.labels[0]]);
    } else if (all) this.weights.draw();
    if (lab.parts.includes("diagnostics")) this.drawDiagnostics(all);
    if (this.newFrame) this.countFrame();
  }

  drawDiagnostics(all) {
    const { run } = this.view;
    if (all) this.diagnostics.draw();
    if (run.started.layers) this.traceEvaluations(run);
    else this.traceFrame(run);
    this.diagnostics.showReading(run.state === "diverged" && !run.past);
  }

  /** Names what is wrong in the status, as a button that leads to its gauge. */
  drawCause(run) {
    const { view } = this;
    const texts = view.data.texts.diagnostics?.causes;
    if (!texts) return;
    const { frame, started } = run;
    const training = !run.past && ["running", "paused"].includes(run.state) && frame?.step > 0;
    const cause = training ? causeOf(frame, started.sizes, run.evaluation, measuredOn(started, view.lab)) : null;
    const button = view.find("cause");
    button.hidden = !cause;
    if (!cause) return;
    const { name, why } = texts[cause.name];
    const layer = cause.layer === started.sizes.length - 1 ? "the output layer" : `hidden layer ${cause.layer}`;
    setText(button, name);
    button.title = fill(why, { layer, size: cause.size });
    button.onclick = () => {
      const gauge = view.find(cause.name === "overfitting" ? "accuracy-chart" : "diagnostics");
      gauge.scrollIntoView({ block: "center" });
      gauge.focus({ preventScroll: true });
    };
  }

  traceFrame({ frame, past, ended }) {
    const shown = past?.frame ?? frame;
    if (shown === this.diagnosedFrame) return;
    const returned = this.diagnosedFrame && this.diagnosedFrame !== this.tracedFrame; // from an earlier step
    if (!past && !ended && !returned && !this.view.schedule.isDue("diagnostics", 300)) return;
    this.diagnosedFrame = shown;
    if (past) return this.diagnostics.showEarlier(shown.diagnostics);
    if (frame === this.tracedFrame) return this.diagnostics.showFigures(shown.diagnostics);
    this.tracedFrame = frame;
    this.diagnostics.update(frame.diagnostics);
  }

  /** A deep network is measured once an epoch. The traces always hold every measurement, so a reload shows the same. */
  traceEvaluations(run) {
    if (this.tracedEvaluations === run.evaluations.length && this.tracedRun === run.started) return;
    this.tracedEvaluations = run.evaluations.length;
    this.tracedRun = run.started;
    this.diagnostics.replaceHistory([run.started.layers, ...run.evaluations.map((evaluation) => evaluation.layers)]);
  }

  /** Attributes of the view that tests and benchmarks read. */
  countFrame() {
    const { root, commands } = this.view;
    this.newFrame = false;
    root.dataset.frames = String(++this.frames);
    if (!commands.startedAt) return;
    root.dataset.firstFrame = (performance.now() - commands.startedAt).toFixed(0);
    commands.startedAt = null;
  }

  drawReadout() {
    const { view } = this;
    view.root.dataset.step = String(view.run.step);
    if (!view.lab.parts.includes("readout")) return;
    showReadout(view);
    view.root.dataset.drawMs = view.schedule.milliseconds.toFixed(0);
  }

  drawTitles() {
    const { run, data, find, lab } = this.view;
    if (!lab.parts.includes("charts")) return;
    const loss = lossTitle({ series: run.series, state: run.state, entry: run.entryAt(run.step), edited: run.lossAfterEdit, past: run.past });
    const accuracy = accuracyTitle({
      evaluation: run.evaluationOnView, entry: run.entryAt(run.evaluation?.step), classes: run.started?.classes.length,
      final: run.finalAccuracy, examples: measuredOn(run.started, lab), state: run.state, past: run.past,
    });
    const write = (chart, title, description) => {
      setText(find(`${chart}-title`), title);
      describe(find(`${chart}-canvas`), `${description}. ${title}.`);
    };
    write("loss", loss, `Line chart of the loss by step, up to step ${count(run.step)}`);
    write("accuracy", accuracy, "Line chart of training and validation accuracy by step");
    describe(find("boundary-canvas"), run.frame?.boundary ? boundaryDescription(run) : `${predictions(run, data.preview)}.`);
  }

  drawResult() {
    const { view } = this;
    const { run, data, theme, schedule } = view;
    if (!view.lab.parts.includes("result")) return;
    if (!run.end || !run.settings || !run.ended) {
      this.result.clear();
      return;
    }
    this.result.show({
      end: run.end, settings: { ...run.settings, ...run.values }, settingsAtStart: run.settings, started: run.started,
      expectation: run.expectation, evaluation: run.evaluations.at(-1), examples: measuredOn(run.started, view.lab),
      falling: trend(run.series) === "falling", restored: Boolean(run.layers) && isRestored(signalRows(null, run.started, run.layers)), texts: data.texts.result, theme,
      metrics: view.file("metrics.csv"), network: view.file("network"),
      why: `${data.base}/depth?${data.query ? `${data.query}&` : ""}part=why-it-collapses`,
    });
    schedule.request("loss", "accuracy");
  }

  isVisible(testid) {
    return this.visibility.isVisible(this.view.find(testid));
  }
}

function describe(canvas, text) {
  if (canvas.getAttribute("aria-label") !== text) canvas.setAttribute("aria-label", text);
}

/** What the plane shows. */
function predictions({ frame, past }, preview) {
  if (past) return `Predictions ${past.step ? `after step ${count(past.step)}` : "before the first step"}`;
  if (frame) return "What the network predicts";
  if (preview?.frame) return "What the untrained network predicts";
  return preview?.points ? "The data to learn from" : "No points yet";
}

function boundaryDescription({ started, stepOnView, evaluationOnView: last }) {
  const regions = `Decision regions of ${started.classes.length} classes over the plane at step ${count(stepOnView)}`;
  return `${regions}${last ? `; ${percent(last.val_accuracy)} of the validation points lie in their own region` : ""}.`;
}

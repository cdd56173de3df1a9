// The page of a run that was taken home as HTML (nnlib/export/replay.py): a slider through its snapshots. All of the run is in the file.

import { accuracyPicture, accuracyTitle } from "./accuracy_chart.js";
import { bytes } from "./base64.js";
import { Boundary } from "./boundary.js";
import { measuredOn } from "./chance.js";
import { showClassLegend } from "./class_legend.js";
import { setText } from "./elements.js";
import { Gallery } from "./gallery.js";
import { LABS } from "./labs.js";
import { LineChart } from "./line_chart.js";
import { lossPicture, lossTitle } from "./loss_chart.js";
import { NetworkDrawing } from "./network_drawing.js";
import { count, percent, short } from "./number_text.js";
import { Run } from "./run.js";
import { axisEnd, stepAxis } from "./step_axis.js";
import { readTheme } from "./theme.js";
import { WeightPictures } from "./weight_pictures.js";

const PLAY_MS = 80; // from one snapshot to the next

const find = (id) => document.getElementById(id);

/** What nnlib/export/replay.py has written: { events, frames }. */
async function readContent() {
  const packed = new Blob([bytes(find("content").textContent)]);
  return new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

class Replay {
  constructor({ events, frames }) {
    this.frames = frames;
    this.run = new Run(LABS.train);
    for (const event of events) this.run.update(event);
    const { started } = this.run;
    this.lossChart = new LineChart(find("loss"), () => this.drawCharts());
    this.accuracyChart = new LineChart(find("accuracy"), () => this.drawCharts());
    this.plane = new Boundary(find("regions"), find("points"), find("here"));
    const predictions = find("plane-title").textContent;
    const showAnswer = () => {
      const { answer, pointed } = this.network;
      this.plane.showAnswer(answer);
      setText(find("plane-title"), answer ? this.network.name(...pointed) : predictions);
    };
    const parts = { box: find("network-box"), canvas: find("network"), note: find("network-note"), scale: find("scale") };
    this.network = new NetworkDrawing(parts, { onPoint: showAnswer, onChange: showAnswer, onReplaced: () => {} });
    this.gallery = new Gallery(find("gallery"), find("gallery-title"));
    this.weights = new WeightPictures(find("weights"), find("weights-note"), find("weights-unit"));
    this.slider = find("slider");
    this.slider.max = String(frames.length - 1);
    this.slider.value = this.slider.max;
    this.slider.oninput = () => {
      this.pause();
      this.drawFrame();
    };
    find("play").onclick = () => (this.timer ? this.pause() : this.play());
    this.applyTheme();
    if (started.gallery) {
      this.gallery.start(started);
      this.weights.start(started);
    } else {
      this.plane.show(started);
      this.network.start(started);
    }
    find("images").hidden = !started.gallery;
    for (const id of ["plane", "network-figure"]) find(id).hidden = Boolean(started.gallery);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.drawAll());
    new ResizeObserver(() => this.drawAll()).observe(document.body);
  }

  get frame() {
    return this.frames[Number(this.slider.value)];
  }

  play() {
    if (this.slider.value === this.slider.max) this.slider.value = "0";
    this.timer = setInterval(() => {
      if (this.slider.value === this.slider.max) return this.pause();
      this.slider.value = String(Number(this.slider.value) + 1);
      this.drawFrame();
    }, PLAY_MS);
    setText(find("play"), "Pause");
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    setText(find("play"), "Play");
  }

  applyTheme() {
    this.theme = readTheme(document.body);
    for (const part of [this.plane, this.network, this.gallery, this.weights]) part.applyTheme(this.theme);
    const { started } = this.run;
    showClassLegend(find("legend"), started.gallery ? { classes: started.classes } : started, this.theme);
  }

  drawAll() {
    this.applyTheme();
    this.plane.draw();
    this.drawFrame();
  }

  /** The newest frame up to this moment that has a part which is not in all of them, or undefined. */
  newestWith(part) {
    return this.frames.findLast((each) => each[part] && each.step <= this.frame.step);
  }

  /** The moment that the slider stands at. */
  drawFrame() {
    const { frame, run } = this;
    run.past = { step: frame.step, frame };
    if (frame.boundary) this.plane.update(frame.boundary, run.started.grid);
    const withNetwork = this.newestWith("layers");
    if (withNetwork) {
      this.network.update(withNetwork.layers);
      setText(find("network-step"), withNetwork === frame ? "" : `as after step ${count(withNetwork.step)}`);
    }
    if (frame.probabilities) {
      this.gallery.update(frame.probabilities, true);
      const withPicture = this.newestWith("weight_pictures");
      if (withPicture) this.weights.update(withPicture.weight_pictures);
    }
    const evaluation = run.evaluationOnView;
    const values = [
      `step ${count(frame.step)}`, `epoch ${short(frame.epoch)}`, `learning rate ${short(frame.learning_rate)}`,
      ...(evaluation ? [`training ${percent(evaluation.train_accuracy)}`, `validation ${percent(evaluation.val_accuracy)}`] : []),
    ];
    setText(find("moment"), values.join(" · "));
    this.slider.setAttribute("aria-valuetext", values.join(", "));
    this.drawCharts();
  }

  drawCharts() {
    const { run, theme, frame } = this;
    const classes = run.started.classes.length;
    const common = { run, classes, end: axisEnd(run, run.started.iterations), axis: stepAxis(null, () => undefined), cursor: frame.step };
    this.lossChart.draw(theme, lossPicture(theme, common, false));
    this.accuracyChart.draw(theme, accuracyPicture(theme, common));
    const { series, state } = run;
    const examples = measuredOn(run.started, LABS.train);
    const titles = {
      loss: lossTitle({ series, state }),
      accuracy: accuracyTitle({ evaluation: run.evaluation, classes, final: run.finalAccuracy, examples, state }),
    };
    for (const [id, title] of Object.entries(titles)) {
      setText(find(`${id}-title`), title);
      find(id).setAttribute("aria-label", `Line chart by step. ${title}.`);
    }
  }
}

new Replay(await readContent());

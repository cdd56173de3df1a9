// A few validation images, each with the probability of every class as a bar.

import { bytes } from "./base64.js";
import { fit, imageCanvas } from "./canvas.js";
import { classColour } from "./class_markers.js";
import { makeButton } from "./elements.js";
import { percent } from "./number_text.js";

const TEXT_MS = 250; // between two changes of the texts

export class Gallery {
  constructor(list, titleElement) {
    this.list = list;
    this.titleElement = titleElement;
    this.items = [];
  }

  applyTheme(theme) {
    this.theme = theme;
  }

  /** @param {object} started  the started event of a run on images */
  start(started) {
    this.classes = started.classes;
    this.indices = started.gallery.indices; // among the validation examples; an older run has none
    const pixels = bytes(started.gallery.pixels);
    const size = started.image_shape[0] * started.image_shape[1] * started.image_shape[2];
    this.items = started.gallery.labels.map((label, i) => {
      const item = document.createElement("div");
      item.className = "example";
      item.dataset.testid = `example-${i}`;
      item.setAttribute("role", "img");
      const image = imageCanvas(pixels, i * size, started.image_shape);
      image.className = "image";
      const bars = document.createElement("canvas");
      bars.className = "bars";
      item.setAttribute("aria-label", `Image of ${this.classes[label]}`);
      const prediction = document.createElement("span");
      prediction.className = "prediction";
      prediction.textContent = "?";
      const truth = document.createElement("span");
      truth.className = "truth";
      truth.textContent = this.classes[label];
      item.append(image, truth, bars, prediction);
      return { item, bars, prediction, label };
    });
    this.list.replaceChildren(...this.items.map((each) => each.item));
    this.titleElement.textContent = "Validation images (not used for training)";
    this.rows = null;
    this.showChoices(this.choose);
  }

  /** @param {function|null} choose  called with the index of a validation image that is chosen; null where none can be */
  showChoices(choose) {
    this.choose = choose;
    this.items.forEach(({ item }, i) => {
      const active = Boolean(choose && this.indices);
      makeButton(item, active ? () => this.choose(this.indices[i]) : null);
    });
  }

  clear() {
    this.items = [];
    this.list.replaceChildren();
    this.titleElement.textContent = "Predictions for images it was not trained on";
  }

  /** @param {boolean} atOnce  whether the texts must not wait */
  update(rows, atOnce) {
    this.rows = rows;
    this.draw();
    const now = performance.now();
    if (!atOnce && now - (this.textsAt || 0) < TEXT_MS) return;
    this.textsAt = now;
    this.showPredictions();
  }

  showPredictions() {
    let right = 0;
    this.items.forEach(({ item, prediction, label }, i) => {
      const row = this.rows[i];
      if (!row) return;
      const best = row.indexOf(Math.max(...row));
      right += best === label;
      prediction.textContent = `${best === label ? "✓" : "✗"} ${this.classes[best]}, ${percent(row[best], 0)}`;
      item.classList.toggle("right", best === label);
      item.setAttribute("aria-label", `Image of ${this.classes[label]}: the network predicts ${this.classes[best]} with ${percent(row[best], 0)}, and gives ${this.classes[label]} ${percent(row[label], 0)}`);
    });
    this.titleElement.textContent = `${right} of these ${this.items.length} validation images right`;
  }

  draw() {
    if (!this.rows) return;
    this.items.forEach(({ bars, label }, i) => {
      const row = this.rows[i];
      const fitted = row && fit(bars);
      if (!fitted) return;
      const { g, width, height } = fitted;
      const { theme } = this;
      const wide = width / row.length;
      const tall = height - 5;
      g.clearRect(0, 0, width, height);
      g.fillStyle = theme.grid;
      g.fillRect(0, tall, width, 1);
      row.forEach((p, k) => {
        const up = Math.max(0.5, p * tall);
        g.fillStyle = classColour(theme, k);
        g.fillRect(k * wide + 0.5, tall - up, wide - 1.5, up);
        if (k === label) {
          g.fillStyle = theme.ink;
          g.beginPath();
          g.moveTo(k * wide + wide / 2 - 4, height);
          g.lineTo(k * wide + wide / 2 + 3, height);
          g.lineTo(k * wide + wide / 2 - 0.5, tall + 1);
          g.fill();
        }
      });
    });
  }
}

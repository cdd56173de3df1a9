// Images: a few validation images with the probability of every class as a bar, and the first layer's weights as pictures.

import { colourOf, fit, paint, picture } from "./classes.js";
import { bytes, percent } from "./bytes.js";

export class Gallery {
  /** theme is set from outside before anything is drawn. */
  constructor(list, titleElement) {
    this.list = list;
    this.titleElement = titleElement;
    this.items = [];
  }

  /** @param {object} started  the started event of a run on images */
  start(started) {
    this.classes = started.classes;
    const pixels = bytes(started.gallery.pixels);
    const size = started.image_shape[0] * started.image_shape[1] * started.image_shape[2];
    this.items = started.gallery.labels.map((label, i) => {
      const item = document.createElement("div");
      item.className = "example";
      item.dataset.testid = `example-${i}`;
      item.setAttribute("role", "img");
      const image = picture(pixels, i * size, started.image_shape);
      image.className = "image";
      const bars = document.createElement("canvas");
      bars.className = "bars";
      item.setAttribute("aria-label", `Image of ${this.classes[label]}`);
      const words = document.createElement("span");
      words.className = "says";
      words.textContent = "?";
      const truth = document.createElement("span");
      truth.className = "truth";
      truth.textContent = this.classes[label];
      item.append(image, truth, bars, words);
      return { item, bars, words, label };
    });
    this.list.replaceChildren(...this.items.map((each) => each.item));
    this.titleElement.textContent = "Images it will be asked about, never trained on";
    this.rows = null;
  }

  clear() {
    this.items = [];
    this.list.replaceChildren();
    this.titleElement.textContent = "What it says about images it never trained on";
  }

  update(rows) {
    this.rows = rows;
    this.draw();
    const now = performance.now();
    if (now - (this.wordedAt || 0) < 250) return;
    this.wordedAt = now;
    this.word();
  }

  word() {
    let right = 0;
    this.items.forEach(({ item, words, label }, i) => {
      const row = this.rows[i];
      if (!row) return;
      const best = row.indexOf(Math.max(...row));
      right += best === label;
      words.textContent = `${best === label ? "✓" : "✗"} ${this.classes[best]}, ${percent(row[best], 0)}`;
      item.classList.toggle("right", best === label);
      item.setAttribute("aria-label", `Image of ${this.classes[label]}: the network says ${this.classes[best]} with ${percent(row[best], 0)}, and gives ${this.classes[label]} ${percent(row[label], 0)}`);
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
        g.fillStyle = colourOf(k);
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

export class WeightPictures {
  constructor(canvas, note) {
    this.canvas = canvas;
    this.note = note;
  }

  start(started) {
    this.shape = started.image_shape;
    this.size = started.sizes[1];
    this.clear();
  }

  /** Before there are weights: says what will be here. */
  clear(theme) {
    this.sheet = null;
    this.canvas.style.aspectRatio = "6 / 1";
    this.note.textContent = "";
    const fitted = fit(this.canvas);
    if (!fitted) return;
    const { g, width, height } = fitted;
    g.clearRect(0, 0, width, height);
    if (!theme) return;
    g.fillStyle = theme.panel;
    g.fillRect(0, 0, width, height);
    g.fillStyle = theme.soft;
    g.font = `12px ${theme.font}`;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.fillText("Each hidden unit's weights, one for every pixel, will be drawn here as a picture", width / 2, height / 2, width - 20);
  }

  /** @param {{units: number[], pixels: string}} pictures */
  update({ units, pixels }) {
    const [h, w] = this.shape;
    const n = units.length;
    this.across = Math.min(n, 12);
    const rows = Math.ceil(n / this.across);
    const [width, height] = [this.across * (w + 1) - 1, rows * (h + 1) - 1];
    this.sheet ||= document.createElement("canvas");
    if (this.sheet.width !== width || this.sheet.height !== height) {
      this.sheet.width = width;
      this.sheet.height = height;
    }
    const data = bytes(pixels);
    const image = new ImageData(width, height);
    const channels = data.length / (n * h * w);
    for (let i = 0; i < n; i++) {
      const at = 4 * (Math.floor(i / this.across) * (h + 1) * width + (i % this.across) * (w + 1));
      paint(image.data, at, width, data, i * h * w * channels, [h, w, channels]);
    }
    this.sheet.getContext("2d").putImageData(image, 0, 0);
    this.note.textContent = `${n < this.size ? `${n} of ${this.size} units, ` : ""}each scaled to its own range`;
    this.canvas.style.aspectRatio = `${width} / ${height}`;
    this.draw();
  }

  draw() {
    if (!this.sheet) return;
    const fitted = fit(this.canvas);
    if (!fitted) return;
    const { g, width, height } = fitted;
    g.clearRect(0, 0, width, height);
    g.imageSmoothingEnabled = false;
    const scale = Math.min(width / this.sheet.width, height / this.sheet.height);
    g.drawImage(this.sheet, 0, 0, this.sheet.width * scale, this.sheet.height * scale);
  }
}

// The weights of the first layer as pictures, one for each hidden unit.

import { bytes } from "./base64.js";
import { copyImage, fit, placeOn } from "./canvas.js";

export class WeightPictures {
  constructor(canvas, note) {
    this.canvas = canvas;
    this.note = note;
    this.onWeight = null; // called with the name of a weight that is clicked, of a pixel's first channel
    canvas.onclick = (event) => {
      const name = this.onWeight && this.weightAt(...placeOn(event));
      if (name) this.onWeight(name);
    };
  }

  /** The name of the weight at a position on the canvas, or null. */
  weightAt(left, top) {
    if (!this.sheet) return null;
    const [h, w, channels] = this.shape;
    const [x, y] = [left, top].map((at) => Math.floor(at / this.scale(this.canvas.clientWidth, this.canvas.clientHeight)));
    const unit = this.units[Math.floor(y / (h + 1)) * this.across + Math.floor(x / (w + 1))];
    const [column, row] = [x % (w + 1), y % (h + 1)]; // between two pictures is a gap
    return unit === undefined || x >= this.sheet.width || column === w || row === h ? null : `W1[${(row * w + column) * channels},${unit}]`;
  }

  /** Screen pixels for each pixel of the pictures. */
  scale(width, height) {
    return Math.min(width / this.sheet.width, height / this.sheet.height);
  }

  applyTheme(theme) {
    this.theme = theme;
  }

  start(started) {
    this.imageShape = started.image_shape;
    this.size = started.sizes[1];
    this.clear();
  }

  /** Before there are weights: says what will be shown. */
  clear() {
    this.sheet = null;
    this.canvas.style.aspectRatio = "6 / 1";
    this.note.textContent = "";
    const fitted = fit(this.canvas);
    if (!fitted) return;
    const { g, width, height } = fitted;
    g.clearRect(0, 0, width, height);
    g.fillStyle = this.theme.panel;
    g.fillRect(0, 0, width, height);
    g.fillStyle = this.theme.soft;
    g.font = `12px ${this.theme.font}`;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.fillText("Each hidden unit's weights, one for every pixel, will be drawn here as a picture", width / 2, height / 2, width - 20);
  }

  /** @param {{units: number[], pixels: string, shape: number[]|undefined}} pictures  shape: of each, if not that of the images */
  update({ units, pixels, shape }) {
    this.shape = shape ?? this.imageShape;
    const [h, w] = this.shape;
    const n = units.length;
    this.units = units;
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
      copyImage(image.data, at, width, data, i * h * w * channels, [h, w, channels]);
    }
    this.sheet.getContext("2d").putImageData(image, 0, 0);
    this.note.textContent = `${n < this.size ? `${n} of ${this.size} ${shape ? "filters" : "units"}, ` : ""}each scaled to its own range`;
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
    const scale = this.scale(width, height);
    g.drawImage(this.sheet, 0, 0, this.sheet.width * scale, this.sheet.height * scale);
  }
}

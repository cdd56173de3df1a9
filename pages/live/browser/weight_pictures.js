// The weights of the first layer as pictures, one for each hidden unit. The one that is chosen, by a click or by arrow keys, is shown in
// numbers, too.

import { bytes } from "./base64.js";
import { copyImage, fit, placeOn } from "./canvas.js";
import { setText } from "./elements.js";
import { short } from "./number_text.js";

const LABEL = "First-layer weights as pictures";

export class WeightPictures {
  /** @param {HTMLElement} text  shows the chosen unit in numbers */
  constructor(canvas, note, text) {
    this.canvas = canvas;
    this.note = note;
    this.text = text;
    this.chosen = null; // a unit
    this.onWeight = null; // called with the name of a weight that is clicked, of a pixel's first channel
    canvas.onclick = (event) => {
      const [unit, name] = this.weightAt(...placeOn(event)) ?? [];
      if (!name) return;
      this.choose(unit === this.chosen ? null : unit);
      this.onWeight?.(name);
    };
    canvas.onkeydown = (event) => this.move(event);
  }

  /** The unit at a position on the canvas, and the name of its weight there; or null. */
  weightAt(left, top) {
    if (!this.sheet) return null;
    const [h, w, channels] = this.shape;
    const [x, y] = [left, top].map((at) => Math.floor(at / this.scale(this.canvas.clientWidth, this.canvas.clientHeight)));
    const unit = this.units[Math.floor(y / (h + 1)) * this.across + Math.floor(x / (w + 1))];
    const [column, row] = [x % (w + 1), y % (h + 1)]; // between two pictures is a gap
    return unit === undefined || x >= this.sheet.width || column === w || row === h ? null : [unit, `W1[${(row * w + column) * channels},${unit}]`];
  }

  move(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.across, ArrowDown: this.across, Escape: null }[event.key];
    if (step === undefined || !this.numbers) return;
    event.preventDefault();
    event.stopPropagation();
    const place = this.units.indexOf(this.chosen);
    this.choose(step === null ? null : (this.units[place < 0 ? 0 : place + step] ?? this.chosen));
  }

  choose(unit) {
    this.chosen = unit;
    this.draw();
    this.canvas.ariaLabel = `${LABEL}; arrow keys choose a unit. ${this.text.textContent}`;
  }

  /** The chosen unit in numbers, "" where there is none. */
  describe() {
    const i = this.units.indexOf(this.chosen);
    if (i < 0 || !this.numbers) return "";
    const { largest, biases, out } = this.numbers;
    const { classes, size } = this;
    const name = size === undefined ? classes[this.chosen] : `Unit ${this.chosen + 1}`;
    const own = `${name}: bias ${short(biases[i])}, weights up to ±${short(largest[i])}.`;
    return out ? `${own} Weights to the classes: ${out[i].map((weight, k) => `${classes[k]}: ${short(weight, 2)}`).join(", ")}.` : own;
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
    this.size = started.sizes.length > 2 ? started.sizes[1] : undefined; // without a hidden layer, each picture is of a class
    this.classes = started.classes;
    this.clear();
  }

  /** Before there are weights: says what will be shown. */
  clear() {
    this.sheet = this.chosen = null;
    this.text.hidden = true;
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

  /**
   * @param {{units: number[], pixels: string, shape: number[]|undefined, largest, biases, out}} pictures  shape: of each, if not that
   *   of the images; the last three are the numbers of each unit, where there are any
   */
  update({ units, pixels, shape, ...numbers }) {
    this.shape = shape ?? this.imageShape;
    const [h, w] = this.shape;
    const n = units.length;
    this.units = units;
    this.numbers = numbers.biases && numbers;
    this.canvas.tabIndex = this.numbers ? 0 : -1;
    this.canvas.style.cursor = this.numbers || this.onWeight ? "pointer" : "";
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
    setText(this.text, this.describe());
    this.text.hidden = !this.text.textContent;
    if (this.text.hidden) return;
    const place = this.units.indexOf(this.chosen);
    const [h, w] = this.shape.map((side) => (side + 1) * scale);
    g.strokeStyle = this.theme.accent;
    g.lineWidth = 3;
    g.strokeRect((place % this.across) * w + 1, Math.floor(place / this.across) * h + 1, w - scale - 2, h - scale - 2);
  }
}

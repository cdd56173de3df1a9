// The network as a picture: inputs on the left, a column for each hidden layer, classes on the right. Each unit has a thumbnail of the
// plane that shows where it is active; each link is as thick as its weight. The unit under the pointer or with the focus is also shown
// large. Units are buttons over one canvas, so that screen readers find them; one at a time is in the tab order, and the arrow keys
// move between them.

import { bytes } from "./base64.js";
import { fit } from "./canvas.js";
import { drawMarker } from "./class_markers.js";
import { short } from "./number_text.js";
import { colourTable, rgb } from "./theme.js";

const TEXT_MS = 250; // between two changes of the texts: faster cannot be read, and disturbs a screen reader

export class NetworkDrawing {
  /** @param {object} parts  box, canvas, unitCanvas, title, range, weights, note: elements of the view */
  constructor(parts) {
    this.parts = parts;
    this.columns = [];
    this.selected = null; // [column, unit] that is shown large
    parts.box.onkeydown = (event) => this.move(event);
    parts.box.onpointerover = (event) => event.target.unit && this.select(event.target.unit);
    parts.box.addEventListener("focusin", (event) => event.target.unit && this.select(event.target.unit));
  }

  /** @param {{sizes: number[], classes: string[], thumb: number}} started */
  start(started) {
    this.started = started;
    this.layers = null;
    this.selected = null;
    this.columns = [];
    this.parts.unitCanvas.hidden = true;
    this.parts.title.textContent = "Point at a unit";
    this.parts.range.textContent =
      "Each small square is the same plane as above, and shows where one unit is active. Point at it, or reach it with Tab and the arrow keys.";
    this.parts.weights.replaceChildren();
    this.parts.box.querySelectorAll("button").forEach((button) => button.remove());
  }

  applyTheme(theme) {
    this.theme = theme;
    this.colours = signColours(theme);
  }

  /** @param {object[]} layers  of a frame event */
  update(layers) {
    if (!this.started) return;
    this.layers = layers;
    const shape = JSON.stringify(layers.map((layer) => layer.units?.length));
    if (shape !== this.shape || !this.columns.length) {
      this.shape = shape;
      this.layOut();
    } else this.updateUnits();
    this.draw();
  }

  /** A large layer shows its strongest units only: these may have changed. */
  updateUnits() {
    this.columns.forEach((column, c) => {
      if (column.kind !== "hidden" || column.units.join() === this.layers[column.layer].units.join()) return;
      column.units = this.layers[column.layer].units;
      column.buttons.forEach((button, i) => button.setAttribute("aria-label", this.name(c, i)));
    });
  }

  /** Chooses the units of each column, and their positions. */
  layOut() {
    const { sizes, classes } = this.started;
    const hidden = this.layers.slice(0, -1);
    const columns = [{ kind: "input", names: ["x₁", "x₂"], units: [0, 1] }];
    hidden.forEach((layer, l) => columns.push({ kind: "hidden", layer: l, size: sizes[l + 1], units: layer.units }));
    columns.push({ kind: "output", layer: hidden.length, names: classes, units: classes.map((_, k) => k) });
    const tallest = Math.max(...columns.map((c) => c.units.length));
    const side = Math.max(30, Math.min(52, Math.floor(460 / tallest) - 8));
    const height = tallest * (side + 8) + 26;
    const width = Math.max(320, columns.length * (side + 52) + 20);
    const { box } = this.parts;
    box.style.height = `${height}px`;
    box.style.minWidth = `${width}px`;
    this.side = side;
    this.columns = columns;
    box.querySelectorAll("button").forEach((button) => button.remove());
    columns.forEach((column, c) => {
      column.at = column.units.map((_, i) => ({
        share: columns.length === 1 ? 0 : c / (columns.length - 1),
        y: 26 + (height - 26) * ((i + 0.5) / column.units.length),
      }));
      column.buttons = column.units.map((_, i) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "unit-spot";
        button.dataset.testid = `unit-${c}-${i}`;
        button.unit = [c, i];
        button.tabIndex = c === (columns.length > 2 ? 1 : 0) && i === 0 ? 0 : -1;
        button.setAttribute("aria-label", this.name(c, i));
        button.setAttribute("aria-describedby", "unit-range");
        Object.assign(button.style, { width: `${side}px`, height: `${side}px`, top: `${column.at[i].y - side / 2}px`, left: this.left(column.at[i].share) });
        box.append(button);
        return button;
      });
    });
    const shortened = hidden.find((layer, l) => layer.units.length < sizes[l + 1]);
    this.parts.note.textContent = shortened ? `of larger layers, the ${shortened.units.length} strongest units` : "";
  }

  left(share) {
    return `calc(${(100 * share).toFixed(3)}% - ${(this.side * share).toFixed(1)}px)`;
  }

  name(c, i) {
    const column = this.columns[c];
    if (column.kind === "input") return `Input ${column.names[i]}`;
    if (column.kind === "output") return `Output: ${column.names[i]}`;
    return `Hidden layer ${column.layer + 1}, unit ${column.units[i] + 1}`;
  }

  draw() {
    const fitted = fit(this.parts.canvas);
    if (!fitted || !this.columns.length) return;
    const { g, width, height } = fitted;
    const { side, columns, theme } = this;
    const X = (share) => share * (width - side) + side / 2;
    g.clearRect(0, 0, width, height);
    g.font = `12px ${theme.font}`;
    g.textAlign = "center";
    g.textBaseline = "top";
    g.fillStyle = theme.soft;
    columns.forEach((column, c) => {
      const text = column.kind === "input" ? "inputs" : column.kind === "output" ? "classes" : `hidden ${column.layer + 1}`;
      const half = g.measureText(text).width / 2;
      g.fillText(text, Math.min(width - half, Math.max(half, X(c / (columns.length - 1)))), 2);
    });
    for (let c = 1; c < columns.length; c++) this.drawLinks(g, X, c);
    columns.forEach((column) => {
      if (column.kind === "hidden") this.drawThumbnails(column);
      column.units.forEach((_, i) => this.drawUnit(g, column, i, X(column.at[i].share) - side / 2, column.at[i].y - side / 2));
    });
    if (this.selected) this.drawSelected();
  }

  drawLinks(g, X, c) {
    const { columns, side, theme, selected } = this;
    const { weights } = this.layers[c - 1];
    const [from, to] = [columns[c - 1], columns[c]];
    let most = 1e-12;
    for (const row of weights) for (const w of row) if (Math.abs(w) > most) most = Math.abs(w);
    const half = side / 2;
    // Links of the same sign and thickness (one of five) form one path: a canvas strokes ten paths faster than a thousand lines.
    const bins = new Map();
    for (let i = 0; i < from.units.length; i++)
      for (let j = 0; j < to.units.length; j++) {
        const w = weights[i]?.[j];
        if (!w) continue;
        const strength = Math.ceil((5 * Math.abs(w)) / most);
        if (strength < 2 && from.units.length * to.units.length > 64) continue;
        const ofSelected = selected && ((selected[0] === c && selected[1] === j) || (selected[0] === c - 1 && selected[1] === i));
        const bin = (w < 0 ? -1 : 1) * (strength + (ofSelected ? 10 : 0));
        if (!bins.has(bin)) bins.set(bin, []);
        bins.get(bin).push(X(from.at[i].share) + half, from.at[i].y, X(to.at[j].share) - half, to.at[j].y);
      }
    for (const bin of [...bins.keys()].sort((a, b) => Math.abs(a) - Math.abs(b))) {
      const ofSelected = Math.abs(bin) > 10;
      const strength = Math.abs(bin) - (ofSelected ? 10 : 0);
      g.beginPath();
      const ends = bins.get(bin);
      for (let k = 0; k < ends.length; k += 4) {
        const middle = (ends[k] + ends[k + 2]) / 2;
        g.moveTo(ends[k], ends[k + 1]);
        g.bezierCurveTo(middle, ends[k + 1], middle, ends[k + 3], ends[k + 2], ends[k + 3]);
      }
      g.strokeStyle = bin < 0 ? theme.negative : theme.positive;
      g.globalAlpha = ofSelected ? 1 : (selected ? 0.35 : 0.75) * (0.15 + 0.17 * strength);
      g.lineWidth = 0.5 + 0.55 * strength;
      g.setLineDash(bin < 0 ? [5, 3] : []);
      g.stroke();
    }
    g.setLineDash([]);
    g.globalAlpha = 1;
  }

  /** Draws all thumbnails of a layer on one small canvas, one below the other. */
  drawThumbnails(column) {
    const { thumb } = this.started;
    const data = bytes(this.layers[column.layer].thumbnails);
    column.sheet ||= document.createElement("canvas");
    if (column.sheet.height !== thumb * column.units.length) {
      column.sheet.width = thumb;
      column.sheet.height = thumb * column.units.length;
    }
    const image = new ImageData(thumb, thumb * column.units.length);
    const out = new Uint32Array(image.data.buffer);
    for (let i = 0; i < data.length && i < out.length; i++) out[i] = this.colours[data[i]];
    column.sheet.getContext("2d").putImageData(image, 0, 0);
    column.pixels = data;
  }

  drawUnit(g, column, i, x, y) {
    const { side, theme, selected } = this;
    const isSelected = selected && this.columns[selected[0]] === column && selected[1] === i;
    if (column.kind === "output") {
      g.fillStyle = theme.panel;
      g.beginPath();
      g.roundRect(x, y, side, side, 6);
      g.fill();
      drawMarker(g, theme, i, x + side / 2, y + side / 2, side * 0.22);
    } else this.drawPlane(g, column, i, x, y, side);
    g.strokeStyle = isSelected ? theme.accent : theme.faint;
    g.lineWidth = isSelected ? 3 : 1;
    g.beginPath();
    g.roundRect(x, y, side, side, column.kind === "output" ? 6 : 3);
    g.stroke();
  }

  drawPlane(g, column, i, x, y, side) {
    const { thumb } = this.started;
    if (column.kind === "hidden") {
      g.imageSmoothingEnabled = true;
      g.drawImage(column.sheet, 0, i * thumb, thumb, thumb, x, y, side, side);
      return;
    }
    const { negative, positive, paper } = this.theme;
    const gradient = i === 0 ? g.createLinearGradient(x, 0, x + side, 0) : g.createLinearGradient(0, y + side, 0, y);
    gradient.addColorStop(0, negative);
    gradient.addColorStop(0.5, paper);
    gradient.addColorStop(1, positive);
    g.fillStyle = gradient;
    g.fillRect(x, y, side, side);
    g.fillStyle = this.theme.ink;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.fillText(column.names[i], x + side / 2, y + side / 2);
  }

  select(unit) {
    this.selected = unit;
    for (const column of this.columns) for (const button of column.buttons) button.tabIndex = button.unit === unit ? 0 : -1;
    if (this.layers) this.draw();
  }

  move(event) {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!step || !event.target.unit) return;
    event.preventDefault();
    event.stopPropagation();
    const [c, i] = event.target.unit;
    const column = this.columns[Math.min(this.columns.length - 1, Math.max(0, c + step[0]))];
    const j = step[0] ? Math.round(((i + 0.5) / this.columns[c].units.length) * column.units.length - 0.5) : i + step[1];
    column.buttons[Math.min(column.units.length - 1, Math.max(0, j))].focus();
  }

  /** The selected unit, large, with its name, its range and its strongest weights. */
  drawSelected() {
    const [c, i] = this.selected;
    const column = this.columns[c];
    const { title, range, weights, unitCanvas } = this.parts;
    unitCanvas.hidden = false;
    const fitted = fit(unitCanvas);
    if (fitted) {
      const { g, width, height } = fitted;
      g.clearRect(0, 0, width, height);
      g.font = `13px ${this.theme.font}`;
      if (column.kind === "output") drawMarker(g, this.theme, i, width / 2, height / 2, width * 0.25);
      else this.drawPlane(g, column, i, 0, 0, width);
      g.strokeStyle = this.theme.faint;
      g.strokeRect(0.5, 0.5, width - 1, height - 1);
    }
    const now = performance.now();
    const key = this.selected.join();
    if (key === this.describedUnit && now - this.describedAt < TEXT_MS) return;
    this.describedUnit = key;
    this.describedAt = now;
    title.textContent = this.name(c, i);
    range.textContent = this.describe(column, i);
    weights.replaceChildren();
    if (c > 0) {
      const below = this.columns[c - 1];
      const rows = below.units.map((_, k) => [this.name(c - 1, k), this.layers[c - 1].weights[k]?.[i] ?? 0]);
      rows.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
      for (const [name, w] of rows.slice(0, 6)) {
        const item = document.createElement("li");
        item.className = w < 0 ? "negative" : "positive";
        item.textContent = `${name}: ${w > 0 ? "+" : ""}${short(w)}`;
        weights.append(item);
      }
    }
  }

  describe(column, i) {
    if (column.kind === "input") return "One coordinate of the point: an input of the network.";
    if (column.kind === "output") return "The class's logit; softmax turns all of them into probabilities.";
    const { thumb } = this.started;
    const part = column.pixels.subarray(i * thumb * thumb, (i + 1) * thumb * thumb);
    let [low, high] = [255, 0];
    for (const v of part) {
      if (v < low) low = v;
      if (v > high) high = v;
    }
    if (low === high) return "The same value everywhere on the plane: this unit distinguishes no two points.";
    return low >= 127 ? "Active where the picture is coloured, zero elsewhere." : "Positive and negative on different parts of the plane.";
  }
}

/** The colours of thumbnails: from negative through the page's own colour to positive. */
function signColours(theme) {
  const [negative, zero, positive] = [rgb(theme.negative), rgb(theme.paper), rgb(theme.positive)];
  return colourTable((i) => {
    const share = Math.min(1, Math.abs(i - 128) / 127);
    return zero.map((z, channel) => z + ((i < 128 ? negative : positive)[channel] - z) * share);
  });
}

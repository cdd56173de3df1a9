// The plane of inputs: what the network would answer at every point, under the points it learns from. The colour says the class,
// its strength says how sure the network is. Points and axes lie on a second canvas that is drawn only when they change.

import { colourOf, fit, marker, rgb } from "./classes.js";
import { bytes, percent, short } from "./bytes.js";

const PAD = { left: 36, right: 6, top: 6, bottom: 30 };

export class Boundary {
  /** @param {HTMLElement} told  where the answer under the pointer is written */
  constructor(field, dots, told) {
    this.field = field; // canvas below
    this.dots = dots; // canvas above
    this.told = told;
    this.cells = document.createElement("canvas");
    dots.onpointermove = (event) => this.tell(event.offsetX, event.offsetY);
    dots.onpointerleave = () => this.tell(-1, -1);
  }

  /** Says what the network would answer at a place of the canvas. */
  tell(x, y) {
    this.pointed = [x, y];
    const box = inside(this.dots.clientWidth, this.dots.clientHeight);
    const [column, row] = [Math.floor(((x - box.x) / box.w) * this.grid), Math.floor(((y - box.y) / box.h) * this.grid)];
    const there = this.grid && column >= 0 && row >= 0 && column < this.grid && row < this.grid;
    if (!there) {
      this.told.textContent = "";
      return;
    }
    const cell = this.answers[row * this.grid + column];
    const { classes } = this.plane;
    const sure = 1 / classes.length + (1 - 1 / classes.length) * ((cell & 15) / 15);
    this.told.textContent = `here: ${classes[cell >> 4]}, ${percent(sure, 0)}`;
  }

  /** @param {{extent: number[], classes: string[], points: {x, y, split}}} plane  null empties the picture */
  show(plane) {
    this.plane = plane;
    this.grid = 0;
    this.draw();
  }

  dress(theme) {
    this.theme = theme;
    this.palette = palette(theme);
  }

  /** @param {string} text base64 of grid × grid cells, class × 16 + confidence */
  update(text, grid) {
    const cells = bytes(text);
    if (grid * grid !== cells.length) return;
    if (this.cells.width !== grid) this.cells.width = this.cells.height = grid;
    this.grid = grid;
    this.answers = cells;
    if (this.pointed && this.told.textContent) this.tell(...this.pointed);
    const image = new ImageData(grid, grid);
    const out = new Uint32Array(image.data.buffer);
    for (let i = 0; i < cells.length; i++) out[i] = this.palette[cells[i]];
    this.cells.getContext("2d").putImageData(image, 0, 0);
    this.drawField();
  }

  draw() {
    this.drawField();
    this.drawDots();
  }

  drawField() {
    const fitted = fit(this.field);
    if (!fitted) return;
    const { g, width, height } = fitted;
    const box = inside(width, height);
    g.clearRect(0, 0, width, height);
    if (this.grid) {
      g.imageSmoothingEnabled = true;
      g.drawImage(this.cells, box.x, box.y, box.w, box.h);
    } else {
      g.fillStyle = this.theme?.panel || "transparent";
      g.fillRect(box.x, box.y, box.w, box.h);
    }
  }

  drawDots() {
    const fitted = fit(this.dots);
    if (!fitted || !this.plane) return;
    const { g, width, height } = fitted;
    const { theme } = this;
    const box = inside(width, height);
    const [xa, xb, ya, yb] = this.plane.extent;
    const X = (v) => box.x + ((v - xa) / (xb - xa)) * box.w;
    const Y = (v) => box.y + box.h - ((v - ya) / (yb - ya)) * box.h;
    g.clearRect(0, 0, width, height);
    g.font = `12px ${theme.font}`;
    g.fillStyle = theme.soft;
    g.strokeStyle = theme.faint;
    g.lineWidth = 1;
    g.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
    for (const v of halves(xa, xb)) {
      g.textAlign = "center";
      g.textBaseline = "top";
      g.fillText(short(v), X(v), box.y + box.h + 5);
    }
    for (const v of halves(ya, yb)) {
      g.textAlign = "right";
      g.textBaseline = "middle";
      g.fillText(short(v), box.x - 5, Y(v));
    }
    g.textAlign = "right";
    g.textBaseline = "top";
    g.fillText("x₁", box.x + box.w, box.y + box.h + 12);
    g.fillText("x₂", box.x - 5, box.y - 1);

    const { x, y, split } = this.plane.points;
    const size = Math.max(2, Math.min(4.2, (0.09 * box.w) / Math.sqrt(x.length / 4)));
    g.save();
    g.beginPath();
    g.rect(box.x, box.y, box.w, box.h);
    g.clip();
    for (const ring of [false, true])
      for (let i = 0; i < x.length; i++)
        if ((split[i] === "val") === ring) marker(g, y[i], X(x[i][0]), Y(x[i][1]), size, { ring, edge: "#ffffff" });
    g.restore();
  }
}

/** The square in which the plane is drawn. */
function inside(width, height) {
  const side = Math.max(10, Math.min(width - PAD.left - PAD.right, height - PAD.top - PAD.bottom));
  return { x: PAD.left + Math.max(0, (width - PAD.left - PAD.right - side) / 2), y: PAD.top, w: side, h: side };
}

/** 256 colours as the canvas stores them: paper where the network cannot decide, nearly the class's colour where it is certain. */
function palette(theme) {
  const out = new Uint32Array(256);
  const paper = rgb(theme.paper);
  for (let i = 0; i < 256; i++) {
    const colour = rgb(colourOf(i >> 4));
    const share = 0.06 + (theme.dark ? 0.5 : 0.54) * ((i & 15) / 15);
    const [r, g, b] = paper.map((p, c) => Math.round(p + (colour[c] - p) * share));
    out[i] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return out;
}

function halves(a, b) {
  const raw = (b - a) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const size = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.99);
  const out = [];
  for (let v = Math.ceil(a / size) * size; v <= b; v += size) out.push(Math.abs(v) < 1e-12 ? 0 : Number(v.toPrecision(6)));
  return out;
}

/** The key under the plane: each class's marker and name, then what filled and hollow mean. */
export function drawLegend(list, classes, theme, planar) {
  list.replaceChildren();
  classes.forEach((name, k) => list.append(key(name, theme, (g) => marker(g, k, 8, 8, 4.5))));
  if (planar) {
    list.append(key("training: filled", theme, (g) => dot(g, theme, true)), key("validation: ring", theme, (g) => dot(g, theme, false)));
  }
}

function dot(g, theme, filled) {
  g.beginPath();
  g.arc(8, 8, 4.2, 0, 7);
  g.lineWidth = 1.8;
  g.strokeStyle = g.fillStyle = theme.soft;
  if (filled) g.fill();
  g.stroke();
}

function key(name, theme, draw) {
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  canvas.className = "marker";
  const g = canvas.getContext("2d");
  g.scale(2, 2);
  draw(g);
  item.append(canvas, document.createTextNode(name));
  return item;
}

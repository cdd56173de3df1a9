// The plane of inputs: what the network predicts at every point, below the points of the data. The colour stands for the class,
// its strength for the probability. Points and axes are on a second canvas that is drawn only when they change.

import { bytes } from "./base64.js";
import { fit, placeOn } from "./canvas.js";
import { classColour, drawMarker } from "./class_markers.js";
import { percent, short } from "./number_text.js";
import { colourTable, rgb } from "./theme.js";
import { ticks } from "./ticks.js";

const REACH = 12; // pixels from a point within which a click is on it
const NAME_ROOM = 20; // pixels that the name of an axis takes
const PAD = { left: 36, right: 6, top: 6, bottom: 30 };

export class Boundary {
  /** @param {HTMLElement} pointText  shows the prediction under the pointer */
  constructor(regionsCanvas, pointsCanvas, pointText) {
    this.regionsCanvas = regionsCanvas; // below the points
    this.pointsCanvas = pointsCanvas;
    this.pointText = pointText;
    this.cells = document.createElement("canvas");
    this.answer = null; // a canvas with that of one unit, in place of the predictions
    this.marked = null; // coordinates of the example that is explained
    this.trainingOnly = false; // validation points are hidden
    this.classOnly = false; // every cell as if its class were certain
    this.onPoint = null; // called with the index of a point that is clicked
    pointsCanvas.onpointermove = (event) => {
      const place = placeOn(event);
      this.showPrediction(...place);
      pointsCanvas.style.cursor = this.onPoint && this.pointAt(...place) >= 0 ? "pointer" : "";
    };
    pointsCanvas.onclick = (event) => {
      const point = this.onPoint ? this.pointAt(...placeOn(event)) : -1;
      if (point >= 0) this.onPoint(point);
    };
    pointsCanvas.onpointerleave = () => this.showPrediction(-1, -1);
  }

  /** Shows the prediction at a position on the canvas. */
  showPrediction(x, y) {
    this.pointer = [x, y];
    const box = planeBox(this.pointsCanvas.clientWidth, this.pointsCanvas.clientHeight);
    const [column, row] = [Math.floor(((x - box.x) / box.w) * this.grid), Math.floor(((y - box.y) / box.h) * this.grid)];
    const inside = this.grid && column >= 0 && row >= 0 && column < this.grid && row < this.grid;
    if (!inside) {
      this.pointText.textContent = "";
      return;
    }
    const cell = this.predictions[row * this.grid + column];
    const { classes } = this.plane;
    const probability = 1 / classes.length + (1 - 1 / classes.length) * ((cell & 15) / 15);
    this.pointText.textContent = `here: ${classes[cell >> 4]}, ${percent(probability, 0)}`;
  }

  /** The index of the point at a position on the canvas, or -1. */
  pointAt(x, y) {
    if (!this.plane) return -1;
    const place = this.places();
    let [found, nearest] = [-1, REACH];
    this.plane.points.x.forEach((point, i) => {
      if (!this.isShown(i)) return;
      const [px, py] = place(point);
      const distance = Math.hypot(px - x, py - y);
      if (distance < nearest) [found, nearest] = [i, distance];
    });
    return found;
  }

  isShown(i) {
    return !this.trainingOnly || this.plane.points.split[i] === "train";
  }

  /** A function from coordinates on the plane to pixels. */
  places() {
    const box = planeBox(this.pointsCanvas.clientWidth, this.pointsCanvas.clientHeight);
    const [xa, xb, ya, yb] = this.plane.extent;
    return ([x, y]) => [box.x + ((x - xa) / (xb - xa)) * box.w, box.y + box.h - ((y - ya) / (yb - ya)) * box.h];
  }

  /** @param {{extent: number[], classes: string[], points: {x, y, split}}} plane  null clears the picture */
  show(plane) {
    this.plane = plane;
    this.grid = 0;
    this.draw();
  }

  applyTheme(theme) {
    this.theme = theme;
    this.colours = regionColours(theme);
  }

  /** @param {string} text  base64 of grid × grid cells: class × 16 + probability, 0 to 15 */
  update(text, grid) {
    const cells = bytes(text);
    if (grid * grid !== cells.length) return;
    if (this.cells.width !== grid) this.cells.width = this.cells.height = grid;
    this.grid = grid;
    this.predictions = cells;
    if (this.pointText.textContent) this.showPrediction(...this.pointer);
    this.paint();
  }

  /** Paints the predictions. */
  paint() {
    if (!this.grid) return;
    const { predictions: cells, grid } = this;
    const image = new ImageData(grid, grid);
    const out = new Uint32Array(image.data.buffer);
    for (let i = 0; i < cells.length; i++) out[i] = this.colours[this.classOnly ? cells[i] | 15 : cells[i]];
    this.cells.getContext("2d").putImageData(image, 0, 0);
    this.drawRegions();
  }

  /** Paints what one unit puts out. @param {{sheet: HTMLCanvasElement, top: number, side: number}|null} answer  null restores the predictions */
  showAnswer(answer) {
    if (!answer && !this.answer) return;
    this.answer = answer && cutOut(answer);
    this.drawRegions();
  }

  draw() {
    this.drawRegions();
    this.drawPoints();
  }

  drawRegions() {
    const fitted = fit(this.regionsCanvas);
    if (!fitted) return;
    const { g, width, height } = fitted;
    const box = planeBox(width, height);
    g.clearRect(0, 0, width, height);
    g.imageSmoothingEnabled = true;
    if (this.answer || this.grid) {
      g.drawImage(this.answer || this.cells, box.x, box.y, box.w, box.h);
    } else {
      g.fillStyle = this.theme.panel;
      g.fillRect(box.x, box.y, box.w, box.h);
    }
  }

  drawPoints() {
    const fitted = fit(this.pointsCanvas);
    if (!fitted) return;
    const { g, width, height } = fitted;
    g.clearRect(0, 0, width, height);
    if (!this.plane) return;
    const { theme } = this;
    const box = planeBox(width, height);
    const [xa, xb, ya, yb] = this.plane.extent;
    const X = (v) => box.x + ((v - xa) / (xb - xa)) * box.w;
    const Y = (v) => box.y + box.h - ((v - ya) / (yb - ya)) * box.h;
    g.font = `12px ${theme.font}`;
    g.fillStyle = theme.soft;
    g.strokeStyle = theme.faint;
    g.lineWidth = 1;
    g.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
    // The names of the axes stand at the right and at the top: a tick close to them has no number.
    for (const v of ticks(xa, xb, 4)) {
      if (X(v) > box.x + box.w - NAME_ROOM) continue;
      g.textAlign = "center";
      g.textBaseline = "top";
      g.fillText(short(v), X(v), box.y + box.h + 5);
    }
    for (const v of ticks(ya, yb, 4)) {
      if (Y(v) < box.y + NAME_ROOM) continue;
      g.textAlign = "right";
      g.textBaseline = "middle";
      g.fillText(short(v), box.x - 5, Y(v));
    }
    g.textAlign = "right";
    g.textBaseline = "top";
    g.fillText("x₁", box.x + box.w, box.y + box.h + 5);
    g.fillText("x₂", box.x - 5, box.y - 1);

    const { x, y, split } = this.plane.points;
    const size = Math.max(2, Math.min(4.2, (0.09 * box.w) / Math.sqrt(x.length / 4)));
    g.save();
    g.beginPath();
    g.rect(box.x, box.y, box.w, box.h);
    g.clip();
    for (const ring of [false, true])
      for (let i = 0; i < x.length; i++)
        if (this.isShown(i) && (split[i] === "val") === ring) drawMarker(g, theme, y[i], X(x[i][0]), Y(x[i][1]), size, { ring, edge: "white" });
    if (this.marked) markPlace(g, theme, X(this.marked[0]), Y(this.marked[1]));
    g.restore();
  }
}

/** One unit's picture alone: enlarged out of the sheet, its edges would mix with the pictures above and below it. */
function cutOut({ sheet, top, side }) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  canvas.getContext("2d").drawImage(sheet, 0, -top);
  return canvas;
}

/** A ring around the example that is explained. */
function markPlace(g, theme, x, y) {
  for (const [colour, width] of [[theme.paper, 6], [theme.ink, 2.5]]) {
    g.beginPath();
    g.arc(x, y, 10, 0, 2 * Math.PI);
    g.strokeStyle = colour;
    g.lineWidth = width;
    g.stroke();
  }
}

/** The square in which the plane is drawn. */
export function planeBox(width, height) {
  const side = Math.max(10, Math.min(width - PAD.left - PAD.right, height - PAD.top - PAD.bottom));
  return { x: PAD.left + Math.max(0, (width - PAD.left - PAD.right - side) / 2), y: PAD.top, w: side, h: side };
}

/** The colour of each cell: the page's own where the network is undecided, nearly the class's where it is certain. */
function regionColours(theme) {
  const paper = rgb(theme.paper);
  return colourTable((cell) => {
    const colour = rgb(classColour(theme, cell >> 4));
    const share = 0.06 + (theme.dark ? 0.5 : 0.54) * ((cell & 15) / 15);
    return paper.map((value, channel) => value + (colour[channel] - value) * share);
  });
}

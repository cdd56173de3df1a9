// The plane that is drawn on: its points, the keyboard's cursor, and the circle of the brush.

import { planeBox } from "../live-view/boundary.js";
import { fit, strokeLine } from "../live-view/canvas.js";
import { classColour, drawMarker } from "../live-view/class_markers.js";
import { short } from "../live-view/number_text.js";
import { ticks } from "../live-view/ticks.js";

export class Plane {
  /** @param {HTMLCanvasElement} canvas  @param {number[]} extent  lowest and highest x, lowest and highest y */
  constructor(canvas, extent) {
    this.canvas = canvas;
    this.extent = extent;
  }

  get box() {
    return planeBox(this.canvas.clientWidth, this.canvas.clientHeight);
  }

  get side() {
    return this.extent[1] - this.extent[0];
  }

  /** The point of the plane at a position on the canvas, in CSS pixels. */
  at(left, top) {
    const { x, y, w, h } = this.box;
    return [this.extent[0] + ((left - x) / w) * this.side, this.extent[3] - ((top - y) / h) * this.side];
  }

  contains([x, y]) {
    const [xa, xb, ya, yb] = this.extent;
    return x >= xa && x <= xb && y >= ya && y <= yb;
  }

  clamp([x, y]) {
    const [xa, xb, ya, yb] = this.extent;
    return [Math.min(xb, Math.max(xa, x)), Math.min(yb, Math.max(ya, y))];
  }

  /** @param {{points: number[][], theme, cursor: number[]|null, brush: {at, radius, class}|null}} picture */
  draw({ points, theme, cursor, brush }) {
    const fitted = fit(this.canvas);
    if (!fitted) return;
    const { g, width, height } = fitted;
    const { box } = this;
    const [xa, , , yb] = this.extent;
    const X = (v) => box.x + ((v - xa) / this.side) * box.w;
    const Y = (v) => box.y + ((yb - v) / this.side) * box.h;
    g.clearRect(0, 0, width, height);
    this.drawAxes(g, theme, box, X, Y);
    g.save();
    g.beginPath();
    g.rect(box.x, box.y, box.w, box.h);
    g.clip();
    const size = Math.max(2, Math.min(4.5, (0.1 * box.w) / Math.sqrt(Math.max(1, points.length) / 4)));
    for (const [x, y, k] of points) drawMarker(g, theme, k, X(x), Y(y), size, { edge: theme.paper });
    if (brush) {
      g.beginPath();
      g.arc(X(brush.at[0]), Y(brush.at[1]), Math.max(5, (brush.radius / this.side) * box.w), 0, 2 * Math.PI);
      g.strokeStyle = brush.class === null ? theme.ink : classColour(theme, brush.class);
      g.lineWidth = 1.5;
      g.setLineDash(brush.class === null ? [4, 3] : []);
      g.stroke();
      g.setLineDash([]);
    }
    if (cursor) this.drawCursor(g, theme, X(cursor[0]), Y(cursor[1]));
    g.restore();
  }

  drawAxes(g, theme, box, X, Y) {
    const [xa, xb, ya, yb] = this.extent;
    g.font = `12px ${theme.font}`;
    g.fillStyle = theme.panel;
    g.fillRect(box.x, box.y, box.w, box.h);
    g.fillStyle = theme.soft;
    g.strokeStyle = theme.grid;
    g.lineWidth = 1;
    g.textAlign = "center";
    g.textBaseline = "top";
    for (const v of ticks(xa, xb, 4)) {
      strokeLine(g, X(v), box.y, X(v), box.y + box.h);
      g.fillText(short(v), X(v), box.y + box.h + 5);
    }
    g.textAlign = "right";
    g.textBaseline = "middle";
    for (const v of ticks(ya, yb, 4)) {
      strokeLine(g, box.x, Y(v), box.x + box.w, Y(v));
      g.fillText(short(v), box.x - 5, Y(v));
    }
    g.strokeStyle = theme.faint;
    g.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
  }

  drawCursor(g, theme, x, y) {
    for (const [colour, width] of [[theme.paper, 5], [theme.ink, 2]]) {
      g.strokeStyle = colour;
      g.lineWidth = width;
      for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        strokeLine(g, x + 6 * right, y + 6 * down, x + 14 * right, y + 14 * down);
      }
    }
  }
}

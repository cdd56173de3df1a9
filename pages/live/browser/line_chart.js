// A small line chart on a canvas. loss_chart.js and accuracy_chart.js make its content.
//
// Why not a chart library: two Vega charts of 600 points, updated 20 times a second, took 8 to 13 ms of the browser's main thread per
// frame beside a training process on two cores, 150 ms to load and 270 ms to mount; these take less than half a millisecond.

import { fit, outlinedText, placeOn, strokeLine } from "./canvas.js";
import { separated } from "./loss_series.js";
import { count, short } from "./number_text.js";
import { ticks } from "./ticks.js";

const PAD = { left: 46, right: 12, top: 24, bottom: 32 };
const NEAR = 8; // pixels between two dots of a line that labels avoid
const MOST_DOTS = 100; // between two points
const HIDDEN_LABEL = 1e6; // dots that weigh as much as another label

export class LineChart {
  constructor(canvas, redraw) {
    this.canvas = canvas;
    this.hover = null; // x in CSS pixels
    canvas.onpointermove = (event) => {
      [this.hover] = placeOn(event);
      redraw();
    };
    canvas.onpointerleave = () => {
      this.hover = null;
      redraw();
    };
  }

  /**
   * @param {object} theme
   * @param {object} picture  { x: [least, greatest], y: [least, greatest], logarithmic, axis, yTitle, yTick(value), yValue(value), band,
   *                            lines, references, marks, cursor, sections, empty, emptyAt }
   *   axis        how steps are written along x: see stepAxis
   *   band        { x, low, high, colour }            the noise behind a line
   *   lines       [{ x, y, colour, width, dash, dots, label, onCurve, tag }]   onCurve: the label stands at the end of the line, not in
   *               the legend; the tag is written beside that end
   *   references  [{ y, label, left }]                a level to compare with, such as guessing; its label where no line is, at the right end, or the left
   *   marks       [{ x, changes: { name: value } }]   moments at which settings changed
   *   cursor      a position along x that is marked by a line, or undefined
   *   sections    { starts: [x], labels: [[{ x, text }]], top }   where another network begins, lines are interrupted; the first
   *               list of labels that fits is written
   *   empty       what to write while there are no lines, at the height emptyAt (0 to 1)
   */
  draw(theme, picture) {
    const fitted = fit(this.canvas);
    if (!fitted) return;
    const { g, width, height } = fitted;
    g.clearRect(0, 0, width, height);
    g.font = `12px ${theme.font}`;
    g.lineJoin = "round";
    const inner = { x0: PAD.left, x1: width - PAD.right, y0: height - PAD.bottom, y1: PAD.top };
    const [xa, xb] = picture.x;
    let [ya, yb] = picture.y;
    if (picture.logarithmic) [ya, yb] = [Math.log10(ya), Math.log10(yb)];
    const X = (v) => inner.x0 + ((v - xa) / (xb - xa || 1)) * (inner.x1 - inner.x0);
    const level = (v) => inner.y0 - ((v - ya) / (yb - ya || 1)) * (inner.y0 - inner.y1);
    const Y = picture.logarithmic ? (v) => level(Math.log10(Math.max(v, 1e-12))) : level;

    this.drawAxes(g, theme, picture, inner, X, Y, width);

    g.save();
    g.beginPath();
    g.rect(inner.x0, inner.y1 - 2, inner.x1 - inner.x0 + 2, inner.y0 - inner.y1 + 4);
    g.clip();
    const marks = merged(picture.marks || [], X);
    g.strokeStyle = theme.faint;
    g.setLineDash([2, 3]);
    g.lineWidth = 1;
    for (const { x } of marks) strokeLine(g, X(x), inner.y1, X(x), inner.y0);
    g.setLineDash([]);
    if (picture.sections) this.drawSections(g, theme, picture.sections, inner, X);
    for (const reference of picture.references) {
      g.strokeStyle = theme.faint;
      g.setLineDash([5, 4]);
      g.lineWidth = 1;
      strokeLine(g, inner.x0, Y(reference.y), inner.x1, Y(reference.y));
      g.setLineDash([]);
    }
    const starts = picture.sections?.starts ?? [];
    for (const piece of picture.band ? pieces(picture.band, starts) : []) this.drawBand(g, piece, X, Y);
    for (const each of picture.lines) for (const piece of pieces(each, starts)) this.drawLine(g, piece, X, Y);
    if (picture.cursor !== undefined) {
      g.strokeStyle = theme.accent;
      g.lineWidth = 2;
      strokeLine(g, X(picture.cursor), inner.y1, X(picture.cursor), inner.y0);
    }
    g.restore();

    this.dots = dotsOf(picture, X, Y);
    this.labels = [];
    this.drawTags(g, theme, picture, inner, X, Y);
    this.drawCurveLabels(g, theme, picture, inner, X, Y);
    for (const mark of marks) this.drawMarkLabel(g, theme, mark, inner, X);
    for (const reference of picture.references) this.drawReferenceLabel(g, theme, reference, inner, Y);
    this.drawLegend(g, theme, picture, inner);
    if (picture.empty) {
      g.fillStyle = theme.soft;
      g.textAlign = "center";
      g.textBaseline = "middle";
      outlinedText(g, theme, picture.empty, (inner.x0 + inner.x1) / 2, inner.y0 - (picture.emptyAt || 0.25) * (inner.y0 - inner.y1), theme.soft);
    } else if (this.hover !== null) {
      this.drawCrosshair(g, theme, picture, inner, X, Y);
    }
  }

  drawAxes(g, theme, picture, inner, X, Y, width) {
    g.lineWidth = 1;
    g.textBaseline = "middle";
    g.textAlign = "right";
    const values = picture.logarithmic ? powers(picture.y) : ticks(picture.y[0], picture.y[1], Math.max(2, Math.floor((inner.y0 - inner.y1) / 34)));
    for (const value of values) {
      const y = Math.round(Y(value)) + 0.5;
      g.strokeStyle = theme.grid;
      strokeLine(g, inner.x0, y, inner.x1, y);
      g.fillStyle = theme.soft;
      g.fillText(picture.yTick(value), inner.x0 - 7, y);
    }
    g.textBaseline = "top";
    g.textAlign = "center";
    const { unit, title } = picture.axis;
    const wholeNumbers = picture.axis.wholeNumbers || picture.x[1] > 2 * unit;
    for (const value of ticks(picture.x[0] / unit, picture.x[1] / unit, Math.max(2, Math.floor((inner.x1 - inner.x0) / 90)))) {
      if (wholeNumbers && value !== Math.round(value)) continue;
      const x = X(value * unit);
      g.strokeStyle = theme.faint;
      strokeLine(g, Math.round(x) + 0.5, inner.y0, Math.round(x) + 0.5, inner.y0 + 4);
      g.fillStyle = theme.soft;
      const text = wholeNumbers ? count(value) : short(value);
      const half = g.measureText(text).width / 2;
      g.fillText(text, Math.min(x, width - half - 1), inner.y0 + 6);
    }
    g.strokeStyle = theme.faint;
    strokeLine(g, inner.x0, inner.y0 + 0.5, inner.x1, inner.y0 + 0.5);
    g.fillStyle = theme.soft;
    g.textAlign = "left";
    g.textBaseline = "alphabetic";
    g.fillText(picture.yTitle, 2, 10);
    g.textAlign = "right";
    g.textBaseline = "bottom";
    g.fillText(title, inner.x1, inner.y0 + 32);
  }

  /** A dotted line where each network begins. */
  drawSections(g, theme, { starts, labels, top }, inner, X) {
    g.strokeStyle = theme.faint;
    g.lineWidth = 1;
    g.setLineDash([2, 3]);
    for (const start of starts.slice(1)) strokeLine(g, Math.round(X(start)) + 0.5, inner.y1, Math.round(X(start)) + 0.5, inner.y0);
    g.setLineDash([]);
    const fits = ({ x, text }, i, all) => X(x) + 8 + g.measureText(text).width <= (all[i + 1] ? X(all[i + 1].x) : Infinity);
    g.textAlign = "left";
    g.textBaseline = top ? "top" : "bottom";
    for (const { x, text } of labels.find((list) => list.every(fits)) ?? labels[labels.length - 1])
      outlinedText(g, theme, text, X(x) + 4, top ? inner.y1 + 2 : inner.y0 - 3, theme.soft);
  }

  /** The tag of each line beside its end, or beside the last point that is on the chart. */
  drawTags(g, theme, { x: [, greatest], lines }, inner, X, Y) {
    g.textAlign = "left";
    g.textBaseline = "middle";
    for (const { x, y, tag } of lines) {
      const end = y.findLastIndex((value, i) => Number.isFinite(value) && x[i] <= greatest);
      if (!tag || end < 0) continue;
      const [left, top] = [Math.min(X(x[end]) + 3, inner.x1 - g.measureText(tag).width), Math.max(inner.y1 + 6, Math.min(Y(y[end]), inner.y0 - 6))];
      outlinedText(g, theme, tag, left, top, theme.ink);
    }
  }

  /** What was changed at a mark, beside its line. */
  drawMarkLabel(g, theme, { x, changes }, inner, X) {
    const label = Object.entries(changes).map((change) => change.join(" = ")).join(", ");
    const wide = g.measureText(label).width;
    const left = Math.max(inner.x0 + 2, X(x) + 6 + wide < inner.x1 ? X(x) + 3 : X(x) - 3 - wide);
    const middle = (inner.y0 + inner.y1) / 2;
    this.drawLabel(g, theme, label, labelPlaces([left], [inner.y0 - 18, middle - 9, inner.y1 + 2], inner));
  }

  drawReferenceLabel(g, theme, { y: value, label, left }, inner, Y) {
    const y = Y(value);
    if (y < inner.y1 - 2 || y > inner.y0) return;
    const wide = g.measureText(label).width;
    const ends = [inner.x1 - 4 - wide, inner.x0 + 4];
    const middle = (inner.x0 + inner.x1 - wide) / 2;
    this.drawLabel(g, theme, label, labelPlaces([...(left ? ends.reverse() : ends), middle], [y - 20, y + 4], inner));
  }

  /** A label at the first of the places where it hides the least: of other labels first, then of the lines. */
  drawLabel(g, theme, label, places) {
    if (!places.length) return;
    const wide = g.measureText(label).width;
    const hidden = places.map(([x, top]) => {
      const box = boxOf(x, top, wide);
      return HIDDEN_LABEL * this.labels.filter((each) => overlap(each, box)).length + this.dots.filter((dot) => isIn(dot, box)).length;
    });
    const [x, top] = places[hidden.indexOf(Math.min(...hidden))];
    this.labels.push(boxOf(x, top, wide));
    g.textAlign = "left";
    g.textBaseline = "top";
    outlinedText(g, theme, label, x, top + 1, theme.soft);
  }

  drawBand(g, { x, low, high, colour }, X, Y) {
    if (x.length < 2) return;
    g.beginPath();
    for (let i = 0; i < x.length; i++) g.lineTo(X(x[i]), Y(high[i]));
    for (let i = x.length - 1; i >= 0; i--) g.lineTo(X(x[i]), Y(low[i]));
    g.closePath();
    g.fillStyle = colour;
    g.fill();
    g.strokeStyle = colour;
    g.lineWidth = 1;
    g.stroke();
  }

  drawLine(g, { x, y, colour, width = 2, dash, dots }, X, Y) {
    g.beginPath();
    for (let i = 0; i < x.length; i++) if (Number.isFinite(y[i])) g.lineTo(X(x[i]), Y(y[i]));
    g.strokeStyle = colour;
    g.lineWidth = width;
    g.setLineDash(dash || []);
    g.stroke();
    g.setLineDash([]);
    if ((dots && x.length <= 40) || x.length === 1) {
      g.fillStyle = colour;
      for (let i = 0; i < x.length; i++) {
        g.beginPath();
        g.arc(X(x[i]), Y(y[i]), 2.6, 0, 7);
        g.fill();
      }
    }
  }

  drawLegend(g, theme, picture, inner) {
    let right = inner.x1;
    g.textBaseline = "alphabetic";
    g.textAlign = "right";
    for (const each of [...picture.lines, ...(picture.band ? [picture.band] : [])].filter((l) => l.label && !l.onCurve && (l.x.length || !picture.empty)).reverse()) {
      g.fillStyle = theme.ink;
      g.fillText(each.label, right, 10);
      right -= g.measureText(each.label).width + 5;
      g.strokeStyle = each.colour;
      g.lineWidth = each.low ? 8 : each.width || 2;
      g.setLineDash(each.dash || []);
      strokeLine(g, right - 14, 6, right, 6);
      g.setLineDash([]);
      right -= 26;
    }
  }

  /** At the last points: the label of the upper line above it, those of the others below. */
  drawCurveLabels(g, theme, { lines }, inner, X, Y) {
    const ends = lines.filter((l) => l.onCurve && l.x.length).map((l) => ({ ...l, x: X(l.x.at(-1)), y: Y(l.y.at(-1)) }));
    ends.sort((a, b) => a.y - b.y);
    g.textAlign = "right";
    ends.forEach(({ label, colour, x, y }, i) => {
      const wide = g.measureText(label).width;
      const right = Math.max(x, inner.x0 + 4 + wide);
      g.textBaseline = i ? "top" : "bottom";
      outlinedText(g, theme, label, right, y + (i ? 5 : -5), colour);
      this.labels.push(boxOf(right - wide, i ? y + 4 : y - 20, wide));
    });
  }

  drawCrosshair(g, theme, picture, inner, X, Y) {
    const { x: steps } = picture.lines.find((l) => l.main && l.x.length) || picture.lines.find((l) => l.x.length) || { x: [] };
    if (!steps.length) return;
    const i = nearest(steps, this.hover, X);
    const step = steps[i];
    const x = X(step);
    g.strokeStyle = theme.soft;
    g.lineWidth = 1;
    strokeLine(g, x, inner.y1, x, inner.y0);
    const texts = [picture.axis.format(step)];
    for (const each of picture.lines) {
      if (!each.label || !each.x.length) continue;
      const j = nearest(each.x, x, X);
      if (Math.abs(X(each.x[j]) - x) > 24) continue;
      texts.push(`${each.label} ${picture.yValue(each.y[j])}`);
      g.beginPath();
      g.arc(X(each.x[j]), Y(each.y[j]), 3.5, 0, 7);
      g.fillStyle = each.colour;
      g.fill();
    }
    const text = texts.join("  ·  ");
    const wide = g.measureText(text).width + 14;
    const left = Math.max(inner.x0, Math.min(x - wide / 2, inner.x1 - wide));
    g.fillStyle = theme.panel;
    g.strokeStyle = theme.faint;
    g.beginPath();
    g.roundRect(left, inner.y1 + 2, wide, 20, 5);
    g.fill();
    g.stroke();
    g.fillStyle = theme.ink;
    g.textAlign = "left";
    g.textBaseline = "middle";
    g.fillText(text, left + 7, inner.y1 + 12.5);
  }

}

/** Where a label may stand: every pair of an x and a y that is inside, the first choice first. */
const labelPlaces = (xs, ys, { y0, y1 }) => ys.filter((y) => y >= y1 - 4 && y + 15 <= y0 + 1).flatMap((y) => xs.map((x) => [x, y]));

const boxOf = (x, top, wide) => ({ x0: x, x1: x + wide, y0: top, y1: top + 15 });
const isIn = ([x, y], { x0, x1, y0, y1 }) => x >= x0 && x <= x1 && y >= y0 && y <= y1;
const overlap = (a, b) => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;

/** Pixels on the lines and on the edges of the band, none far from the next. */
function dotsOf({ lines, band }, X, Y) {
  const series = [...lines.map(({ x, y }) => [x, y]), ...(band ? [[band.x, band.low], [band.x, band.high]] : [])];
  const dots = [];
  for (const [xs, ys] of series) {
    let before = null;
    for (let i = 0; i < xs.length; i++) {
      if (!Number.isFinite(ys[i])) continue;
      const [x, y] = [X(xs[i]), Y(ys[i])];
      const [xa, ya] = before ?? [x, y];
      const n = Math.min(MOST_DOTS, Math.ceil(Math.hypot(x - xa, y - ya) / NEAR) || 1);
      for (let j = 1; j <= n; j++) dots.push([xa + ((x - xa) * j) / n, ya + ((y - ya) * j) / n]);
      before = [x, y];
    }
  }
  return dots;
}

function nearest(steps, pixel, X) {
  let [a, b] = [0, steps.length - 1];
  while (b - a > 1) {
    const middle = (a + b) >> 1;
    if (X(steps[middle]) < pixel) a = middle;
    else b = middle;
  }
  return Math.abs(X(steps[a]) - pixel) < Math.abs(X(steps[b]) - pixel) ? a : b;
}

/** A line or a band, cut where another network begins. */
function pieces(each, starts) {
  const cuts = each.x.map((x, i) => i).filter((i) => i && separated(each.x[i - 1], each.x[i], starts));
  if (!cuts.length) return [each];
  const rows = Object.keys(each).filter((name) => Array.isArray(each[name]) && name !== "dash");
  return [0, ...cuts].map((from, n) => ({ ...each, ...Object.fromEntries(rows.map((name) => [name, each[name].slice(from, cuts[n])])) }));
}

/** Marks that would overlap become one, with the latest value of each changed setting. */
function merged(marks, X) {
  const out = [];
  for (const { x, changes } of marks) {
    const last = out[out.length - 1];
    if (last && X(x) - X(last.x) < 70) last.changes = { ...last.changes, ...changes };
    else out.push({ x, changes });
  }
  return out;
}

function powers([low, high]) {
  const out = [];
  for (let p = Math.floor(Math.log10(low)); p <= Math.ceil(Math.log10(high)); p++)
    for (const m of [1, 3]) if (m * 10 ** p >= low * 0.999 && m * 10 ** p <= high * 1.001) out.push(m * 10 ** p);
  return out.length > 6 ? out.filter((v, i) => i % Math.ceil(out.length / 6) === 0) : out;
}

// A small line chart on a canvas, and the two charts made with it: loss and accuracy.
//
// Why not a chart library: two Vega charts of 600 points, fed 20 times a second, took 8 to 13 ms of the browser's main thread a
// frame beside a training process on two cores, 150 ms to load and 270 ms to mount; these take under half a millisecond.

import { fit, mix } from "./classes.js";
import { count, loss as lossText, percent, short } from "./bytes.js";
import { parted, trend } from "./series.js";

const PAD = { left: 46, right: 12, top: 24, bottom: 32 };

export class LineChart {
  constructor(canvas, redraw) {
    this.canvas = canvas;
    this.hover = null; // x in CSS pixels
    canvas.onpointermove = (event) => {
      this.hover = event.offsetX;
      redraw();
    };
    canvas.onpointerleave = () => {
      this.hover = null;
      redraw();
    };
  }

  /**
   * @param {object} theme
   * @param {object} picture  { x: [least, greatest], y: [least, greatest], log, axis, yTitle, yText(value), band, lines, references, marks, sections, empty }
   *   axis        how steps are told along x: see stepAxis
   *   band        { x, low, high, colour }            the noise behind a line
   *   lines       [{ x, y, colour, width, dash, dots, label }]
   *   references  [{ y, label, left }]                a level worth knowing, such as guessing; its label at the right end, or the left
   *   marks       [{ x, changes: { name: value } }]   moments at which settings changed
   *   sections    { starts: [x], labels: [[{ x, text }]], top }   where another network begins, lines are not joined; of the lists
   *               of labels, the first that fits is written
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
    if (picture.log) [ya, yb] = [Math.log10(ya), Math.log10(yb)];
    const X = (v) => inner.x0 + ((v - xa) / (xb - xa || 1)) * (inner.x1 - inner.x0);
    const level = (v) => inner.y0 - ((v - ya) / (yb - ya || 1)) * (inner.y0 - inner.y1);
    const Y = picture.log ? (v) => level(Math.log10(Math.max(v, 1e-12))) : level;

    this.axes(g, theme, picture, inner, X, Y, width);

    g.save();
    g.beginPath();
    g.rect(inner.x0, inner.y1 - 2, inner.x1 - inner.x0 + 2, inner.y0 - inner.y1 + 4);
    g.clip();
    for (const mark of thinned(picture.marks || [], X)) {
      g.strokeStyle = theme.faint;
      g.setLineDash([2, 3]);
      g.lineWidth = 1;
      line(g, X(mark.x), inner.y1, X(mark.x), inner.y0);
      g.setLineDash([]);
      const text = Object.entries(mark.changes).map((change) => change.join(" ")).join(", ");
      const fits = X(mark.x) + 6 + g.measureText(text).width < inner.x1;
      g.textAlign = fits ? "left" : "right";
      g.textBaseline = "bottom";
      this.haloed(g, theme, text, X(mark.x) + (fits ? 3 : -3), inner.y0 - 3, theme.soft);
    }
    if (picture.sections) this.sections(g, theme, picture.sections, inner, X);
    for (const reference of picture.references) {
      g.strokeStyle = theme.faint;
      g.setLineDash([5, 4]);
      g.lineWidth = 1;
      line(g, inner.x0, Y(reference.y), inner.x1, Y(reference.y));
      g.setLineDash([]);
    }
    const starts = picture.sections?.starts ?? [];
    for (const piece of picture.band ? pieces(picture.band, starts) : []) this.band(g, piece, X, Y);
    for (const each of picture.lines) for (const piece of pieces(each, starts)) this.line(g, piece, X, Y);
    g.restore();

    for (const reference of picture.references) {
      const y = Y(reference.y);
      if (y < inner.y1 - 2 || y > inner.y0) continue;
      g.textAlign = reference.left ? "left" : "right";
      g.textBaseline = y < inner.y1 + 14 ? "top" : "bottom";
      this.haloed(g, theme, reference.label, reference.left ? inner.x0 + 4 : inner.x1 - 4, y + (y < inner.y1 + 14 ? 3 : -6), theme.soft);
    }
    this.keys(g, theme, picture, inner);
    if (picture.empty) {
      g.fillStyle = theme.soft;
      g.textAlign = "center";
      g.textBaseline = "middle";
      this.haloed(g, theme, picture.empty, (inner.x0 + inner.x1) / 2, inner.y0 - (picture.emptyAt || 0.25) * (inner.y0 - inner.y1), theme.soft);
    } else {
      if (this.hover !== null) this.crosshair(g, theme, picture, inner, X, Y);
    }
  }

  axes(g, theme, picture, inner, X, Y, width) {
    g.lineWidth = 1;
    g.textBaseline = "middle";
    g.textAlign = "right";
    const values = picture.log ? powers(picture.y) : ticks(picture.y[0], picture.y[1], Math.max(2, Math.floor((inner.y0 - inner.y1) / 34)));
    for (const value of values) {
      const y = Math.round(Y(value)) + 0.5;
      g.strokeStyle = theme.grid;
      line(g, inner.x0, y, inner.x1, y);
      g.fillStyle = theme.soft;
      g.fillText(picture.yText(value), inner.x0 - 7, y);
    }
    g.textBaseline = "top";
    g.textAlign = "center";
    const { per, title } = picture.axis;
    const whole = picture.axis.whole || picture.x[1] > 2 * per;
    for (const value of ticks(picture.x[0] / per, picture.x[1] / per, Math.max(2, Math.floor((inner.x1 - inner.x0) / 90)))) {
      if (whole && value !== Math.round(value)) continue;
      const x = X(value * per);
      g.strokeStyle = theme.faint;
      line(g, Math.round(x) + 0.5, inner.y0, Math.round(x) + 0.5, inner.y0 + 4);
      g.fillStyle = theme.soft;
      const text = whole ? count(value) : short(value);
      const half = g.measureText(text).width / 2;
      g.fillText(text, Math.min(x, width - half - 1), inner.y0 + 6);
    }
    g.strokeStyle = theme.faint;
    line(g, inner.x0, inner.y0 + 0.5, inner.x1, inner.y0 + 0.5);
    g.fillStyle = theme.soft;
    g.textAlign = "left";
    g.textBaseline = "alphabetic";
    g.fillText(picture.yTitle, 2, 10);
    g.textAlign = "right";
    g.textBaseline = "bottom";
    g.fillText(title, inner.x1, inner.y0 + 32);
  }

  /** A quiet line where each network begins. */
  sections(g, theme, { starts, labels, top }, inner, X) {
    g.strokeStyle = theme.faint;
    g.lineWidth = 1;
    g.setLineDash([2, 3]);
    for (const start of starts.slice(1)) line(g, Math.round(X(start)) + 0.5, inner.y1, Math.round(X(start)) + 0.5, inner.y0);
    g.setLineDash([]);
    const fits = ({ x, text }, i, all) => X(x) + 8 + g.measureText(text).width <= (all[i + 1] ? X(all[i + 1].x) : Infinity);
    g.textAlign = "left";
    g.textBaseline = top ? "top" : "bottom";
    for (const { x, text } of labels.find((list) => list.every(fits)) ?? labels[labels.length - 1])
      this.haloed(g, theme, text, X(x) + 4, top ? inner.y1 + 2 : inner.y0 - 3, theme.soft);
  }

  band(g, { x, low, high, colour }, X, Y) {
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

  line(g, { x, y, colour, width = 2, dash, dots }, X, Y) {
    g.beginPath();
    for (let i = 0; i < x.length; i++) if (Number.isFinite(y[i])) g.lineTo(X(x[i]), Y(y[i]));
    g.strokeStyle = colour;
    g.lineWidth = width;
    g.setLineDash(dash || []);
    g.stroke();
    g.setLineDash([]);
    if (dots && x.length <= 40) {
      g.fillStyle = colour;
      for (let i = 0; i < x.length; i++) {
        g.beginPath();
        g.arc(X(x[i]), Y(y[i]), 2.6, 0, 7);
        g.fill();
      }
    }
  }

  keys(g, theme, picture, inner) {
    let right = inner.x1;
    g.textBaseline = "alphabetic";
    g.textAlign = "right";
    for (const each of [...picture.lines, ...(picture.band ? [picture.band] : [])].filter((l) => l.label && (l.x.length || !picture.empty)).reverse()) {
      g.fillStyle = theme.ink;
      g.fillText(each.label, right, 10);
      right -= g.measureText(each.label).width + 5;
      g.strokeStyle = each.colour;
      g.lineWidth = each.low ? 8 : each.width || 2;
      g.setLineDash(each.dash || []);
      line(g, right - 14, 6, right, 6);
      g.setLineDash([]);
      right -= 26;
    }
  }

  crosshair(g, theme, picture, inner, X, Y) {
    const { x: steps } = picture.lines.find((l) => l.main && l.x.length) || picture.lines.find((l) => l.x.length) || { x: [] };
    if (!steps.length) return;
    const i = nearest(steps, this.hover, X);
    const step = steps[i];
    const x = X(step);
    g.strokeStyle = theme.soft;
    g.lineWidth = 1;
    line(g, x, inner.y1, x, inner.y0);
    const words = [picture.axis.say(step)];
    for (const each of picture.lines) {
      if (!each.label || !each.x.length) continue;
      const j = nearest(each.x, x, X);
      if (Math.abs(X(each.x[j]) - x) > 24) continue;
      words.push(`${each.label} ${picture.yExact(each.y[j])}`);
      g.beginPath();
      g.arc(X(each.x[j]), Y(each.y[j]), 3.5, 0, 7);
      g.fillStyle = each.colour;
      g.fill();
    }
    const text = words.join("  ·  ");
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

  haloed(g, theme, text, x, y, colour) {
    g.lineWidth = 3;
    g.strokeStyle = theme.paper;
    g.strokeText(text, x, y);
    g.fillStyle = colour;
    g.fillText(text, x, y);
  }
}

function line(g, xa, ya, xb, yb) {
  g.beginPath();
  g.moveTo(xa, ya);
  g.lineTo(xb, yb);
  g.stroke();
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
  const cuts = each.x.map((x, i) => i).filter((i) => i && parted(each.x[i - 1], each.x[i], starts));
  if (!cuts.length) return [each];
  const rows = Object.keys(each).filter((name) => Array.isArray(each[name]) && name !== "dash");
  return [0, ...cuts].map((from, n) => ({ ...each, ...Object.fromEntries(rows.map((name) => [name, each[name].slice(from, cuts[n])])) }));
}

/** Marks that would lie on top of each other become one, with the latest value of everything that changed. */
function thinned(marks, X) {
  const out = [];
  for (const { x, changes } of marks) {
    const last = out[out.length - 1];
    if (last && X(x) - X(last.x) < 70) last.changes = { ...last.changes, ...changes };
    else out.push({ x, changes });
  }
  return out;
}

function ticks(low, high, about) {
  const raw = (high - low) / about || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const size = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999);
  const out = [];
  for (let v = Math.ceil(low / size - 1e-9) * size; v <= high + size * 1e-6; v += size) out.push(Math.abs(v) < size * 1e-9 ? 0 : v);
  return out;
}

function powers([low, high]) {
  const out = [];
  for (let p = Math.floor(Math.log10(low)); p <= Math.ceil(Math.log10(high)); p++)
    for (const m of [1, 3]) if (m * 10 ** p >= low * 0.999 && m * 10 ** p <= high * 1.001) out.push(m * 10 ** p);
  return out.length > 6 ? out.filter((v, i) => i % Math.ceil(out.length / 6) === 0) : out;
}

/** The right end of the axis: it grows in steps, so that the curve does not crawl about while it is drawn. */
function horizon(step, iterations, ended) {
  if (ended) return Math.max(step, 1);
  const power = 10 ** Math.floor(Math.log10(Math.max(step, 10)));
  const ahead = [1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15].map((m) => m * power).find((v) => v >= step * 1.04) || step;
  return Math.max(1, iterations ? Math.min(ahead, iterations) : ahead);
}

/** The axis before a run has begun: as far as the earlier runs went, or as far as this one will. */
const behind = (ghosts, iterations) => Math.max(...ghosts.map((ghost) => ghost.loss.step[ghost.loss.step.length - 1] || 0), ghosts.length ? 1 : iterations || 1);

/** Where the axis of steps ends: for both charts the same, so that they can be read one under the other. */
export function axisEnd({ series, evaluations, ghosts, iterations, ended }) {
  if (!series.length) return behind(ghosts, iterations);
  return horizon(Math.max(series.last, evaluations[evaluations.length - 1]?.step ?? 0), iterations, ended);
}

/**
 * How steps are told along the axis: themselves, or (`per` of them to one) as epochs.
 * @param {function} entryAt  step → the network of a table that it belongs to, or undefined
 */
export function stepAxis(per, entryAt) {
  if (per) return { per, whole: false, title: "epoch (times through the training data)", say: (step) => `epoch ${short(step / per)}` };
  const say = (step) => [entryAt(step) && layers(entryAt(step).depth), `step ${count(step)}`].filter(Boolean).join(", ");
  return { per: 1, whole: true, title: "step (mini-batch updates)", say };
}

export const layers = (depth) => `${depth} ${depth === 1 ? "layer" : "layers"}`;

/** Of the `references`, each with the settings that it was measured with, that of a run with these settings; or undefined. */
export function referenceOf(settings, references) {
  return references.find((reference) => Object.entries(reference.settings).every(([name, value]) => JSON.stringify(settings[name]) === JSON.stringify(value)));
}

/** Where the networks of a table begin on the axis, and what is written there. */
function sections(entries, top) {
  if (!entries) return null;
  const begins = (entry, i) => entry.depth !== entries[i - 1]?.depth; // the first of its depth
  const depths = entries.filter(begins);
  const alone = depths.length === entries.length;
  const each = entries.map((entry, i) => ({ x: entry.first, text: [...(begins(entry, i) ? [layers(entry.depth)] : []), ...(alone ? [] : [`seed ${entry.seed}`])].join(", ") }));
  const brief = (text) => depths.map((entry) => ({ x: entry.first, text: text(entry.depth) }));
  return { top, starts: entries.map((entry) => entry.first), labels: [each, brief(layers), brief(String)] };
}

const GUESSING = 0.03; // above the share of one class: no better than that of guessing

const GHOST_DASHES = [[6, 3], [2, 2], [9, 3, 2, 3], [1, 4]];
export const ghostDash = (i) => GHOST_DASHES[i % GHOST_DASHES.length];

/** The loss: every step as a pale band, its exponential mean as the line, earlier runs faint and dashed. */
export function lossPicture(theme, { series, ghosts, classes, controls, log, end, axis, entries }) {
  let top = 0;
  let bottom = Infinity;
  for (let i = 0; i < series.length; i++) {
    if (series.smooth[i] > top) top = series.smooth[i];
    if (series.low[i] > 0 && series.low[i] < bottom) bottom = series.low[i];
  }
  const guess = classes ? Math.log(classes) : null;
  // Ghosts are compared with, not looked at: one that blew up must not press the run on view flat.
  const most = Math.max(1.6 * (guess || 1), 1.3 * top);
  for (const ghost of ghosts) for (const v of ghost.loss.smooth) if (v > top) top = Math.min(v, most);
  if (!(top > 0)) top = guess ? guess * 1.3 : 1;
  top *= 1.12;
  const y = log ? [Math.max(1e-6, Math.min(bottom, top / 10)) * 0.9, top] : [0, top];
  const lines = ghosts.map((ghost, i) => ({ x: ghost.loss.step, y: ghost.loss.smooth, colour: theme.faint, width: 1.4, dash: ghostDash(i) }));
  const x = series.step;
  lines.push({ x, y: series.smooth, colour: theme.ink, width: 2.4, label: "smoothed", main: true });
  return {
    x: [0, end],
    y,
    log,
    axis,
    yTitle: "loss (nats)",
    yText: (v) => short(v, 2),
    yExact: lossText,
    band: { x, low: series.low, high: series.high, colour: mix(theme.ink, theme.paper, 0.8), label: "each step" },
    lines,
    references: guess && guess < top ? [{ y: guess, label: `guessing: log ${classes} ≈ ${guess.toFixed(2)}` }] : [],
    marks: controls,
    sections: sections(entries, false),
    empty: series.length || ghosts.length ? null : "The loss of every step will be drawn here",
  };
}

export function lossTitle({ series, state, entry }) {
  if (!series.length) return "Loss";
  if (entry) return `Loss ${lossText(series.now)} with ${layers(entry.depth)}`;
  const now = lossText(series.now);
  const words = { exploding: "and exploding", climbing: "and climbing", rising: "and rising", flat: "and flat since the start", level: "and levelling off" };
  const ended = ["finished", "stopped", "diverged"].includes(state);
  const how = trend(series);
  if (state === "diverged") return "Loss out of bounds: the steps were too large";
  if (how === null) return `Loss ${now}`;
  if (how === "falling") return ended ? `Loss ${now}, and it was still falling` : `Loss ${now} and still falling`;
  if (how === "level") return ended ? `Loss levelled off at ${now}` : `Loss ${now} ${words.level}`;
  return `Loss ${now} ${words[how]}`;
}

/** Accuracy on training and validation data, each time it was measured. */
export function accuracyPicture(theme, { evaluations, ghosts, classes, end, axis, entries, reference, perEpoch }) {
  const steps = evaluations.map((e) => e.step);
  const lines = ghosts.map((ghost, i) => ({ x: ghost.val.step, y: ghost.val.accuracy, colour: theme.faint, width: 1.4, dash: ghostDash(i) }));
  lines.push({ x: steps, y: evaluations.map((e) => e.train_accuracy), colour: theme.train, width: 2, dots: true, label: "training" });
  lines.push({ x: steps, y: evaluations.map((e) => e.val_accuracy), colour: theme.val, width: 2.4, dots: true, label: "validation", main: true });
  if (reference?.val_accuracy) {
    const y = reference.val_accuracy;
    lines.push({ x: y.map((v, i) => (i + 1) * perEpoch), y, colour: theme.soft, width: 1.4, dash: [2, 3], label: reference.label });
  }
  const level = reference?.final;
  return {
    x: [0, end],
    y: [0, 1],
    axis,
    sections: sections(entries, true),
    yTitle: "share right (%)",
    yText: (v) => String(Math.round(100 * v)),
    yExact: (v) => percent(v),
    lines,
    references: [
      ...(classes ? [{ y: 1 / classes, label: `guessing: ${percent(1 / classes, classes > 5 ? 0 : 1)}` }] : []),
      ...(Number.isFinite(level) ? [{ y: level, label: `${reference.label}: ${percent(level)}`, left: true }] : []),
    ],
    empty: evaluations.length || ghosts.length ? null : "Accuracy on training and validation data will be drawn here",
    emptyAt: level > 0.4 ? 0.37 : 0.68, // clear of that line, and of the label of guessing below it
  };
}

/**
 * @param {object} evaluation  the newest
 * @param {number} classes     how many there are
 * @param {number|null} final  validation accuracy of a run that ended between two evaluations
 */
export function accuracyTitle(evaluation, entry, classes, final = null) {
  if (!evaluation) return "Accuracy";
  const { train_accuracy: train, val_accuracy: val } = evaluation;
  if (entry) return `Validation ${percent(val)} with ${layers(entry.depth)}`;
  if (final !== null) return `Validation ${percent(final)} at the end`;
  const gap = 100 * (train - val);
  const head = `Validation ${percent(val)}`;
  if (Math.max(train, val) < 1 / classes + GUESSING) return `${head}: as good as guessing`;
  if (gap > 8) return `${head}, ${gap.toFixed(0)} points behind training: overfitting`;
  if (gap > 2.5) return `${head}, ${gap.toFixed(0)} points behind training`;
  return `${head}, level with training`;
}

// The signal of a deep network: above, the size of each layer's output in the forward pass; below, the size of its gradient in the
// backward pass. Both shrink or grow by a factor at each layer, therefore both axes are logarithmic.

import { fit, placeOn, strokeLine } from "./canvas.js";
import { cell, element, row, section, setText } from "./elements.js";
import { fill } from "./explanations.js";
import { power, short } from "./number_text.js";

// Bounds of the least spread over the hidden layers. Whether a faint signal suffices does not depend on its size alone: with three layers
// the report's network has 5e-7, which weight decay dominates, and which is enough without weight decay. nnlib.deep.obstacle
// names such an obstacle.
const FAINT = 0.03;
const RISES = 10; // times the last hidden layer's: an output that only its biases make so large
const GROWN = 30;
const LOST = 1e-10; // after training, lost at this size whatever the obstacle
const RECOVERED = 10; // times its size at the start: the obstacle at the start no longer matters

const ON_TOUCH = matchMedia("(pointer: coarse)"); // where a text names no keys

const FLOOR = -30; // power of ten below which values are drawn at the bottom edge
const ALWAYS_SHOWN = [-9, 1]; // powers of ten that are always on the axis, so that a change of the settings is seen as a shift
const PAD = { left: 46, right: 16 };
const TOP = 40; // of the upper panel, below the keys and its title

/**
 * One row for each layer of weights: { name, predicted, drawn, start, now, next, gradientDrawn, gradientStart, gradientNow }. A value that was not measured
 * is undefined, one that is not a finite number is null.
 *
 * @param {object[]|null} fresh   the layers of a newly initialised network with the settings on the left
 * @param {object|null} started   the started event of a run, which then gives the figures; `fresh` only adds where a new run would start
 * @param {object[]|null} now     the layers at the newest evaluation
 */
export function rowsOf(fresh, started, now) {
  if (!started) return (fresh ?? []).map((each, l, all) => ({
    name: nameOf(l, all), predicted: each.predicted, drawn: each.measured ?? undefined, gradientDrawn: each.gradient_norm ?? undefined,
  }));
  const others = fresh?.length === started.predicted.length && fresh.some((each, l) => Math.abs(each.predicted - started.predicted[l]) > 0.05 * started.predicted[l]);
  return started.layers.map((layer, l, all) => ({
    name: nameOf(l, all), predicted: started.predicted[l], next: others ? fresh[l].predicted : undefined,
    start: layer.activation_norm, gradientStart: layer.gradient_norm, now: now?.[l].activation_norm, gradientNow: now?.[l].gradient_norm,
  }));
}

const nameOf = (l, all) => (l === all.length - 1 ? "output" : `layer ${l + 1}`);

/**
 * The finding, one of `texts`: about the signal now or, before a run, at the start.
 *
 * @param {string|null} obstacle  what keeps the gradient from moving the weights at the start, or null
 * @param {boolean} diverged      whether the run has: then the newest measurement is from before that
 */
export function finding(rows, obstacle, texts, diverged = false) {
  if (!rows.length) return texts.title;
  if (diverged) return texts.diverged;
  // Without the output, whose biases are learned without any signal.
  const hidden = rows.slice(0, -1);
  const spreads = (name) => hidden.map((each) => each[name]).filter((value) => value !== undefined);
  const before = ["start", "drawn", "predicted"].map(spreads).find((values) => values.length) ?? [];
  const now = spreads("now");
  const current = now.length ? now : before;
  if (current.some((value) => !Number.isFinite(value))) return texts.broken;
  const [least, most] = [Math.min(...current), Math.max(...current)];
  const layer = hidden[current.indexOf(most > GROWN ? most : least)]?.name;
  const words = { size: short(most > GROWN ? most : least, 2), power: power(least), before: power(Math.min(...before)), layer };
  if (most > GROWN) return fill(texts.grown, words);
  if (least === 0) return fill(texts.gone, words);
  if (least < FAINT && isLost(least, now.length > 0, Math.min(...before), obstacle)) return fill(texts.lost, words);
  if (least < FAINT) return fill(now.length && least > RECOVERED * Math.min(...before) ? texts.rising : texts.faint, words);
  return fill(Math.min(...before) < FAINT ? texts.regained : texts.kept, words);
}

/** Whether the output has grown above a faint signal in the last hidden layer: it cannot come from the images. */
export function biasesAlone(rows) {
  const [last, output] = rows.slice(-2).map(({ now }) => now);
  return last < FAINT && output > RISES * last;
}

/** Whether a signal that was faint at the start is so no longer. */
export function isRestored(rows) {
  const least = (name) => Math.min(...rows.slice(0, -1).map((each) => each[name] ?? NaN));
  return least("start") < FAINT && least("now") >= FAINT;
}

function isLost(least, trained, before, obstacle) {
  if (!trained) return Boolean(obstacle);
  return least < LOST || (Boolean(obstacle) && least < RECOVERED * before);
}

const PANELS = [
  { name: "spread", title: "size of each layer's output (root mean square)", series: { predicted: "predicted", drawn: "drawn", start: "start", now: "now", next: "next" } },
  { name: "gradient", title: "size of the gradient (norm)", series: { drawn: "gradientDrawn", start: "gradientStart", now: "gradientNow" } },
];
const ROLES = { predicted: "predicted", drawn: "in one draw", start: "at the start", now: "now", next: "new settings" };

/** One layer's figures as text. */
export function figures(row) {
  const [spread, gradient] = PANELS.map(({ series }) =>
    Object.entries(series).filter(([, name]) => row[name] !== undefined).map(([role, name]) => `${ROLES[role]} ${number(row[name])}`).join(", "));
  return `${row.name}: output ${spread}${gradient ? `; gradient ${gradient}` : ""}`;
}

const number = (value) => (Number.isFinite(value) ? short(value) : "not a finite number");

/** The powers of ten between which a panel's values are drawn. */
export function decades(values) {
  const powers = values.filter((value) => Number.isFinite(value) && value > 0).map(Math.log10);
  return [
    Math.max(FLOOR, Math.min(ALWAYS_SHOWN[0], ...powers.map((p) => 3 * Math.floor(p / 3)))),
    Math.max(ALWAYS_SHOWN[1], ...powers.map(Math.ceil)),
  ];
}

export class Signal {
  /** @param {function} redraw  called when the selected layer has changed */
  constructor(find, redraw) {
    this.find = find;
    this.canvas = find("signal-canvas");
    this.rows = [];
    this.selected = null; // index of the layer under the pointer or chosen with the keys
    this.xOf = (i) => i; // layer to x in CSS pixels, as last drawn
    const select = (i) => {
      if (i === this.selected) return;
      this.selected = i;
      this.describe();
      redraw();
    };
    this.canvas.onpointermove = (event) => {
      const distances = this.rows.map((row, i) => Math.abs(this.xOf(i) - placeOn(event)[0]));
      if (distances.length) select(distances.indexOf(Math.min(...distances)));
    };
    this.canvas.onpointerleave = this.canvas.onblur = () => select(null);
    this.canvas.onkeydown = (event) => {
      const last = this.rows.length - 1;
      const to = { ArrowRight: Math.min(last, (this.selected ?? -1) + 1), ArrowLeft: Math.max(0, (this.selected ?? last + 1) - 1), Home: 0, End: last }[event.key];
      if (to === undefined || last < 0) return;
      event.preventDefault();
      select(to);
    };
  }

  /** @param {object[]} rows  of rowsOf;  obstacle, diverged: as in `finding` */
  show(rows, obstacle, texts, diverged) {
    this.texts = texts;
    this.rows = rows;
    if (this.selected >= rows.length) this.selected = null;
    const title = finding(rows, obstacle, texts, diverged);
    setText(this.find("signal-title"), title);
    const alt = `${texts.title}, on logarithmic scales. ${title}.`;
    if (this.canvas.getAttribute("aria-label") !== alt) this.canvas.setAttribute("aria-label", alt);
    this.fillTable();
    this.describe();
  }

  /** The same figures as a table, for screen readers. */
  fillTable() {
    const { rows } = this;
    const key = JSON.stringify(rows);
    if (key === this.tableKey) return;
    this.tableKey = key;
    const columns = PANELS.flatMap(({ name: panel, series }) =>
      Object.entries(series).filter(([, name]) => rows.some((each) => each[name] !== undefined)).map(([role, name]) => ({ head: `${panel}, ${ROLES[role]}`, name })));
    this.find("signal-figures").replaceChildren(
      element("caption", "What reaches each layer, in figures"),
      section("thead", [row([cell("th", "layer", { scope: "col" }), ...columns.map(({ head }) => cell("th", head, { scope: "col" }))])]),
      section("tbody", rows.map((each) => row([cell("th", each.name, { scope: "row" }), ...columns.map(({ name }) => cell("td", each[name] === undefined ? "–" : number(each[name]), {}))]))),
    );
  }

  describe() {
    const { rows, selected, texts } = this;
    const notes = [biasesAlone(rows) ? texts.biases : "", ON_TOUCH.matches ? texts.tap : texts.hint, rows[0]?.next !== undefined ? texts.next : "", rows[0]?.drawn !== undefined ? texts.drawn : ""];
    const text = selected !== null ? `${figures(rows[selected])}.` : rows.length ? notes.filter(Boolean).join(" ") : texts.measured;
    setText(this.find("signal-point"), text);
  }

  draw(theme) {
    const fitted = fit(this.canvas);
    if (!fitted) return;
    const { g, width, height } = fitted;
    const { rows } = this;
    g.clearRect(0, 0, width, height);
    g.font = `12px ${theme.font}`;
    const [left, right] = [PAD.left, width - PAD.right];
    const step = (right - left) / Math.max(1, rows.length);
    this.xOf = (i) => left + (i + 0.5) * step;
    const split = Math.round(TOP + 0.58 * (height - TOP - 76)); // bottom of the upper panel
    this.drawPanel(g, theme, PANELS[0], { left, right, top: TOP, bottom: split });
    this.drawPanel(g, theme, PANELS[1], { left, right, top: split + 32, bottom: height - 34 });
    this.drawNames(g, theme, step, height - 30);
    this.drawLegend(g, theme);
    if (!rows.length) {
      g.fillStyle = theme.soft;
      g.textAlign = "center";
      g.textBaseline = "middle";
      g.fillText("The size of the signal will be drawn here", (left + right) / 2, (TOP + split) / 2);
    }
    if (this.selected !== null) {
      g.strokeStyle = theme.soft;
      g.lineWidth = 1;
      for (const [top, bottom] of [[TOP, split], [split + 32, height - 34]]) strokeLine(g, this.xOf(this.selected), top, this.xOf(this.selected), bottom);
    }
  }

  drawPanel(g, theme, { title, series }, { left, right, top, bottom }) {
    const { rows } = this;
    const [low, high] = decades(rows.flatMap((row) => Object.values(series).map((name) => row[name])));
    const Y = (value) => bottom - ((Math.log10(value) - low) / (high - low)) * (bottom - top);
    g.fillStyle = theme.soft;
    g.textAlign = "left";
    g.textBaseline = "alphabetic";
    g.fillText(title, 2, top - 8);
    g.textAlign = "right";
    g.textBaseline = "middle";
    const every = [1, 2, 3, 5, 10, 20].find((size) => (bottom - top) / ((high - low) / size) >= 22);
    g.lineWidth = 1;
    for (let p = Math.ceil(low / every) * every; p <= high; p += every) {
      const y = Math.round(Y(10 ** p)) + 0.5;
      g.strokeStyle = theme.grid;
      strokeLine(g, left, y, right, y);
      g.fillText(p === 0 ? "1" : power(10 ** p), left - 6, y);
    }
    g.strokeStyle = theme.faint;
    strokeLine(g, left, bottom + 0.5, right, bottom + 0.5);
    for (const role of ["predicted", "next", "drawn", "start", "now"]) {
      if (!series[role]) continue;
      const points = rows.map((row, i) => ({ x: this.xOf(i), value: row[series[role]] })).filter(({ value }) => value !== undefined);
      this.drawSeries(g, theme, role, points.map(({ x, value }) => ({ x, y: value > 0 && value >= 10 ** low ? Y(value) : null })), bottom);
    }
  }

  /** Points whose y is null (0, or not a number) are drawn as triangles at the bottom edge. */
  drawSeries(g, theme, role, points, bottom) {
    const style = STYLES[role](theme);
    if (style.line) {
      g.beginPath();
      for (const { x, y } of points) g.lineTo(x, y ?? bottom - 5);
      g.strokeStyle = style.line;
      g.lineWidth = style.width;
      g.lineCap = style.cap ?? "butt";
      g.setLineDash(style.dash ?? []);
      g.stroke();
      g.setLineDash([]);
    }
    if (style.dot) for (const { x, y } of points) drawPoint(g, theme, style, x, y, bottom);
  }

  drawNames(g, theme, step, y) {
    const { rows } = this;
    g.fillStyle = theme.soft;
    g.textAlign = "center";
    g.textBaseline = "top";
    const wide = Math.max(0, ...rows.map((row) => g.measureText(row.name).width)) + 8 > step;
    rows.forEach((row, i) => {
      const last = i === rows.length - 1;
      g.fillText(wide ? (last ? "out" : String(i + 1)) : row.name, this.xOf(i), y);
    });
    g.textAlign = "right";
    g.textBaseline = "bottom";
    g.fillText("layer, from the input to the output", g.canvas.clientWidth - PAD.right, y + 30);
  }

  drawLegend(g, theme) {
    const { rows } = this;
    g.textBaseline = "middle";
    g.textAlign = "left";
    const roles = Object.entries(PANELS[0].series).filter(([, name]) => rows.some((row) => row[name] !== undefined)).map(([role]) => role);
    let x = 2;
    for (const role of roles) {
      const style = STYLES[role](theme);
      if (style.line) {
        g.strokeStyle = style.line;
        g.lineWidth = style.width;
        g.lineCap = style.cap ?? "butt";
        g.setLineDash(style.dash ?? []);
        strokeLine(g, x, 7, x + 20, 7);
        g.setLineDash([]);
      }
      if (style.dot) drawPoint(g, theme, style, x + 10, 7, 7);
      g.fillStyle = theme.ink;
      g.fillText(ROLES[role], x + 24, 7.5);
      x += 24 + g.measureText(ROLES[role]).width + 12;
    }
  }
}

const HOLLOW = (theme) => ({ dot: theme.ink, hollow: true });
const STYLES = {
  predicted: (theme) => ({ line: theme.soft, width: 1.6, dash: [6, 4] }),
  next: (theme) => ({ line: theme.ink, width: 2.4, dash: [0.1, 5], cap: "round" }),
  drawn: HOLLOW,
  start: HOLLOW,
  now: (theme) => ({ dot: theme.accent, line: theme.accent, width: 1.2 }),
};

function drawPoint(g, theme, { dot, hollow }, x, y, bottom) {
  g.beginPath();
  if (y === null) {
    g.moveTo(x - 5, bottom - 9);
    g.lineTo(x + 5, bottom - 9);
    g.lineTo(x, bottom - 1);
    g.closePath();
  } else g.arc(x, y, hollow ? 4.5 : 4, 0, 7);
  g.fillStyle = hollow ? theme.paper : dot;
  g.fill();
  g.strokeStyle = dot;
  g.lineWidth = hollow ? 1.6 : 1;
  g.stroke();
}

// What reaches each layer: the spread of its output on the way forward, above, and the size of its gradient on the way back, below.
// Both shrink or grow by a factor at every layer, so both axes are logarithmic.

import { fit } from "./classes.js";
import { power, short } from "./bytes.js";
import { cell, element, row, section } from "./elements.js";
import { fill } from "./result.js";

// Least spread over the hidden layers. How faint a signal may be is not a matter of its size alone: that of the report's network is
// 5e-7 with three of them, and is lost to weight decay, without which it is heard. nnlib.deep.signal_at_start names what is in its way.
const FAINT = 0.03;
const GROWN = 30;
const UNHEARD = 1e-10; // that training has made it so small is the end of it, whatever was in its way
const RECOVERED = 10; // times what it was at the start: nothing is in its way any more

const FLOOR = -30; // power of ten below which all is drawn at the bottom edge
const SHOWN = [-9, 1]; // powers of ten that are always on the axis, so that what a setting lifts is seen to rise
const PAD = { left: 46, right: 16 };
const TOP = 40; // of the upper panel, below the keys and its title

/**
 * One row for each layer of weights: { name, predicted, start, now, next, gradientStart, gradientNow }. A value that was not measured
 * is undefined, one that is no finite number null.
 *
 * @param {object[]|null} fresh   the layers of a freshly drawn network with the present settings
 * @param {object|null} started   the started event of a run, whose own figures then come first; `fresh` only says where a next one would start
 * @param {object[]|null} now     what each layer did at the newest evaluation
 */
export function rowsOf(fresh, started, now) {
  if (!started) return (fresh ?? []).map((each, l, all) => ({
    name: nameOf(l, all), predicted: each.predicted, start: each.measured ?? undefined, gradientStart: each.gradient_norm ?? undefined,
  }));
  const others = fresh?.length === started.predicted.length && fresh.some((each, l) => Math.abs(each.predicted - started.predicted[l]) > 0.05 * started.predicted[l]);
  return started.layers.map((layer, l, all) => ({
    name: nameOf(l, all), predicted: started.predicted[l], next: others ? fresh[l].predicted : undefined,
    start: layer.activation_norm, gradientStart: layer.gradient_norm, now: now?.[l].activation_norm, gradientNow: now?.[l].gradient_norm,
  }));
}

const nameOf = (l, all) => (l === all.length - 1 ? "output" : `layer ${l + 1}`);

/**
 * The finding, in the words of `texts`: the first that fits, of how the signal fares now, or would at the start.
 *
 * @param {string|null} obstacle  what keeps the gradient from moving the weights at the start, if anything does
 */
export function finding(rows, obstacle, texts) {
  if (!rows.length) return texts.title;
  // The last row is the output: it adds biases, which a network can learn without any signal.
  const hidden = rows.slice(0, -1);
  const spreads = (name) => hidden.map((each) => each[name]).filter((value) => value !== undefined);
  const [before, now] = [spreads("start").length ? spreads("start") : spreads("predicted"), spreads("now")];
  const current = now.length ? now : before;
  if (current.some((value) => !Number.isFinite(value))) return texts.broken;
  const [least, most] = [Math.min(...current), Math.max(...current)];
  const layer = hidden[current.indexOf(most > GROWN ? most : least)]?.name;
  const words = { size: short(most > GROWN ? most : least, 2), power: power(least), before: power(Math.min(...before)), layer };
  if (most > GROWN) return fill(texts.grown, words);
  if (least === 0) return fill(texts.gone, words);
  if (least < FAINT && isLost(least, now.length > 0, Math.min(...before), obstacle)) return fill(texts.lost, words);
  if (least < FAINT) return fill(texts.faint, words);
  return fill(Math.min(...before) < FAINT ? texts.regained : texts.kept, words);
}

function isLost(least, trained, before, obstacle) {
  if (!trained) return Boolean(obstacle);
  return least < UNHEARD || (Boolean(obstacle) && least < RECOVERED * before);
}

const PANELS = [
  { called: "spread", title: "spread of each layer's output (root mean square)", series: { predicted: "predicted", start: "start", now: "now", next: "next" } },
  { called: "gradient", title: "size of the gradient (norm)", series: { start: "gradientStart", now: "gradientNow" } },
];
const CALLED = { predicted: "predicted", start: "at the start", now: "now", next: "new settings" };

/** One layer's figures in words. */
export function figures(row) {
  const said = PANELS.map(({ series }) =>
    Object.entries(series).filter(([, name]) => row[name] !== undefined).map(([role, name]) => `${CALLED[role]} ${number(row[name])}`).join(", "));
  return `${row.name}: spread ${said[0]}${said[1] ? `; gradient ${said[1]}` : ""}`;
}

const number = (value) => (Number.isFinite(value) ? short(value) : "not a finite number");

/** The powers of ten between which a panel's values are drawn. */
export function decades(values) {
  const powers = values.filter((value) => Number.isFinite(value) && value > 0).map(Math.log10);
  return [
    Math.max(FLOOR, Math.min(SHOWN[0], ...powers.map((p) => 3 * Math.floor(p / 3)))),
    Math.max(SHOWN[1], ...powers.map(Math.ceil)),
  ];
}

export class Signal {
  /** @param {function} redraw  called when the layer that is pointed at has changed */
  constructor(find, redraw) {
    this.find = find;
    this.canvas = find("signal-canvas");
    this.rows = [];
    this.at = null; // index of the layer that is pointed at
    this.place = (i) => i; // layer to x in CSS pixels, as last drawn
    const point = (at) => {
      if (at === this.at) return;
      this.at = at;
      this.word();
      redraw();
    };
    this.canvas.onpointermove = ({ offsetX }) => {
      const away = this.rows.map((row, i) => Math.abs(this.place(i) - offsetX));
      if (away.length) point(away.indexOf(Math.min(...away)));
    };
    this.canvas.onpointerleave = this.canvas.onblur = () => point(null);
    this.canvas.onkeydown = (event) => {
      const last = this.rows.length - 1;
      const to = { ArrowRight: Math.min(last, (this.at ?? -1) + 1), ArrowLeft: Math.max(0, (this.at ?? last + 1) - 1), Home: 0, End: last }[event.key];
      if (to === undefined || last < 0) return;
      event.preventDefault();
      point(to);
    };
  }

  /** @param {object[]} rows  of rowsOf;  obstacle: as in `finding` */
  show(rows, obstacle, texts) {
    this.texts = texts;
    this.rows = rows;
    if (this.at >= rows.length) this.at = null;
    const title = finding(rows, obstacle, texts);
    if (this.find("signal-title").textContent !== title) this.find("signal-title").textContent = title;
    const alt = `${texts.title}, on logarithmic scales. ${title}.`;
    if (this.canvas.getAttribute("aria-label") !== alt) this.canvas.setAttribute("aria-label", alt);
    this.tabulate();
    this.word();
  }

  /** The figures once more as a table: who has the page read aloud walks through it, where a picture's keys are not heard. */
  tabulate() {
    const { rows } = this;
    const key = JSON.stringify(rows);
    if (key === this.tabulated) return;
    this.tabulated = key;
    const columns = PANELS.flatMap(({ called, series }) =>
      Object.entries(series).filter(([, name]) => rows.some((each) => each[name] !== undefined)).map(([role, name]) => ({ head: `${called}, ${CALLED[role]}`, name })));
    this.find("signal-figures").replaceChildren(
      element("caption", "What reaches each layer, in figures"),
      section("thead", [row([cell("th", "layer", { scope: "col" }), ...columns.map(({ head }) => cell("th", head, { scope: "col" }))])]),
      section("tbody", rows.map((each) => row([cell("th", each.name, { scope: "row" }), ...columns.map(({ name }) => cell("td", each[name] === undefined ? "–" : number(each[name]), {}))]))),
    );
  }

  word() {
    const { rows, at, texts } = this;
    const text = at !== null ? `${figures(rows[at])}.` : rows.length ? [texts.hint, rows[0].next !== undefined ? texts.next : ""].join(" ").trim() : "";
    if (this.find("signal-point").textContent !== text) this.find("signal-point").textContent = text;
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
    this.place = (i) => left + (i + 0.5) * step;
    const split = Math.round(TOP + 0.58 * (height - TOP - 76)); // bottom of the upper panel
    this.panel(g, theme, PANELS[0], { left, right, top: TOP, bottom: split });
    this.panel(g, theme, PANELS[1], { left, right, top: split + 32, bottom: height - 34 });
    this.names(g, theme, step, height - 30);
    this.keys(g, theme);
    if (!rows.length) {
      g.fillStyle = theme.soft;
      g.textAlign = "center";
      g.textBaseline = "middle";
      g.fillText("The size of the signal will be drawn here", (left + right) / 2, (TOP + split) / 2);
    }
    if (this.at !== null) {
      g.strokeStyle = theme.soft;
      g.lineWidth = 1;
      for (const [top, bottom] of [[TOP, split], [split + 32, height - 34]]) stroke(g, this.place(this.at), top, this.place(this.at), bottom);
    }
  }

  panel(g, theme, { title, series }, { left, right, top, bottom }) {
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
      stroke(g, left, y, right, y);
      g.fillText(p === 0 ? "1" : power(10 ** p), left - 6, y);
    }
    g.strokeStyle = theme.faint;
    stroke(g, left, bottom + 0.5, right, bottom + 0.5);
    for (const role of ["predicted", "next", "start", "now"]) {
      if (!series[role]) continue;
      const spots = rows.map((row, i) => ({ x: this.place(i), value: row[series[role]] })).filter(({ value }) => value !== undefined);
      this.series(g, theme, role, spots.map(({ x, value }) => ({ x, y: value > 0 && value >= 10 ** low ? Y(value) : null })), bottom);
    }
  }

  /** Spots whose y is null, for 0 and what is no number, are drawn as triangles at the bottom edge. */
  series(g, theme, role, spots, bottom) {
    const look = LOOKS[role](theme);
    if (look.line) {
      g.beginPath();
      for (const { x, y } of spots) g.lineTo(x, y ?? bottom - 5);
      g.strokeStyle = look.line;
      g.lineWidth = look.width;
      g.lineCap = look.cap ?? "butt";
      g.setLineDash(look.dash ?? []);
      g.stroke();
      g.setLineDash([]);
    }
    if (look.dot) for (const { x, y } of spots) spot(g, theme, look, x, y, bottom);
  }

  names(g, theme, step, y) {
    const { rows } = this;
    g.fillStyle = theme.soft;
    g.textAlign = "center";
    g.textBaseline = "top";
    const wide = Math.max(0, ...rows.map((row) => g.measureText(row.name).width)) + 8 > step;
    rows.forEach((row, i) => {
      const last = i === rows.length - 1;
      g.fillText(wide ? (last ? "out" : String(i + 1)) : row.name, this.place(i), y);
    });
    g.textAlign = "right";
    g.textBaseline = "bottom";
    g.fillText("layer, from the input to the output", g.canvas.clientWidth - PAD.right, y + 30);
  }

  keys(g, theme) {
    const { rows } = this;
    g.textBaseline = "middle";
    g.textAlign = "left";
    const roles = Object.entries(PANELS[0].series).filter(([, name]) => rows.some((row) => row[name] !== undefined)).map(([role]) => role);
    let x = 2;
    for (const role of roles) {
      const look = LOOKS[role](theme);
      if (look.line) {
        g.strokeStyle = look.line;
        g.lineWidth = look.width;
        g.lineCap = look.cap ?? "butt";
        g.setLineDash(look.dash ?? []);
        stroke(g, x, 7, x + 20, 7);
        g.setLineDash([]);
      }
      if (look.dot) spot(g, theme, look, x + 10, 7, 7);
      g.fillStyle = theme.ink;
      g.fillText(CALLED[role], x + 24, 7.5);
      x += 24 + g.measureText(CALLED[role]).width + 12;
    }
  }
}

const LOOKS = {
  predicted: (theme) => ({ line: theme.soft, width: 1.6, dash: [6, 4] }),
  next: (theme) => ({ line: theme.positive, width: 2.4, dash: [0.1, 5], cap: "round" }),
  start: (theme) => ({ dot: theme.ink, hollow: true }),
  now: (theme) => ({ dot: theme.accent, line: theme.accent, width: 1.2 }),
};

function spot(g, theme, { dot, hollow }, x, y, bottom) {
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

function stroke(g, xa, ya, xb, yb) {
  g.beginPath();
  g.moveTo(xa, ya);
  g.lineTo(xb, yb);
  g.stroke();
}

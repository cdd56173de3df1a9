// The network as a picture: inputs on the left, a column for each hidden layer, classes on the right. Each unit has a thumbnail of the
// plane that shows what it puts out; each link is as thick and as opaque as its weight is large. Units are buttons over one canvas, so
// that screen readers find them; one at a time is in the tab order, and the arrow keys move between them. Buttons at each column add
// and remove units.
//
// A unit is [column, its index in the layer]. Of a large layer only the strongest units are drawn, and these change while it trains, so
// the row in which a unit is drawn is looked up each time.

import { bytes } from "./base64.js";
import { fit, outlinedText, placeOn } from "./canvas.js";
import { drawMarker } from "./class_markers.js";
import { entryOf } from "./entry_name.js";
import { linkStyle, showLinkScale, stepOf, weightOf } from "./link_style.js";
import { short } from "./number_text.js";
import { drawAnswers, signColours } from "./unit_colours.js";

const HEAD = 44; // pixels above the units: buttons and the number of units
const GAP = 4; // between two units
const [SMALLEST, LARGEST] = [18, 46]; // side of a thumbnail
const REACH = 7; // pixels from a link within which the pointer is on it

export class NetworkDrawing {
  /**
   * @param {object} parts    box, canvas, note, scale, and of a network that can be changed layerCount, layerAdd, layerRemove:
   *   elements of the page
   * @param {object} actions  onPoint(), onChange() after an update, onReplaced() by a network of another shape; of a network that
   *   can be changed onHidden(sizes), onOpen(unit, name of the entry to edit or null, whether the focus moves)
   */
  constructor(parts, actions) {
    this.parts = parts;
    this.actions = actions;
    this.fixed = !parts.layerAdd;
    this.columns = [];
    this.pointed = null; // the unit under the pointer or with the focus
    this.link = null; // [column, index of the unit below, index of the unit] under the pointer
    this.explained = null; // name of the weight or bias that is explained
    const { box } = parts;
    box.onkeydown = (event) => this.move(event);
    box.onpointerover = (event) => event.target.unit && this.point(event.target.unit);
    box.onpointerleave = () => this.leave();
    box.onpointermove = (event) => this.pointAtLink(event);
    if (!this.fixed) box.onclick = (event) => this.openLink(event);
    box.addEventListener("focusin", (event) => event.target.unit && this.point(event.target.unit));
    box.addEventListener("focusout", () => this.point(null));
    showLinkScale(parts.scale);
    if (this.fixed) return;
    parts.layerAdd.onclick = () => this.changeLayers(1);
    parts.layerRemove.onclick = () => this.changeLayers(-1);
  }

  /** @param {{sizes: number[], classes: string[], thumb: number}} started */
  start(started) {
    const shape = JSON.stringify([started.sizes, started.classes, started.inputs?.names]);
    if (shape !== this.shapeOfNetwork) {
      this.shapeOfNetwork = shape;
      this.layers = null;
      this.columns = [];
      this.point(null);
      this.actions.onReplaced();
    }
    this.started = started;
  }

  /** @param {number[]} hidden  units of each hidden layer that the settings ask for  @param {{layers: number, units: number}} limits */
  showSettings(hidden, limits) {
    this.hidden = hidden;
    this.limits = limits;
    const { layerCount, layerAdd, layerRemove } = this.parts;
    layerCount.textContent = `${hidden.length} hidden ${hidden.length === 1 ? "layer" : "layers"}`;
    layerAdd.ariaDisabled = String(hidden.length >= limits.layers);
    layerRemove.ariaDisabled = String(!hidden.length);
    for (const { add, remove, layer } of this.columns) if (add) this.limitUnits(add, remove, hidden[layer]);
  }

  limitUnits(add, remove, units) {
    add.ariaDisabled = String(!(units < this.limits.units));
    remove.ariaDisabled = String(!(units > 1));
  }

  changeLayers(by) {
    const { hidden } = this;
    this.actions.onHidden(by > 0 ? [...hidden, hidden.at(-1) ?? 8] : hidden.slice(0, -1));
  }

  changeUnits(layer, by) {
    this.actions.onHidden(this.hidden.map((units, l) => (l === layer ? units + by : units)));
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
    this.actions.onChange();
  }

  /** A large layer shows its strongest units only: these may have changed. The focus stays on its unit. */
  updateUnits() {
    const focused = this.parts.box.getRootNode().activeElement?.unit;
    this.columns.forEach((column, c) => {
      if (column.kind !== "hidden" || column.units.join() === this.layers[column.layer].units.join()) return;
      column.units = this.layers[column.layer].units;
      column.buttons.forEach((button, row) => this.assign(button, [c, column.units[row]]));
    });
    if (focused && this.isDrawn(focused)) this.focus(focused);
    if (this.pointed && !this.isDrawn(this.pointed)) this.point(null);
    if (this.link && !this.linkRows(this.link)) this.showLink(null);
  }

  /** Makes a button that of a unit. */
  assign(button, unit) {
    button.unit = unit;
    button.setAttribute("aria-label", this.name(...unit));
  }

  /** The row in which a unit is drawn, -1 if it is not. */
  row([c, unit]) {
    return this.columns[c]?.units.indexOf(unit) ?? -1;
  }

  isDrawn(unit) {
    return this.row(unit) >= 0;
  }

  focus(unit) {
    this.columns[unit[0]]?.buttons[this.row(unit)]?.focus();
  }

  /** Chooses the units of each column, and their positions. */
  layOut() {
    const { sizes, classes, inputs } = this.started;
    const { box } = this.parts;
    const hidden = this.layers.slice(0, -1);
    const names = inputs?.names ?? ["x₁", "x₂"];
    const columns = [{ kind: "input", names, units: names.map((_, i) => i) }];
    hidden.forEach((layer, l) => columns.push({ kind: "hidden", layer: l, size: sizes[l + 1], units: layer.units }));
    columns.push({ kind: "output", layer: hidden.length, names: classes, units: classes.map((_, k) => k) });
    const focused = box.getRootNode().activeElement?.dataset?.testid;
    const tallest = Math.max(...columns.map((c) => c.units.length));
    box.style.minHeight = `${HEAD + tallest * (SMALLEST + GAP)}px`;
    box.style.minWidth = `${columns.length * 50}px`;
    this.side = Math.max(SMALLEST, Math.min(LARGEST, Math.floor((box.clientHeight - HEAD) / tallest) - GAP));
    this.columns = columns;
    box.querySelectorAll("button").forEach((button) => button.remove());
    columns.forEach((column, c) => {
      column.share = c / (columns.length - 1);
      column.y = (i) => HEAD + (box.clientHeight - HEAD) * ((i + 0.5) / column.units.length);
      if (column.kind === "hidden" && !this.fixed) this.addSizeButtons(column);
      column.buttons = column.units.map((_, row) => this.unitButton(c, row));
    });
    if (focused) box.querySelector(`[data-testid="${focused}"]`)?.focus();
    const shortened = hidden.find((layer, l) => layer.units.length < sizes[l + 1]);
    this.shortened = shortened ? `Large layers show only the ${shortened.units.length} units with the largest outgoing weights` : "";
    this.parts.note.textContent = this.shortened;
  }

  unitButton(c, row) {
    const column = this.columns[c];
    const height = Math.max(this.side, Math.min(24, column.y(1) - column.y(0)));
    const button = this.button(`unit-${c}-${row}`, "unit-spot", column.share, Math.max(24, this.side));
    this.assign(button, [c, column.units[row]]);
    button.tabIndex = c === (this.columns.length > 2 ? 1 : 0) && row === 0 ? 0 : -1;
    button.setAttribute("aria-describedby", "boundary-title");
    Object.assign(button.style, { height: `${height}px`, top: `${column.y(row) - height / 2}px` });
    if (!this.fixed) button.onclick = (event) => this.actions.onOpen(button.unit, null, event.detail === 0); // 0: by the keyboard
    return button;
  }

  addSizeButtons(column) {
    const layer = column.layer;
    const size = (sign, text, shift) => {
      const button = this.button(`units-${sign}-${layer}`, "small", column.share, 22, shift);
      button.textContent = text;
      button.setAttribute("aria-label", `${sign === "add" ? "Add a unit to" : "Remove a unit from"} hidden layer ${layer + 1}`);
      button.onclick = () => this.changeUnits(layer, sign === "add" ? 1 : -1);
      return button;
    };
    column.remove = size("remove", "−", -12);
    column.add = size("add", "+", 12);
    if (this.hidden) this.limitUnits(column.add, column.remove, this.hidden[layer]);
  }

  /** A button whose middle is at that share of the picture's width. */
  button(testid, kind, share, width, shift = 0) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = kind;
    button.dataset.testid = testid;
    Object.assign(button.style, { width: `${width}px`, left: `calc(${(100 * share).toFixed(3)}% + ${(this.margin * (1 - 2 * share) - width / 2 + shift).toFixed(1)}px)` });
    this.parts.box.append(button);
    return button;
  }

  /** Half the width of the widest thing in a column. */
  get margin() {
    return Math.max(25, this.side / 2);
  }

  name(c, unit) {
    const column = this.columns[c];
    if (column.kind === "input") return `Input ${column.names[unit]}`;
    if (column.kind === "output") return `Output: ${column.names[unit]}`;
    return `Hidden layer ${column.layer + 1}, unit ${unit + 1}`;
  }

  /** What the unit that is pointed at puts out over the plane: part of a canvas, or null. */
  get answer() {
    const column = this.pointed && this.columns[this.pointed[0]];
    return column?.sheet ? { sheet: column.sheet, top: this.row(this.pointed) * this.started.thumb, side: this.started.thumb } : null;
  }

  /** What a unit puts out, in words. */
  describe(unit) {
    const column = this.columns[unit[0]];
    if (column.kind === "input") return "An input of the network.";
    const i = this.row(unit);
    if (i < 0) return "This unit is not drawn now. These are its last numbers.";
    const { largest, thumbnails } = this.layers[column.layer];
    if (!largest) return "";
    const what = column.kind === "output" ? "Logit" : "Activation";
    if (!largest[i]) return `${what}: 0 everywhere on this plane.`;
    const cells = this.started.thumb ** 2;
    const part = bytes(thumbnails).subarray(i * cells, (i + 1) * cells);
    const [low, high] = [Math.min(...part), Math.max(...part)].map((byte) => ((byte - 128) / 127) * largest[i]);
    return `${what} on this plane: ${short(low, 2)} to ${short(high, 2)}.`;
  }

  draw() {
    const fitted = fit(this.parts.canvas);
    if (!fitted || !this.columns.length) return;
    const { g, width, height } = fitted;
    const { side, columns, theme, margin } = this;
    this.x = (column) => margin + column.share * (width - 2 * margin);
    g.clearRect(0, 0, width, height);
    g.font = `12px ${theme.font}`;
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.fillStyle = theme.soft;
    const room = width / columns.length;
    columns.forEach((column) => {
      const text = { input: "inputs", output: "classes", hidden: room > 64 ? `${column.size} ${column.size === 1 ? "unit" : "units"}` : String(column.size) }[column.kind];
      g.fillText(text, this.x(column), 33);
    });
    for (let c = 1; c < columns.length; c++) this.drawLinks(g, c);
    columns.forEach((column) => {
      this.drawSheet(column);
      column.units.forEach((_, row) => this.drawUnit(g, column, row, this.x(column) - side / 2, column.y(row) - side / 2));
    });
  }

  /** The weight of a link, undefined where it is not drawn. */
  weight(link) {
    const rows = this.linkRows(link);
    return rows && this.weightAt(link[0], ...rows);
  }

  /** The same by rows; 0 where the frame does not say. */
  weightAt(c, i, j) {
    return this.layers[c - 1].weights[i]?.[j] ?? 0;
  }

  /** The bias or the gradient of a unit, undefined where it is not drawn. @param {string} what  "biases" or "gradients" */
  valueOf(unit, what) {
    return this.layers[unit[0] - 1]?.[what]?.[this.row(unit)];
  }

  /** The rows of the two units of a link, undefined where one of them is not drawn. */
  linkRows([c, below, unit]) {
    const rows = [this.row([c - 1, below]), this.row([c, unit])];
    return rows.includes(-1) ? undefined : rows;
  }

  drawLinks(g, c) {
    const { columns, side, theme, pointed, link } = this;
    const pointedRow = pointed && this.row(pointed);
    const [from, to] = [columns[c - 1], columns[c]];
    const [left, right] = [this.x(from) + side / 2, this.x(to) - side / 2];
    const middle = (left + right) / 2;
    const curve = (i, j) => {
      g.moveTo(left, from.y(i));
      g.bezierCurveTo(middle, from.y(i), middle, to.y(j), right, to.y(j));
    };
    // Links of the same sign and thickness form one path: a canvas strokes a few paths faster than a thousand lines.
    const groups = { ofPointed: new Map(), others: new Map() };
    for (let i = 0; i < from.units.length; i++)
      for (let j = 0; j < to.units.length; j++) {
        const w = this.weightAt(c, i, j);
        if (!w) continue;
        const ofPointed = pointed && ((pointed[0] === c && pointedRow === j) || (pointed[0] === c - 1 && pointedRow === i));
        const group = groups[ofPointed ? "ofPointed" : "others"];
        const step = stepOf(w);
        if (!group.has(step)) group.set(step, []);
        group.get(step).push([i, j]);
      }
    for (const [name, group] of [["others", groups.others], ["ofPointed", groups.ofPointed]])
      for (const [step, links] of [...group].sort(([a], [b]) => Math.abs(a) - Math.abs(b))) {
        const { width, opacity } = linkStyle(weightOf(step));
        g.beginPath();
        for (const [i, j] of links) curve(i, j);
        g.strokeStyle = step < 0 ? theme.negative : theme.positive;
        g.globalAlpha = opacity * (pointed && name === "others" ? 0.3 : 1);
        g.lineWidth = width;
        g.setLineDash(step < 0 ? [4 + 2 * width, 3 + width] : []);
        g.stroke();
      }
    g.setLineDash([]);
    g.globalAlpha = 1;
    for (const [marked, width] of [[link, 2], [this.explainedLink, 4]]) {
      const rows = marked?.[0] === c && this.linkRows(marked);
      if (!rows) continue;
      g.beginPath();
      curve(...rows);
      g.strokeStyle = theme.accent;
      g.lineWidth = width;
      g.stroke();
      if (marked !== link) continue;
      const [x, y] = [middle, (from.y(rows[0]) + to.y(rows[1])) / 2];
      outlinedText(g, theme, short(this.weight(link)), x, Math.max(HEAD + 8, y - 12), theme.ink);
    }
  }

  /** The link whose weight is explained, or null. */
  get explainedLink() {
    const link = this.explained?.match(/^W(\d+)\[(\d+),(\d+)\]$/);
    return link ? link.slice(1).map(Number) : null;
  }

  /** Draws all thumbnails of a column on one small canvas, one below the other. */
  drawSheet(column) {
    const source = column.kind === "input" ? this.started.inputs : this.layers[column.layer];
    if (!source?.thumbnails) return;
    column.sheet ||= document.createElement("canvas");
    drawAnswers(column.sheet, bytes(source.thumbnails), source.largest, this.started.thumb, this.colours);
  }

  drawUnit(g, column, i, x, y) {
    const { side, theme, pointed } = this;
    const { thumb } = this.started;
    const isPointed = pointed && this.columns[pointed[0]] === column && pointed[1] === column.units[i];
    const isExplained = this.explained === `b${this.columns.indexOf(column)}[${column.units[i]}]`; // its bias
    g.fillStyle = theme.panel;
    g.fillRect(x, y, side, side);
    g.imageSmoothingEnabled = true;
    if (column.sheet) g.drawImage(column.sheet, 0, i * thumb, thumb, thumb, x, y, side, side);
    if (column.kind === "output") drawMarker(g, theme, i, x + side / 2, y + side / 2, Math.min(6, side * 0.22), { edge: "white" });
    if (column.kind === "input") {
      g.fillStyle = theme.ink;
      g.fillText(column.names[i], x + side / 2, y + side / 2, side - 2);
    }
    g.strokeStyle = isPointed || isExplained ? theme.accent : theme.faint;
    g.lineWidth = isPointed || isExplained ? 3 : 1;
    g.beginPath();
    g.roundRect(x, y, side, side, 3);
    g.stroke();
  }

  // ---- the pointer and the keyboard

  /** @param {number[]|null} unit */
  point(unit) {
    if (String(unit) === String(this.pointed)) return;
    this.pointed = unit;
    if (unit) {
      this.showLink(null);
      for (const column of this.columns) for (const button of column.buttons) button.tabIndex = String(button.unit) === String(unit) ? 0 : -1;
    }
    if (this.layers) this.draw();
    this.actions.onPoint();
  }

  /** The pointer has left: what has the focus is pointed at. */
  leave() {
    this.showLink(null);
    this.point(this.parts.box.getRootNode().activeElement?.unit ?? null);
  }

  pointAtLink(event) {
    if (!this.layers) return;
    this.point(event.target.unit ?? null);
    if (event.target.unit) return;
    this.showLink(event.target === this.parts.canvas ? this.linkAt(...placeOn(event)) : null);
  }

  showLink(link) {
    if (String(link) === String(this.link)) return;
    this.link = link;
    this.parts.box.style.cursor = link && !this.fixed ? "pointer" : "";
    this.parts.note.textContent = link ? this.describeLink(link) : this.shortened;
    if (this.layers) this.draw();
  }

  describeLink(link) {
    const [c, below, unit] = link;
    return `${this.name(c - 1, below)} → ${this.name(c, unit).toLowerCase()}: ${short(this.weight(link))}${this.fixed ? "" : ". Click to change it"}`;
  }

  /** The link at a position on the canvas, or null. */
  linkAt(x, y) {
    const half = this.side / 2;
    const c = this.columns.findIndex((column, c) => c && x > this.x(this.columns[c - 1]) + half && x < this.x(column) - half);
    if (c < 1) return null;
    const [from, to] = [this.columns[c - 1], this.columns[c]];
    const [left, right] = [this.x(from) + half, this.x(to) - half];
    const s = heightShare((x - left) / (right - left));
    let [found, nearest] = [null, REACH];
    for (let i = 0; i < from.units.length; i++)
      for (let j = 0; j < to.units.length; j++) {
        const distance = Math.abs(from.y(i) + (to.y(j) - from.y(i)) * s - y);
        if (distance < nearest) [found, nearest] = [[c, from.units[i], to.units[j]], distance];
      }
    return found;
  }

  openLink(event) {
    const link = event.target === this.parts.canvas && this.layers ? this.linkAt(...placeOn(event)) : null;
    if (link) this.actions.onOpen([link[0], link[2]], entryOf(link), true);
  }

  move(event) {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!step || !event.target.unit) return;
    event.preventDefault();
    event.stopPropagation();
    const [c] = event.target.unit;
    const i = this.row(event.target.unit);
    const column = this.columns[Math.min(this.columns.length - 1, Math.max(0, c + step[0]))];
    const j = step[0] ? Math.round(((i + 0.5) / this.columns[c].units.length) * column.units.length - 0.5) : i + step[1];
    column.buttons[Math.min(column.units.length - 1, Math.max(0, j))].focus();
  }
}

/** How far down a link has come at a share of its way across: a Bézier curve that leaves and arrives horizontally. */
function heightShare(share) {
  let [low, high] = [0, 1];
  for (let n = 0; n < 20; n++) {
    const t = (low + high) / 2;
    const across = 1.5 * t * (1 - t) + t ** 3;
    if (across < share) low = t;
    else high = t;
  }
  return 3 * low ** 2 - 2 * low ** 3;
}

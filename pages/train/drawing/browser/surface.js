/**
 * The drawing surface. data: { drawing: { version, points: [[x, y, class], …], classes: [name, …], extent }, rules: { rows,
 * classes, rowsOfClass, mostRows, mostClasses }, ways: { name: { title, help, most } }, error: { number, text } or null, modules }.
 *
 * A drawing with a new version replaces the points, which can be undone. Python receives { points, classes } as trigger "used", and
 * { points, classes, way, amount, seed } as trigger "harder". What is not yet used survives a reload in the tab's storage.
 */

import { drawMarker } from "../live-view/class_markers.js";
import { element, setText } from "../live-view/elements.js";
import { count, short } from "../live-view/number_text.js";
import { placeOn } from "../live-view/canvas.js";
import { readTheme } from "../live-view/theme.js";
import { History } from "./history.js";
import { Plane } from "./plane.js";

const STORED = "backprop-lab-drawing";
const STEP = 1 / 40; // of the side of the plane, for one press of an arrow key
const DIGITS = 4; // of a coordinate that is drawn
const SPRAY = 3; // points for each place that a brush with a size passes
const surfaces = new WeakMap();

/** Called by Streamlit at every run of the dialog and every change of theme. */
export function mount(component) {
  const root = component.parentElement.querySelector(".drawing");
  if (!surfaces.has(root)) surfaces.set(root, new Surface(root, component.data));
  surfaces.get(root).update(component);
}

class Surface {
  constructor(root, data) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.canvas = this.find(".plane canvas");
    this.chosen = 0; // class
    this.tool = "brush";
    this.cursor = null; // of the keyboard
    this.pointer = null;
    this.begin(data.drawing);
    this.fillWays(data.ways);
    this.connect();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  begin(drawing) {
    this.version = drawing.version;
    this.history = new History(stored(this.version) ?? parts(drawing));
    this.plane = new Plane(this.canvas, this.history.now.extent);
  }

  update({ data, setTriggerValue }) {
    this.data = data;
    this.send = setTriggerValue;
    this.theme = readTheme(this.root);
    const { drawing, error } = data;
    if (drawing.version !== this.version) {
      this.version = drawing.version;
      this.history.replace(parts(drawing));
      this.canvas.scrollIntoView({ block: "nearest" }); // the form that made them may be far below
      this.say(`${count(drawing.points.length)} points drawn`);
    }
    if (error?.number !== this.errorNumber) {
      this.errorNumber = error?.number;
      setText(this.find(".error"), error?.text ?? "");
    }
    this.changed();
  }

  fillWays(ways) {
    const select = this.find("select");
    select.append(...Object.entries(ways).map(([name, { title }]) => Object.assign(element("option", title), { value: name })));
    const show = () => setText(this.find(".about"), ways[select.value].help);
    select.onchange = show;
    show();
  }

  connect() {
    const { canvas } = this;
    this.find(".tools").onclick = this.find(".side").onclick = ({ target }) => {
      const button = target.closest("button");
      if (!button || button.getAttribute("aria-disabled") === "true") return;
      if (button.dataset.tool) this.chooseTool(button.dataset.tool);
      else this[button.dataset.act]();
    };
    for (const range of this.root.querySelectorAll("input[type=range]")) {
      range.oninput = () => this.showRanges();
    }
    this.showRanges();
    canvas.onpointerdown = (event) => this.startStroke(event);
    canvas.onpointermove = (event) => this.move(event);
    canvas.onpointerup = canvas.onpointercancel = () => this.endStroke();
    canvas.onpointerleave = () => {
      this.pointer = null;
      this.draw();
    };
    canvas.onkeydown = (event) => this.key(event);
    canvas.onfocus = () => this.moveCursor(0, 0);
    canvas.onblur = () => {
      this.cursorShown = false;
      this.draw();
    };
    this.root.onkeydown = (event) => this.shortcut(event);
  }

  // The tools

  get points() {
    return this.history.now.points;
  }

  set points(points) {
    this.history.now = { ...this.history.now, points };
  }

  get classes() {
    return this.history.now.classes;
  }

  /** In units of the plane. */
  get radius() {
    return (Number(this.find(".size input").value) * this.plane.side) / 2;
  }

  get eraserRadius() {
    return Math.max(this.radius, 0.03 * this.plane.side);
  }

  chooseTool(tool) {
    this.tool = tool;
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
  }

  chooseClass(k) {
    if (k > this.classes.length || k >= this.data.rules.mostClasses) return;
    const { now } = this.history;
    if (k === this.classes.length) this.history.now = { ...now, classes: [...now.classes, this.newName()] };
    this.chosen = k;
    this.chooseTool("brush");
    this.changed();
    this.say(`${this.classes[k]} chosen`);
  }

  newName() {
    for (let k = this.classes.length + 1; ; k++) if (!this.classes.includes(`class ${k}`)) return `class ${k}`;
  }

  undo() {
    this.stroke = null;
    this.history.undo();
    this.changed("Undone");
  }

  redo() {
    this.stroke = null;
    this.history.redo();
    this.changed("Done again");
  }

  clear() {
    this.replacePoints([]);
    this.changed("All points removed");
  }

  replacePoints(points) {
    this.history.replace({ ...this.history.now, points });
  }

  use() {
    this.send("used", { points: this.points, classes: this.classes });
  }

  harder() {
    const seed = this.find(".seed");
    const way = this.find("select").value;
    const amount = Number(this.find(".amount").value) * this.data.ways[way].most;
    this.send("harder", { points: this.points, classes: this.classes, way, amount, seed: Number(seed.value) });
    seed.value = Number(seed.value) + 1; // the next change is another one
  }

  // Mouse and finger

  startStroke(event) {
    if (this.stroke || event.button !== 0 || !this.plane.contains(this.position(event))) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.cursorShown = false;
    this.history.begin();
    this.stroke = [];
    this.passed(this.position(event));
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.cursorShown = false;
  }

  move(event) {
    this.pointer = this.position(event);
    if (this.stroke) for (const each of event.getCoalescedEvents?.() ?? [event]) this.passed(this.position(each));
    this.requestDraw();
  }

  endStroke() {
    if (!this.stroke) return;
    this.stroke = null;
    this.history.end();
    this.changed();
  }

  position({ clientX, clientY }) {
    return this.plane.at(...placeOn({ clientX, clientY, target: this.canvas }));
  }

  /** Sets or removes points at a place of a stroke, unless the last such place is very close. */
  passed(place) {
    const last = this.stroke.at(-1);
    const gap = Math.max(0.6 * this.radius, 0.025 * this.plane.side);
    if (this.tool === "eraser") return this.erase(place);
    if (last && Math.hypot(place[0] - last[0], place[1] - last[1]) < gap) return;
    this.stroke.push(place);
    const spray = this.radius > 0 ? Array.from({ length: SPRAY }, () => inDisc(place, this.radius)) : [place];
    this.add(spray.filter((each) => this.plane.contains(each)));
  }

  add(places) {
    const room = this.data.rules.mostRows - this.points.length;
    const unit = 10 ** (DIGITS - Math.ceil(Math.log10(this.plane.side)));
    const round = (value) => Math.round(value * unit) / unit;
    this.points = [...this.points, ...places.slice(0, room).map(([x, y]) => [round(x), round(y), this.chosen])];
    this.requestDraw();
  }

  erase([x, y]) {
    const left = this.points.filter((each) => Math.hypot(each[0] - x, each[1] - y) > this.eraserRadius);
    if (left.length < this.points.length) this.points = left;
    this.requestDraw();
  }

  // Keyboard

  key(event) {
    const far = event.shiftKey ? 4 : 1;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step) this.moveCursor(step[0] * far, step[1] * far);
    else if (event.key === " " || event.key === "Enter") this.setAtCursor();
    else if (event.key === "Delete" || event.key === "Backspace") this.removeNearest();
    else if (/^[0-9]$/.test(event.key)) this.chooseClass((Number(event.key) + 9) % 10);
    else return;
    event.preventDefault();
  }

  shortcut(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches?.("input[type=number]")) return;
    const act = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[event.key.toLowerCase()];
    if (!act) return;
    this[act]();
    event.preventDefault();
  }

  moveCursor(right, up) {
    const [xa, xb, ya, yb] = this.plane.extent;
    const [x, y] = this.cursor ?? [(xa + xb) / 2, (ya + yb) / 2];
    const step = STEP * this.plane.side;
    this.cursor = this.plane.clamp([x + right * step, y + up * step]);
    this.cursorShown = this.canvas.matches(":focus-visible");
    this.pointer = null;
    this.say(this.cursorText());
    this.draw();
  }

  cursorText() {
    return `x₁ ${short(this.cursor[0])}, x₂ ${short(this.cursor[1])}`;
  }

  setAtCursor() {
    this.history.begin();
    this.add([this.cursor]);
    this.history.end();
    this.changed(`Point of ${this.classes[this.chosen]} at ${this.cursorText()}`);
  }

  removeNearest() {
    if (!this.points.length) return this.say("There are no points");
    const far = ([x, y]) => Math.hypot(x - this.cursor[0], y - this.cursor[1]);
    const nearest = this.points.reduce((best, each) => (far(each) < far(best) ? each : best));
    this.replacePoints(this.points.filter((each) => each !== nearest));
    this.changed(`Point of ${this.classes[nearest[2]]} at x₁ ${short(nearest[0])}, x₂ ${short(nearest[1])} removed`);
  }

  // What is shown

  changed(what) {
    this.plane.extent = this.history.now.extent;
    this.chosen = Math.min(this.chosen, this.classes.length - 1);
    this.showClasses();
    const counts = this.classes.map((_, k) => this.points.filter((point) => point[2] === k).length);
    const used = counts.filter(Boolean);
    const { rules } = this.data;
    const total = this.points.length;
    const missing =
      total < rules.rows ? `at least ${rules.rows} points are needed`
      : used.length < rules.classes ? `at least ${rules.classes} classes are needed`
      : Math.min(...used) < rules.rowsOfClass ? `each class needs at least ${rules.rowsOfClass} points`
      : "";
    const parts = counts.flatMap((n, k) => (n ? [`${this.classes[k]}: ${count(n)}`] : []));
    const outside = this.points.filter((point) => !this.plane.contains(point)).length;
    const full = total >= rules.mostRows ? "; no more fit" : "";
    const beyond = outside ? `; ${count(outside)} outside this plane` : "";
    const text = `${count(total)} ${total === 1 ? "point" : "points"}${parts.length > 1 ? ` (${parts.join(", ")})` : ""}${beyond}${full}`;
    setText(this.find(".count"), missing ? `${text}; ${missing}.` : `${text}.`);
    this.enable("undo", this.history.past.length > 0);
    this.enable("redo", this.history.future.length > 0);
    this.enable("clear", total > 0);
    for (const act of ["use", "harder"]) this.enable(act, !missing);
    if (what) this.say(`${what}. ${count(total)} ${total === 1 ? "point" : "points"}.`);
    store({ version: this.version, ...this.history.now });
    this.draw();
  }

  enable(act, on) {
    this.find(`[data-act=${act}]`).setAttribute("aria-disabled", String(!on));
  }

  showRanges() {
    const size = Number(this.find(".size input").value);
    setText(this.find(".size output"), size ? short(size) : "a point");
    setText(this.find(".amount + output"), short(Number(this.find(".amount").value)));
    this.draw();
  }

  showClasses() {
    const buttons = this.classes.map((name, k) => this.classButton(name, k));
    if (this.classes.length < this.data.rules.mostClasses) {
      const more = element("button", "+ class");
      more.type = "button";
      more.onclick = () => this.chooseClass(this.classes.length);
      buttons.push(more);
    }
    const focused = [...this.find(".classes").children].indexOf(this.root.getRootNode().activeElement);
    this.find(".classes").replaceChildren(...buttons);
    buttons[focused]?.focus();
  }

  classButton(name, k) {
    const button = element("button");
    button.type = "button";
    button.setAttribute("aria-pressed", String(k === this.chosen));
    const marker = Object.assign(element("canvas"), { width: 32, height: 32 });
    const g = marker.getContext("2d");
    g.scale(2, 2);
    drawMarker(g, this.theme, k, 8, 8, 5);
    button.append(marker, name);
    button.onclick = () => this.chooseClass(k);
    return button;
  }

  say(text) {
    setText(this.find("[aria-live]"), text);
  }

  requestDraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    if (!this.theme) return;
    const erases = this.tool === "eraser";
    const brush = this.pointer && this.plane.contains(this.pointer)
      ? { at: this.pointer, radius: erases ? this.eraserRadius : this.radius, class: erases ? null : this.chosen }
      : null;
    this.plane.draw({ points: this.points, theme: this.theme, cursor: this.cursorShown ? this.cursor : null, brush });
  }
}

const parts = ({ points, classes, extent }) => ({ points, classes, extent });

function inDisc([x, y], radius) {
  const [r, angle] = [radius * Math.sqrt(Math.random()), 2 * Math.PI * Math.random()];
  return [x + r * Math.cos(angle), y + r * Math.sin(angle)];
}

/** The stored drawing that was begun from this version, or null. */
function stored(version) {
  try {
    const draft = JSON.parse(sessionStorage.getItem(STORED));
    return draft?.version === version ? parts(draft) : null;
  } catch {
    return null; // storage is forbidden, or holds something else
  }
}

function store(draft) {
  try {
    sessionStorage.setItem(STORED, JSON.stringify(draft));
  } catch {
    return; // storage is forbidden or full
  }
}

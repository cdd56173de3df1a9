// A few numbers for each layer that show whether it learns, with a short trace of each, and one sentence that interprets them.

import { fit, strokeLine } from "./canvas.js";
import { setText } from "./elements.js";
import { DEAD, gradientPerWeight } from "./healthy.js";
import { percent, short } from "./number_text.js";

const TRACE_POINTS = 90;
const SMALL = 1e-8; // a gradient per weight below Adam's ε, which makes Adam's step smaller
const RECOVERED = 100; // times the largest gradient at the start: the obstacle at the start no longer matters

export class Diagnostics {
  /** @param {object} lab  one of LABS */
  constructor(lab, body, reading) {
    this.lab = lab;
    this.body = body;
    this.reading = reading;
    this.rows = [];
  }

  applyTheme(theme) {
    this.theme = theme;
  }

  /** @param {object} started  the started event of a run: sizes, and of a deep network fan_in, layers and obstacle */
  start(started, texts) {
    const { sizes, fan_in: inputs = sizes } = started; // an older run has no fan_in
    this.started = started;
    this.texts = texts;
    this.finding = "";
    this.rows = sizes.slice(1).map((size, l) => {
      const row = document.createElement("tr");
      row.dataset.testid = `layer-${l + 1}`;
      const head = document.createElement("th");
      head.scope = "row";
      const last = l === sizes.length - 2;
      head.textContent = last ? "Output" : `Hidden ${l + 1}`;
      const aside = document.createElement("span");
      aside.textContent = `${inputs[l]} → ${size}`;
      head.append(aside);
      row.append(head);
      const cells = this.lab.columns.map((name) => {
        const cell = document.createElement("td");
        const number = document.createElement("span");
        number.className = "number";
        number.textContent = "–";
        const trace = document.createElement("canvas");
        trace.className = name === "update_ratio" ? "gauge" : "trace";
        trace.setAttribute("aria-hidden", "true");
        cell.append(number, trace);
        row.append(cell);
        return { name, number, trace, values: [] };
      });
      return { row, cells };
    });
    this.body.replaceChildren(...this.rows.map((each) => each.row));
  }

  /** Called a few times a second; each call adds one point to each trace. */
  update(diagnostics) {
    for (const { cell, value } of this.pairs(diagnostics)) {
      if (!Number.isFinite(value)) continue;
      cell.values.push(value);
      if (cell.values.length > TRACE_POINTS) cell.values = cell.values.filter((_, i) => i % 2);
    }
    this.showFigures(diagnostics);
  }

  /** Shows the figures of an earlier step, without traces. */
  showEarlier(diagnostics) {
    for (const { cells } of this.rows) for (const cell of cells) cell.number.textContent = "–"; // the untrained network has none
    this.showFigures(diagnostics, { traces: false });
  }

  /** Replaces the traces. @param {object[][]} history  the diagnostics of each measurement */
  replaceHistory(history) {
    for (const { cells } of this.rows) for (const cell of cells) cell.values = [];
    for (const each of history) for (const { cell, value } of this.pairs(each)) if (Number.isFinite(value)) cell.values.push(value);
    this.showFigures(history.at(-1));
  }

  /** Every cell with its value. */
  pairs(diagnostics) {
    return diagnostics.flatMap((layer) => (this.rows[layer.layer - 1]?.cells ?? []).map((cell) => ({ cell, value: layer[cell.name] })));
  }

  showFigures(diagnostics, { traces = true } = {}) {
    this.traces = traces;
    for (const { cells } of this.rows) for (const cell of cells) cell.value = null;
    for (const { cell, value } of this.pairs(diagnostics)) {
      cell.value = value;
      cell.number.textContent = cell.name === "dead_share" ? (value === null ? "not ReLU" : percent(value, 0)) : short(value, 2);
      cell.number.classList.toggle("muted", value === null || value === undefined);
      cell.trace.hidden = value === null;
    }
    this.finding = this.lab.columns.includes("update_ratio") ? updateSize(diagnostics, this.texts) : gradientSize(diagnostics, this.started, this.texts);
    this.draw();
  }

  /** @param {boolean} diverged  whether the run has: then the newest figures are from before that */
  showReading(diverged) {
    setText(this.reading, diverged ? this.texts.diverged : `${this.finding} ${this.texts.read}`.trim());
  }

  draw() {
    for (const { cells } of this.rows)
      for (const cell of cells) {
        if (cell.trace.hidden) continue;
        const fitted = fit(cell.trace);
        if (!fitted) continue;
        fitted.g.clearRect(0, 0, fitted.width, fitted.height);
        if (cell.name === "update_ratio") Number.isFinite(cell.value) && this.drawGauge(fitted, cell.value);
        else if (this.traces && cell.values.length) this.drawTrace(fitted, cell);
      }
  }

  /** The ratio on a scale from 10⁻⁶ to 1, with a mark at 10⁻³, the rule of thumb. */
  drawGauge({ g, width, height }, value) {
    const { theme } = this;
    const X = (v) => 4 + (width - 8) * Math.max(0, Math.min(1, (Math.log10(Math.max(v, 1e-9)) + 6) / 6));
    const y = height / 2;
    g.strokeStyle = theme.grid;
    g.lineWidth = 5;
    g.lineCap = "round";
    strokeLine(g, X(1e-6), y, X(1), y);
    g.strokeStyle = theme.faint;
    strokeLine(g, X(2.5e-4), y, X(5e-3), y);
    g.lineCap = "butt";
    g.lineWidth = 1.5;
    g.strokeStyle = theme.soft;
    strokeLine(g, X(1e-3), y - 7, X(1e-3), y + 7);
    g.fillStyle = theme.accent;
    g.beginPath();
    g.arc(X(value), y, 4.5, 0, 7);
    g.fill();
    g.strokeStyle = theme.paper;
    g.stroke();
  }

  drawTrace({ g, width, height }, { values, name }) {
    const { theme } = this;
    const share = name === "dead_share";
    const scale = this.lab.logTraces && !share ? (v) => Math.log10(Math.max(v, 1e-30)) : (v) => v;
    const low = share ? 0 : scale(Math.min(...values));
    const high = share ? 1 : scale(Math.max(...values));
    const Y = (v) => height - 3 - ((scale(v) - low) / (high - low || 1)) * (height - 6);
    g.beginPath();
    values.forEach((v, i) => g.lineTo(2 + (i * (width - 4)) / Math.max(1, values.length - 1), Y(v)));
    g.strokeStyle = theme.soft;
    g.lineWidth = 1.5;
    g.stroke();
  }
}

const finiteValues = (diagnostics, name) => diagnostics.map((layer) => layer[name]).filter(Number.isFinite);
const hasDeadUnits = (diagnostics) => finiteValues(diagnostics, "dead_share").some((share) => share > DEAD);

/** How large the updates are: one of the `texts`, "" before the first update. */
function updateSize(diagnostics, texts) {
  const ratios = finiteValues(diagnostics, "update_ratio");
  if (!ratios.length) return "";
  const most = Math.max(...ratios);
  return most > 0.03 ? texts.fast : hasDeadUnits(diagnostics) ? texts.dead : most < 3e-5 ? texts.slow : texts.healthy;
}

/** Whether the gradient is large enough to move the weights: one of the `texts`. */
export function gradientSize(diagnostics, { sizes, fan_in: inputs = sizes, layers, obstacle }, texts) {
  const perWeight = (measured) => measured.filter((of) => Number.isFinite(of.gradient_norm)).map((of) => gradientPerWeight(of, inputs, sizes));
  const gradients = perWeight(diagnostics);
  if (obstacle && Math.max(...gradients) <= RECOVERED * Math.max(...perWeight(layers))) return texts.obstacles[obstacle];
  if (gradients.some((gradient) => gradient < SMALL)) return texts.slow;
  return hasDeadUnits(diagnostics) ? texts.dead : texts.healthy;
}

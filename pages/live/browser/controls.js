// The three settings that can be changed during a run: each has a slider and a number field that show the same value.

import { short } from "./number_text.js";

const STEPS = 1000; // positions of a slider
const MOVING_MS = 1200; // after a movement, how long another may follow

/** Conversions between a slider's position, 0 to 1000, and its value. */
const SCALES = {
  // Logarithmic: a factor of ten is the same distance everywhere.
  learning_rate: ({ low, high }) => logarithmic(low, high, (v) => Number(v.toPrecision(2))),
  // The same, with "no penalty" at the left end.
  reg: ({ low, high }) => {
    const inner = logarithmic(low, high, (v) => Number(v.toPrecision(2)));
    const first = 60; // position of the smallest penalty that is not zero
    return {
      value: (position) => (position < first / 2 ? 0 : inner.value(((Math.max(position, first) - first) / (STEPS - first)) * STEPS)),
      position: (value) => (value <= 0 ? 0 : first + (inner.position(value) / STEPS) * (STEPS - first)),
    };
  },
  batch_size: ({ low, high }) => logarithmic(low, high, Math.round),
};

function logarithmic(low, high, round) {
  const range = Math.log(high / low);
  return {
    value: (position) => Math.min(high, Math.max(low, round(low * Math.exp((position / STEPS) * range)))),
    position: (value) => Math.round((Math.log(Math.min(high, Math.max(low, value)) / low) / range) * STEPS),
  };
}

export class Controls {
  /**
   * @param {function} find   testid to element
   * @param {string[]} names  of the settings that can be moved, none or some of SCALES
   * @param {object} ranges   name to { low, high } of the slider and { least, most } of what may be typed
   * @param {object} callbacks  onInput(values, name) at every movement, onChange(values) when a movement has ended
   */
  constructor(find, names, ranges, texts, callbacks) {
    this.callbacks = callbacks;
    this.values = {};
    this.movedAt = 0; // when the learner last moved a control
    this.parts = {};
    for (const name of names) {
      const part = { range: find(`${name}-range`), number: find(`${name}-number`), scale: SCALES[name](ranges[name]), bounds: ranges[name] };
      this.parts[name] = part;
      part.range.max = String(STEPS);
      part.number.min = String(part.bounds.least);
      part.number.max = String(part.bounds.most);
      find(`control-${name}`).querySelector("p").textContent = texts[name];
      part.range.oninput = () => this.set(name, part.scale.value(Number(part.range.value)), part.number, false);
      part.range.onchange = () => this.set(name, part.scale.value(Number(part.range.value)), part.number, true);
      part.number.oninput = () => this.readNumber(name, false);
      part.number.onchange = () => this.readNumber(name, true);
      part.range.disabled = part.number.disabled = false;
    }
  }

  readNumber(name, ended) {
    const { number, bounds, range } = this.parts[name];
    const value = Number(number.value);
    const valid = number.value.trim() !== "" && Number.isFinite(value) && value >= bounds.least && value <= bounds.most && (name !== "batch_size" || Number.isInteger(value));
    number.setCustomValidity(valid ? "" : `${bounds.label} must be ${name === "batch_size" ? "a whole number " : ""}from ${short(bounds.least)} to ${short(bounds.most)}.`);
    number.setAttribute("aria-invalid", String(!valid));
    if (!valid) {
      if (ended) number.reportValidity();
      return;
    }
    this.set(name, value, range, ended);
  }

  set(name, value, other, ended) {
    this.movedAt = performance.now();
    this.values[name] = value;
    this.write(name, other);
    this.callbacks.onInput({ ...this.values }, name);
    if (ended) this.callbacks.onChange({ ...this.values });
  }

  /** Shows a value on the element that did not cause the change: writing to the other would move its cursor. */
  write(name, element) {
    const { range, number, scale } = this.parts[name];
    const value = this.values[name];
    if (element === range) range.value = String(scale.position(value));
    else {
      number.value = plain(value);
      number.setCustomValidity("");
      number.removeAttribute("aria-invalid");
    }
    range.setAttribute("aria-valuetext", short(value));
    range.style.setProperty("--fill", `${scale.position(value) / (STEPS / 100)}%`);
  }

  /** Shows values from elsewhere: a preset, a link, or another tab. With `unlessMoving`, not while the learner moves a control. */
  show(values, { unlessMoving = false } = {}) {
    if (unlessMoving && performance.now() - this.movedAt < MOVING_MS) return;
    for (const name of Object.keys(this.parts)) {
      if (values[name] === undefined || values[name] === null || values[name] === this.values[name]) continue;
      this.values[name] = values[name];
      this.write(name, this.parts[name].range);
      this.write(name, this.parts[name].number);
    }
  }
}

/** A number in the form of an input of type number. */
const plain = (value) => (value !== 0 && Math.abs(value) < 1e-6 ? value.toExponential() : String(Number(value.toPrecision(6))));

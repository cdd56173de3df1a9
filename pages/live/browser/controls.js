// The three settings that act on a running network: a slider and a typed number each, kept in step with each other.

import { short } from "./bytes.js";

const STEPS = 1000; // positions of a slider

/** Scales between a slider's position, 0 to 1000, and the value it stands for. */
const SCALES = {
  // Powers of ten, so that a tenfold change is the same way everywhere.
  learning_rate: ({ low, high }) => logarithmic(low, high, (v) => Number(v.toPrecision(2))),
  // The same, with "no penalty" at the left end.
  reg: ({ low, high }) => {
    const inner = logarithmic(low, high, (v) => Number(v.toPrecision(2)));
    const first = 60;
    return {
      value: (position) => (position < first / 2 ? 0 : inner.value(((Math.max(position, first) - first) / (STEPS - first)) * STEPS)),
      position: (value) => (value <= 0 ? 0 : first + (inner.position(value) / STEPS) * (STEPS - first)),
    };
  },
  batch_size: ({ low, high }) => logarithmic(low, high, Math.round),
};

function logarithmic(low, high, round) {
  const wide = Math.log(high / low);
  return {
    value: (position) => Math.min(high, Math.max(low, round(low * Math.exp((position / STEPS) * wide)))),
    position: (value) => Math.round((Math.log(Math.min(high, Math.max(low, value)) / low) / wide) * STEPS),
  };
}

export class Controls {
  /**
   * @param {function} find   testid to element
   * @param {string[]} names  of the settings that can be moved, none or some of SCALES
   * @param {object} ranges   name to { low, high } of the slider and { least, most } of what may be typed
   * @param {object} hear     onInput(values, name) at every movement, onChange(values) when a value is settled
   */
  constructor(find, names, ranges, texts, hear) {
    this.hear = hear;
    this.values = {};
    this.touched = 0; // when the learner last moved something
    this.parts = {};
    for (const name of names) {
      const part = { range: find(`${name}-range`), number: find(`${name}-number`), scale: SCALES[name](ranges[name]), bounds: ranges[name] };
      this.parts[name] = part;
      part.range.max = String(STEPS);
      part.number.min = String(part.bounds.least);
      part.number.max = String(part.bounds.most);
      find(`control-${name}`).querySelector("p").textContent = texts[name];
      part.range.oninput = () => this.take(name, part.scale.value(Number(part.range.value)), part.number, false);
      part.range.onchange = () => this.take(name, part.scale.value(Number(part.range.value)), part.number, true);
      part.number.oninput = () => this.typed(name, false);
      part.number.onchange = () => this.typed(name, true);
      part.range.disabled = part.number.disabled = false;
    }
  }

  typed(name, settled) {
    const { number, bounds, range } = this.parts[name];
    const value = Number(number.value);
    const good = number.value.trim() !== "" && Number.isFinite(value) && value >= bounds.least && value <= bounds.most && (name !== "batch_size" || Number.isInteger(value));
    number.setCustomValidity(good ? "" : `${bounds.label} must be ${name === "batch_size" ? "a whole number " : ""}from ${short(bounds.least)} to ${short(bounds.most)}.`);
    number.setAttribute("aria-invalid", String(!good));
    if (!good) {
      if (settled) number.reportValidity();
      return;
    }
    this.take(name, value, range, settled);
  }

  take(name, value, other, settled) {
    this.touched = performance.now();
    this.values[name] = value;
    this.write(name, other);
    this.hear.onInput({ ...this.values }, name);
    if (settled) this.hear.onChange({ ...this.values });
  }

  /** Shows a value on the element that did not cause it: writing to the other would move the cursor under the learner's hand. */
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

  /** Values from elsewhere: a preset, a link, or another tab. Left alone while the learner is moving a control. */
  show(values, { polite = false } = {}) {
    if (polite && performance.now() - this.touched < 1200) return;
    for (const name of Object.keys(this.parts)) {
      if (values[name] === undefined || values[name] === null || values[name] === this.values[name]) continue;
      this.values[name] = values[name];
      this.write(name, this.parts[name].range);
      this.write(name, this.parts[name].number);
    }
  }
}

/** A number as an input of type number takes it. */
const plain = (value) => (value !== 0 && Math.abs(value) < 1e-6 ? value.toExponential() : String(Number(value.toPrecision(6))));

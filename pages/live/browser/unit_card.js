// One unit in numbers: its bias, its weights in and out, what it puts out and its gradient. Biases and weights can be typed.

import { element, setText } from "./elements.js";
import { entryOf } from "./entry_name.js";
import { short } from "./number_text.js";

const TEXT_MS = 250; // between two changes of the numbers: faster cannot be read, and disturbs a screen reader
const LIMIT = 1e6; // of what may be typed

export class UnitCard {
  /** @param {{onEdit: function, onPick: function, onClose: function}} actions  onEdit(name of the entry, value), onPick(name) when its field gets the focus, onClose(unit, whether it gets the focus) */
  constructor(find, actions) {
    this.find = find;
    this.actions = actions;
    this.unit = null; // [column, its index in the layer]
    this.fields = new Map(); // name of an entry → { field, read }
    this.picked = null; // the entry whose field had the focus last
    find("unit-close").onclick = (event) => this.close(event.detail === 0); // 0: by the keyboard
    find("unit").onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close(true);
    };
  }

  /** The name of the entry that was picked last, else of the first one; undefined where no card is open. */
  get entry() {
    if (!this.unit) return undefined;
    return this.fields.has(this.picked) ? this.picked : this.fields.keys().next().value;
  }

  /** @param {boolean} returns  whether the unit gets the focus again */
  close(returns) {
    this.find("unit").hidden = true;
    const { unit } = this;
    this.unit = null;
    if (unit) this.actions.onClose(unit, returns);
  }

  /**
   * @param {NetworkDrawing} network
   * @param {number[]} unit         [column, its index in the layer]
   * @param {string|null} entry     the entry whose field gets the focus; null: the card's first
   * @param {boolean} moves         whether the focus moves at all
   */
  open(network, unit, entry, moves) {
    this.unit = unit;
    this.picked = entry;
    this.find("unit").hidden = false;
    this.makeRows(network);
    this.show(network, true, true);
    if (!moves) return;
    const { field } = this.fields.get(entry) ?? [...this.fields.values()][0];
    field.focus();
    field.select();
  }

  /** A row for the bias, and for each weight between the unit and those drawn beside it. */
  makeRows(network) {
    const { find } = this;
    const [c, unit] = this.unit;
    const { columns } = network;
    this.fields.clear();
    const link = (name, ends) => this.row(name, entryOf(ends), () => network.weight(ends));
    const bias = c ? [this.row("Bias", `b${c}[${unit}]`, () => network.valueOf(this.unit, "biases"))] : [];
    const incoming = c ? columns[c - 1].units.map((below) => link(network.name(c - 1, below), [c, below, unit])) : [];
    const outgoing = columns[c + 1]?.units.map((above) => link(network.name(c + 1, above), [c + 1, unit, above])) ?? [];
    for (const [testid, rows] of [["unit-bias", bias], ["unit-in", incoming], ["unit-out", outgoing]]) find(testid).replaceChildren(...rows);
    for (const [testid, rows] of [["unit-in-title", incoming], ["unit-out-title", outgoing]]) find(testid).hidden = !rows.length;
    this.drawnBeside = drawnBeside(columns, c);
  }

  row(name, entry, read) {
    const field = element("input");
    Object.assign(field, { type: "number", step: "any", min: -LIMIT, max: LIMIT });
    field.dataset.testid = entry;
    field.onfocus = () => {
      this.picked = entry;
      this.actions.onPick(entry);
    };
    field.onchange = () => {
      const value = Number(field.value);
      if (field.value.trim() === "" || !(Math.abs(value) <= LIMIT)) field.reportValidity();
      else if (value !== read()) this.actions.onEdit(entry, value);
    };
    this.fields.set(entry, { field, read });
    const label = element("label", name);
    label.append(field);
    const item = element("li");
    item.append(label);
    return item;
  }

  /** Shows the numbers of the newest frame. @param {boolean} editable  whether weights can be changed now */
  show(network, editable, now = false) {
    if (!this.unit || !network.columns[this.unit[0]]) return;
    const time = performance.now();
    if (!now && time - this.shownAt < TEXT_MS) return;
    this.shownAt = time;
    const { find } = this;
    const focused = find("unit").getRootNode().activeElement;
    if (!find("unit").contains(focused) && network.isDrawn(this.unit) && this.drawnBeside !== drawnBeside(network.columns, this.unit[0])) this.makeRows(network);
    setText(find("unit-title"), network.name(...this.unit));
    setText(find("unit-range"), network.describe(this.unit));
    const gradient = network.valueOf(this.unit, "gradients");
    find("unit-gradient").parentElement.hidden = gradient === undefined;
    setText(find("unit-gradient"), short(gradient));
    for (const { field, read } of this.fields.values()) {
      field.readOnly = !editable;
      if (field !== focused) field.value = String(read() ?? field.value); // of a unit that is not drawn now, the last value stays
    }
  }
}

/** The units drawn beside a column, as text. */
const drawnBeside = (columns, c) => JSON.stringify([columns[c - 1]?.units, columns[c + 1]?.units]);

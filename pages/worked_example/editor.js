/**
 * The numbers of the small network, each in a field of its own.
 *
 * data.tables: [{ name, letter, layer, shape, rows, columns, values, least, most, classes }], values row by row. A table with
 * `classes` holds labels, chosen from a list. Python receives the values of all fields as state "fields": { name: [values row by row] };
 * a field with an invalid value is marked, has a message below its table, and counts as its last valid value.
 */

const built = new WeakSet();
const NUMBER = /^[-+]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)(e[-+]?[0-9]{1,3})?$/i;
const STEP = 0.5; // of Page Up and Page Down

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const root = parentElement.querySelector(".numbers");
  if (built.has(root)) return; // the fields are already drawn, and Python has their values
  built.add(root);
  const fields = Object.fromEntries(data.tables.map((table) => [table.name, [...table.values]]));

  for (const table of data.tables) {
    root.append(drawTable(table, (at, value) => {
      fields[table.name][at] = value;
      setStateValue("fields", structuredClone(fields));
    }));
  }
  for (const grid of root.querySelectorAll(".grid")) oneTabStop(grid); // each scrolls, and so must be reached
}

function drawTable(table, changed) {
  const group = create("fieldset");
  const legend = group.appendChild(create("legend"));
  legend.append(create("i", table.letter));
  if (table.layer) legend.append(create("sup", `(${table.layer})`));
  legend.append(create("span", table.shape));
  const grid = group.appendChild(create("div"));
  grid.className = "grid";
  grid.style.gridTemplateColumns = `repeat(${table.columns}, max-content)`;
  const message = group.appendChild(create("p"));
  message.role = "alert";
  table.values.forEach((value, at) => {
    let now = value;
    const field = table.classes ? labelField(table, value) : numberField(table, value, () => now);
    field.ariaLabel = entryName(table, at);
    field.addEventListener("change", () => {
      const number = read(field.value, table);
      field.ariaInvalid = String(number === null);
      const wrong = number === null ? field : grid.querySelector('[aria-invalid="true"]');
      message.textContent = wrong ? `${wrong.ariaLabel}: ${allowed(table)}` : "";
      if (number === null) return message.scrollIntoView({ block: "nearest" });
      field.value = number;
      if (number !== now) changed(at, (now = number));
    });
    grid.append(field);
  });
  return group;
}

/** A field for text: a browser's own field for numbers drops what it cannot read, and makes 15 of "1,5". */
function numberField(table, value, now) {
  const field = create("input");
  field.inputMode = table.least < 0 ? "text" : "decimal"; // the decimal keyboard of a phone may have no minus
  field.autocomplete = "off";
  field.value = value;
  field.addEventListener("keydown", (event) => {
    const way = { PageUp: 1, PageDown: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const from = read(field.value, table) ?? now();
    const to = Math.min(table.most, Math.max(table.least, from + way * STEP));
    field.value = Number(to.toPrecision(12)); // 0.1 + 0.5 is 0.6 and no more
    field.dispatchEvent(new Event("change"));
  });
  return field;
}

function labelField(table, value) {
  const field = create("select");
  for (let k = 0; k < table.classes; k++) {
    const option = field.appendChild(create("option", `class ${k + 1}`));
    option.value = k;
    option.selected = k === value;
  }
  return field;
}

/** The number that a text says, with a point or a comma; null where it says none, or none that is allowed. */
function read(text, table) {
  const plain = text.trim().replace("−", "-");
  if (!NUMBER.test(plain)) return null;
  const number = Number(plain.replace(",", "."));
  return number >= table.least && number <= table.most ? number : null;
}

function allowed(table) {
  const range = `${table.least} to ${table.most}`.replace("-", "−");
  return `type a number from ${range}, such as 0.5. Until then the last number stays in use.`;
}

/** The name of an entry, counted from 1. */
function entryName(table, at) {
  const name = table.letter + (table.layer ? ` ${table.layer}` : "");
  if (table.values.length === 1) return name;
  if (table.rows === 1 || table.columns === 1) return `${name}, entry ${at + 1}`;
  return `${name}, row ${Math.floor(at / table.columns) + 1}, column ${(at % table.columns) + 1}`;
}

function create(tag, text = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

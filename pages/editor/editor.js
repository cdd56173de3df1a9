/**
 * The numbers of the small network, each in a field of its own.
 *
 * data.tables: [{ name, letter, layer, shape, rows, columns, values, least, most, classes }], values row by row. A table with
 * `classes` holds labels, chosen from a list. Python hears what all fields say as state "fields": { name: [values row by row] };
 * a field that holds no number, or none that is allowed, is marked, told of below its table, and keeps its last value there.
 */

const built = new WeakSet();

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const root = parentElement.querySelector(".numbers");
  if (built.has(root)) return; // what the fields say is what Python has heard
  built.add(root);
  const fields = Object.fromEntries(data.tables.map((table) => [table.name, [...table.values]]));

  for (const table of data.tables) {
    root.append(drawTable(table, (at, value) => {
      fields[table.name][at] = value;
      setStateValue("fields", structuredClone(fields));
    }));
  }
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
    const field = table.classes ? labelField(table, value) : numberField(table, value);
    field.ariaLabel = told(table, at);
    field.addEventListener("change", () => {
      const wrong = problem(field, table);
      field.ariaInvalid = String(Boolean(wrong));
      message.textContent = wrong && `${field.ariaLabel}: ${wrong}`;
      if (wrong) message.scrollIntoView({ block: "nearest" });
      else changed(at, Number(field.value));
    });
    grid.append(field);
  });
  return group;
}

function numberField(table, value) {
  const field = create("input");
  field.type = "number";
  field.step = "0.5";
  field.value = value;
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

function problem(field, table) {
  const inside = field.value !== "" && Number(field.value) >= table.least && Number(field.value) <= table.most;
  return inside ? "" : `type a number from ${table.least} to ${table.most}, such as 0.5.`.replace("-", "−");
}

/** What an entry is called, counted from 1. */
function told(table, at) {
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

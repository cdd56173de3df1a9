// Elements of a page, made in one line each.

export function element(tag, text) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  return made;
}

export function cell(tag, text, attributes) {
  const made = element(tag, text);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

export function row(cells) {
  const made = element("tr");
  made.append(...cells);
  return made;
}

export function section(tag, rows) {
  const made = element(tag);
  made.append(...rows);
  return made;
}

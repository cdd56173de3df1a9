// Elements of a page, created in one line each.

/** Changes an element's text, and leaves the page alone where the text is the same. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function element(tag, text) {
  const created = document.createElement(tag);
  if (text !== undefined) created.textContent = text;
  return created;
}

export function cell(tag, text, attributes) {
  const created = element(tag, text);
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  return created;
}

export function row(cells) {
  const created = element("tr");
  created.append(...cells);
  return created;
}

export function section(tag, rows) {
  const created = element(tag);
  created.append(...rows);
  return created;
}

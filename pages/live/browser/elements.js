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

/** Makes an element a button; without an action, what it was before. */
export function makeButton(element, action) {
  if (element.dataset.role === undefined) element.dataset.role = element.getAttribute("role") ?? "";
  const role = action ? "button" : element.dataset.role;
  if (role) element.setAttribute("role", role);
  else element.removeAttribute("role");
  if (action) element.tabIndex = 0;
  else element.removeAttribute("tabindex");
  element.classList.toggle("choosable", Boolean(action));
  element.onclick = action;
  element.onkeydown = (event) => {
    if (!action || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation(); // Space also starts and pauses
    action();
  };
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

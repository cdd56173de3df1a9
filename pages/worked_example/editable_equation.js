/**
 * An equation whose numbers are changed in place. data.html: the equation, with a field for each entry that can be changed.
 *
 * Python receives all changes since the equation was drawn as state "changes": { entry: [time, text] }. Of two messages that come
 * close together, Streamlit may pass on the second only.
 */

const drawn = new WeakMap(); // box → its changes

export default function ({ data, parentElement, setStateValue }) {
  const box = parentElement.querySelector(".editable");
  const fresh = document.createElement("div");
  fresh.innerHTML = data.html;
  if (drawn.has(box)) update(box, fresh, drawn.get(box));
  else draw(box, fresh);
  const changes = drawn.get(box);
  oneTabStop(box);

  box.onchange = ({ target }) => {
    changes[target.name] = [Date.now(), target.value];
    setStateValue("changes", structuredClone(changes));
  };
  box.onkeydown = ({ key, target }) => {
    if (key === "Escape") target.value = target.defaultValue;
    if (["Escape", "Enter"].includes(key)) target.select(); // what is typed next replaces the number
  };
}

function draw(box, fresh) {
  box.replaceChildren(...fresh.childNodes);
  box.addEventListener("focusin", ({ target }) => target.select?.());
  drawn.set(box, {});
}

/** Puts another text into the field. A text that is selected whole stays so: what is typed next replaces it. */
function replace(field, text) {
  const whole = field.selectionEnd - field.selectionStart === field.value.length;
  field.value = text;
  if (whole) field.select();
}

/** Replaces the cells, except the one in which the learner is. */
function update(box, fresh, changes) {
  const cells = fresh.querySelectorAll("td");
  box.querySelectorAll("td").forEach((cell, at) => {
    const field = cell.querySelector("input");
    if (!field || field !== document.activeElement) return cell.replaceWith(cells[at]);
    const { value } = cells[at].querySelector("input");
    cell.className = cells[at].className;
    if ([field.defaultValue, changes[field.name]?.[1]].includes(field.value)) replace(field, value); // nothing new was typed
    field.defaultValue = value;
  });
}

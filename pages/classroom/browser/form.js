// A form that opens, joins or leaves a class. The answer sets a cookie that no script can read, so the page is loaded anew.

import { ask, make } from "./ask.js";

export function mount({ data, parentElement }) {
  const place = parentElement.querySelector(".place");
  if (place.childElementCount) return;
  const form = make("form");
  for (const { name, label, value, longest, capitals } of data.fields) {
    const field = make("label", "", label);
    const input = make("input", capitals ? "capitals" : "");
    Object.assign(input, { name, value, maxLength: longest, required: true, autocomplete: "off", spellcheck: false });
    field.append(input);
    form.append(field);
  }
  const error = make("p", "error");
  error.setAttribute("role", "alert");
  const send = make("button", "", data.button);
  send.type = "submit";
  form.append(send, error);
  form.onsubmit = async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      await fetch(`${data.base}/runs/session`); // so that the class knows this browser's runs
      await ask(data.base, data.action, { ...Object.fromEntries(new FormData(form)), ...data.beside });
      location.assign(`${data.base}/${data.then}`);
    } catch (problem) {
      error.textContent = problem.message;
      send.disabled = false;
    }
  };
  place.append(form);
  if (!data.secret || !location.hash) return;
  // The teacher's link: its secret stands after a #, so that no server logs it, and leaves the address before it is projected.
  const secret = new URLSearchParams(location.hash.slice(1)).get("key");
  history.replaceState(history.state, "", location.pathname + location.search);
  ask(data.base, "teach", { secret }).then(
    () => location.reload(),
    (problem) => (error.textContent = problem.message),
  );
}

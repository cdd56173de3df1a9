// Native sliders that send Python their values while they are dragged: one message at a time, the next one when the page has
// answered the last. `data` is { number, sliders: [{ label, value }], low, high, step, digits }. A message is
// { number, values, released }.

const RELEASED_AFTER = 400; // milliseconds without a change, and without a finger or mouse button on the slider
const ANSWER_TIMEOUT = 1000; // milliseconds
const views = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const box = parentElement.querySelector(".sliders");
  const view = views.get(parentElement) ?? { sent: data.number, sentAt: 0, waiting: false, released: true };
  views.set(parentElement, view);
  view.answered = data.number;
  if (box.childElementCount !== data.sliders.length) box.replaceChildren(...data.sliders.map(() => slider(view)));
  const inputs = [...box.querySelectorAll("input")];

  view.send = (released) => {
    view.waiting = false;
    view.sentAt = performance.now();
    view.released = released;
    setStateValue("moved", { number: ++view.sent, values: inputs.map((input) => Number(input.value)), released });
    setTimeout(() => view.waiting && view.next(), ANSWER_TIMEOUT);
  };
  view.next = () => {
    if (!box.isConnected) return; // another part is on view
    const busy = view.answered !== view.sent && performance.now() - view.sentAt < ANSWER_TIMEOUT;
    if (busy) view.waiting = true;
    else view.send(view.still);
  };
  view.show = (input) => {
    const text = Number(input.value).toFixed(data.digits).replace("-", "−");
    input.closest("label").querySelector("output").textContent = text;
    input.setAttribute("aria-valuetext", text);
    input.style.setProperty("--fill", `${(100 * (input.value - input.min)) / (input.max - input.min)}%`);
  };

  const current = view.answered === view.sent && !view.waiting && view.released;
  inputs.forEach((input, at) => {
    const { label, value } = data.sliders[at];
    Object.assign(input, { min: data.low, max: data.high, step: data.step });
    input.setAttribute("aria-label", label);
    input.closest("label").querySelector(".name").textContent = label;
    if (current && Number(input.value) !== value) input.value = value;
    view.show(input);
  });
  if (view.waiting) view.next();
}

function slider(view) {
  const label = document.createElement("label");
  label.innerHTML = '<span class="name"></span><output></output><input type="range">';
  const input = label.querySelector("input");
  input.oninput = () => {
    view.show(input);
    view.still = false;
    view.next();
    waitForRelease(view, input);
  };
  return label;
}

function waitForRelease(view, input) {
  clearTimeout(view.timer);
  view.timer = setTimeout(() => {
    if (input.matches(":active")) return waitForRelease(view, input);
    view.still = true;
    view.next();
  }, RELEASED_AFTER);
}

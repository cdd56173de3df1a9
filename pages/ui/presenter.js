// Presenter mode, for a projector: presenter.css makes everything larger, and keys show a figure alone, lead to the next question
// and run a clock. A link that ends in #presenter begins it, Alt+P begins and ends it, in this tab alone.

const STORED = "backprop-lab-presenter"; // in the tab's storage
const FIGURES = "figure, .table, .matrices, .graph, .class-code, .st-key-class_question, [data-testid=stFullScreenFrame]:has([data-testid=stVegaLiteChart])";
const QUESTIONS = "[class*=st-key-prediction_], [class*=st-key-exercise_]";
const WRITTEN_IN = "textarea, select, [contenteditable=true], input:not([type=radio], [type=checkbox], [type=range])";
const LARGER = 1.5; // as in presenter.css
const STRIP = 48; // pixels below a figure that fills the screen

const root = document.documentElement;
const strip = document.createElement("div");
const clock = document.createElement("output");
strip.className = "presenter-strip";
strip.popover = "manual"; // above a figure that fills the screen
strip.append("F figure · N next question · T one more minute (Shift+T none) · Alt+P end", clock);

const isOn = () => "presenter" in root.dataset;

function present(on) {
  root.toggleAttribute("data-presenter", on);
  sessionStorage.setItem(STORED, on ? "on" : "");
  if (!on) {
    strip.remove();
    end = 0;
    if (document.fullscreenElement) document.exitFullscreen();
  }
  onTop();
  dispatchEvent(new Event("resize")); // charts measure their places again
}

// What came to the top layer last is seen.
function onTop() {
  if (!isOn()) return;
  strip.remove();
  document.body.append(strip);
  strip.showPopover();
}

function fromAddress() {
  if (location.hash !== "#presenter") return;
  history.replaceState(history.state, "", location.pathname + location.search);
  present(true);
}

addEventListener("hashchange", fromAddress);
addEventListener("keydown", (event) => {
  if (event.composedPath()[0].matches?.(WRITTEN_IN)) return;
  const { altKey, code, ctrlKey, metaKey } = event;
  const action = altKey ? { KeyP: () => present(!isOn()) }[code] : isOn() && { KeyF: showFigure, KeyN: showQuestion, KeyT: setClock }[code];
  if (!action || ctrlKey || metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  action(event);
}, true);

// The figure below the pointer, or else the first one on the screen, alone.

let pointed = null;
addEventListener("pointermove", (event) => (pointed = event.composedPath().findLast((each) => each.matches?.(FIGURES))), { capture: true, passive: true });

function* figures(place) {
  for (const each of place.querySelectorAll("*")) {
    if (each.matches(FIGURES)) yield each;
    if (each.shadowRoot) yield* figures(each.shadowRoot);
  }
}

const isSeen = ({ left, top, right, bottom }) => right > left && bottom > top && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;

async function showFigure() {
  if (document.fullscreenElement) return document.exitFullscreen();
  const main = document.querySelector("[data-testid=stMain]");
  const figure = pointed?.isConnected ? pointed : [...figures(main)].find((each) => isSeen(each.getBoundingClientRect()));
  if (!figure) return;
  const { width, height } = figure.getBoundingClientRect();
  const before = figure.getAttribute("style") ?? "";
  await figure.requestFullscreen();
  const zoom = 0.96 * Math.min(innerWidth / width, (innerHeight - STRIP) / height);
  const { backgroundColor } = getComputedStyle(document.querySelector("[data-testid=stApp]"));
  figure.style.cssText = `${before}; --larger: ${LARGER * zoom}; zoom: ${zoom}; box-sizing: border-box; padding: 1% 1% ${STRIP / LARGER / zoom}px;
    overflow: auto; align-content: safe center; background: ${backgroundColor}`;
  figure.onfullscreenchange = () => {
    if (document.fullscreenElement) return;
    figure.style.cssText = before;
    figure.onfullscreenchange = null;
  };
}
document.addEventListener("fullscreenchange", onTop);

// The next question below the middle of the screen; after the last one, the first.
function showQuestion() {
  const questions = [...document.querySelectorAll(QUESTIONS)].filter((each) => each.getClientRects().length);
  const next = questions.find((each) => each.getBoundingClientRect().top > innerHeight / 2) ?? questions[0];
  next?.scrollIntoView({ block: "center" });
}

let end = 0; // of the time, in milliseconds; 0 without a clock
let ticking = 0; // the interval
function setClock({ shiftKey }) {
  end = shiftKey ? 0 : Math.max(end, Date.now()) + 60_000;
  clearInterval(ticking);
  ticking = setInterval(tick, 250);
  tick();
}
function tick() {
  if (!end) clearInterval(ticking);
  const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
  clock.textContent = end ? (seconds ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "Time is up") : "";
}

if (sessionStorage.getItem(STORED)) present(true);
fromAddress();

export default () => {};

// What Streamlit's page itself leaves out for a phone and a keyboard. The listeners are set once, when the browser loads the script.

const NARROW = matchMedia("(max-width: 768px)"); // where Streamlit's sidebar covers the page
const NOT_RUNNING = "[data-test-script-state=notRunning]";
const BOXES = ".katex-display, .katex[data-wide], .scrolls, .st-key-guide table, [data-testid=stCode] pre";

// On a phone, the navigation closes after a choice.
document.addEventListener("click", (event) => {
  if (!NARROW.matches || !event.target.closest?.("[data-testid=stSidebarNavLink]")) return;
  document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.(".st-key-print button")) print();
});

// In a frame, an address with embed_options=hide_controls shows the page without what changes it.
if (new URLSearchParams(location.search).getAll("embed_options").includes("hide_controls")) {
  document.documentElement.dataset.controls = "hidden";
}

let waiting = 0;
function mend() {
  waiting = 0;
  markWideFormulas();
  scrollByKeyboard();
  nameFormulas();
  enterBox();
  keepFocus();
  startAtTheTop();
}

// Streamlit draws a new page over the old one, at the place to which that was scrolled. It starts at its top, until the reader scrolls.
let page = location.pathname;
let arriving = false;
let drawing = false;
for (const type of ["wheel", "touchstart", "keydown", "pointerdown"]) addEventListener(type, () => (arriving = false), { capture: true, passive: true });
function startAtTheTop() {
  if (location.pathname !== page) arriving = true;
  page = location.pathname;
  if (!arriving) return;
  document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0, behavior: "instant" });
  const running = !document.querySelector(NOT_RUNNING);
  arriving = running || !drawing; // the run may begin a little after the change of the address
  drawing = running;
}

// The focus enters a box that a button opens. Streamlit closes it with Escape, and gives the focus back to the button.
let entered = null;
function enterBox() {
  const box = document.querySelector("[data-testid=stPopoverBody]");
  if (box) box.style.colorScheme = getComputedStyle(document.querySelector("[data-testid=stApp]")).colorScheme; // it is outside
  if (box && box !== entered) focusBox(box);
  entered = box;
}

// Streamlit draws a button anew, disables it or removes it when it was pressed. The focus stays at its place.
let focused = null;
let focusedPage = ""; // on which it is
const MENU = "[data-testid=stTopNav], [data-testid=stHeader], [data-testid=stSidebar], [role=menuitem]"; // keeps the focus
let places = []; // the classes of the boxes around what has the focus, the innermost first
document.addEventListener("focusin", ({ target }) => {
  focused = target;
  focusedPage = location.pathname;
  places = [];
  for (let box = target; box; box = box.parentElement) {
    places.push(...[...box.classList].filter((name) => name.startsWith("st-key-")));
  }
});
document.addEventListener("pointerdown", (event) => {
  if (!event.composedPath().includes(focused)) focused = null; // whoever clicks beside it wants to leave it
});
function keepFocus() {
  if (!focused || ![document.body, focused].includes(document.activeElement)) return;
  if (!document.querySelector(NOT_RUNNING)) return;
  if (focusedPage !== location.pathname && !focused.closest(MENU)) return focusTop();
  if (focused.isConnected && !focused.disabled) return;
  const boxes = places.map((name) => document.getElementsByClassName(name)[0]);
  const box = boxes.find(Boolean) ?? document.querySelector("[data-testid=stPopoverBody]");
  if (!box) return;
  const own = box.dataset.testid === "stElementContainer" || box.matches("[class*=st-key-field_]");
  const anew = own && box.querySelector(`${focused.localName}:not(:disabled)`);
  if (anew) anew.focus({ preventScroll: true });
  else focusBox(box);
}

// A link or a button led to another page, which is read from its top.
function focusTop() {
  const heading = document.querySelector("[data-testid=stMain] h1, [data-testid=stMain] h2");
  if (heading) focusBox(heading);
}

function focusBox(box) {
  box.tabIndex = -1;
  box.style.outline = "none";
  box.focus({ preventScroll: true });
}

// Tab leads to the chosen one of a row of options, not to the one that had the focus last. The arrow keys, Home and End walk it.
let tabbing = false;
addEventListener("keydown", ({ key }) => (tabbing = key === "Tab"), true);
addEventListener("pointerdown", () => (tabbing = false), true);
document.addEventListener("focusin", ({ target, relatedTarget }) => {
  const row = optionsAround(target);
  if (tabbing && row && !row.contains(relatedTarget)) row.querySelector("[role=radio][aria-checked=true]")?.focus();
});
document.addEventListener("keydown", (event) => {
  const options = [...(optionsAround(event.target)?.querySelectorAll("button[role=radio]:not(:disabled)") ?? [])];
  const [first, last] = [options[0], options.at(-1)];
  const around = { Home: first, End: last, [event.target === last && "ArrowRight"]: first, [event.target === first && "ArrowLeft"]: last };
  if (!around[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  around[event.key].focus();
}, true);

function optionsAround(element) {
  return element.closest?.("button[role=radio]")?.closest("[role=radiogroup]");
}

// Streamlit puts the box of a popover at the end of the page. Tab past its end, or back past its start, closes it and goes on from
// its button.
document.addEventListener("keydown", (event) => {
  const box = event.key === "Tab" && event.target.closest?.("[data-testid=stPopoverBody]");
  const button = box && document.querySelector("[data-testid=stPopoverButton][aria-expanded=true]");
  if (!button) return;
  const stops = [...box.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter(
    (each) => each.tabIndex >= 0 && !each.disabled && each.getClientRects().length,
  );
  if (event.target !== (event.shiftKey ? stops[0] : stops.at(-1)) && !(event.target === box && (event.shiftKey || !stops.length))) return;
  event.stopPropagation();
  if (event.shiftKey) event.preventDefault();
  button.focus();
  button.click();
}, true);

// A formula inside text gets a box of its own, which scrolls, where a piece of it that cannot be broken is too wide.
function markWideFormulas() {
  for (const each of document.querySelectorAll("[data-testid=stMarkdownContainer] .katex:not(.katex-display > .katex)")) {
    const room = each.closest("p, li, td, h1, h2, h3, h4, h5")?.clientWidth ?? Infinity;
    const pieces = [...each.querySelectorAll(":scope > .katex-html > .base")];
    each.toggleAttribute("data-wide", pieces.some((piece) => piece.offsetWidth > room + 1));
  }
}

// The keyboard can reach a box that scrolls: sideways, or downwards where its height has a limit.
function scrollByKeyboard() {
  for (const box of document.querySelectorAll(BOXES)) {
    const down = box.style.maxHeight && box.scrollHeight > box.clientHeight;
    if (down || box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
  }
}
// A button or an option whose text is a formula has no name, because screen readers skip MathML there.
function nameFormulas() {
  for (const each of document.querySelectorAll("button:has(.katex), label:has(.katex):has(input)")) {
    const text = each.cloneNode(true);
    for (const repeated of text.querySelectorAll(".katex-html, annotation")) repeated.remove();
    (each.querySelector("input") ?? each).ariaLabel = text.textContent.trim();
  }
}

// Streamlit's sidebar puts boxes between a list and its items, which is no list for a screen reader: the links stand alone.
function unlistPages() {
  for (const each of document.querySelectorAll("[data-testid=stSidebarNavItems], [data-testid=stSidebarNavItems] li")) {
    each.role = "none";
  }
}

// Streamlit would call a value that is returned, to clean up.
const later = () => {
  unlistPages();
  waiting ||= requestAnimationFrame(mend);
};
const attributeFilter = ["disabled", "data-test-script-state"];
new MutationObserver(later).observe(document.body, { childList: true, subtree: true, attributeFilter });
addEventListener("resize", later);
document.fonts.addEventListener("loadingdone", later); // a formula changes its width

export default later;

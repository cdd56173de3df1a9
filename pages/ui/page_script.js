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
let places = []; // the classes of the boxes around what has the focus, the innermost first
document.addEventListener("focusin", ({ target }) => {
  focused = target;
  places = [];
  for (let box = target; box; box = box.parentElement) {
    places.push(...[...box.classList].filter((name) => name.startsWith("st-key-")));
  }
});
document.addEventListener("pointerdown", (event) => {
  if (!event.composedPath().includes(focused)) focused = null; // whoever clicks beside it wants to leave it
});
function keepFocus() {
  if (!focused || (focused.isConnected && !focused.disabled)) return;
  if (![document.body, focused].includes(document.activeElement)) return;
  if (!document.querySelector(NOT_RUNNING)) return;
  const boxes = places.map((name) => document.getElementsByClassName(name)[0]);
  const box = boxes.find(Boolean) ?? document.querySelector("[data-testid=stPopoverBody]");
  if (!box) return;
  const anew = box.dataset.testid === "stElementContainer" && box.querySelector(`${focused.localName}:not(:disabled)`);
  if (anew) anew.focus({ preventScroll: true });
  else focusBox(box);
}

function focusBox(box) {
  box.tabIndex = -1;
  box.style.outline = "none";
  box.focus({ preventScroll: true });
}

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

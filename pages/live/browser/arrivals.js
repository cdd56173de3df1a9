// Whether the page's script has run with all that the learner changed. What is set on the left reaches the view by way of
// Streamlit's server, tenths of a second later or more; so whoever begins a run asks here first, and waits if need be.

const SETTLES_MS = 300; // after a touch, until Streamlit has sent what came of it: a slider first sees whether it moves on
const RECENT_MS = 1000; // what was touched in these may be on its way yet, whatever came back since
const PATIENCE_MS = 10_000; // then what is here has to do
const TOUCHES = ["click", "keydown", "input", "change", "focusout"];
const PASSING = ["Tab", "Shift"]; // keys that change nothing

export class Arrivals {
  /**
   * @param {Element} root  of the view, which knows itself what is touched inside it
   * @param {function} ask  called with a number: must have the page run, and the number told back to `hear`
   */
  constructor(root, ask) {
    this.root = root;
    this.ask = ask;
    this.touchedAt = -Infinity;
    this.heardAt = 0;
    this.typed = false; // into a field that has not been left: it is sent when it is
    this.touch = (event) => this.note(event);
    for (const kind of TOUCHES) addEventListener(kind, this.touch, true);
  }

  close() {
    for (const kind of TOUCHES) removeEventListener(kind, this.touch, true);
  }

  note(event) {
    if (event.composedPath().includes(this.root) || PASSING.includes(event.key)) return;
    if (event.type === "focusout" && !this.typed) return;
    this.typed = event.type === "input" || (this.typed && event.type !== "focusout");
    this.touchedAt = performance.now();
  }

  /** The page has run; `asked` is the number that it was asked for last. */
  hear(asked) {
    this.heardAt = performance.now();
    if (asked === this.asked) this.answered?.();
  }

  get pending() {
    return this.touchedAt > this.heardAt || performance.now() - this.touchedAt < RECENT_MS || isRunning();
  }

  /** Resolves when all that was changed has arrived: at once where nothing was, and in any case after some seconds. */
  async arrive() {
    const end = performance.now() + PATIENCE_MS;
    while (this.pending && performance.now() < end) {
      await sleep(this.touchedAt + SETTLES_MS - performance.now());
      const at = performance.now();
      await Promise.race([this.answer(), sleep(end - at)]);
      if (this.touchedAt < at) return;
    }
  }

  answer() {
    return new Promise((resolve) => {
      this.answered = resolve;
      this.asked = Date.now();
      this.ask(this.asked);
    });
  }
}

/** Whether Streamlit says that it runs the page. */
function isRunning() {
  return document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "running";
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

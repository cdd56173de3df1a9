// Whether a change on the left is still on its way to the view: settings arrive by way of Streamlit's server, tenths of a second later or
// more. Start waits for such a change; it asks for a run of the page and waits for the answer, which Streamlit sends after the change.
// Without a recent change there is nothing to wait for, and Start is sent at once.

const DEBOUNCE_MS = 300; // after a change, until Streamlit has sent it: a slider first waits for further moves
const RECENT_MS = 1000; // a change in this time may still be on its way, whatever has arrived since
const TIMEOUT_MS = 10_000; // then Start uses the settings that have arrived
const EVENTS = ["click", "keydown", "input", "change", "focusout"];
const CONTROLS = "button, input, textarea, label, canvas, [role=option], [role=slider], [role=radio], [role=checkbox], [role=switch]";

export class PendingSettings {
  /**
   * @param {Element} root      of the view, whose own controls need no waiting
   * @param {function} request  called with a number: makes the page run, which passes the number back to `onDelivery`
   */
  constructor(root, request) {
    this.root = root;
    this.request = request;
    this.touchedAt = -Infinity;
    this.deliveredAt = 0;
    this.typed = false; // into a field that still has the focus: it is sent when it loses it
    this.onTouch = (event) => this.noteTouch(event);
    for (const kind of EVENTS) addEventListener(kind, this.onTouch, true);
  }

  close() {
    for (const kind of EVENTS) removeEventListener(kind, this.onTouch, true);
  }

  noteTouch(event) {
    if (event.composedPath().includes(this.root) || ["Tab", "Shift"].includes(event.key)) return;
    if (event.type === "focusout" && !this.typed) return;
    if (!event.target.closest?.(CONTROLS)) return;
    this.typed = event.type === "input" || (this.typed && event.type !== "focusout");
    this.touchedAt = performance.now();
  }

  /** The page has run. @param {number} requestNumber  of the newest request that this run has answered */
  onDelivery(requestNumber) {
    this.deliveredAt = performance.now();
    if (requestNumber === this.requestNumber) this.onAnswer?.();
  }

  get pending() {
    return this.touchedAt > this.deliveredAt || performance.now() - this.touchedAt < RECENT_MS || isPageRunning();
  }

  /** Resolves when all changes have been delivered: at once if there are none, and in any case after TIMEOUT_MS. */
  async delivered() {
    const end = performance.now() + TIMEOUT_MS;
    while (this.pending && performance.now() < end) {
      await sleep(this.touchedAt + DEBOUNCE_MS - performance.now());
      const requestedAt = performance.now();
      await Promise.race([this.answer(), sleep(end - requestedAt)]);
      if (this.touchedAt < requestedAt) return;
    }
  }

  answer() {
    return new Promise((resolve) => {
      this.onAnswer = resolve;
      this.requestNumber = Date.now();
      this.request(this.requestNumber);
    });
  }
}

/** Whether Streamlit is running the page, as the attribute for its own tests says. */
function isPageRunning() {
  return document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "running";
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

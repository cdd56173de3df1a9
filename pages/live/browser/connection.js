// The connection to the server: first a session cookie, then one WebSocket for commands and events. When it is lost it is opened
// again, with longer and longer waits, and the same run is watched again.

const REFUSED = [4403, 4429]; // another origin, no cookie or too many tabs: another try would not help
const RETRY_MS = [250, 500, 1000, 2000, 4000, 8000];

export class Connection {
  /**
   * @param {string} base       path under which the app is served, "" for the root
   * @param {object} callbacks  onEvent(event), onUp(), onDown()
   */
  constructor(base, callbacks) {
    this.base = base;
    this.callbacks = callbacks;
    this.run = null; // watched again after every reconnection
    this.waiting = []; // commands to send after the next reconnection
    this.tries = 0;
    this.closed = false;
    this.open();
  }

  async open() {
    this.timer = null;
    try {
      const answer = await fetch(`${this.base}/runs/session`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(`session: ${answer.status}`);
    } catch {
      this.retry();
      return;
    }
    if (this.closed) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.base}/live`);
    this.socket = socket;
    socket.onopen = () => {
      this.tries = 0;
      this.callbacks.onUp();
      if (this.run) this.write({ do: "watch", run: this.run });
      for (const command of this.waiting.splice(0)) this.write(command);
    };
    socket.onmessage = (message) => {
      for (const line of message.data.split("\n")) if (line) this.callbacks.onEvent(JSON.parse(line));
    };
    socket.onclose = (end) => {
      if (this.socket === socket && !REFUSED.includes(end.code)) this.retry();
    };
  }

  retry() {
    if (this.closed || this.timer) return;
    const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)] * (0.8 + 0.4 * Math.random());
    this.callbacks.onDown();
    this.timer = setTimeout(() => this.open(), wait);
  }

  write(command) {
    this.socket.send(JSON.stringify(command));
  }

  /** Sends now, or after the next reconnection. Of several changes of a slider only the newest is sent then. */
  send(command) {
    if (this.socket?.readyState === WebSocket.OPEN) this.write(command);
    else {
      if (command.do === "change") this.waiting = this.waiting.filter((c) => c.do !== "change");
      this.waiting.push(command);
    }
  }

  watch(run) {
    this.run = run;
    if (this.socket?.readyState === WebSocket.OPEN) this.write({ do: "watch", run });
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }
}

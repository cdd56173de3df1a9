// The line to the hub: a session cookie first, then one WebSocket that carries commands out and events in. When the line
// drops it is opened again, at once and then ever more slowly, and the same run is watched again.

const REFUSED = [4403, 4429]; // another origin, no cookie or too many tabs: asking again would not help
const WAITS = [250, 500, 1000, 2000, 4000, 8000];

export class Connection {
  /**
   * @param {string} base   path under which the app is served, "" for the root
   * @param {object} hear   onEvent(event), onUp(), onDown(secondsToNextTry)
   */
  constructor(base, hear) {
    this.base = base;
    this.hear = hear;
    this.run = null; // watched again after every reconnection
    this.waiting = []; // commands given while the line is down
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
      this.hear.onUp();
      if (this.run) this.write({ do: "watch", run: this.run });
      for (const command of this.waiting.splice(0)) this.write(command);
    };
    socket.onmessage = (message) => {
      for (const line of message.data.split("\n")) if (line) this.hear.onEvent(JSON.parse(line));
    };
    socket.onclose = (end) => {
      if (this.socket === socket && !REFUSED.includes(end.code)) this.retry();
    };
  }

  retry() {
    if (this.closed || this.timer) return;
    const wait = WAITS[Math.min(this.tries++, WAITS.length - 1)] * (0.8 + 0.4 * Math.random());
    this.hear.onDown(wait / 1000);
    this.timer = setTimeout(() => this.open(), wait);
  }

  write(command) {
    this.socket.send(JSON.stringify(command));
  }

  /** Sends now, or once the line is up again. A change of a slider is not worth keeping: the newest values go with it anyway. */
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

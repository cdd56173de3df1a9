// The connection to the server: first a session cookie, then one WebSocket for commands and events. When it is lost it is opened
// again, with longer and longer waits, and the same run is watched again.

const RETRY_MS = [250, 500, 1000, 2000, 4000, 8000];
const REFUSED = 4400; // from this code on, the server closed the connection for the reason that comes with it
const REFUSED_RETRY_MS = 10000; // the reason may be gone then: another tab was closed, a cookie allowed
const REFUSAL_MS = 500; // within which a server that refuses closes a connection

export class Connection {
  /**
   * @param {string} base       path under which the app is served, "" for the root
   * @param {object} callbacks  onEvent(event), onUp(), onDown(refusal): why the server refuses connections, null if it does not
   */
  constructor(base, callbacks) {
    this.base = base;
    this.callbacks = callbacks;
    this.run = null; // watched again after every reconnection
    this.waiting = []; // commands to send after the next reconnection
    this.tries = 0;
    this.refusal = null;
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
      if (this.refusal) setTimeout(() => this.onOpen(socket), REFUSAL_MS);
      else this.onOpen(socket);
    };
    socket.onmessage = (message) => {
      for (const line of message.data.split("\n")) if (line) this.callbacks.onEvent(JSON.parse(line));
    };
    socket.onclose = (end) => {
      if (this.socket === socket) this.retry(end.code >= REFUSED ? end.reason : null);
    };
  }

  onOpen(socket) {
    if (this.socket !== socket || socket.readyState !== WebSocket.OPEN) return;
    this.tries = 0;
    this.refusal = null;
    this.callbacks.onUp();
    if (this.run) this.write({ do: "watch", run: this.run });
    for (const command of this.waiting.splice(0)) this.write(command);
  }

  retry(refusal = null) {
    if (this.closed || this.timer) return;
    this.refusal = refusal;
    const wait = refusal ? REFUSED_RETRY_MS : RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)];
    this.callbacks.onDown(refusal);
    this.timer = setTimeout(() => this.open(), wait * (0.8 + 0.4 * Math.random()));
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

  /** Whether a command is to be sent after the next reconnection. */
  isWaiting(name) {
    return this.waiting.some((command) => command.do === name);
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

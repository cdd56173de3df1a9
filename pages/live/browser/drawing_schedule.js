// When to draw: what has changed is drawn once per animation frame at most, so that a slow browser skips frames and never falls behind.

const FRAME_FOLLOWS_MS = 80; // metrics usually arrive just before a frame event

export class DrawingSchedule {
  /** @param {function} draw  called with the set of what has changed */
  constructor(draw) {
    this.draw = draw;
    this.changed = new Set();
    this.lastTimes = {};
    this.milliseconds = 0; // spent on drawing so far, for benchmarks
  }

  /** @param {...string} parts  what has changed: "state", "loss", "accuracy", "signal", "frame", "end", "theme", "size" or "text" */
  request(...parts) {
    if (this.closed) return; // another view may draw on these elements by now
    for (const part of parts) this.changed.add(part);
    this.animationFrame ||= requestAnimationFrame(() => {
      const start = performance.now();
      const { changed } = this;
      this.animationFrame = null;
      this.changed = new Set();
      this.draw(changed);
      this.milliseconds += performance.now() - start;
    });
  }

  /** Requests drawing a little later, so that a frame event that follows is drawn at the same time. */
  requestSoon(...parts) {
    for (const part of parts) this.changed.add(part);
    this.soonTimer ||= setTimeout(() => {
      this.soonTimer = null;
      if (this.changed.size) this.request();
    }, FRAME_FOLLOWS_MS);
  }

  /** Whether `name` may be updated now: once in `interval` milliseconds at most. What is skipped is requested again after that. */
  isDue(name, interval) {
    const now = performance.now();
    if (now - (this.lastTimes[name] ?? -Infinity) >= interval) {
      this.lastTimes[name] = now;
      return true;
    }
    this.dueTimer ||= setTimeout(() => {
      this.dueTimer = null;
      this.request("text");
    }, interval);
    return false;
  }

  close() {
    this.closed = true;
    clearTimeout(this.soonTimer);
    clearTimeout(this.dueTimer);
    cancelAnimationFrame(this.animationFrame);
  }
}

// The loss of a run, with at most `most` points to draw: when there are more, neighbours are merged in pairs. Each point has its smoothed
// mean, its least and its greatest value, so that the noise of single steps stays visible.

const SMOOTHING = 0.98; // factor of the exponential mean, the same as the server's

export class LossSeries {
  constructor(most = 600) {
    this.most = most;
    this.starts = []; // first steps of networks that train one after another: each is averaged and merged on its own
    this.clear();
  }

  clear() {
    this.width = 1; // steps in one point
    this.step = [];
    this.low = [];
    this.high = [];
    this.smooth = [];
    this.open = null; // the point that is still filling
    this.last = 0; // newest step
    this.mean = 0; // running exponential mean, before its bias correction
    this.weight = 1; // SMOOTHING to the power of the steps so far
  }

  get length() {
    return this.step.length;
  }

  /** The newest smoothed loss. */
  get now() {
    return this.last ? this.mean / (1 - this.weight) : NaN;
  }

  /** The smoothed loss at a step; NaN where there is none. */
  at(step) {
    return this.smooth[this.step.findLastIndex((each) => each <= step)] ?? NaN;
  }

  /** Starts from the thinned history of a run, before the first event that this browser received. */
  restore({ step, value, smooth }) {
    this.clear();
    if (!step.length) return;
    this.width = Math.max(1, Math.round((step[step.length - 1] - step[0]) / Math.max(1, step.length - 1)));
    const end = step[step.length - 1];
    const first = Math.max(1, ...this.starts.filter((start) => start <= end)); // of the newest network
    let smoothed = null; // its newest mean
    for (let i = 0; i < step.length; i++) {
      if (!Number.isFinite(value[i]) || !Number.isFinite(smooth[i])) continue; // null: the loss was out of bounds
      this.append(step[i], value[i], value[i], smooth[i]);
      if (step[i] >= first) smoothed = smooth[i];
    }
    this.last = end;
    if (smoothed === null) return; // it has no finite loss yet
    this.weight = SMOOTHING ** (end + 1 - first);
    this.mean = smoothed * (1 - this.weight);
  }

  /** Adds the losses of steps first, first + 1, …; skips those it already has. */
  add(first, losses) {
    for (let i = Math.max(0, this.last + 1 - first); i < losses.length; i++) {
      const value = losses[i] === null ? NaN : losses[i];
      if (this.starts.includes(first + i)) this.restart();
      this.last = first + i;
      if (Number.isFinite(value)) {
        this.mean = SMOOTHING * this.mean + (1 - SMOOTHING) * value;
        this.weight *= SMOOTHING;
      }
      const open = (this.open ||= { n: 0, low: Infinity, high: -Infinity });
      open.n++;
      if (value < open.low) open.low = value;
      if (value > open.high) open.high = value;
      if (open.n >= this.width) this.flush();
    }
  }

  /** Another network begins, with a mean of its own. */
  restart() {
    if (this.open) this.flush();
    this.mean = 0;
    this.weight = 1;
  }

  flush() {
    const { low, high } = this.open;
    this.open = null;
    if (low <= high) this.append(this.last, low, high, this.now);
  }

  append(step, low, high, smooth) {
    this.step.push(step);
    this.low.push(low);
    this.high.push(high);
    this.smooth.push(smooth);
    if (this.step.length > this.most) this.merge();
  }

  /** Merges neighbours in pairs, except the first point: where the loss began is what the rest is compared with. */
  merge() {
    const { step, low, high, smooth } = this;
    let to = 1;
    for (let i = 1, j; i < step.length; i = j + 1, to++) {
      j = i + 1 < step.length && !separated(step[i], step[i + 1], this.starts) ? i + 1 : i;
      step[to] = step[j];
      low[to] = Math.min(low[i], low[j]);
      high[to] = Math.max(high[i], high[j]);
      smooth[to] = smooth[j];
    }
    for (const row of [step, low, high, smooth]) row.length = to;
    this.width *= 2;
  }
}

/** Whether another network began between the two steps. */
export const separated = (earlier, later, starts) => starts.some((start) => earlier < start && start <= later);

/** How the smoothed loss has changed lately, relative to where it began, as one word for the chart's title; null with too few points. */
export function trend(series) {
  const n = series.length;
  if (n < 12) return null;
  const { smooth } = series;
  const now = smooth[n - 1];
  const start = smooth[0];
  if (!Number.isFinite(now)) return "exploding";
  const [earlier, later] = [mean(smooth, Math.floor(0.7 * n), Math.floor(0.85 * n)), mean(smooth, Math.floor(0.85 * n), n)];
  if (now > 1.5 * start && later > 1.1 * earlier) return "climbing";
  if (later > earlier + 0.03 * start) return "rising";
  if (earlier - later > 0.008 * start) return "falling";
  return Math.abs(start - now) < 0.03 * start ? "flat" : "level";
}

function mean(values, from, to) {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i];
  return sum / Math.max(1, to - from);
}

// A run's loss, step by step, kept so that a chart never has more than `most` points to draw however long the run gets:
// neighbours are merged two by two whenever there are too many. Each point keeps its mean, its least and its greatest value,
// so that the noise of single steps stays visible.

const KEEP = 0.98; // factor of the exponential mean, the same as the server's

export class LossSeries {
  constructor(most = 600) {
    this.most = most;
    this.starts = []; // first steps of networks that train one after another: nothing is averaged or merged across them
    this.clear();
  }

  clear() {
    this.width = 1; // steps in one point
    this.step = [];
    this.low = [];
    this.high = [];
    this.smooth = [];
    this.open = null; // the point that is still filling
    this.last = 0; // newest step taken in
    this.mean = 0; // running exponential mean, before its bias correction
    this.weight = 1; // KEEP to the power of the steps so far
  }

  get length() {
    return this.step.length;
  }

  /** The newest smoothed loss. */
  get now() {
    return this.last ? this.mean / (1 - this.weight) : NaN;
  }

  /** Takes the thinned history of a run: what came before this browser looked. */
  restore({ step, value, smooth }) {
    this.clear();
    if (!step.length) return;
    this.width = Math.max(1, Math.round((step[step.length - 1] - step[0]) / Math.max(1, step.length - 1)));
    const end = step[step.length - 1];
    const begun = Math.max(1, ...this.starts.filter((start) => start <= end)); // first step of the network at work
    let known = null; // its newest mean
    for (let i = 0; i < step.length; i++) {
      if (!Number.isFinite(value[i]) || !Number.isFinite(smooth[i])) continue; // null: the loss was out of bounds
      this.append(step[i], value[i], value[i], smooth[i]);
      if (step[i] >= begun) known = smooth[i];
    }
    this.last = end;
    if (known === null) return; // it has no loss yet that is a number, and no mean to go on from
    this.weight = KEEP ** (end + 1 - begun);
    this.mean = known * (1 - this.weight);
  }

  /** Takes the losses of steps first, first + 1, …; skips those it has already. */
  add(first, losses) {
    for (let i = Math.max(0, this.last + 1 - first); i < losses.length; i++) {
      const value = losses[i] === null ? NaN : losses[i];
      if (this.starts.includes(first + i)) this.restart();
      this.last = first + i;
      if (Number.isFinite(value)) {
        this.mean = KEEP * this.mean + (1 - KEEP) * value;
        this.weight *= KEEP;
      }
      const open = (this.open ||= { n: 0, low: Infinity, high: -Infinity });
      open.n++;
      if (value < open.low) open.low = value;
      if (value > open.high) open.high = value;
      if (open.n >= this.width) this.flush();
    }
  }

  /** Another network begins: its mean is its own. */
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

  /** Neighbours become one point. The first stays as it is: where the loss began is what all the rest is compared with. */
  merge() {
    const { step, low, high, smooth } = this;
    let to = 1;
    for (let i = 1, j; i < step.length; i = j + 1, to++) {
      j = i + 1 < step.length && !parted(step[i], step[i + 1], this.starts) ? i + 1 : i;
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
export const parted = (earlier, later, starts) => starts.some((start) => earlier < start && start <= later);

/** What the smoothed loss is doing, as one word: the finding that goes into the chart's title. Measured against where the loss
 *  began, as the eye does on the chart. */
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

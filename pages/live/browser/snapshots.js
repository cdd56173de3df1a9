// The snapshots of a run: the frames as they were at earlier steps. The server's log says where each is in one file of the run, of which
// a part is fetched when it is to be shown.

import { count } from "./number_text.js";

const MOST = 60; // frames that are stored here, each some 10 to 100 KB

export class Snapshots {
  constructor() {
    this.clear();
  }

  clear() {
    this.list = [];
    this.frames = new Map(); // by step, the one that was used last at the end
  }

  /** @param {{step: number, at: number, frame: number, state: number}} event */
  add(event) {
    while (this.list.at(-1)?.step >= event.step) this.frames.delete(this.list.pop().step); // a resumed run takes some of them again
    this.list.push(event);
  }

  /** The newest one at a step or before it, of which the weights are stored; or undefined. */
  trainableAt(step) {
    return this.list.findLast((snapshot) => snapshot.step <= step && snapshot.state);
  }

  /**
   * The frame event of a snapshot. Rejects with one sentence.
   * @param {string} address  of the run's frames
   */
  load(address, snapshot) {
    const { frames } = this;
    const frame = frames.get(snapshot.step) ?? fetchFrame(address, snapshot);
    frames.delete(snapshot.step);
    frames.set(snapshot.step, frame);
    frame.catch(() => frames.delete(snapshot.step)); // tried again at the next visit
    if (frames.size > MOST) frames.delete(frames.keys().next().value);
    return frame;
  }
}

async function fetchFrame(address, { step, at, frame }) {
  try {
    const answer = await fetch(`${address}/${at}/${frame}`, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return await new Response(answer.body.pipeThrough(new DecompressionStream("deflate"))).json();
  } catch {
    throw new Error(`The picture of step ${count(step)} cannot be loaded.`);
  }
}

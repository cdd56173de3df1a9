// The buttons that drive a run, their keyboard shortcuts, and the line that says what is going on.

import { RESUMABLE } from "./run.js";
import { count } from "./bytes.js";
import { trials } from "./study.js";

const KEYS = { " ": "play", s: "step", e: "epoch", x: "stop", r: "reset" };

export class Toolbar {
  /** @param {function} act  called with "start", "pause", "resume", "step", "epoch", "stop" or "reset" */
  constructor(root, find, act) {
    this.find = find;
    this.play = find("play");
    this.play.onclick = () => act(this.play.dataset.action);
    for (const name of ["step", "epoch", "stop", "reset"]) find(name).onclick = () => act(name);
    root.onkeydown = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.composedPath()[0];
      const typing = target.matches?.("input[type=number], select");
      const name = KEYS[event.key.toLowerCase()];
      // Letters and space inside the view are its own: the page around it would otherwise take R for "rerun".
      if (!typing) event.stopPropagation();
      if (!name || typing) return;
      if (event.key === " " && target.matches?.("button, a, input, summary, [role=region]:not(.lab)")) return;
      event.preventDefault();
      const button = name === "play" ? this.play : find(name);
      if (!button.disabled) button.click();
    };
  }

  /**
   * @param {Run} run
   * @param {{problem: string|null, connected: boolean, retrying: boolean, busy: boolean}} line  busy: a start waits for settings
   */
  show(run, line) {
    const { find, play } = this;
    const none = run.state === "failed" && !run.step; // there is nothing to resume
    const action = none ? "start" : RESUMABLE.includes(run.state) || run.state === "paused" ? "resume" : run.state === "running" ? "pause" : "start";
    play.dataset.action = action;
    play.title = { start: "Start (Space)", pause: "Pause (Space)", resume: "Resume (Space)" }[action];
    find("play-label").textContent = { start: run.ended || none ? "Start again" : "Start", pause: "Pause", resume: "Resume" }[action];
    const waiting = run.state === "queued" || run.state === "starting" || Boolean(run.preparing);
    play.setAttribute("aria-busy", String(Boolean(line.busy)));
    play.disabled = waiting || line.busy || !line.connected || (action === "start" && Boolean(line.problem));
    const fresh = run.state === "none" && !line.problem && !line.busy;
    const going = !waiting && (run.state === "running" || run.state === "paused");
    find("step").disabled = find("epoch").disabled = !line.connected || !(fresh || going) || !run.lab.parts.includes("step");
    find("stop").disabled = !line.connected || !(going || waiting);
    find("stop").textContent = waiting ? "Cancel" : "Stop";
    find("reset").disabled = !line.connected || run.state === "none";
    const text = statusText(run, line);
    if (find("status-text").textContent !== text) find("status-text").textContent = text;
  }
}

export function statusText(run, { problem, connected, retrying, busy }) {
  const study = run.lab.parts.includes("study");
  const at = study ? `after ${trials(run.step)}` : `at step ${count(run.step)}`;
  if (!connected) return retrying ? "Reconnecting…" : "Connecting…";
  if (busy) return "Taking over the settings…";
  switch (run.state) {
    case "none":
      return problem || "Ready";
    case "starting":
      return "Starting…";
    case "queued":
      return run.position > 1 ? `Waiting, ${count(run.position)} in the queue` : "Waiting, next in the queue";
    case "running":
      if (run.preparing) return `${run.preparing.what}…`;
      return study ? (run.frame?.workers === 0 ? "Waiting for workers…" : "Searching") : "Training";
    case "paused":
      return `Paused ${at}`;
    case "released":
      return `Asleep ${at}`;
    case "interrupted":
      return `Interrupted ${at}`;
    case "failed":
      return "Failed";
    case "finished":
      return `Finished after ${study ? trials(run.step) : `${count(run.step)} steps`}`;
    case "stopped":
      return `Stopped after ${study ? trials(run.step) : `${count(run.step)} steps`}`;
    case "diverged":
      return `Blew up at step ${count(run.step)}`;
    default:
      return run.state;
  }
}

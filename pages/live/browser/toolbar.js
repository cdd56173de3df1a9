// The buttons that control a run, their keyboard shortcuts, and the status line beside them.

import { setText } from "./elements.js";
import { count } from "./number_text.js";
import { RESUMABLE } from "./run.js";
import { trials } from "./study.js";

const KEYS = { " ": "play", s: "step", e: "epoch", x: "stop", r: "reset" };
const OPPOSITE = { pause: "resume", resume: "pause" }; // a double click on Start only starts

export class Toolbar {
  /** @param {function} onAction  called with "start", "pause", "resume", "step", "epoch", "stop" or "reset" */
  constructor(root, find, onAction) {
    this.find = find;
    this.play = find("play");
    root.addEventListener("click", (event) => isDisabled(event.target.closest("button")) && event.stopPropagation(), true);
    this.play.onclick = (event) => {
      // The second click of a double click may come before the server's answer to the first, which changes the button.
      const action = event.detail > 1 ? OPPOSITE[this.pressed] : this.play.dataset.action;
      if (!action) return;
      this.pressed = action;
      onAction(action);
    };
    for (const name of ["step", "epoch", "stop", "resume", "reset"]) find(name).onclick = () => onAction(name);
    root.onkeydown = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || root.dataset.controls === "hidden") return;
      const target = event.composedPath()[0];
      const typing = target.matches?.("input[type=number], input[type=text], select");
      const name = KEYS[event.key.toLowerCase()];
      // Keys pressed inside the view stay inside: Streamlit would take R for "rerun".
      if (!typing) event.stopPropagation();
      if (!name || typing) return;
      if (name === "play" && event.repeat) return event.preventDefault(); // held down: it would start and pause in turns
      if (event.key === " " && target.matches?.("button, a, input, summary, [role=region]:not(.lab)")) return;
      event.preventDefault();
      const button = name === "play" ? this.play : find(name);
      if (!isDisabled(button)) button.click();
    };
  }

  /**
   * @param {Run} run
   * @param {{problem: string|null, connected: boolean, offline: string, waiting: boolean}} status  offline: what to say while not
   *   connected; waiting: a start waits for settings
   */
  show(run, status) {
    const { find, play } = this;
    const action = nextAction(run);
    const study = run.lab.parts.includes("study");
    const startAgain = run.ended || (run.state === "failed" && action === "start");
    play.dataset.action = action;
    play.title = { start: "Start (Space)", pause: "Pause (Space)", resume: "Resume (Space)" }[action];
    find("play-label").textContent = { start: startAgain ? "Start again" : "Start", pause: "Pause", resume: "Resume" }[action];
    const notTraining = run.state === "queued" || run.state === "starting" || Boolean(run.preparing);
    play.setAttribute("aria-busy", String(Boolean(status.waiting)));
    const othersRun = run.spectated && action !== "start"; // of which this browser can only start a new one
    disable(play, othersRun || notTraining || status.waiting || !status.connected || (action === "start" && Boolean(status.problem)));
    const canStart = run.state === "none" && !status.problem && !status.waiting;
    const training = !notTraining && (run.state === "running" || run.state === "paused");
    const canStep = status.connected && (canStart || training) && !run.spectated && run.lab.parts.includes("step");
    for (const name of ["step", "epoch"]) disable(find(name), !canStep);
    disable(find("stop"), run.spectated || !status.connected || !(training || notTraining));
    find("stop").textContent = notTraining ? "Cancel" : "Stop";
    find("resume").hidden = run.spectated || !(study && run.state === "stopped");
    disable(find("resume"), !status.connected);
    disable(find("reset"), !status.connected || run.state === "none");
    const ending = run.ended && status.problem ? `. ${status.problem}` : "";
    const past = run.past ? ". Showing an earlier step" : "";
    const watching = status.connected && run.spectated ? ". You are watching" : "";
    setText(find("status-text"), statusText(run, status) + ending + past + watching);
  }
}

/** With the attribute `disabled`, a button would lose the keyboard's focus. */
function disable(button, disabled) {
  button.ariaDisabled = String(Boolean(disabled));
}

function isDisabled(button) {
  return button?.ariaDisabled === "true";
}

/** What the play button does. */
function nextAction(run) {
  if (run.state === "failed" && !run.step) return "start"; // there is nothing to resume
  if (RESUMABLE.includes(run.state) || run.state === "paused") return "resume";
  return run.state === "running" ? "pause" : "start";
}

export function statusText(run, { problem, connected, offline, waiting }) {
  const study = run.lab.parts.includes("study");
  const after = study ? trials(run.step) : `${count(run.step)} steps`;
  const at = study ? `after ${trials(run.step)}` : `at step ${count(run.step)}`;
  if (!connected) return offline;
  if (waiting) return "Waiting for the settings…";
  if (run.stopping) return "Stopping…";
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
      return `Saved ${at}`;
    case "interrupted":
      return `Interrupted ${at}`;
    case "failed":
      return "Failed";
    case "finished":
      return `Finished after ${after}`;
    case "stopped":
      return `Stopped after ${after}`;
    case "diverged":
      return `Diverged at step ${count(run.step)}`;
    default:
      return run.state;
  }
}

"""The run folder on disk: what outlives every process. File by file: docs/live-protocol.md."""

import json
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import filelock
import numpy as np

from nnlib.atomic import write_atomically
from nnlib.folders import runs_folder

ACTIVE = ("queued", "running")  # a process works on it, or is about to
ENDS = ("finished", "stopped", "diverged")
END_EVENTS = ("finished", "diverged")
SMOOTHING = 0.98  # of the exponential mean, a step
BLOCK = 500  # steps smoothed at once; few enough that 0.98^-500 is no large number
SHOWN = 2000  # points of a loss curve that a browser gets at most
GHOSTS = 4  # earlier runs shown behind the present one
GHOST_STEPS = 50  # a run that was shorter left nothing to compare with


def new_id():
    """An id that nobody guesses: 128 random bits, as a link may carry them."""
    return secrets.token_urlsafe(16)


def valid_id(run_id):
    """Whether `run_id` has the form of an id. Asked before any path is made of it."""
    return isinstance(run_id, str) and re.fullmatch(r"[A-Za-z0-9_-]{22}", run_id) is not None


@dataclass(frozen=True)
class RunFolder:
    """One run on disk. Reading never fails on a file that is missing or torn: it gives what there is."""

    path: Path

    @classmethod
    def create(cls, settings, expectation=None, session=None):
        """A new run, queued, in a folder of its own."""
        run_id = new_id()
        folder = cls(runs_folder() / run_id)
        folder.path.mkdir(parents=True)
        about = {"run": run_id, "session": session, "settings": settings, "expectation": expectation, "created": time.time()}
        folder.write("run.json", about)
        folder.set_state("queued")
        return folder

    @classmethod
    def find(cls, run_id):
        """The folder of a run, or None if the id is malformed or unknown."""
        if not valid_id(run_id):
            return None
        folder = cls(runs_folder() / run_id)
        return folder if (folder.path / "run.json").is_file() else None

    @property
    def id(self):
        return self.path.name

    def read(self, name):
        """The JSON object in the file `name`, or None."""
        try:
            return json.loads((self.path / name).read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def write(self, name, content):
        """Replace the file `name` by `content` as JSON, in one go."""
        with write_atomically(self.path / name) as file:
            file.write(json.dumps(content).encode())

    @property
    def about(self):
        """What run.json says: run, session, settings, expectation, created."""
        return self.read("run.json") or {}

    @property
    def state(self):
        return (self.read("status.json") or {}).get("state", "interrupted")

    def set_state(self, state, reason=None):
        self.write("status.json", {"state": state, "reason": reason})

    def lock(self):
        """The lock that the one process working on this run holds."""
        return filelock.FileLock(self.path / "worker.lock", timeout=0)

    def is_worked_on(self):
        """Whether a live process holds the lock."""
        lock = self.lock()
        try:
            with lock:
                return False
        except filelock.Timeout:
            return True

    def events(self):
        """The durable events so far, in order. A torn last line, left by a kill, is not one."""
        try:
            lines = (self.path / "events.jsonl").read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        for line in lines:
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue

    def truncate_events(self, step):
        """Drop what lies beyond `step`, and an end: a run that resumes from there makes them again."""
        kept = [json.dumps(event) for event in self.events() if last_step(event) <= step and event["event"] not in END_EVENTS]
        with write_atomically(self.path / "events.jsonl") as file:
            file.write("".join(line + "\n" for line in kept).encode())

    def end(self):
        """The event that ended this run, or None if it has not ended."""
        return next((event for event in self.events() if event["event"] in END_EVENTS), None)

    def history(self):
        """The `history` event: the whole curve, thinned to SHOWN points, and every other durable event."""
        loss, rest = [], []
        for event in self.events():
            loss.extend(event["loss"]) if event["event"] == "metrics" else rest.append(event)
        return {"event": "history", "loss": thinned(loss), "events": rest}

    def ghost(self):
        """This run as a curve behind another: an entry of the `ghosts` event, or None if it was too short."""
        history = self.history()
        if not history["loss"]["step"] or history["loss"]["step"][-1] < GHOST_STEPS:
            return None
        evaluations = [event for event in history["events"] if event["event"] == "evaluation"]
        return {
            "run": self.id,
            "label": label(self.about["settings"]),
            "loss": {"step": history["loss"]["step"], "smooth": history["loss"]["smooth"]},
            "val": {
                "step": [event["step"] for event in evaluations],
                "accuracy": [event["val_accuracy"] for event in evaluations],
            },
        }


def last_step(event):
    """The last step that a durable event tells of."""
    return event["first"] + len(event["loss"]) - 1 if event["event"] == "metrics" else event["step"]


def thinned(loss):
    """{"step", "value", "smooth"}: at most SHOWN of the losses, evenly chosen with the last, and their running mean there."""
    loss = np.asarray(loss, dtype=float)
    chosen = np.unique(np.linspace(0, len(loss) - 1, min(len(loss), SHOWN)).astype(int))
    return {
        "step": (chosen + 1).tolist(),
        "value": significant(loss[chosen]),
        "smooth": significant(smoothed(loss)[chosen]),
    }


def smoothed(loss):
    """The exponential mean mₜ = 0.98 mₜ₋₁ + 0.02 lossₜ, divided by 1 − 0.98ᵗ for its start at zero. (n,) → (n,).

    What is not finite is passed over: the mean of the losses stands as it was, and so does the weight it is divided by.
    """
    loss = np.asarray(loss, dtype=float)
    counts = np.isfinite(loss)
    with np.errstate(invalid="ignore"):  # 0/0 before the first finite loss
        return _exponential_mean(np.where(counts, loss, 0.0), counts) / _exponential_mean(counts.astype(float), counts)


def _exponential_mean(values, counts):
    """mₜ = 0.98 mₜ₋₁ + 0.02 valuesₜ where counts, else mₜ₋₁. Block by block: mₜ = 0.98ᵗ (m₀ + Σ 0.02 valuesᵢ / 0.98ⁱ)."""
    means, mean = np.empty(len(values)), 0.0
    for start in range(0, len(values), BLOCK):
        block = slice(start, start + BLOCK)
        decay = SMOOTHING ** np.cumsum(counts[block])
        means[block] = decay * (mean + np.cumsum((1 - SMOOTHING) * values[block] / decay))
        mean = means[block][-1]
    return means


def significant(values):
    """Five significant digits, which no screen outdoes; what is not finite becomes None, as JSON has no word for it."""
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values]


def label(settings):
    """A run in a few characters: what a legend shows."""
    hidden = "·".join(map(str, settings["hidden"])) or "none"
    return f"H {hidden} · lr {settings['learning_rate']:g} · {settings['optimiser']}"


def all_runs():
    """Every run folder, the newest first."""
    if not runs_folder().is_dir():
        return []
    folders = [RunFolder(path) for path in runs_folder().iterdir() if valid_id(path.name) and path.is_dir()]
    return sorted(folders, key=lambda folder: folder.about.get("created", 0), reverse=True)


def ghosts(run):
    """The `ghosts` event: earlier runs of the same session on the same data set."""
    about, found = run.about, []
    for other in all_runs():
        if len(found) == GHOSTS:
            break
        theirs = other.about
        same_session = theirs.get("session") is not None and theirs.get("session") == about.get("session")
        if same_session and theirs["created"] < about["created"] and _task(theirs) == _task(about) and (ghost := other.ghost()):
            found.append(ghost)
    return {"event": "ghosts", "runs": found}


def _task(about):
    settings = about["settings"]
    return settings["dataset"], settings["points"]


def left_behind():
    """The runs that an earlier server left active on disk."""
    return [run for run in all_runs() if run.state in (*ACTIVE, "paused")]


def mark_interrupted(runs):
    """Say of each of `runs` how it stands, now that its server is gone. Returns those that a process still works on:
    it may be on its way out, or belong to another server."""
    busy = []
    for run in runs:
        if run.is_worked_on():
            busy.append(run)
        elif end := run.end():
            run.set_state(*state_after(end))
        elif run.state in ACTIVE:  # a paused run loses nothing
            run.set_state("interrupted", "The server stopped while this run was going on.")
    return busy


def state_after(end):
    """The state, and its reason or None, of a run that ended with the event `end`."""
    if end["event"] == "diverged":
        return "diverged", end["reason"]
    return ("stopped" if end["stopped"] else "finished"), None


def prune(keep):
    """Delete the oldest runs beyond the newest `keep`, but none that is active."""
    for run in all_runs()[keep:]:
        if run.state not in ACTIVE and not run.is_worked_on():
            shutil.rmtree(run.path, ignore_errors=True)

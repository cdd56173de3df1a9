"""The run folder on disk: what outlives every process. File by file: docs/live-protocol.md.

Everything here waits for the disk: the server calls it in threads.
"""

import json
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import filelock
import numpy as np

from nnlib.runs.kinds import KINDS
from nnlib.support.atomic import write_atomically
from nnlib.support.folders import runs_folder
from nnlib.support.json_lines import to_line

ACTIVE = ("queued", "running")  # a process works on it, or is about to
ENDS = ("finished", "stopped", "diverged")
END_EVENTS = ("finished", "diverged")
SHOWN = 2000  # points of a loss curve that a browser gets at most
SMOOTHING = 0.98  # of the exponential mean, a step
BLOCK = 500  # steps smoothed at once; few enough that 0.98^-500 is no large number
GHOSTS = 4  # earlier runs shown behind the present one
GHOST_STEPS = 50  # a run that was shorter left nothing to compare with
RUN_ID = "[A-Za-z0-9_-]{22}"
INTERRUPTED = "The server stopped while this run was going on."
ELSEWHERE = "Another server works on this run, or the last one is still letting go of it: resume it in a few seconds."


def new_id():
    """An id that nobody guesses: 128 random bits, as a link may carry them."""
    return secrets.token_urlsafe(16)


def valid_id(run_id):
    """Whether `run_id` has the form of an id. Asked before any path is made of it."""
    return isinstance(run_id, str) and re.fullmatch(RUN_ID, run_id) is not None


@dataclass(frozen=True)
class RunFolder:
    """One run on disk. Reading never fails on a file that is missing or torn: it gives what there is."""

    path: Path

    @classmethod
    def create(cls, settings, expectation=None, session=None, kind="train"):
        """A new run, queued, in a folder of its own. Raises OSError."""
        run_id = new_id()
        folder = cls(runs_folder() / run_id)
        folder.set_state("queued")
        about = {"run": run_id, "kind": kind, "session": session, "settings": settings, "expectation": expectation}
        folder.write("run.json", about | {"created": time.time()})  # last: with it, the folder is a run
        return folder

    @classmethod
    def find(cls, run_id):
        """The folder of a run, or None if the id is malformed or unknown."""
        if not valid_id(run_id):
            return None
        folder = cls(runs_folder() / run_id)
        return folder if folder.about else None

    @property
    def id(self):
        return self.path.name

    @property
    def checkpoint(self):
        """The path of the newest checkpoint, which may not exist yet."""
        return self.path / KINDS[self.about["kind"]].checkpoint

    @property
    def log(self):
        """The path of the durable events."""
        return self.path / "events.jsonl"

    def read(self, name):
        """The JSON object in the file `name`, or {}."""
        try:
            content = json.loads((self.path / name).read_bytes())
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def write(self, name, content):
        """Replace the file `name` by `content` as JSON, in one go. Raises OSError."""
        with write_atomically(self.path / name) as file:
            file.write(to_line(content).encode())

    def sweep(self):
        """Remove what a worker that was killed while it wrote left behind. For whoever holds the lock."""
        for name in (self.checkpoint.name, "frame.json", "started.json", "network.pt", "network.json"):
            for left in self.path.glob(f"{name}.*.tmp"):
                left.unlink(missing_ok=True)

    @property
    def about(self):
        """What run.json says: run, kind, session, settings, expectation, created. {} where there is no run."""
        about = {"kind": "train", **self.read("run.json")}  # a run of an earlier version names no kind
        return about if "run" in about and about["kind"] in KINDS else {}

    @property
    def status(self):
        """(state, reason or None) as last noted, true while the server that noted it lives."""
        status = self.read("status.json")
        return status.get("state", "interrupted"), status.get("reason")

    def set_state(self, state, reason=None):
        self.write("status.json", {"state": state, "reason": reason})

    def settle(self):
        """(state, reason) of a run that no process of this server works on; what a dead server left is put right on disk."""
        state, reason = self.status
        if state not in ACTIVE:
            return state, reason
        if self.is_worked_on():
            return "interrupted", ELSEWHERE
        end = self.end()
        state, reason = state_after(end) if end else ("interrupted", INTERRUPTED)
        self.set_state(state, reason)
        return state, reason

    def lock(self, seconds=0):
        """The lock that the one process working on this run holds. To enter it raises filelock.Timeout after `seconds`."""
        return filelock.FileLock(self.path / "worker.lock", timeout=seconds)

    def is_worked_on(self):
        """Whether a live process holds the lock."""
        try:
            with self.lock():
                return False
        except filelock.Timeout:
            return True

    def events(self):
        """The durable events so far, in order. A torn last line, left by a kill, is not one."""
        try:
            with open(self.log, "rb") as lines:
                for line in lines:
                    try:
                        yield json.loads(line)
                    except ValueError:
                        continue
        except FileNotFoundError:
            return

    def end(self):
        """The event that ended this run, or None if it has not ended."""
        return next((event for event in self.events() if event["event"] in END_EVENTS), None)

    def history(self):
        """The `history` event: the whole curve, thinned, and every other durable event."""
        loss, rest = [], []
        for event in self.events():
            if event["event"] == "metrics":
                loss.extend([None] * (event["first"] - 1 - len(loss)))  # steps that a table has left out
                loss.extend(event["loss"])
            else:
                rest.append({name: value for name, value in event.items() if name != "curves"})  # a study's are long
        ends = [entry["last"] for entry in self.read("started.json").get("entries", [])]
        return {"event": "history", "loss": thinned(loss, ends), "events": rest}

    def ghost(self):
        """This run as a curve behind another: an entry of the `ghosts` event, or None if it was too short."""
        history = self.history()
        loss = history["loss"]
        if not loss["step"] or loss["step"][-1] < GHOST_STEPS:
            return None
        evaluations = [event for event in history["events"] if event["event"] == "evaluation"]
        return {
            "run": self.id,
            "label": label(self.about, [event for event in history["events"] if event["event"] == "control"]),
            "loss": {"step": loss["step"], "smooth": loss["smooth"]},
            "val": {
                "step": [event["step"] for event in evaluations],
                "accuracy": [event["val_accuracy"] for event in evaluations],
            },
        }


def thinned(loss, ends=()):
    """{"step", "value", "smooth"}: at most SHOWN of the losses (None: not finite), evenly chosen, the first and the last among
    them, and their running mean there. `ends`: the steps after which another network begins, and with it another mean."""
    loss = np.asarray(loss, dtype=float)
    mean = np.concatenate([smoothed(part) for part in np.split(loss, [end for end in ends if end < len(loss)])])
    chosen = np.unique(np.linspace(0, len(loss) - 1, min(len(loss), SHOWN)).astype(int))
    return {
        "step": (chosen + 1).tolist(),
        "value": significant(loss[chosen]),
        "smooth": significant(mean[chosen]),
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
    """Five significant digits, which no screen outdoes; None for what is not finite."""
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values]


def state_after(end):
    """The state, and its reason or None, of a run that ended with the event `end`."""
    if end["event"] == "diverged":
        return "diverged", end["reason"]
    return ("stopped" if end["stopped"] else "finished"), None


def label(about, controls=()):
    """The run of `about` in a few characters, as a legend shows it. `controls`: its control events."""
    return KINDS[about["kind"]].label(about["settings"], controls)


def story(folder, about):
    """The lines that bring a newcomer up to date with a run: what it is, how it began, the curve so far, the last picture."""
    names = ("run", "kind", "settings", "expectation")
    known = {"event": "run", **{name: about[name] for name in names}, "label": label(about)}
    parts = (known, folder.read("started.json"), folder.history(), folder.read("frame.json"))
    return [to_line(part) for part in parts if part]


def ghosts(about):
    """The `ghosts` event for the run of `about`: earlier ones of its session that learned the same, the newest first."""
    found = []
    for other in all_runs() if KINDS[about["kind"]].task else ():
        if _earlier_of_its_kind(other.about, about) and (ghost := other.ghost()):
            found.append(ghost)
        if len(found) == GHOSTS:
            break
    return {"event": "ghosts", "runs": found}


def _earlier_of_its_kind(theirs, ours):
    if not theirs or theirs["session"] is None or theirs["session"] != ours["session"]:
        return False
    return theirs["created"] < ours["created"] and _task(theirs) == _task(ours)


def _task(about):
    """What a run learns: those that learn the same are drawn over each other."""
    return about["kind"], [about["settings"][name] for name in KINDS[about["kind"]].task or ()]


def all_runs():
    """Every run folder, the newest first."""
    if not runs_folder().is_dir():
        return []
    folders = [RunFolder(path) for path in runs_folder().iterdir() if valid_id(path.name) and path.is_dir()]
    return sorted(folders, key=_created, reverse=True)


def _created(folder):
    """When the run was made: run.json is written once, and to look at the clock on a thousand is quicker than to read them."""
    try:
        return (folder.path / "run.json").stat().st_mtime_ns
    except OSError:
        return 0


def settle_all():
    """Put right what an earlier server that died left behind. For a server that starts."""
    for run in all_runs():
        run.settle()


def prune(keep, in_use):
    """Delete the oldest runs beyond the newest `keep`, but none that is active or whose id is `in_use`."""
    for run in all_runs()[keep:]:
        if run.id not in in_use and run.status[0] not in ACTIVE and not run.is_worked_on():
            shutil.rmtree(run.path, ignore_errors=True)

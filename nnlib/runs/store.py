"""The run folder on disk, which outlives every process. File by file: docs/live-protocol.md.

Everything here waits for the disk: the server calls it in threads.
"""

import json
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock

from nnlib.runs.curves import thinned
from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import ACTIVE, END_EVENTS, Event, new_id, valid_id
from nnlib.support.atomic import write_atomically
from nnlib.support.folders import runs_folder
from nnlib.support.json_lines import to_line

INTERRUPTED = "The server stopped while this run was going on."
ELSEWHERE = "Another server works on this run, or the previous one is still ending its process: resume it in a few seconds."


@dataclass(frozen=True)
class RunFolder:
    """One run on disk. Reading never fails on a file that is missing or incomplete: it returns what there is."""

    path: Path

    @classmethod
    def create(
        cls, settings: dict, expectation: str | None = None, session: str | None = None, kind: str = "train"
    ) -> "RunFolder":
        """Make a new run, queued, in a folder of its own. Raises OSError."""
        run_id = new_id()
        folder = cls(runs_folder() / run_id)
        folder.set_state("queued")
        about = {"run": run_id, "kind": kind, "session": session, "settings": settings, "expectation": expectation}
        folder.write("run.json", about | {"created": time.time()})  # last: with it, the folder is a run
        return folder

    @classmethod
    def find(cls, run_id: object) -> "RunFolder | None":
        """Return the folder of a run, or None if the id is malformed or unknown."""
        if not valid_id(run_id):
            return None
        folder = cls(runs_folder() / str(run_id))
        return folder if folder.about else None

    @property
    def id(self) -> str:
        """The run's id."""
        return self.path.name

    @property
    def checkpoint(self) -> Path:
        """The path of the newest checkpoint, which may not exist yet."""
        return self.path / KINDS[self.about["kind"]].checkpoint

    @property
    def log(self) -> Path:
        """The path of the durable events."""
        return self.path / "events.jsonl"

    def read(self, name: str) -> dict[str, Any]:
        """Return the JSON object in the file `name`, or {}."""
        try:
            content = json.loads((self.path / name).read_bytes())
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def write(self, name: str, content: dict) -> None:
        """Replace the file `name` by `content` as JSON, atomically. Raises OSError."""
        with write_atomically(self.path / name) as file:
            file.write(to_line(content).encode())

    def delete_partial_files(self) -> None:
        """Delete the partial files of a worker that was killed while writing. Only for the process that holds the lock."""
        for left in self.path.rglob("*.tmp"):
            if not left.name.startswith(("run.json.", "status.json.")):  # the server writes these two
                left.unlink(missing_ok=True)

    @property
    def about(self) -> dict[str, Any]:
        """The contents of run.json: run, kind, session, settings, expectation, created. {} where there is no run."""
        about = {"kind": "train", **self.read("run.json")}  # a run of an earlier version names no kind
        return about if "run" in about and about["kind"] in KINDS else {}

    def label(self, controls: Sequence[Event] = ()) -> str:
        """Return a description of the run in a few characters, for legends. `controls`: its control events so far."""
        about = self.about
        return KINDS[about["kind"]].label(about["settings"], controls)

    @property
    def status(self) -> tuple[str, str | None]:
        """(state, reason or None) as last written, true while the server that wrote it lives."""
        status = self.read("status.json")
        return status.get("state", "interrupted"), status.get("reason")

    def set_state(self, state: str, reason: str | None = None) -> None:
        """Write the state. Raises OSError."""
        self.write("status.json", {"state": state, "reason": reason})

    def settle(self) -> tuple[str, str | None]:
        """Return (state, reason) of a run that no process of this server works on; correct on disk what a dead server left."""
        state, reason = self.status
        if state not in ACTIVE:
            return state, reason
        if self.is_worked_on():
            return "interrupted", ELSEWHERE
        end = self.end()
        state, reason = state_after(end) if end else ("interrupted", INTERRUPTED)
        self.set_state(state, reason)
        return state, reason

    def lock(self, seconds: float = 0) -> filelock.BaseFileLock:
        """Return the lock that the one process working on this run holds.

        To enter it raises filelock.Timeout after `seconds`.
        """
        return filelock.FileLock(self.path / "worker.lock", timeout=seconds)

    def is_worked_on(self) -> bool:
        """Return whether a live process holds the lock."""
        try:
            with self.lock():
                return False
        except filelock.Timeout:
            return True

    def events(self) -> Iterator[Event]:
        """Yield the durable events so far, in order, without an incomplete last line that a kill has left."""
        try:
            with open(self.log, "rb") as lines:
                for line in lines:
                    try:
                        yield json.loads(line)
                    except ValueError:
                        continue
        except FileNotFoundError:
            return

    def end(self) -> Event | None:
        """Return the event that ended this run, or None if it has not ended."""
        return next((event for event in self.events() if event["event"] in END_EVENTS), None)

    def history(self) -> Event:
        """Return the `history` event: the whole curve, thinned, and every other durable event."""
        loss: list[float | None] = []
        others = []
        for event in self.events():
            if event["event"] == "metrics":
                loss.extend([None] * (event["first"] - 1 - len(loss)))  # steps that a table has left out
                loss.extend(event["loss"])
            else:
                others.append({name: value for name, value in event.items() if name != "curves"})  # a study's are long
        ends = [entry["last"] for entry in self.read("started.json").get("entries", [])]
        return {"event": "history", "loss": thinned(loss, ends), "events": others}


def state_after(end: Event) -> tuple[str, str | None]:
    """Return the state, and its reason or None, of a run that ended with the event `end`."""
    if end["event"] == "diverged":
        return "diverged", end["reason"]
    return ("stopped" if end["stopped"] else "finished"), None


def all_runs() -> list[RunFolder]:
    """Return every run folder, the newest first."""
    if not runs_folder().is_dir():
        return []
    folders = [RunFolder(path) for path in runs_folder().iterdir() if valid_id(path.name) and path.is_dir()]
    return sorted(folders, key=_created, reverse=True)


def _created(folder):
    """When the run was made. run.json is written once, and a thousand time stamps are read faster than the files themselves."""
    try:
        return (folder.path / "run.json").stat().st_mtime_ns
    except OSError:
        return 0


def settle_all() -> None:
    """Correct what an earlier server that died has left. For a server that starts."""
    for run in all_runs():
        run.settle()


def prune(most: int, in_use: Collection[str]) -> None:
    """Delete the oldest runs beyond the newest `most`, but none that is active or whose id is `in_use`."""
    for run in all_runs()[most:]:
        if run.id not in in_use and run.status[0] not in ACTIVE and not run.is_worked_on():
            shutil.rmtree(run.path, ignore_errors=True)

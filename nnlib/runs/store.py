"""The run folder on disk, which outlives every process. File by file: docs/live-protocol.md.

Everything here waits for the disk: the server calls it in threads.
"""

import errno
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock

from nnlib.runs.curves import thinned
from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import ACTIVE, END_EVENTS, ENDS, STATES, Event, new_id, valid_id
from nnlib.runs.stored_json import NUMBER, has_fields, parse_event, parse_object
from nnlib.studies.records import LONG
from nnlib.support.atomic import write_atomically
from nnlib.support.folders import runs_folder
from nnlib.support.json_lines import to_line
from nnlib.support.made_once import made_once

INTERRUPTED = "The server stopped while this run was going on."
ABOUT = {"run": str, "kind": str, "session": (str, type(None)), "settings": dict, "created": NUMBER}
LOCKED = "It cannot be found out whether a process works on this run ({}): please inform the operator of the server."
ELSEWHERE = "Another server works on this run, or the previous one is still ending its process: resume it in a few seconds."


@dataclass(frozen=True)
class RunFolder:
    """One run on disk. Reading never fails on a file that is missing or incomplete: it returns what there is."""

    path: Path

    @classmethod
    def create(
        cls, settings: dict, expectation: str | None = None, session: str | None = None, kind: str = "train",
        classroom: int | None = None, begin: Callable[["RunFolder"], dict] = lambda folder: {},
    ) -> "RunFolder":  # fmt: skip
        """Make a new run, queued, in a folder of its own. Raises OSError.

        `begin` writes into the new folder what the run begins with, and returns more contents of run.json.
        """
        run_id = new_id()
        folder = cls(runs_folder() / run_id)
        about: dict[str, Any] = {
            "run": run_id,
            "kind": kind,
            "session": session,
            "settings": settings,
            "expectation": expectation,
        }
        if classroom is not None:
            about["class"] = classroom
        try:
            folder.set_state("queued")
            about |= begin(folder)
            folder.write("run.json", about | {"created": time.time()})  # last: with it, the folder is a run
        except OSError:
            folder.delete()
            raise
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
            return parse_object((self.path / name).read_bytes())
        except OSError:
            return {}

    def write(self, name: str, content: dict) -> None:
        """Replace the file `name` by `content` as JSON, atomically. Raises OSError."""
        with write_atomically(self.path / name) as file:
            file.write(to_line(content).encode())

    def partial_files(self) -> list[Path]:
        """Return the partial files of a worker that was killed while writing. Those of a worker that lives are among them."""
        # the server writes the two files that are excepted
        return [path for path in self.path.rglob("*.tmp") if not path.name.startswith(("run.json.", "status.json."))]

    def clean_up(self, ended: bool) -> None:
        """Delete partial files and, of a run that has `ended`, what only a run that goes on would read.

        Nothing is deleted while a process works on the run. Raises OSError.
        """
        useless = self.partial_files()
        if ended and self.about:
            useless += self.path.glob("networks/*")
            kind = KINDS[self.about["kind"]]  # a study that was stopped may go on
            if not (kind.offers_checkpoint or kind.is_study) and self.checkpoint.exists():
                useless.append(self.checkpoint)
        if useless:
            with suppress(filelock.Timeout), self.lock():
                for path in useless:
                    path.unlink(missing_ok=True)

    def delete(self) -> None:
        """Delete the run, as far as that is possible."""
        shutil.rmtree(self.path, ignore_errors=True)

    def delete_if_idle(self) -> bool:
        """Delete the run, unless a process works on it or is about to. Returns whether it was deleted."""
        with suppress(OSError):  # whether a process works on it cannot be found out
            if self.status[0] not in ACTIVE and not self.is_worked_on():
                self.delete()
                return True
        return False

    @property
    def size(self) -> int:
        """The bytes of its files."""
        return size_of(self.path)

    @property
    def changed(self) -> float:
        """When its state last changed, in Unix seconds. A run that another process is just making is as old as its folder."""
        return _stat(self.path / "status.json").st_mtime or _stat(self.path).st_mtime

    @property
    def about(self) -> dict[str, Any]:
        """The contents of run.json: run, kind, session, settings, expectation, created. {} where there is no run."""
        about = {"kind": "train", "session": None, **self.read("run.json")}  # a run of an earlier version names no kind
        return about if has_fields(about, ABOUT) and about["kind"] in KINDS else {}

    def label(self, controls: Sequence[Event] = ()) -> str:
        """Return a description of the run in a few characters, for legends. `controls`: its control events so far."""
        about = self.about
        try:
            label = KINDS[about["kind"]].label(about["settings"], controls)
            return f"{label} · from step {about['from_step']:,}" if "from_step" in about else label
        except (KeyError, TypeError, ValueError):
            return "settings that cannot be read"

    @property
    def marks(self) -> dict[str, Any]:
        """What the learner has noted of the run: its name or None, and whether it is pinned, hidden and removed from lists."""
        stored = self.read("marks.json")
        name = stored.get("name")
        flags = {flag: stored.get(flag) is True for flag in ("pinned", "hidden", "removed")}
        return {"name": name if isinstance(name, str) else None, **flags}

    @property
    def status(self) -> tuple[str, str | None]:
        """(state, reason or None) as last written, true while the server that wrote it lives."""
        status = self.read("status.json")
        state, reason = status.get("state"), status.get("reason")
        return state if state in STATES else "interrupted", reason if isinstance(reason, str) else None

    def set_state(self, state: str, reason: str | None = None) -> None:
        """Write the state. Raises OSError."""
        self.write("status.json", {"state": state, "reason": reason})

    def settle(self) -> tuple[str, str | None]:
        """Return (state, reason) of a run that no process of this server works on; correct on disk what a dead server left."""
        state, reason = self.status
        if state not in ACTIVE:
            return state, reason
        try:
            if self.is_worked_on():
                return "interrupted", ELSEWHERE
        except OSError as error:
            return "interrupted", LOCKED.format(error.strerror or error)
        end = self.end()
        state, reason = state_after(end) if end else ("interrupted", INTERRUPTED)
        with suppress(OSError):  # what can be read is shown where nothing can be written
            self.set_state(state, reason)
        return state, reason

    def lock(self, seconds: float = 0) -> filelock.BaseFileLock:
        """Return the lock that the one process working on this run holds.

        To enter it raises filelock.Timeout after `seconds`.
        """
        return filelock.FileLock(self.path / "worker.lock", timeout=seconds)

    def is_worked_on(self) -> bool:
        """Return whether a live process holds the lock. Raises OSError where this cannot be found out."""
        try:
            with self.lock():
                return False
        except filelock.Timeout:
            return True
        except OSError as error:
            if error.errno in (errno.EROFS, errno.ENOSPC):  # where nothing can be written, nobody can work
                return False
            raise

    def events(self) -> Iterator[Event]:
        """Yield the durable events so far, in order, without damaged lines, as a kill or a full disk leaves them."""
        try:
            with open(self.log, "rb") as lines:
                yield from filter(None, map(parse_event, lines))
        except OSError:
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
                others.append({name: value for name, value in event.items() if name not in LONG})  # of trials
        entries = self.read("started.json").get("entries")
        ends = [entry["last"] for entry in entries if has_fields(entry, {"last": int})] if isinstance(entries, list) else []
        return {"event": "history", "loss": thinned(loss, ends), "events": others}


def state_after(end: Event) -> tuple[str, str | None]:
    """Return the state, and its reason or None, of a run that ended with the event `end`."""
    if end["event"] == "diverged":
        return "diverged", end["reason"]
    return ("stopped" if end["stopped"] else "finished"), None


def name_of_this_store() -> str:
    """Return the name of this folder of runs, which no other has: made once, at random. Raises OSError."""
    return made_once(runs_folder() / "store.name", new_id())


def all_runs() -> list[RunFolder]:
    """Return every run folder, the newest first. Empty where the folder of the runs cannot be read."""
    try:
        folders = [RunFolder(path) for path in runs_folder().iterdir() if valid_id(path.name) and path.is_dir()]
    except OSError:
        return []
    return sorted(folders, key=_created, reverse=True)


def _created(folder):
    """When the run was made. run.json is written once, and a thousand time stamps are read faster than the files themselves."""
    return _stat(folder.path / "run.json").st_mtime or _stat(folder.path).st_mtime


def size_of(path: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(_stat(Path(folder, name)).st_size for folder, _, names in os.walk(path) for name in names)


def _stat(path):
    """The status of a file, zeros for one that another process has just deleted."""
    try:
        return path.stat()
    except OSError:
        return os.stat_result([0] * 10)


def check_writable() -> None:
    """Raise OSError if nothing can be written in the folder of the runs."""
    runs_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=runs_folder()) as file:
        file.write(b"well")
        file.flush()


def settle_all() -> None:
    """Correct what an earlier server that died has left. For a server that starts."""
    for run in all_runs():
        state, _ = run.settle()
        with suppress(OSError):
            run.clean_up(ended=state in ENDS)


def prune(most_runs: int, most_bytes: float, most_seconds: float, in_use: Collection[str]) -> None:
    """Delete runs until all limits hold, but none that is active or whose id is `in_use`.

    A run is too old if its state last changed more than `most_seconds` ago. `most_runs` is of each class, and of all learners
    who are in none; `most_bytes` is of all. Where there are too many, the class that has the most of them loses a run, in it
    the learner who has the most, and of that learner the oldest: nobody fills the disk at the expense of the others.
    """
    sizes = {run: run.size for run in all_runs()}
    classes = {run: run.about.get("class") for run in sizes}
    learners = {run: (classes[run], run.about.get("session")) for run in sizes}
    runs, held = Counter[object](), Counter[object]()
    candidates = [run for run in reversed(sizes) if run.id not in in_use]  # the oldest first

    def count(run, sign):
        for owner in (("class", classes[run]), learners[run]):
            runs[owner] += sign
            held[owner] += sign * sizes[run]

    def delete(run):
        candidates.remove(run)
        if run.delete_if_idle():
            count(run, -1)
            del sizes[run]

    def delete_one_of_most(amounts, of):
        delete(max(of, key=lambda run: (amounts["class", classes[run]], amounts[learners[run]])))

    for run in sizes:
        count(run, 1)
    oldest = time.time() - most_seconds
    for run in [run for run in candidates if run.changed < oldest]:
        delete(run)
    while too_many := [run for run in candidates if runs["class", classes[run]] > most_runs]:
        delete_one_of_most(runs, too_many)
    while candidates and sum(sizes.values()) > most_bytes:
        delete_one_of_most(held, candidates)

"""A run as the server sees it: its state, who watches it, and its process while it has one."""

import time
from typing import Any

from nnlib.experiment.settings import Experiment
from nnlib.runs.continuation import continue_run
from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import Command
from nnlib.runs.server.watcher import Watcher
from nnlib.runs.server.worker_process import REPORT_SECONDS, WorkerProcess
from nnlib.runs.store import RunFolder

MOST_PENDING = 100  # commands for a process to come


class Refused(Exception):
    """A browser's command cannot be carried out. The message tells the learner why."""


class LiveRun:
    """A run that is queued, has a process, or is watched.

    Attributes
    ----------
    folder, about : the run's folder, and the contents of its run.json
    needed : bytes of memory for a process that trains its network, or one of its networks; an estimate
    state, reason
    watchers : the browsers that watch it
    address : the network address of its owner's browser, or of the first that opened it while the owner's is unknown
    is_teachers : whether the browser that started it is the teacher's of its class
    last_watched : time.monotonic() when it was last watched, or queued
    is_working : whether it has a process, or is about to
    frames_per_second : that its process was asked for, or None
    memory : bytes that are reserved for its processes
    overtaken : runs that started before it, since it was queued, as they need less memory
    has_begun : whether a process of it has been ready to train, and so has something to report
    process : its process, or None
    pending : commands for its next process
    is_releasing, is_stopping : whether its process was asked to save and exit, or to end the run
    """

    def __init__(self, folder: RunFolder, about: dict[str, Any], state: str, reason: str | None = None) -> None:
        self.folder, self.about = folder, about
        self.needed = _needed(about)
        self.state, self.reason = state, reason
        self.watchers: set[Watcher] = set()
        self.address: str | None = None
        self.is_teachers = False
        self.last_watched = time.monotonic()
        self.is_working = False
        self.memory = self.overtaken = 0
        self.has_begun = False
        self.frames_per_second: float | None = None
        self.process: WorkerProcess | None = None
        self.pending: list[Command] = []
        self.is_releasing = False
        self.is_stopping = False

    @classmethod
    def create(
        cls, settings: dict, expectation: str | None, session: str | None, kind: str, classroom: int | None = None
    ) -> "LiveRun":
        """Make a new run, queued, in a folder of its own. Raises OSError."""
        folder = RunFolder.create(settings, expectation, session, kind, classroom)
        return cls(folder, folder.about, "queued")

    @classmethod
    def continued(
        cls, origin: dict[str, Any], settings: Experiment, session: str | None, classroom: int | None = None
    ) -> "LiveRun":
        """Make a run that trains on from a snapshot: {"run", "step"}. Raises OSError, or ValueError where that cannot be."""
        earlier = RunFolder.find(origin["run"])
        if earlier is None or earlier.about["kind"] != "train":
            raise ValueError("The run to train on from is no longer here.")
        folder, commands = continue_run(earlier, origin["step"], settings, session, classroom)
        run = cls(folder, folder.about, "queued")
        run.pending = commands
        return run

    @classmethod
    def load(cls, run_id: str) -> "LiveRun | None":
        """Return the run as it is on disk, or None."""
        folder = RunFolder.find(run_id)
        if folder is None:
            return None
        run = cls(folder, folder.about, *folder.settle())
        run.has_begun = bool(folder.read("started.json"))
        return run

    @property
    def id(self) -> str:
        """The run's id."""
        return self.folder.id

    @property
    def session(self) -> str | None:
        """The browser session that started it."""
        return self.about["session"]

    @property
    def group(self) -> int | str | None:
        """Those with whom its owner shares: a class, or else a network address."""
        return self.about.get("class", self.address)

    def broadcast(self, line: str) -> None:
        """Send an event line to everyone who watches."""
        for watcher in self.watchers:
            watcher.push(line)

    def send(self, command: Command) -> None:
        """Pass a command to the process, if there is one."""
        if self.process:
            self.process.send(command)

    def mark_watched(self) -> None:
        """Note that it is watched, or was just now."""
        self.last_watched = time.monotonic()

    def start_watching(self, watcher: Watcher) -> None:
        """`watcher` watches it from now on."""
        self.watchers.add(watcher)
        if self.address is None or watcher.session == self.session:
            self.address = watcher.address
        if watcher.session == self.session:
            self.is_teachers = watcher.teaches

    def stop_watching(self, watcher: Watcher) -> None:
        """`watcher` does not watch it any more."""
        self.watchers.discard(watcher)
        self.mark_watched()
        if not self.watchers:
            self.send({"do": "watched", "value": False})

    def limit_frames(self, per_second: float) -> None:
        """Ask the process for so many frames a second."""
        if self.process and per_second != self.frames_per_second:
            self.frames_per_second = per_second
            self.send({"do": "frames", "per_second": per_second})

    def add_pending(self, command: Command) -> None:
        """Keep a command for the next process. Raises Refused if there are too many."""
        if len(self.pending) >= MOST_PENDING:
            raise Refused("Wait until this run goes on: too many commands are waiting for it already.")
        self.pending.append(command)

    def send_pending(self) -> None:
        """Give a new process the commands that wait for it."""
        if not self.watchers:
            self.send({"do": "watched", "value": False})
        for command in self.take_pending():
            if command["do"] == "stop":
                self.stop(REPORT_SECONDS)  # it has to load its data first, to make its report
            else:
                self.send(command)

    def stop(self, seconds: float) -> None:
        """End the run: its process makes its report within `seconds`, and ends at once where there is nothing to report.

        Only the first call counts: a second one does not shorten the time that the report has by then.
        """
        assert self.process is not None
        if self.is_stopping:
            return
        self.is_stopping = True
        if self.has_begun:
            self.send({"do": "stop"})
            self.process.end_within(seconds)
        else:
            self.process.kill()

    def take_pending(self) -> list[Command]:
        """Return the commands that wait for a process, which then wait no longer."""
        pending, self.pending = self.pending, []
        return pending

    def has_to_go_on(self) -> bool:
        """Return whether it was watched again, or received a command, while its process was ending."""
        if self.state == "released":
            return bool(self.watchers or self.pending)
        return self.state == "paused" and bool(self.pending)

    def state_without_process(self, code: int | None, cause: str | None) -> tuple[str, str | None]:
        """Return (state, reason) after its process has ended, without an event that says how, with exit code `code`."""
        if self.is_releasing:
            return ("paused", None) if self.state == "paused" else ("released", None)  # without a process, but still paused
        if self.is_stopping and (code == 0 or not self.has_begun):  # before there was anything to train
            return "stopped", None
        if self.is_stopping:
            return "stopped", "It did not stop by itself within seconds, so its process was ended, without a report."
        if code == 0:
            return "interrupted", "Its process was asked to end, by somebody outside this page."
        return "failed", cause


def _needed(about):
    kind = KINDS[about["kind"]]
    try:
        return kind.memory(kind.settings.from_dict(about["settings"]))
    except ValueError:  # settings of another version, or of wider limits: its process will say so
        return 0

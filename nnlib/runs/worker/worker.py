"""The process that works on one run: `python -m nnlib run FOLDER`.

It trains, writes the run folder, prints events and carries out commands; docs/live-protocol.md lists both. It never outlives
the process that started it: when its standard input ends, it saves and exits.
"""

import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import filelock

from nnlib.cluster.errors import SchedulerError
from nnlib.data import DataError
from nnlib.deep.devices import DeviceError
from nnlib.deep.settings import CLUSTER
from nnlib.runs.kinds import KINDS
from nnlib.runs.protocol import FRAMES, NETWORK_CONTROLS, Command
from nnlib.runs.snapshots import Recorder
from nnlib.runs.store import RunFolder
from nnlib.runs.worker.job import Failed, Job, TrainingJob
from nnlib.runs.worker.pipes import GRACE_SECONDS, Commands, Emitter, Leave
from nnlib.runs.worker.speed import Speed
from nnlib.studies.errors import StudyError, StudyFailed
from nnlib.support.atomic import write_atomically
from nnlib.support.json_lines import to_line
from nnlib.training import Diverged, Finished, Frame

FRAME_SECONDS = 1 / (max(FRAMES) + 1)  # between frames while somebody watches, unless the server asks for fewer
UNWATCHED_SECONDS = 1.0  # and while nobody does
GLANCE_SECONDS = 0.25  # between two checks for commands while nobody watches
CHECKPOINT_SECONDS = 1.0
CHECKPOINT_SHARE = 0.2  # of the time that may go into checkpoints
LOCK_SECONDS = GRACE_SECONDS + 2  # for the worker of a server that died to release the run


def run_worker(path: str | Path) -> int:
    """Work on the run in the folder `path` until it ends or is released. Returns the exit code."""
    folder = RunFolder(Path(path))
    if not folder.about:
        print(f"nnlib: there is no run in {path}.", file=sys.stderr)
        return 2
    commands, emit = Commands(), Emitter()
    try:
        with folder.lock(LOCK_SECONDS):
            _work(folder, commands, emit)
    except Leave:
        pass
    except Exception as error:  # the learner reads one sentence, the operator of the server the traceback
        print(f"The run {folder.id[:8]} failed:", file=sys.stderr)
        traceback.print_exc()
        emit({"event": "failed", "reason": _reason(error)})
        return 1
    return 0


def _work(folder, commands, emit):
    for path in folder.partial_files():
        path.unlink(missing_ok=True)
    try:
        settings: Any = KINDS[folder.about["kind"]].settings.from_dict(folder.about.get("settings"))
    except ValueError as error:  # written by another version, or under wider limits
        raise Failed(str(error)) from error
    job = _begin_job(folder, settings, commands.while_preparing(emit), emit)
    try:
        Worker(folder, job, commands, emit).run()
    finally:
        job.close()


def _begin_job(folder, settings, progress, emit):
    """The Job of the run in `folder`, with its data loaded, or with its first network started on a cluster."""
    kind = KINDS[folder.about["kind"]]
    if settings.by_name.get("device") == CLUSTER:
        from nnlib.runs.worker.cluster_job import ClusterJob

        return ClusterJob(folder, settings, progress)
    # The workers of a study on this machine find the data converted in the cache; those of a scheduler have their own.
    elsewhere = kind.is_study and os.environ.get("NNLIB_SCHEDULER")
    data = None if elsewhere else settings.load(progress)
    if kind.starts:
        emit({"event": "preparing", "what": kind.starts, "done": 0, "total": 0})
    return kind.job_class()(folder, settings, data)


def _reason(error):
    """Why a run failed, in a sentence that a learner can use."""
    if isinstance(error, (Failed, DataError, DeviceError, SchedulerError, StudyError, StudyFailed)):
        return str(error)
    if isinstance(error, MemoryError):
        return "The memory of this machine is too small for these settings: try fewer units, or a smaller batch."
    if isinstance(error, filelock.Timeout):
        return "Another process works on this run: resume it once that process has ended."
    if isinstance(error, OSError):
        return (
            f"The server could not write this run ({error.strerror or error}): free space or allow it on its disk, then resume."
        )
    return f"A fault in the program ended this run ({type(error).__name__}: {error})."


class Worker:
    """Turns the events of a job's training into lines, and carries out commands between them.

    Parameters
    ----------
    folder : RunFolder
    job : Job
    commands : Commands, or what has their method `take`
    emit : Emitter
    """

    def __init__(self, folder: RunFolder, job: Job, commands: Any, emit: Emitter) -> None:
        self.folder, self.job, self.training = folder, job, job.training
        self.commands, self.emit = commands, emit
        self.speed = Speed(self.training)
        self.watched = True
        self.frame_seconds = FRAME_SECONDS
        self.paused = False
        self.pace: float | None = None  # steps a second, None for as fast as possible
        self.steps_left: int | None = None  # until the pause that `step` or `epoch` asked for
        self.seconds = 0.0  # of training, over all processes that worked on this run
        self._next_slice = 0.0  # when the pace allows to train on
        self._last_frame = 0.0
        self._next_checkpoint = 0.0
        self._last_complete_frame = ""  # as a line
        self._recorder: Recorder | None = None

    def run(self) -> None:
        """Train to the end. Raises Leave on the command to release the run, Failed if the run cannot go on."""
        self._resume()
        self._recorder = self.job.recorder()
        self._introduce()
        while not self.training.ended:
            self._carry_out_all(self._idle_seconds())
            if self._idle_seconds() == 0:
                self._train_a_little()

    # Beginning, or going on

    def _resume(self):
        """Go on from the checkpoint; what was logged after it is deleted, and will be made again."""
        if not self.job.checkpoint.exists():
            self.emit.log_to(self.folder.log, 0)
            return
        try:
            config = self.job.restore()
            self.seconds, self.paused = config["seconds"], config["paused"]
            self.pace, self.steps_left = config["pace"], config["steps_left"]
        except (ValueError, KeyError, TypeError) as error:
            raise Failed(f"This run cannot go on: start its experiment again. ({error})") from error
        self.emit.log_to(self.folder.log, config["logged"])
        self.speed.restart()

    def _introduce(self):
        started = {"event": "started", **self.job.started()}
        self.folder.write("started.json", started)
        self.emit(started)
        self._emit_frame(complete=True)
        if self._snapshot_due():
            self._take_snapshot()
        end = self.folder.end() if self.training.ended else None
        if end:  # the process before this one died after it saved the end, before it could send it
            self.emit(end)
        else:
            self._emit_state()
            self._save()

    # Training

    def _idle_seconds(self):
        """Seconds until it may train on: 0 for now, None for until a command allows it."""
        return None if self.paused else max(0.0, self._next_slice - time.perf_counter())

    def _train_a_little(self):
        """A frame's worth of training."""
        seconds = self._seconds_to_train()
        asked = self._steps_to_take(seconds)
        began, first = time.perf_counter(), self.training.step
        for event in self.job.events(asked, seconds):
            self._handle(event)
            if isinstance(event, Frame):
                break
        self.seconds += time.perf_counter() - began
        if not self.training.ended:
            steps = self.training.step - first  # more than were asked for, where a table has left out those of a network
            self._after_steps(steps if asked is None else min(steps, asked), began)

    def _seconds_to_train(self):
        """Seconds until the next frame, or the next look for commands, less the time that drawing the last frame took."""
        if not self.watched:
            return GLANCE_SECONDS
        if self.pace is not None:  # then the time is measured by the waits
            return self.frame_seconds
        return max(self.frame_seconds - (time.perf_counter() - self._last_frame), self.frame_seconds / 2)

    def _steps_to_take(self, seconds):
        """How many steps until the next frame, None for as many as the time allows."""
        paced = None if self.pace is None else max(1, round(self.pace * seconds))
        snapshot = self._recorder.next - self.training.step if self._recorder else None
        return min((n for n in (paced, self.steps_left, snapshot) if n is not None), default=None)

    def _after_steps(self, steps, began):
        if self.pace is not None:
            self._next_slice = began + steps / self.pace
        if self.steps_left is not None:
            self.steps_left -= steps
        if self.steps_left == 0:
            self._pause()
        elif time.perf_counter() >= self._next_checkpoint:
            self._save()

    def _handle(self, event):
        if isinstance(event, Frame):
            self.speed.measure()
            due = self._snapshot_due()
            if self.watched or time.perf_counter() - self._last_frame >= UNWATCHED_SECONDS:
                self._emit_frame(complete=due)
            elif due:
                self._draw(complete=True)
            if due:
                self._take_snapshot()
        elif isinstance(event, Diverged):
            self._end({"event": "diverged", **vars(event), "outcome": "diverges"})
        elif isinstance(event, Finished):
            speed = self.training.step / self.seconds if self.seconds else 0.0
            times = {"seconds": round(self.seconds, 2), "steps_per_second": round(speed, 1)}
            self._end({"event": "finished", **self.job.result(event), **times})
        elif durable := self.job.durable(event):
            self.emit.durable(durable)

    def _end(self, event):
        self._emit_frame(complete=True)
        if self._recorder and self._recorder.last != self.training.step:
            self._take_snapshot(end=event)
        self.emit.durable(event)
        self._save()

    # Commands

    def _carry_out_all(self, seconds):
        """Carry out the commands that have come in; if there are none, wait up to `seconds` for one, None for ever."""
        changed = False
        for command in self.commands.take(seconds):
            self._carry_out(command)
            changed = changed or command["do"] == "change"
        if changed:
            frame = self._draw(complete=False) if self.paused else None
            self._save()
            if frame:  # sent when the checkpoint holds what it shows
                self.emit.line(frame)

    def _carry_out(self, command):
        do = command["do"]
        if do == "pause":
            self._pause()
        elif do == "resume":
            self._go(None)
        elif do == "stop":
            self.emit({"event": "stopping"})
            self.training.stop()
            self._go(None)
        elif do == "watched":
            self.watched = command["value"]
            if self.watched and self.paused:
                self._emit_frame(complete=True)
        elif do == "frames":
            self.frame_seconds = max(FRAME_SECONDS, 1 / command["per_second"])
        elif do == "release":
            self._save()
            raise Leave
        elif do in NETWORK_CONTROLS and isinstance(self.job, TrainingJob):
            self._steer(self.job, command)

    def _steer(self, job: TrainingJob, command: Command) -> None:
        """Carry out a command that only a training of networks has."""
        do = command["do"]
        if do == "pace":
            self.pace, self._next_slice = command["steps_per_second"], 0.0
        elif do == "change":
            self._change(job, {name: value for name, value in command.items() if name != "do"})
        else:
            self._go(job.steps_until_pause(do))

    def _go(self, steps):
        """Train on at once, for `steps` and then pause, or to the end for None."""
        self.steps_left, self._next_slice = steps, 0.0
        if self.paused:
            self.paused = False
            self.speed.restart()
            self._emit_state()

    def _pause(self):
        self.steps_left = None
        if not self.paused:
            self.paused = True
            self.speed.restart()
            self._emit_frame(complete=True)
            self._save()
            self._emit_state()

    def _change(self, job, values):
        try:
            now = job.change(values)
        except ValueError as error:
            self.emit({"event": "refused", "message": str(error)})
            return
        control = {"event": "control", "step": self.training.step, **now, "changed": values}
        self.emit.durable({**control, "label": self.folder.label([control])})

    # What is sent and saved

    def _emit_frame(self, complete=False):
        self._last_frame = time.perf_counter()
        self.emit.line(self._draw(complete))

    def _draw(self, complete):
        """The line of a frame event."""
        contents, complete = self.job.frame(self.speed.steps_per_second, complete)
        about = {"step": self.training.step, "seconds": round(self.seconds, 2), "pace": self.pace}
        if self.paused or not self.training.step:
            contents |= self.job.measured()
        line = to_line({"event": "frame", **about, **contents})
        if complete:
            self._last_complete_frame = line
        return line

    def _snapshot_due(self):
        return self._recorder is not None and self.training.step >= self._recorder.next

    def _take_snapshot(self, end=None):
        """Store the newest frame, which is complete, with the state of the training. `end`: the event that ends the run."""
        assert self._recorder is not None
        config = None if end and end["event"] == "diverged" else self._config()
        self.emit.durable(self._recorder.take(self.training.step, self._last_complete_frame, config, last=bool(end)))

    def _emit_state(self):
        self.emit({"event": "state", "state": "paused" if self.paused else "running", "reason": None})

    def _save(self):
        """Put the state of the training, the length of the log at this moment, and the newest complete frame on disk."""
        began = time.perf_counter()
        self.job.save(self._config())
        with write_atomically(self.folder.path / "frame.json") as file:
            file.write(self._last_complete_frame.encode())
        took = time.perf_counter() - began
        self._next_checkpoint = time.perf_counter() + max(CHECKPOINT_SECONDS, took / CHECKPOINT_SHARE)

    def _config(self):
        """What a checkpoint says beside the state of the training."""
        return {
            "settings": self.job.settings.to_dict(),
            "seconds": self.seconds,
            "paused": self.paused,
            "pace": self.pace,
            "steps_left": self.steps_left,
            "logged": self.emit.logged,
        }

"""The process that works on one run: `python -m nnlib run FOLDER`.

It trains, writes the run folder, prints events and obeys commands; docs/live-protocol.md lists both. It never outlives the one
who started it: when its standard input ends, it saves and leaves.
"""

import os
import sys
import time
import traceback
from pathlib import Path

import filelock

from nnlib.data import DataError
from nnlib.deep.devices import DeviceError
from nnlib.deep.settings import CLUSTER
from nnlib.runs.kinds import KINDS, STARTS
from nnlib.runs.store import RunFolder
from nnlib.runs.worker.frames import Frames
from nnlib.runs.worker.pipes import GRACE_SECONDS, Commands, Emitter, Leave
from nnlib.runs.worker.work import Failed, work_of
from nnlib.support.atomic import write_atomically
from nnlib.training import Diverged, Finished, Frame

FRAME_SECONDS = 1 / 21  # between frames while somebody looks
UNWATCHED_SECONDS = 1.0  # and while nobody does
GLANCE_SECONDS = 0.25  # between looks for commands while nobody looks
CHECKPOINT_SECONDS = 1.0
CHECKPOINT_SHARE = 0.2  # of the time that may go into checkpoints
LOCK_SECONDS = GRACE_SECONDS + 2  # for the worker of a server that died to let go of the run


def run_worker(path):
    """Work on the run in the folder `path` until it ends or is let go. Returns the exit code."""
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
    except Exception as error:  # whatever it is, the learner hears a sentence, and who runs the server the details
        traceback.print_exc()
        emit({"event": "failed", "reason": _reason(error)})
        return 1
    return 0


def _work(folder, commands, emit):
    folder.sweep()
    try:
        experiment = KINDS[folder.about["kind"]].settings.from_dict(folder.about.get("settings"))
    except ValueError as error:  # kept by another version, or under wider limits
        raise Failed(str(error)) from error
    work = _begin_work(folder, experiment, commands.while_preparing(emit), emit)
    try:
        Worker(folder, work, commands, emit).run()
    finally:
        work.close()


def _begin_work(folder, experiment, progress, emit):
    """The Work of the run in `folder`, with its data loaded, or its first network begun on a cluster."""
    kind = folder.about["kind"]
    if experiment.by_name.get("device") == CLUSTER:
        from nnlib.runs.worker.cluster_work import ClusterWork

        return ClusterWork(folder, experiment, progress)
    elsewhere = KINDS[kind].study and os.environ.get("NNLIB_SCHEDULER")  # its workers have data of their own
    data = None if elsewhere else experiment.load(progress)
    if kind in STARTS:
        emit({"event": "preparing", "what": STARTS[kind], "done": 0, "total": 0})
    return work_of(kind)(folder, experiment, data)


def _reason(error):
    """Why a run failed, as a learner can use it."""
    if isinstance(error, (Failed, DataError, DeviceError)):
        return str(error)
    if isinstance(error, MemoryError):
        return "The memory of this machine is too small for these settings: try fewer units, or a smaller batch."
    if isinstance(error, filelock.Timeout):
        return "Another process works on this run: resume it once that has let go."
    if isinstance(error, OSError):
        return f"The server could not keep this run on its disk ({error.strerror or error}): make room there, then resume."
    return f"A fault in the program ended this run ({type(error).__name__}: {error})."


class Worker:
    """Turns the events of a training into lines, between commands."""

    def __init__(self, folder, work, commands, emit):
        self.folder, self.work, self.training = folder, work, work.training
        self.commands, self.emit = commands, emit
        self.frames = Frames(work)
        self.threads = work.threads_that_pay()
        self.watched = True
        self.paused = False
        self.pace = None  # steps a second, None for as fast as it goes
        self.steps_left = None  # until the pause that `step` or `epoch` asked for
        self.seconds = 0.0  # of training, over all processes that worked on this run
        self._next_slice = 0.0  # when the pace allows to train on
        self._last_frame = 0.0
        self._next_checkpoint = 0.0
        self._last_whole_frame = None  # as a line

    def run(self):
        """Train to the end. Raises Leave when told to go, Failed if the run cannot be taken up."""
        self._resume()
        self.work.use_threads(self.threads)
        self._introduce()
        while not self.training.ended:
            self._obey(self._idle_seconds())
            if self._idle_seconds() == 0:
                self._train_a_little()

    # Beginning, or taking up

    def _resume(self):
        """Take the run up where its checkpoint left it; what was logged beyond is dropped, and will be made again."""
        if not self.work.checkpoint.exists():
            self.emit.log_to(self.folder.log, 0)
            return
        try:
            config = self.work.restore()
            self._restore(config)
        except (ValueError, KeyError, TypeError) as error:
            raise Failed(f"This run cannot be taken up: start its experiment again. ({error})") from error
        self.emit.log_to(self.folder.log, config["logged"])
        self.frames.restart_clock()

    def _restore(self, config):
        self.seconds, self.paused = config["seconds"], config["paused"]
        self.pace, self.steps_left = config["pace"], config["steps_left"]
        self.threads = config["threads"]

    def _introduce(self):
        started = {"event": "started", **self.work.started()}
        self.folder.write("started.json", started)
        self.emit(started)
        self._emit_frame(whole=True)
        if self.training.ended:  # the process before this one died when the end was saved, and nobody had heard of it
            self.emit(self.folder.end())
        else:
            self._emit_state()
            self._save()

    # Training

    def _idle_seconds(self):
        """Until it may train on: 0 for now, None for as long as nobody says so."""
        return None if self.paused else max(0.0, self._next_slice - time.perf_counter())

    def _train_a_little(self):
        """A frame's worth of training."""
        seconds = self._seconds_to_train()
        asked = self._steps_to_take(seconds)
        began, first = time.perf_counter(), self.training.step
        for event in self.training.events(asked, seconds):
            self._tell(event)
            if isinstance(event, Frame):
                break
        self.seconds += time.perf_counter() - began
        if not self.training.ended:
            steps = self.training.step - first  # more than were asked for, where a table has left out those of a network
            self._after_steps(steps if asked is None else min(steps, asked), began)

    def _seconds_to_train(self):
        """Until the next frame, or the next look for commands: what drawing the last frame took is made up for."""
        if not self.watched:
            return GLANCE_SECONDS
        if self.pace is not None:  # then the waiting keeps the time
            return FRAME_SECONDS
        return max(FRAME_SECONDS - (time.perf_counter() - self._last_frame), FRAME_SECONDS / 2)

    def _steps_to_take(self, seconds):
        """How many steps until the next frame, None for as many as the time allows."""
        paced = None if self.pace is None else max(1, round(self.pace * seconds))
        return min((n for n in (paced, self.steps_left) if n is not None), default=None)

    def _after_steps(self, steps, began):
        if self.pace is not None:
            self._next_slice = began + steps / self.pace
        if self.steps_left is not None:
            self.steps_left -= steps
        if self.steps_left == 0 and self.training.step < self.training.iterations:
            self._pause()
        elif time.perf_counter() >= self._next_checkpoint:
            self._save()

    def _tell(self, event):
        if isinstance(event, Frame):
            self.frames.diagnostics = event.diagnostics
            self.frames.measure_speed()
            if self.watched or time.perf_counter() - self._last_frame >= UNWATCHED_SECONDS:
                self._emit_frame()
        elif isinstance(event, Diverged):
            self._end({"event": "diverged", **vars(event), "outcome": "diverges"})
        elif isinstance(event, Finished):
            self._end({"event": "finished", **self.work.end(event), **self._speed()})
        elif line := self.work.line(event):
            self.emit.durable(line)

    def _speed(self):
        speed = self.training.step / self.seconds if self.seconds else 0.0
        return {"seconds": round(self.seconds, 2), "steps_per_second": round(speed, 1)}

    def _end(self, event):
        self._emit_frame(whole=True)
        self.emit.durable(event)
        self._save()

    # Commands

    def _obey(self, seconds):
        """Carry out the commands that have come in; if there are none, wait up to `seconds` for one, None for ever."""
        changed = False
        for command in self.commands.take(seconds):
            self._carry_out(command)
            changed = changed or command["do"] == "change"
        if changed:
            self._save()

    def _carry_out(self, command):
        do = command["do"]
        if do == "pause":
            self._pause()
        elif do == "resume":
            self._go(None)
        elif do == "step":
            self._go(1)
        elif do == "epoch":
            per_epoch = self.training.steps_per_epoch
            self._go(per_epoch - self.training.step % per_epoch)
        elif do == "stop":
            self.training.stop()
            self._go(None)
        elif do == "change":
            self._change({name: value for name, value in command.items() if name != "do"})
        elif do == "pace":
            self.pace, self._next_slice = command["steps_per_second"], 0.0
        elif do == "watched":
            self.watched = command["value"]
            if self.watched and self.paused:
                self._emit_frame(whole=True)
        elif do == "release":
            self._save()
            raise Leave

    def _go(self, steps):
        """Run on at once, for `steps` and then pause, or to the end for None."""
        self.steps_left, self._next_slice = steps, 0.0
        if self.paused:
            self.paused = False
            self.frames.restart_clock()
            self._emit_state()

    def _pause(self):
        self.steps_left = None
        if not self.paused:
            self.paused = True
            self.frames.restart_clock()
            self._emit_frame(whole=True)
            self._save()
            self._emit_state()

    def _change(self, values):
        now = self.work.change(values)
        self.emit.durable({"event": "control", "step": self.training.step, **now})
        if self.paused:
            self._emit_frame()

    # What is seen and kept

    def _emit_frame(self, whole=False):
        self._last_frame = time.perf_counter()
        frame, whole = self.frames.next(self.seconds, self.pace, whole)
        line = self.emit(frame)
        if whole:
            self._last_whole_frame = line

    def _emit_state(self):
        self.emit({"event": "state", "state": "paused" if self.paused else "running", "reason": None})

    def _save(self):
        """Put the state of the training, what has been logged up to it, and the newest picture on disk."""
        began = time.perf_counter()
        config = {
            "settings": self.work.experiment.to_dict(),
            "seconds": self.seconds,
            "paused": self.paused,
            "pace": self.pace,
            "steps_left": self.steps_left,
            "threads": self.threads,
            "logged": self.emit.logged,
        }
        self.work.save(config)
        with write_atomically(self.folder.path / "frame.json") as file:
            file.write(self._last_whole_frame.encode())
        took = time.perf_counter() - began
        self._next_checkpoint = time.perf_counter() + max(CHECKPOINT_SECONDS, took / CHECKPOINT_SHARE)

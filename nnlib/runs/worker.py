"""The process that works on one run: `python -m nnlib run FOLDER`.

It trains, writes the run folder, prints events and obeys commands; docs/live-protocol.md lists both. It never outlives the one
who started it: when its standard input ends, it saves and leaves.
"""

import json
import math
import os
import queue
import signal
import sys
import threading
import time
import traceback
from pathlib import Path

import filelock
from threadpoolctl import threadpool_info, threadpool_limits

from nnlib.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from nnlib.data import DataError
from nnlib.experiment import Experiment
from nnlib.pictures import final_report, frame_pictures, static_pictures
from nnlib.runs.store import RunFolder
from nnlib.training import Diverged, Evaluation, Finished, Frame, Metrics

FRAME_SECONDS = 1 / 21  # between frames while somebody looks
UNWATCHED_SECONDS = 1.0  # and while nobody does
GLANCE_SECONDS = 0.25  # between looks for commands while nobody looks
WEIGHTS_SECONDS = 0.25  # between pictures of the weights, the heaviest part of a frame
CHECKPOINT_SECONDS = 1.0
CHECKPOINT_SHARE = 0.05  # of the time that may go into checkpoints
THREADS_PAY = 20_000_000  # multiplications in a step (forward) from which a second BLAS thread gains more than it costs
GRACE_SECONDS = 5.0  # for the main thread to save and leave, once its input has ended


def run_worker(path):
    """Work on the run in the folder `path` until it ends or is let go. Returns the exit code."""
    folder = RunFolder(Path(path))
    try:
        with folder.lock():
            return _work(folder)
    except filelock.Timeout:
        print(f"nnlib: another process works on the run in {path}.", file=sys.stderr)
        return 1


def _work(folder):
    commands = _Commands()
    emit = _Emitter(folder)
    try:
        experiment = Experiment.from_dict((folder.read("run.json") or {}).get("settings"))
        data = experiment.load(commands.while_preparing(emit))
        _Worker(folder, experiment, data, commands, emit).run()
    except _Leave:
        pass
    except (DataError, CheckpointError, ValueError) as error:
        emit({"event": "failed", "reason": str(error)})
        return 1
    except MemoryError:
        traceback.print_exc()
        emit({"event": "failed", "reason": "The memory of this machine is too small for these settings: try fewer units."})
        return 1
    except OSError as error:
        traceback.print_exc()
        emit({"event": "failed", "reason": f"The server could not keep this run on its disk: {error.strerror or error}."})
        return 1
    except Exception as error:
        traceback.print_exc()
        emit({"event": "failed", "reason": f"A fault in the program ended this run ({type(error).__name__}: {error})."})
        return 1
    return 0


class _Leave(Exception):
    """Somebody asked this process to let the run go."""


class _Commands:
    """Commands as they come in on standard input, read by a thread of its own. End of input and SIGTERM mean: leave."""

    def __init__(self):
        self.queue = queue.SimpleQueue()
        signal.signal(signal.SIGTERM, lambda *_: self.queue.put({"do": "release"}))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the server, which decides
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in sys.stdin:
            try:
                self.queue.put(json.loads(line))
            except json.JSONDecodeError:
                continue
        self.queue.put({"do": "release"})
        time.sleep(GRACE_SECONDS)
        os._exit(1)  # the main thread is stuck in something long: what was saved a second ago is enough

    def waiting(self):
        """The commands that have come in by now."""
        while not self.queue.empty():
            yield self.queue.get()

    def while_preparing(self, emit):
        """A progress callback for the data: reports, and gives up when told to leave or stop."""
        last = 0.0

        def progress(what, done, total):
            nonlocal last
            for command in self.waiting():
                if command["do"] in ("release", "stop"):
                    raise _Leave
            if done >= total or time.monotonic() - last > 0.1:
                last = time.monotonic()
                emit({"event": "preparing", "what": what, "done": done, "total": total})

        return progress


class _Emitter:
    """Prints events. The durable ones are in events.jsonl before anybody hears of them, so that history has no gap."""

    def __init__(self, folder):
        self._path = folder.path / "events.jsonl"

    def __call__(self, event):
        self._print(json.dumps(event))

    def durable(self, event):
        line = json.dumps(event)
        with open(self._path, "a") as log:
            log.write(line + "\n")
        self._print(line)

    def _print(self, line):
        try:
            print(line, flush=True)
        except BrokenPipeError:  # the server has gone; the end of our input will tell us so
            sys.stdout = open(os.devnull, "w")


class _Worker:
    """Turns the events of a Training into lines, between commands."""

    def __init__(self, folder, experiment, data, commands, emit):
        self.folder, self.experiment, self.data = folder, experiment, data
        self.training = experiment.training_on(data)
        self.commands, self.emit = commands, emit
        self.paused = False
        self.watched = True
        self.pace = None  # steps a second, None for as fast as it goes
        self.threads = _threads_that_pay(self.training)
        self.steps_left = None  # until the pause that `step` or `epoch` asked for
        self.seconds = 0.0  # of training, over all processes that worked on this run
        self._rate_since = (time.perf_counter(), 0)
        self.steps_per_second = 0.0
        self._last_weights = self._last_frame = 0.0
        self._diagnostics = []
        self._next_checkpoint = 0.0
        self._checkpoint = folder.path / "checkpoint.npz"

    def run(self):
        """Train to the end. Raises _Leave when told to go."""
        self._resume()
        threadpool_limits(self.threads, user_api="blas")
        self._start()
        if self.training.ended:  # the process before this one died when the end was saved but not yet told
            self.emit(self.folder.end())
        while not self.training.ended:
            self._obey(wait=self.paused)
            if not self.paused:
                self._train_a_little()

    def _resume(self):
        """Take the run up where its checkpoint left it; what was logged beyond is dropped, and will be made again."""
        if not self._checkpoint.exists():
            self.folder.truncate_events(0)
            return
        state, config = load_checkpoint(self._checkpoint)
        self.training.restore(state)
        self.seconds = config["seconds"]
        self.paused = config["paused"]
        self.pace = config["pace"]
        self.threads = config["threads"]
        if not self.training.ended:
            self.folder.truncate_events(self.training.step)
        self._rate_since = (time.perf_counter(), self.training.step)

    def _start(self):
        training = self.training
        started = {
            "event": "started",
            "iterations": training.iterations,
            "steps_per_epoch": training.steps_per_epoch,
            "parameters": sum(array.size for array in training.network.params.values()),
            "sizes": training.network.sizes,
            "classes": self.data.class_names,
            "image_shape": self.data.image_shape,
            **static_pictures(self.data),
        }
        self.folder.write("started.json", started)
        self.emit(started)
        self._emit_frame()
        self._emit_state()
        self._save()

    def _train_a_little(self):
        """A frame's worth of training."""
        seconds = self._seconds_to_train()
        tick, step = time.perf_counter(), self.training.step
        for event in self.training.events(self._steps_to_take(seconds), seconds):
            self._tell(event)
            if isinstance(event, Frame):
                break
        spent = time.perf_counter() - tick
        self.seconds += spent
        if self.steps_left == 0:
            self._pause()
        elif time.perf_counter() >= self._next_checkpoint:
            self._save()
        if self.pace is not None and not self.paused:
            self._wait((self.training.step - step) / self.pace - spent)

    def _seconds_to_train(self):
        """How long until the next frame, or the next look for commands: what drawing the last frame took is made up for."""
        if not self.watched:
            return GLANCE_SECONDS
        if self.pace is not None:  # then the waiting keeps the time
            return FRAME_SECONDS
        return max(FRAME_SECONDS - (time.perf_counter() - self._last_frame), FRAME_SECONDS / 2)

    def _steps_to_take(self, seconds):
        """How many steps until the next frame, None for as many as the time allows."""
        paced = None if self.pace is None else max(1, round(self.pace * seconds))
        return min((n for n in (paced, self.steps_left) if n is not None), default=None)

    def _tell(self, event):
        if isinstance(event, Metrics):
            if self.steps_left is not None:
                self.steps_left -= len(event.losses)
            loss = [value if math.isfinite(value) else None for value in event.losses]
            self.emit.durable({"event": "metrics", "first": event.first_step, "loss": loss})
        elif isinstance(event, Evaluation):
            self.emit.durable({"event": "evaluation", **vars(event)})
        elif isinstance(event, Frame):
            self._diagnostics = event.diagnostics
            self._measure_rate()
            if self.watched or time.perf_counter() - self._last_frame >= UNWATCHED_SECONDS:
                self._emit_frame()
        elif isinstance(event, Diverged):
            self._end({"event": "diverged", **vars(event), "outcome": "diverges"})
        elif isinstance(event, Finished):
            report = final_report(self.training.network, self.data)
            speed = self.training.step / self.seconds if self.seconds else 0.0
            self._end({
                "event": "finished", **vars(event), **report,
                "seconds": round(self.seconds, 2), "steps_per_second": round(speed, 1)})  # fmt: skip

    def _end(self, event):
        self._emit_frame(with_weights=True)
        self.emit.durable(event)
        self._save()

    def _obey(self, wait=False):
        """Carry out the commands that have come in; with `wait`, stay until one has."""
        if wait:
            self._carry_out(self.commands.queue.get())
        for command in self.commands.waiting():
            self._carry_out(command)

    def _wait(self, seconds):
        """Sleep, but wake for a command."""
        if seconds <= 0:
            return
        try:
            self._carry_out(self.commands.queue.get(timeout=seconds))
        except queue.Empty:
            pass

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
            self.paused = False
            self.training.stop()
        elif do == "change":
            self._change({name: value for name, value in command.items() if name != "do"})
        elif do == "pace":
            self.pace = command["steps_per_second"]
        elif do == "watched":
            self.watched = command["value"]
            if self.watched and self.paused:
                self._emit_frame(with_weights=True)
        elif do == "release":
            self._save()
            raise _Leave

    def _go(self, steps):
        """Run on, for `steps` and then pause, or without end for None."""
        self.steps_left = steps
        self._rate_since = (time.perf_counter(), self.training.step)
        if self.paused or steps is not None:
            self.paused = False
            self._emit_state()

    def _pause(self):
        self.steps_left = None
        if not self.paused:
            self.paused = True
            self.steps_per_second = 0.0
            self._emit_frame(with_weights=True)
            self._save()
            self._emit_state()

    def _change(self, values):
        training = self.training
        training.change(**values)
        now = {"learning_rate": training.learning_rate, "reg": training.reg, "batch_size": training.batch_size}
        self.emit.durable({"event": "control", "step": training.step, **now})
        self._save()
        if self.paused:
            self._emit_frame()

    def _measure_rate(self):
        """Steps a second over the last second or so."""
        since, step = self._rate_since
        elapsed = time.perf_counter() - since
        if elapsed > 0.2 or not self.steps_per_second:
            self.steps_per_second = (self.training.step - step) / max(elapsed, 1e-9)
        if elapsed > 1:
            self._rate_since = (time.perf_counter(), self.training.step)

    def _emit_frame(self, with_weights=False):
        training, now = self.training, time.perf_counter()
        self._last_frame = now
        if now - self._last_weights >= WEIGHTS_SECONDS:
            with_weights = True
        if with_weights:
            self._last_weights = now
        rate = self.steps_per_second
        frame = {
            "event": "frame",
            "step": training.step,
            "epoch": round(training.epoch, 3),
            "seconds": round(self.seconds, 2),
            "steps_per_second": round(rate, 1),
            "seconds_left": round((training.iterations - training.step) / rate, 1) if rate else None,
            "learning_rate": training.learning_rate,
            "reg": training.reg,
            "batch_size": training.batch_size,
            "diagnostics": [_finite(record) for record in self._diagnostics],
            **frame_pictures(training.network, self.data, with_weights),
        }
        self.emit(frame)
        if with_weights or self.data.image_shape is None:
            self._frame = frame

    def _emit_state(self):
        self.emit({"event": "state", "state": "paused" if self.paused else "running", "reason": None})

    def _save(self):
        """Put the state of the training and the newest picture on disk."""
        started = time.perf_counter()
        how = {"seconds": self.seconds, "paused": self.paused, "pace": self.pace, "threads": self.threads}
        config = {"settings": self.experiment.to_dict(), **how}
        save_checkpoint(self._checkpoint, self.training.state(), config)
        self.folder.write("frame.json", self._frame)
        took = time.perf_counter() - started
        self._next_checkpoint = time.perf_counter() + max(CHECKPOINT_SECONDS, took / CHECKPOINT_SHARE)


def _finite(record):
    return {name: value if value is None or math.isfinite(value) else None for name, value in record.items()}


def _threads_that_pay(training):
    """BLAS threads for this run: those that its server lends, if its products are large, and else one.

    In small products threads wait for each other longer than they work. The number is settled once for the whole life of a run,
    resumed or not: with another number of threads BLAS rounds differently, and the run would not end with the same numbers.
    """
    sizes = training.network.sizes
    multiplications = training.batch_size * sum(fan_in * fan_out for fan_in, fan_out in zip(sizes, sizes[1:]))
    lent = next((pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), 1)
    return lent if multiplications >= THREADS_PAY else 1

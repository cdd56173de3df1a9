"""Test runs: settings, a worker on pipes or in this process, a hub with simulated browsers."""

import asyncio
import functools
import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace

from nnlib.experiment.checkpoint import load_checkpoint
from nnlib.experiment.settings import Experiment
from nnlib.runs.kinds import KINDS
from nnlib.runs.server.hub import Hub
from nnlib.runs.server.limits import Limits
from nnlib.runs.server.watcher import Watcher
from nnlib.runs.store import RunFolder
from nnlib.runs.worker import job as job_module
from nnlib.runs.worker import speed as speed_module
from nnlib.runs.worker import worker as worker_module
from nnlib.runs.worker.pipes import Commands, Emitter, Leave
from nnlib.runs.worker.worker import Worker
from tests.patience import PATIENCE


def settings(**changed):
    """Settings of a run on 2-D points: momentum for its optimiser state, decay for a schedule that depends on the position."""
    chosen = {"dataset": "moons", "hidden": [12], "batch_size": 32, "iterations": 8_000, "learning_rate": 0.05,
              "optimiser": "momentum", "schedule": "decay", "lr_decay": 0.99, "seed": 3}  # fmt: skip
    return Experiment.from_dict({**chosen, **changed}).to_dict()


ENDLESS = settings(iterations=1_000_000)
SMALL_MLP = {
    "dataset": "digits",
    "depth": 2,
    "widths": [16, 12],
    "init": "he",
    "batch_size": 50,
    "device": "cpu",
    "batch_norm": True,
}


class WorkerProcess:
    """A running worker process; `received` collects its events."""

    def __init__(self, folder, code=None, patience=PATIENCE, **environment):
        """`code`: Python that runs first, to cause an error. `patience`: seconds that `wait_for` waits."""
        self.patience = patience
        program = ["-m", "nnlib", "run", str(folder.path)]
        if code:
            program = ["-c", f"{code}\nimport nnlib.runs.worker.worker as w, sys; sys.exit(w.run_worker({str(folder.path)!r}))"]
        self.process = subprocess.Popen(
            [sys.executable, *program],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
        )  # fmt: skip
        self.received = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self):
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.received.append(json.loads(line))

    def send(self, do, **more):
        self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self.process.stdin.flush()

    def wait_for(self, fits):
        """The first past or future event that fits; `fits` is a function or the kind of event."""
        if isinstance(fits, str):
            return self.wait_for(lambda event: event["event"] == fits)
        deadline, seen = time.monotonic() + self.patience, 0
        while time.monotonic() < deadline:
            while seen < len(self.received):
                if fits(self.received[seen]):
                    return self.received[seen]
                seen += 1
            time.sleep(0.005)
        raise AssertionError(f"not received; last: {self.received[-1:]}, {self.process.poll()=}")

    def wait_for_state(self, state):
        return self.wait_for(lambda event: event.get("state") == state)

    def wait_for_step(self, step):
        return self.wait_for(lambda event: event["event"] == "frame" and event["step"] >= step)

    def wait(self, seconds=PATIENCE):
        """Wait until the process ends, with the pipe still open. Returns the exit code."""
        code = self.process.wait(seconds)
        self._listener.join(PATIENCE)
        self.error = self.process.stderr.read()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
        return code

    def kill(self):
        self.process.kill()
        return self.wait()


class Script(Emitter):
    """Replaces a worker's pipes, so that the worker runs in this process; `received` collects its events.

    moments: (kind of event, count, command): after the count-th event of this kind the worker gets the command, or
    dies.
    """

    while_preparing = Commands.while_preparing

    def __init__(self, *moments):
        self._log = None
        self.moments = moments
        self.received, self._commands = [], deque()

    def take(self, seconds=0):
        commands = list(self._commands)
        self._commands.clear()
        assert commands or seconds is not None, "the worker would wait for ever"
        return commands

    def line(self, line):
        event = json.loads(line)
        self.received.append(event)
        for kind, count, command in self.moments:
            if event["event"] == kind and len(self.of(kind)) == count:
                if command is DIE:
                    raise Died
                self._commands.append(command)

    def of(self, kind):
        return [event for event in self.received if event["event"] == kind]

    def only(self, kind):
        (event,) = self.of(kind)
        return event


class Clock(SimpleNamespace):
    """The time of a worker in this process. It passes while the worker waits or trains, and a step takes a millisecond."""

    def __init__(self, monkeypatch):
        super().__init__(now=1000.0)
        for module in (worker_module, job_module, speed_module):
            monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: self.now))
        train = job_module.Job.events

        def events(job, steps, seconds):
            steps = min(each for each in (steps, round(seconds * 1000)) if each is not None)
            self.now += steps / 1000
            yield from train(job, steps, 3600.0)

        monkeypatch.setattr(job_module.Job, "events", events)


class TimedScript(Script):
    """A Script with commands at certain times: (seconds from the start, command or DIE). `times`: when events were received."""

    def __init__(self, clock, *timeline):
        super().__init__()
        self.clock, self.began, self.timeline = clock, clock.now, deque(timeline)
        self.times = []

    def take(self, seconds=0):
        due = self.began + self.timeline[0][0]
        self.clock.now = max(self.clock.now, due if seconds is None else min(due, self.clock.now + seconds))
        commands = []
        while self.timeline and self.began + self.timeline[0][0] <= self.clock.now:
            commands.append(self.timeline.popleft()[1])
        if DIE in commands:
            raise Died
        return commands

    def line(self, line):
        super().line(line)
        self.times.append(self.clock.now - self.began)

    def times_of(self, kind):
        return [time for event, time in zip(self.received, self.times) if event["event"] == kind]


class Died(Exception):
    """The worker was killed."""


DIE = object()


def work_on(folder, *moments, script=None):
    """Work on a run until the run or its worker ends. Returns the Script."""
    script, about = script or Script(*moments), folder.about
    kind = KINDS[about["kind"]]
    chosen = kind.settings.from_dict(about["settings"])
    job = kind.job_class()(folder, chosen, chosen.load())
    with suppress(Died, Leave):
        Worker(folder, job, script, script).run()
    job.close()
    script._log.close()
    return script


def finish(folder, **environment):
    """Work on a run until it has ended."""
    worker = WorkerProcess(folder, **environment)
    worker.send("resume")
    worker.wait_for(lambda event: event["event"] in ("finished", "diverged"))
    assert worker.wait() == 0
    return worker


def losses(folder):
    """The losses of a run by step, every step exactly once."""
    found = {}
    for event in folder.events():
        if event["event"] == "metrics":
            for step, loss in enumerate(event["loss"], start=event["first"]):
                assert step not in found, f"step {step} is there twice"
                found[step] = loss
    return found


def rows(folder):
    """Everything durable that a run writes, except measured times, and the places of snapshots, in which times are stored."""
    timed = {"seconds", "steps_per_second", "at", "frame", "state"}
    others = [{k: v for k, v in event.items() if k not in timed} for event in folder.events() if event["event"] != "metrics"]
    return losses(folder), others


def numbers(folder):
    """Like `rows`, for a run of PyTorch networks."""
    found, others = rows(folder)
    return found, [{name: value for name, value in event.items() if name != "samples_per_second"} for event in others]


def weights(folder):
    """The parameters and the optimiser state of a run, as a dict of bytes."""
    return {name: array.tobytes() for name, array in load_checkpoint(folder.checkpoint)[0]["arrays"].items()}


def state_of(run):
    """The state of a run on disk."""
    return RunFolder.find(run.id).status[0]


def new_run(**changed):
    return RunFolder.create(settings(**changed))


def hub_test(test):
    """Run an async test in a separate event loop."""

    @functools.wraps(test)
    def run(*arguments, **fixtures):
        asyncio.run(asyncio.wait_for(test(*arguments, **fixtures), 3 * PATIENCE))

    return run


@asynccontextmanager
async def a_hub(**limits):
    hub = Hub(Limits(**{"max_runs": 4, **limits}))
    async with hub.lifespan():
        yield hub


class Browser:
    """A browser that watches a run and collects every event that the hub sends."""

    def __init__(self, hub, session="s", address=None):
        self.hub, self.watcher = hub, Watcher(session, address)
        self.received, self.run = [], None
        self._reading = asyncio.create_task(self._read())

    async def _read(self):
        while True:
            text = await self.watcher.take()
            self.received += [json.loads(line) for line in text.split("\n")]

    async def start(self, chosen=ENDLESS, expectation=None, kind="train"):
        self.received.clear()
        self.run = await self.hub.start(chosen, expectation, self.watcher, kind)
        return self.run

    async def watch(self, run_id):
        self.received.clear()
        self.run = await self.hub.watch(run_id, self.watcher)
        self.hub.reopen(self.run)
        return self.run

    def leave(self):
        self.hub.leave(self.watcher)

    def send(self, do, **more):
        self.hub.command(self.run, {"do": do, **more})

    def newest(self, kind):
        return next((event for event in reversed(self.received) if event["event"] == kind), None)

    async def state(self, *states):
        """Wait until the run is in one of `states`; returns the state event."""
        await until(lambda: (self.newest("state") or {}).get("state") in states, lambda: self.newest("state"))
        return self.newest("state")

    async def step(self, step):
        """Wait for a frame at `step` or later."""
        await until(lambda: (self.newest("frame") or {"step": -1})["step"] >= step, lambda: self.received[-1:])
        return self.newest("frame")


async def rounds(hub, number=3):
    """Wait until the hub has looked for unwatched runs so many times."""
    done, tidy = [], hub._tidy
    hub._tidy = lambda: (tidy(), done.append(True))
    await until(lambda: len(done) >= number)
    hub._tidy = tidy


async def until(happened, what=lambda: None):
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"did not happen: {what()}"
        await asyncio.sleep(0.01)


def received_steps(events):
    """The steps whose losses a browser has received, in the history and in live rows."""
    known = set()
    for event in events:
        if event["event"] == "metrics":
            known.update(range(event["first"], event["first"] + len(event["loss"])))
        elif event["event"] == "history" and event["loss"]["step"]:
            known.update(range(1, event["loss"]["step"][-1] + 1))
    return known

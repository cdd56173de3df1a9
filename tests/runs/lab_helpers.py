"""A lab on this machine: a Dask scheduler whose workers say that they have a GPU, and runs that are worked on there."""

import os
import threading
import time
from contextlib import contextmanager, suppress

import psutil
from distributed import Client, LocalCluster

from nnlib.runs.kinds import KINDS
from nnlib.runs.lab import work_in_the_lab
from nnlib.runs.store import RunFolder
from nnlib.runs.worker.pipes import Leave
from tests.runs.runs_helpers import PATIENCE, SMALL_MLP, Script, numbers, work_on

QUIETLY = {"dashboard_address": None, "scheduler_kwargs": {"dashboard_address": "127.0.0.1:0"}}
PAUSE, SLOWLY, FAST = {"do": "pause"}, {"do": "pace", "steps_per_second": 20}, {"do": "pace", "steps_per_second": None}


@contextmanager
def lab_with(workers):
    """A client of a scheduler with so many workers."""
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, resources={"GPU": 1}, **QUIETLY
    ) as cluster, Client(cluster, set_as_default=False) as client:  # fmt: skip
        yield client


def new_run(kind="depth", **changed):
    settings = KINDS[kind].settings.from_dict({**SMALL_MLP, "epochs": 2, "device": "cluster", **changed})
    return RunFolder.create(settings.to_dict(), kind=kind)


class Home(Script):
    """The pipes of a relay in this process. `first`: commands that are there from the beginning."""

    def __init__(self, first, *moments):
        super().__init__(*moments)
        self._commands.extend(first)

    def take(self, seconds=0):
        deadline = time.monotonic() + seconds
        while not self._commands and time.monotonic() < deadline:
            time.sleep(0.01)
        return super().take(seconds)

    def _print(self, line):
        if len(self.heard) == 0:
            self.began = time.monotonic()
        assert time.monotonic() < self.began + 120, f"does not end; last: {line}"
        super()._print(line)


def in_the_lab(folder, *moments, first=(), kind=Home):
    """Have a run worked on to its end, or to that of its relay. Returns the Home."""
    home = kind(first, *moments)
    experiment = KINDS[folder.about["kind"]].settings.from_dict(folder.about["settings"])
    end = threading.Timer(120, lambda: home._commands.append({"do": "release"}))  # so that no test hangs
    end.start()
    with suppress(Leave):
        work_in_the_lab(folder, experiment, home, home)
    end.cancel()
    return home


def here(folder):
    """The numbers of the same run at home."""
    kind, settings = folder.about["kind"], folder.about["settings"]
    home = RunFolder.create({**settings, "device": "cpu"}, kind=kind)
    work_on(home)
    return numbers(home)


def wait_until_idle(lab):
    """Until the workers do nothing any more, and no process of theirs is left."""
    end = time.monotonic() + PATIENCE
    while any(lab.run(lambda dask_worker: len(dask_worker.state.executing)).values()) or processes(lab):
        assert time.monotonic() < end, "the lab works for nobody"
        time.sleep(0.05)


def wait_until_no_queue_is_new(lab, before):
    """Until the scheduler has only the queues of `before`."""
    end = time.monotonic() + PATIENCE
    while new := queues(lab) - before:
        assert time.monotonic() < end, new
        time.sleep(0.05)


def queues(lab):
    return lab.run_on_scheduler(lambda dask_scheduler: {*dask_scheduler.extensions["queues"].client_refcount})


def processes(lab):
    """Those that the workers have started."""
    return [child for pid in lab.run(os.getpid).values() for child in psutil.Process(pid).children()]

"""The processes that train a run's settings on further seeds, to judge a mission: few at a time, for all learners together."""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from nnlib.teaching.missions import Check

ROOT = Path(__file__).parents[2]
AT_ONCE = 2
MOST_SECONDS = 180
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # more would take cores from the learners' own runs
TOO_LONG = "Training it on two more seeds takes longer than three minutes here: choose a smaller network, or fewer steps."
FAILED = "The two other seeds could not be trained here: try again with a new run."


@dataclass
class Verdict:
    """What came of it.

    won : whether the goal was met on every seed
    seed, checks : the last seed that was trained, and the conditions on it
    problem : why there is no verdict, or ""
    """

    won: bool = False
    seed: int = 0
    checks: list[Check] = field(default_factory=list)
    problem: str = ""


@dataclass
class _Trial:
    process: subprocess.Popen[str]
    ends: float  # time.monotonic() at which it is ended
    verdict: Verdict | None = None


_trials: dict[tuple[str, str, int], _Trial] = {}
_lock = threading.Lock()  # pages run in threads
MOST = 200  # verdicts that are stored


def verdict(mission: str, run: str, step: int) -> Verdict | None:
    """Return the verdict on a run that has come to `step`, or None while it is being found.

    The first call that finds a free place starts the process.
    """
    key = (mission, run, step)
    with _lock:
        for each in _trials.values():
            _settle(each)
        if key not in _trials and sum(each.verdict is None for each in _trials.values()) < AT_ONCE:
            _trials[key] = _Trial(_start(mission, run), time.monotonic() + MOST_SECONDS)
            for old in list(_trials)[:-MOST]:
                del _trials[old]
        return _trials[key].verdict if key in _trials else None


def _settle(trial):
    """Find the verdict of a process that has ended, and end one that takes too long."""
    if trial.verdict is None and trial.process.poll() is not None:
        trial.verdict = _read(trial.process)
    elif trial.verdict is None and time.monotonic() > trial.ends:
        trial.process.kill()
        trial.verdict = Verdict(problem=TOO_LONG)


def end_trials() -> None:
    """End all processes. For a server that ends."""
    for trial in _trials.values():
        trial.process.kill()


def _start(mission, run):
    command = [sys.executable, "-m", "nnlib", "mission", mission, run, "--json"]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | ONE_THREAD, text=True, **pipes)


def _read(process):
    events = [json.loads(line) for line in process.stdout]
    if process.returncode:
        return Verdict(problem=FAILED)
    *seeds, result = events
    return Verdict(result["won"], seeds[-1]["seed"], [Check(**check) for check in seeds[-1]["checks"]])

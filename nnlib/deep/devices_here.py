"""The devices that PyTorch finds on the server. A separate process looks for them, because the server never imports torch.

The server's own devices do not change. Workers of a scheduler do, so a scheduler is asked again from time to time.
"""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from nnlib.deep.settings import DEVICES

ROOT = Path(__file__).parents[2]
GIB = 1024**3
SECONDS = 120  # that the answer may take; importing torch from a cold disk takes long
PATIENCE = 60  # seconds after which a question is asked again that failed, or whose answer may have changed


@dataclass(frozen=True)
class Found:
    """
    titles   name of a device → what it is called, the server's best first
    cuda     why there is no CUDA device, a clause, or None
    cluster  why there is no GPU of the lab, a clause, or None; None also where no scheduler is named
    """

    titles: dict
    cuda: str | None
    cluster: str | None = None

    @property
    def best(self) -> str | None:
        return next(iter(self.titles), None)


NOTHING = Found({}, None)  # no device: the query failed


class Question:
    """A query that runs in the background. `answer` is its latest result, None before the first."""

    def __init__(self) -> None:
        self.answer: Found | None = None
        self.thread: threading.Thread | None = None
        self._answered_at = float("-inf")  # on the monotonic clock
        self._lock = threading.Lock()

    def ask_if_outdated(self) -> None:
        """Ask, unless the answer is awaited, or is known and will not change."""
        with self._lock:
            if self.thread and (self.thread.is_alive() or not self._is_outdated()):
                return
            self.thread = threading.Thread(target=self._ask, daemon=True)
            self.thread.start()

    def _is_outdated(self):
        may_change = self.answer is NOTHING or os.environ.get("NNLIB_SCHEDULER")
        return bool(may_change) and time.monotonic() - self._answered_at > PATIENCE

    def _ask(self):
        self.answer = _ask()
        self._answered_at = time.monotonic()


question = Question()  # of this process


def devices_here() -> Found | None:
    """Return what was found; None as long as there is no answer. The first to call it asks."""
    question.ask_if_outdated()
    return question.answer


def best_known() -> str | None:
    """Return the name of the device that "auto" is, or None if nobody has asked yet or there is no answer."""
    return question.answer.best if question.answer else None


def _ask():
    command = [sys.executable, "-m", "nnlib", "devices", "--json"]
    try:
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return NOTHING
    return read_answer(done.stdout)


def read_answer(text: str) -> Found:
    """What the lines of `python -m nnlib devices --json` say; a line that is none is passed over. NOTHING without a device."""
    titles, why = {}, {"cuda": None}
    for event in filter(None, map(_event, text.splitlines())):
        name = event.get("name")
        if event.get("event") == "device" and name in DEVICES:
            memory = event.get("memory")
            size = f", {memory / GIB:.0f} GB" if isinstance(memory, (int, float)) and memory > 0 else ""
            titles[name] = str(event.get("title", name)) + size
        elif event.get("event") == "result":
            why = {name: event.get(name) for name in ("cuda", "cluster")}
    return Found(titles, **why) if titles else NOTHING


def _event(line):
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None

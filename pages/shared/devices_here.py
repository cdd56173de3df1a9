"""Which devices PyTorch finds on the server: asked once, of a process of its own, because the server never imports torch."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from nnlib.mlp_experiment import DEVICES

ROOT = Path(__file__).parents[2]
GIB = 1024**3
SECONDS = 120  # that the answer may take; importing torch from a cold disk takes long
PATIENCE = 60  # seconds after which a question that failed is asked again


@dataclass(frozen=True)
class Found:
    """titles: name of a device → what it is called, the best first; cuda: why there is no CUDA device, or None."""

    titles: dict
    cuda: str | None

    @property
    def best(self) -> str | None:
        return next(iter(self.titles), None)


NOTHING = Found({}, None)


class _Question:
    def __init__(self):
        self.answer = None
        self.failed_at = None  # on the monotonic clock
        self.thread = threading.Thread(target=self._ask, daemon=True)
        self.thread.start()

    def _ask(self):
        self.answer = _ask()
        if self.answer is NOTHING:
            self.failed_at = time.monotonic()

    @property
    def outdated(self):
        return self.failed_at is not None and time.monotonic() - self.failed_at > PATIENCE


def devices_here() -> Found | None:
    """What was found; None as long as there is no answer. The first to call it asks."""
    if _question().outdated:
        _question.clear()
    return _question().answer


@st.cache_resource(show_spinner=False)
def _question() -> _Question:
    return _Question()


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
    titles, cuda = {}, None
    for event in filter(None, map(_event, text.splitlines())):
        name = event.get("name")
        if event.get("event") == "device" and name in DEVICES:
            memory = event.get("memory")
            size = f", {memory / GIB:.0f} GB" if isinstance(memory, (int, float)) and memory > 0 else ""
            titles[name] = str(event.get("title", name)) + size
        elif event.get("event") == "result":
            cuda = event.get("cuda")
    return Found(titles, cuda) if titles else NOTHING


def _event(line):
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None

"""Which devices PyTorch finds on the server: asked once, of a process of its own, because the server never imports torch."""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from nnlib.mlp_experiment import DEVICES

ROOT = Path(__file__).parents[2]
GIB = 1024**3
SECONDS = 120  # that the answer may take; importing torch from a cold disk takes long


@dataclass(frozen=True)
class Found:
    """titles: name of a device → what it is called, the best first; cuda: why there is no CUDA device, or None."""

    titles: dict
    cuda: str | None

    @property
    def best(self) -> str | None:
        return next(iter(self.titles), None)


class _Question:
    def __init__(self):
        self.answer = None
        self.thread = threading.Thread(target=self._ask, daemon=True)
        self.thread.start()

    def _ask(self):
        self.answer = _ask()


def devices_here() -> Found | None:
    """What was found; None as long as there is no answer. The first to call it asks."""
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
        return Found({}, None)
    return read_answer(done.stdout)


def read_answer(text: str) -> Found:
    """What the lines of `python -m nnlib devices --json` say; a line that is none is passed over."""
    titles, cuda = {}, None
    for line in text.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event["event"] == "device" and event["name"] in DEVICES:
            memory = f", {event['memory'] / GIB:.0f} GB" if event["memory"] else ""
            titles[event["name"]] = event["title"] + memory
        elif event["event"] == "result":
            cuda = event["cuda"]
    return Found(titles, cuda)

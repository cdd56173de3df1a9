"""What the commands share: how they speak, and how they are interrupted."""

import argparse
import signal
from contextlib import contextmanager

from nnlib.json_lines import to_line


class OneLineParser(argparse.ArgumentParser):
    """argparse, but an error is one line."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message}\n")


class BadArguments(Exception):
    """The message says which, and what is allowed."""


@contextmanager
def ctrl_c_stops(training):
    """In this block the first Ctrl-C ends the training between two steps, so that no line is torn; a second one interrupts."""

    def stop(*_):
        training.stop()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def print_event(event):
    """One JSON object on a line."""
    print(to_line(event), flush=True)

"""What the commands share: how they speak, and how they are interrupted."""

import argparse
import signal
from contextlib import contextmanager

from nnlib.support.json_lines import to_line

NETWORK_HELP = {  # the settings of a NumPy network's training that `train` and `study` share
    "noise": "standard deviation of the noise on 2-D points, 0 to 0.5",
    "train_share": "share of the 2-D points that trains",
    "standardise": "divide inputs by their standard deviation: true or false",
    "flips": "mirror training images at random: true or false",
    "hidden": "units of each hidden layer: 180 or 50,40,30; none for softmax regression",
    "activation": "of the hidden units",
    "init": "how weights are drawn; normal if --std is given",
    "std": "standard deviation of the initialiser normal",
    "learning_rate": "η",
    "batch_size": "examples a step",
    "reg": "λ, the strength of the penalty",
    "penalty": "l2 or l1",
    "optimiser": "sgd, momentum or adam",
    "schedule": "of the learning rate; decay if --lr-decay is given",
    "lr_decay": "factor on the learning rate after each epoch",
    "iterations": "steps",
}


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

"""Learning-rate schedules: the factor on the learning rate at a point of the training."""

import math

from nnlib.support.validation import one_of


def constant(epoch, progress, lr_decay):
    """1 throughout."""
    return 1.0


def decay(epoch, progress, lr_decay):
    """lr_decay for each whole epoch that has passed: the report's schedule, with 0.95."""
    return lr_decay ** math.floor(epoch)


def cosine(epoch, progress, lr_decay):
    """½ (1 + cos π·progress): from 1 gently down to 0 at the end. Loshchilov & Hutter, 2017, arXiv:1608.03983."""
    return 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))


WARM_UP, START, END = 0.3, 1 / 25, 1e-5  # of one_cycle: share of the steps that rise, first and last factor


def one_cycle(epoch, progress, lr_decay):
    """From 1/25 up to 1 in the first 30 % of the steps, then down to nearly 0. Smith & Topin, 2018, arXiv:1708.07120."""
    progress = min(progress, 1.0)
    if progress < WARM_UP:
        return _between(START, 1.0, progress / WARM_UP)
    return _between(1.0, END, (progress - WARM_UP) / (1 - WARM_UP))


def _between(first, last, share):
    """On half a cosine from `first` (share 0) to `last` (share 1)."""
    return last + (first - last) * 0.5 * (1 + math.cos(math.pi * share))


SCHEDULES = {"constant": constant, "decay": decay, "cosine": cosine}


def schedule_named(name):
    """The schedule called `name`: a function of (epochs passed, share of the steps passed, lr_decay)."""
    return SCHEDULES[one_of("schedule", name, SCHEDULES)]

"""Learning-rate schedules: the factor on the learning rate at a point of the training.

Each schedule is a function of `epoch`, the epochs passed (a float), `progress`, the share of the steps done (0 to 1), and
`lr_decay`, the factor per epoch. It uses those of the three that it needs.
"""

import math
from collections.abc import Callable

from nnlib.support.validation import one_of


def constant(epoch: float, progress: float, lr_decay: float) -> float:
    """1 throughout."""
    return 1.0


def decay(epoch: float, progress: float, lr_decay: float) -> float:
    """lr_decay to the power of the whole epochs passed: the report's schedule, with lr_decay = 0.95."""
    return lr_decay ** math.floor(epoch)


def cosine(epoch: float, progress: float, lr_decay: float) -> float:
    """½ (1 + cos π·progress): from 1 at the start down to 0 at the end. Loshchilov & Hutter, 2017, arXiv:1608.03983."""
    return 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))


WARM_UP, START, END = 0.3, 1 / 25, 1e-5  # of one_cycle: share of the steps in which it rises, first and last factor


def one_cycle(epoch: float, progress: float, lr_decay: float) -> float:
    """From 1/25 up to 1 in the first 30 % of the steps, then down to nearly 0. Smith & Topin, 2018, arXiv:1708.07120.

    The deep network of nnlib.deep offers it; the NumPy network does not.
    """
    progress = min(progress, 1.0)
    if progress < WARM_UP:
        return _between(START, 1.0, progress / WARM_UP)
    return _between(1.0, END, (progress - WARM_UP) / (1 - WARM_UP))


def _between(first: float, last: float, share: float) -> float:
    """Half a cosine wave from `first` (at share 0) to `last` (at share 1)."""
    return last + (first - last) * 0.5 * (1 + math.cos(math.pi * share))


Schedule = Callable[[float, float, float], float]
SCHEDULES: dict[str, Schedule] = {"constant": constant, "decay": decay, "cosine": cosine}


def schedule_named(name: str) -> Schedule:
    """Return the schedule called "constant", "decay" or "cosine". Raises ValueError for another name."""
    return SCHEDULES[one_of("schedule", name, SCHEDULES)]

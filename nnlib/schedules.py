"""Learning-rate schedules: the factor on the learning rate at a step of the training.

Each schedule is a function of `epoch`, the epochs passed (a float), `step`, the steps done, `steps`, those of the whole
training, and `lr_decay`, the factor per epoch. It uses those of the four that it needs.
"""

import math
from collections.abc import Callable

from nnlib.support.validation import one_of


def constant(epoch: float, step: int, steps: int, lr_decay: float) -> float:
    """1 throughout."""
    return 1.0


def decay(epoch: float, step: int, steps: int, lr_decay: float) -> float:
    """lr_decay to the power of the whole epochs passed: the report's schedule, with lr_decay = 0.95.

    torch.optim.lr_scheduler.ExponentialLR, stepped once an epoch, gives the same.
    """
    return lr_decay ** math.floor(epoch)


def cosine(epoch: float, step: int, steps: int, lr_decay: float) -> float:
    """½ (1 + cos π·step/steps): from 1 at the start down to 0 after the last step. Loshchilov & Hutter, 2017, arXiv:1608.03983.

    torch.optim.lr_scheduler.CosineAnnealingLR with T_max = steps gives the same.
    """
    return _between(1.0, 0.0, min(step / steps, 1.0))


WARM_UP, START, END = 0.3, 1 / 25, 1 / 25 / 1e4  # of one_cycle: share of the steps in which it rises, first and last factor


def one_cycle(epoch: float, step: int, steps: int, lr_decay: float) -> float:
    """From 1/25 up to 1 in the first 30 % of the steps, then down to 4e-6 at the last. Smith & Topin, 2018, arXiv:1708.07120.

    torch.optim.lr_scheduler.OneCycleLR with its defaults gives the same. (It changes the momentum too; nothing here does.) The
    deep network of nnlib.deep offers it; the NumPy network does not.
    """
    last = steps - 1
    peak = WARM_UP * steps - 1
    if step <= peak:
        return _between(START, 1.0, step / peak)
    return _between(1.0, END, (min(step, last) - peak) / (last - peak))


def _between(first: float, last: float, share: float) -> float:
    """Half a cosine wave from `first` (at share 0) to `last` (at share 1)."""
    return last + (first - last) * 0.5 * (1 + math.cos(math.pi * share))


Schedule = Callable[[float, int, int, float], float]
SCHEDULES: dict[str, Schedule] = {"constant": constant, "decay": decay, "cosine": cosine}


def schedule_named(name: str) -> Schedule:
    """Return the schedule called "constant", "decay" or "cosine". Raises ValueError for another name."""
    return SCHEDULES[one_of("schedule", name, SCHEDULES)]

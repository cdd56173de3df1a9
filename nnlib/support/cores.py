"""The processor cores of this machine, and how many threads are worth their cost."""

import os
from collections.abc import Sequence

THREADS_PAY = 20_000_000  # multiplications in a step (forward) from which a second thread may gain more than it costs


def cores() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads_that_pay(lent: int, sizes: Sequence[int], batch_size: int) -> int:
    """Return how many of the `lent` threads to use: all for a network with large products, else one.

    In small products threads wait for each other longer than they compute. The number is settled once for the whole life of
    a run, resumed or not: with another number products round differently, and the run would not end with the same numbers.
    """
    multiplications = batch_size * sum(fan_in * fan_out for fan_in, fan_out in zip(sizes, sizes[1:]))
    return lent if multiplications >= THREADS_PAY else 1

"""The work of a call, counted, so that a limit holds on a machine of any speed."""

import cProfile
from contextlib import contextmanager

MOST_CALLS = 3_000_000  # less than a second on a slow machine


def calls(function, *arguments) -> int:
    """How many functions `function(*arguments)` runs, those of Python and of C."""
    profile = cProfile.Profile()
    profile.runcall(function, *arguments)
    return sum(entry.callcount for entry in profile.getstats())


@contextmanager
def little_work(answers=1):
    """Assert that the body runs at most MOST_CALLS functions for each of so many answers."""
    with cProfile.Profile() as profile:
        yield
    assert sum(entry.callcount for entry in profile.getstats()) <= answers * MOST_CALLS

"""Limits how often something may be tried from one network address."""

import time

from nnlib.classroom.errors import TooMany

MOST_ADDRESSES = 10_000  # remembered; a client may have any number of them


class RateLimit:
    """So many tries at once, after which one more is free every few seconds. All students of a school may share an address.

    Parameters
    ----------
    at_once : tries
    seconds : until one try is free again
    """

    def __init__(self, at_once: int, seconds: float) -> None:
        self._most, self._seconds = at_once, seconds
        self._tries: dict[str, tuple[float, float]] = {}  # by network: how many are left, and when that was

    def spend(self, address: str) -> None:
        """Count a try. Raises TooMany."""
        left = self._left(address)
        if left < 1:
            raise TooMany("There were too many wrong tries from your network: wait a minute, and try again.")
        if len(self._tries) >= MOST_ADDRESSES:
            self._tries = {each: tries for each, tries in self._tries.items() if self._left(each) < self._most}
        self._tries[_network(address)] = left - 1, time.monotonic()

    def refund(self, address: str) -> None:
        """A try was right, and does not count."""
        self._tries[_network(address)] = min(self._most, self._left(address) + 1), time.monotonic()

    def _left(self, address):
        left, when = self._tries.get(_network(address), (self._most, 0.0))
        return min(self._most, left + (time.monotonic() - when) / self._seconds)


def _network(address):
    """An IPv6 client has a whole network of addresses."""
    return ":".join(address.split(":")[:4]) if ":" in address else address

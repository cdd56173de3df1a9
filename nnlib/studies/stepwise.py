"""Work in steps, like a Training: a generator of events that can be left, and resumed, after any number of steps."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator

from nnlib.training import Finished, Frame


class Stepwise(ABC):
    """The base class of a study's coordinator and of a race.

    Attributes
    ----------
    iterations, step : int
        All steps, and those that are finished.
    ended : bool
        Whether no more events will come.
    """

    iterations: int
    step: int
    ended = False
    _stop_requested = False

    @abstractmethod
    def close(self) -> None:
        """Release what the work uses."""

    @abstractmethod
    def progress(self) -> Frame:
        """Return the event for the live view."""

    @abstractmethod
    def _advance(self, target, seconds):
        """Work for about `seconds`, but not beyond `target` steps, and yield events."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def stop(self) -> None:
        """End early: the next event is Finished."""
        self._stop_requested = True

    def events(self, steps: int | None = None, seconds: float = 0.05) -> Iterator:
        """Work, and yield events, until `steps` more steps are finished or the work ends.

        The event of `progress` comes about every `seconds`, and Finished comes last.
        """
        target = self.iterations if steps is None else min(self.iterations, self.step + steps)
        due = time.perf_counter() + seconds
        while not self._is_over(target):
            yield from self._advance(target, max(0.0, due - time.perf_counter()))
            if time.perf_counter() >= due:
                due = time.perf_counter() + seconds
                yield self.progress()
        if not self.ended and (self._stop_requested or self.step >= self.iterations):
            self.ended = True
            self.close()
            yield Finished(self.step, stopped=self.step < self.iterations)

    def _is_over(self, target):
        return self.ended or self._stop_requested or self.step >= target

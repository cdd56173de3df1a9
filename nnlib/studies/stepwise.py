"""Work that is done step by step, as a Training is: a generator of events that may be left after any number of steps."""

import time

from nnlib.training import Finished


class Stepwise:
    """What a study and a race of studies have in common.

    iterations  steps in all;  step: of them those that are done;  ended: whether there will be no more events

    A class of it has `iterations`, `step` and `close`; `progress`, which makes the event that says what is seen; and
    `_advance(target, seconds)`, which works for `seconds` or so, but not beyond `target` steps, and yields what happens.
    """

    ended = False
    _stop_asked = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def stop(self):
        """End early: the next event is Finished."""
        self._stop_asked = True

    def events(self, steps=None, seconds=0.05):
        """Work, and yield what happens, until `steps` more are done or the work ends.

        What `progress` makes comes at least every `seconds` or so, and at the very end Finished.
        """
        target = self.iterations if steps is None else min(self.iterations, self.step + steps)
        due = time.perf_counter() + seconds
        while not self._is_over(target):
            yield from self._advance(target, max(0.0, due - time.perf_counter()))
            if time.perf_counter() >= due:
                due = time.perf_counter() + seconds
                yield self.progress()
        if not self.ended and (self._stop_asked or self.step >= self.iterations):
            self.ended = True
            self.close()
            yield Finished(self.step, stopped=self.step < self.iterations)

    def _is_over(self, target):
        return self.ended or self._stop_asked or self.step >= target

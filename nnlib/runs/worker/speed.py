"""The speed of a run."""

import time

from nnlib.runs.worker.job import Work


class Speed:
    """Steps a second of a training, measured over the last second or so."""

    def __init__(self, training: Work) -> None:
        self._training = training
        self.restart()

    def restart(self) -> None:
        """Measure from here on: training begins, or goes on after a pause."""
        self.steps_per_second = 0.0
        self._since = (time.perf_counter(), self._training.step)

    def measure(self) -> None:
        """Bring `steps_per_second` up to date."""
        now, (since, step) = time.perf_counter(), self._since
        elapsed = now - since
        if elapsed > 0.2 or not self.steps_per_second:
            self.steps_per_second = (self._training.step - step) / max(elapsed, 1e-9)
        if elapsed > 1:
            self._since = (now, self._training.step)

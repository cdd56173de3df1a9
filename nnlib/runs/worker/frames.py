"""The `frame` event: what the network looks like now, and how fast it goes."""

import time

WEIGHTS_SECONDS = 0.25  # between pictures of the weights, the heaviest part of a frame


class Frames:
    """Makes the frames of one run, the Work `work`. `diagnostics` are those of the newest Frame of its training."""

    def __init__(self, work):
        self.work, self.training = work, work.training
        self.diagnostics = []
        self.restart_clock()
        self._last_weights = -WEIGHTS_SECONDS

    def restart_clock(self):
        """Measure the speed from here on: training begins, or goes on after a pause."""
        self.steps_per_second = 0.0
        self._since = (time.perf_counter(), self.training.step)

    def measure_speed(self):
        """Steps a second over the last second or so."""
        now, (since, step) = time.perf_counter(), self._since
        elapsed = now - since
        if elapsed > 0.2 or not self.steps_per_second:
            self.steps_per_second = (self.training.step - step) / max(elapsed, 1e-9)
        if elapsed > 1:
            self._since = (now, self.training.step)

    def next(self, seconds, pace, whole=False):
        """(the event, whether it is a whole one). `seconds` of training so far, `pace` asked for.

        Weight pictures come with whole frames only.
        """
        now, training, rate = time.perf_counter(), self.training, self.steps_per_second
        whole = whole or now - self._last_weights >= WEIGHTS_SECONDS
        if whole:
            self._last_weights = now
        parts, whole = self.work.frame(rate, whole)
        event = {
            "event": "frame",
            "step": training.step,
            "epoch": round(training.epoch, 3),
            "seconds": round(seconds, 2),
            "steps_per_second": round(rate, 1),
            "pace": pace,
            "seconds_left": round((training.iterations - training.step) / rate, 1) if rate else None,
            "learning_rate": training.learning_rate,
            "diagnostics": self.diagnostics,
            **parts,
        }
        return event, whole

"""The work on a study. The only file of nnlib.runs that imports Optuna and Dask.

The study's name is the run's id, and its book is the truth: the log of a run that is taken up is written anew from it.
"""

import os

from nnlib.atomic import write_atomically
from nnlib.json_lines import to_line
from nnlib.runs.work import Failed, Work
from nnlib.studies.coordinator import Coordinator, Progress, TrialDone
from nnlib.studies.errors import StudyError, StudyFailed
from nnlib.studies.records import COMPLETE, thinned
from nnlib.studies.sweep import sweep

PROGRESS_SECONDS = 0.25  # between frames: the cores are for the networks
CURVE_POINTS = 40  # told of each learning curve
BEGUN = {"seconds": 0.0, "paused": False, "pace": None, "steps_left": None, "threads": 1}
RUNNING = ("number", "params", "step", "iterations")  # what a frame tells of a trial in flight


class StudyTraining(Coordinator):
    """A Coordinator as a worker drives it: a finished trial is a step.

    progress  the newest Progress;  best: the best complete TrialRecord; None before there is one

    Raises Failed, wherever a Coordinator raises an error with a sentence.
    """

    epoch = 0.0  # there are none
    steps_per_epoch = 1
    learning_rate = None

    def __init__(self, name, settings):
        try:
            super().__init__(name, settings, resume=True)
        except StudyError as error:
            raise Failed(str(error)) from error
        self.progress = self.best = None
        for record in self.book.finished():
            self._compare(record)

    def start(self):
        try:
            super().start()
        except StudyError as error:
            self.close()
            raise Failed(str(error)) from error

    def events(self, steps=None, seconds=0.05):
        try:
            for event in super().events(steps, max(seconds, PROGRESS_SECONDS)):
                if isinstance(event, Progress):
                    self.progress = event
                elif isinstance(event, TrialDone):
                    self._compare(event.record)
                yield event
        except StudyFailed as error:
            raise Failed(str(error)) from error

    def _compare(self, record):
        if record.state == COMPLETE and (self.best is None or record.val_accuracy > self.best.val_accuracy):
            self.best = record


class StudyWork(Work):
    """A study, its trials executed by Dask's workers."""

    def __init__(self, folder, experiment, data):
        super().__init__(folder, experiment, StudyTraining(folder.id, experiment), data)
        sweep()
        self.training.start()
        self._workers = self.training.workers  # at the start

    def started(self):
        settings = self.experiment
        return {
            "iterations": self.training.iterations,
            "vary": list(settings.vary),
            "seeds": settings.seeds,
            "workers": self._workers,
            "scheduler": os.environ.get("NNLIB_SCHEDULER") or None,
        }

    def frame(self, steps_per_second, whole):
        """(what a `frame` shows, whether it is all there is to show)."""
        progress = self.training.progress
        shown = {
            "running": [{name: each[name] for name in RUNNING} for each in progress.running] if progress else [],
            "workers": progress.workers if progress else self._workers,
            "seconds_left": round(progress.seconds_left, 1) if progress and progress.seconds_left is not None else None,
            "best": self._best(),
        }
        return shown, True

    def line(self, event):
        """The durable event that tells of an event of the study, or None."""
        return trial_event(event.record) if isinstance(event, TrialDone) else None

    def end(self, event):
        """What the `finished` event says of the Finished `event`, beside its name and the speed."""
        return vars(event) | {"outcome": None, "best": self._best(), "importances": self.training.book.importances()}

    def _best(self):
        """{"number", "params", "val_accuracy"} of the best complete trial, None before there is one."""
        best = self.training.best
        return best and {"number": best.number, "params": best.params, "val_accuracy": best.val_accuracy}

    def threads_that_pay(self):
        return 1  # the workers compute, each with one thread

    def use_threads(self, number):
        """The workers see to that."""

    def save(self, config):
        """Keep `config`, JSON-able; the trials are in the book. Raises OSError."""
        self.folder.write(self.folder.checkpoint.name, config)

    def restore(self):
        """Write the log anew from the book. Returns the config. Raises OSError."""
        with write_atomically(self.folder.log) as file:
            for record in self.training.book.finished():
                file.write(to_line(trial_event(record)).encode() + b"\n")
        return BEGUN | self.folder.read(self.folder.checkpoint.name) | {"logged": self.folder.log.stat().st_size}

    def close(self):
        self.training.close()


def trial_event(record):
    """The durable `trial` event of a TrialRecord."""
    return {"event": "trial", **record.line(), "curves": [thinned(curve, CURVE_POINTS) for curve in record.curves]}

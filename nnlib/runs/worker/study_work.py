"""The work on a study. With race_work.py the only file of nnlib.runs that imports Optuna and Dask.

The name of the study is the id of the run. The stored study decides which trials are finished: the log of a resumed run is
written anew from it.
"""

import os
from contextlib import contextmanager

from nnlib.cluster.errors import SchedulerError
from nnlib.runs.worker.work import Failed, Work
from nnlib.studies.cleanup import delete_orphans
from nnlib.studies.coordinator import Coordinator, Progress, TrialDone
from nnlib.studies.errors import StudyError, StudyFailed
from nnlib.studies.records import COMPLETE
from nnlib.support.atomic import write_atomically
from nnlib.support.folders import runs_folder
from nnlib.support.json_lines import to_line

PROGRESS_SECONDS = 0.25  # between frames: the cores are for the networks
BEGUN = {"seconds": 0.0, "paused": False, "pace": None, "steps_left": None, "threads": 1}


class ByTrials:
    """What a worker asks of a training whose steps are finished trials, for a class whose `events` tell of them.

    news  the newest Progress;  best: the event of the best complete trial; None before there is one

    Raises Failed, wherever the class raises an error with a sentence.
    """

    epoch = 0.0  # there are none
    steps_per_epoch = 1
    learning_rate = None
    news = best = None

    def events(self, steps=None, seconds=0.05):
        with as_failed():
            for event in super().events(steps, max(seconds, PROGRESS_SECONDS)):
                if isinstance(event, Progress):
                    self.news = event
                elif isinstance(event, TrialDone):
                    self.compare(event)
                yield event

    def compare(self, event):
        """Whether the trial is the best so far."""
        record = event.record
        if record.state == COMPLETE and (self.best is None or record.val_accuracy > self.best.record.val_accuracy):
            self.best = event


class StudyTraining(ByTrials, Coordinator):
    """A study as a worker drives it."""

    def __init__(self, name, settings):
        with as_failed():
            super().__init__(name, settings, resume=True, owner=name)
        for event in self.finished():
            self.compare(event)

    def start(self):
        try:
            with as_failed():
                super().start()
        except Failed:
            self.close()
            raise

    def finished(self):
        """A TrialDone for each trial that is."""
        return map(TrialDone, self.stored.finished())


class StudyWork(Work):
    """A study, its trials executed by Dask's workers."""

    running = ("number", "params", "step", "iterations")  # what a frame tells of a trial in flight

    def __init__(self, folder, experiment, data):
        super().__init__(folder, experiment, self.begin(folder.id, experiment), data)
        with as_failed():
            delete_orphans(_is_gone)
        self._workers = self.training.workers  # at the start

    @staticmethod
    def begin(name, settings):
        """The training."""
        training = StudyTraining(name, settings)
        training.start()
        return training

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
        news = self.training.news
        shown = {
            "running": [{name: each[name] for name in self.running} for each in news.running] if news else [],
            "workers": news.workers if news else self._workers,
            "seconds_left": round(news.seconds_left, 1) if news and news.seconds_left is not None else None,
            "best": self.best(),
        }
        return shown, True

    def line(self, event):
        """The durable event that tells of an event of the study, or None."""
        return self.trial(event) if isinstance(event, TrialDone) else None

    def trial(self, event):
        """The durable `trial` event."""
        record = event.record
        return {"event": "trial", **record.line(), "curves": record.curves}

    def end(self, event):
        """What the `finished` event says of the Finished `event`, beside its name and the speed."""
        return vars(event) | {"outcome": None, "best": self.best(), "importances": self.training.stored.importances()}

    def best(self):
        """What is told of the best complete trial, None before there is one."""
        return self.training.best and self.in_short(self.training.best)

    def in_short(self, event):
        """{"number", "params", "val_accuracy"} of a finished trial."""
        record = event.record
        return {"number": record.number, "params": record.params, "val_accuracy": record.val_accuracy}

    def threads_that_pay(self):
        return 1  # the workers compute, each with one thread

    def use_threads(self, number):
        """The workers see to that."""

    def save(self, config):
        """Keep `config`, JSON-able; the trials are in the stored study. Raises OSError."""
        self.folder.write(self.folder.checkpoint.name, config)

    def restore(self):
        """Write the log anew from the stored study. Returns the config. Raises OSError."""
        with write_atomically(self.folder.log) as file:
            for event in self.training.finished():
                file.write(to_line(self.trial(event)).encode() + b"\n")
        return BEGUN | self.folder.read(self.folder.checkpoint.name) | {"logged": self.folder.log.stat().st_size}

    def close(self):
        self.training.close()


def _is_gone(run):
    """Whether the run that owns a study has been deleted."""
    return not (runs_folder() / run).exists()


@contextmanager
def as_failed():
    """What studies say of themselves, as a run says it."""
    try:
        yield
    except (SchedulerError, StudyError, StudyFailed) as error:
        raise Failed(str(error)) from error

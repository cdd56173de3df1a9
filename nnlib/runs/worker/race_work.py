"""The work on a race of samplers: several studies in one run. The stored studies decide which trials are finished."""

import os

from nnlib.runs.worker.study_work import ByTrials, StudyWork, as_failed
from nnlib.studies.race import Race


class RaceTraining(ByTrials, Race):
    """A race as a worker drives it."""

    def __init__(self, name, settings):
        with as_failed():
            super().__init__(name, settings, owner=name)
        for event in self.finished():
            self.compare(event)


class RaceWork(StudyWork):
    """A race, the trials of all its searches executed by the same workers."""

    begin = RaceTraining
    running = (*StudyWork.running, "sampler")

    def started(self):
        return {
            "iterations": self.training.iterations,
            "rounds": self.experiment.rounds,
            "workers": self._workers,
            "scheduler": os.environ.get("NNLIB_SCHEDULER") or None,
        }

    def trial(self, event):
        """The same, with whose it is."""
        return super().trial(event) | {"round": event.round, "sampler": event.sampler}

    def in_short(self, event):
        return super().in_short(event) | {"round": event.round, "sampler": event.sampler}

    def end(self, event):
        return vars(event) | {"outcome": None, "best": self.best()}

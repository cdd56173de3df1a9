"""The work on a race of samplers: several studies in one run, whose trials the same workers execute."""

from collections.abc import Iterable
from typing import Any

from nnlib.runs.protocol import Event
from nnlib.runs.worker.study_job import StudyJob, owner_of
from nnlib.studies.race import Race
from nnlib.training import Finished


class RaceJob(StudyJob):
    """A race of samplers."""

    in_flight = (*StudyJob.in_flight, "sampler")

    def begin(self, name: str, settings: Any) -> Race:
        return Race(name, settings, owner=owner_of(name))

    def started(self) -> Event:
        settings: Any = self.settings
        return self.workers_at_start() | {"rounds": settings.rounds}

    def trial(self, event: Any) -> Event:
        return super().trial(event) | {"round": event.round, "sampler": event.sampler}

    def result(self, event: Finished) -> Event:
        return vars(event) | {"outcome": None, "best": self.best()}

    def finished_trials(self) -> Iterable[Any]:
        return self.training.finished()

    def summary(self, event: Any) -> Event:
        return super().summary(event) | {"round": event.round, "sampler": event.sampler}

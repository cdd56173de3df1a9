"""A race of samplers: the searches of a RaceSettings side by side, with the same workers.

A search has one trial in flight at a time. So TPE has the results of all earlier trials when it draws the next, and the same
seed repeats the race exactly, on any number of workers and after any interruption.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from nnlib.cluster.client import Cluster
from nnlib.studies.coordinator import Coordinator, Progress, TrialDone
from nnlib.studies.local_workers import study_workers
from nnlib.studies.race_settings import RaceSettings
from nnlib.studies.stepwise import Stepwise

TURN_SECONDS = 0.01  # for the events of one search, before the next search


@dataclass
class RaceTrialDone(TrialDone):
    """A trial of one of the searches is finished and stored."""

    round: int
    sampler: str


class Race(Stepwise):
    """Runs a race. In each round the samplers take turns; a round begins when the last one is finished.

    A race resumes from its stored trials. Its studies are named after it: "NAME-tpe-1" is that of TPE in the first round.

    Parameters
    ----------
    name : str
    settings : RaceSettings
    scheduler, workers, owner
        As for a Coordinator.

    Raises
    ------
    SchedulerError, StudyError, StudyFailed
        As a Coordinator does.
    """

    def __init__(
        self,
        name: str,
        settings: RaceSettings,
        scheduler: str | None = None,
        workers: int | None = None,
        owner: str | None = None,
    ):
        self.settings = settings
        self.searches: dict[tuple[int, str], Coordinator] = {}
        self._spent, self._done = 0.0, 0  # seconds of work in this process, and trials finished in them
        scheduler = scheduler or os.environ.get("NNLIB_SCHEDULER")
        self._cluster = Cluster.of_scheduler(scheduler) if scheduler else Cluster.here(workers or study_workers())
        try:
            for (round_, sampler), study in settings.studies().items():
                self.searches[round_, sampler] = Coordinator(
                    f"{name}-{sampler}-{round_ + 1}", study, resume=True, cluster=self._cluster, at_once=1, owner=owner
                )
        except BaseException:
            self.close()
            raise
        self.iterations = settings.all_trials
        self.step = sum(search.step for search in self.searches.values())

    @property
    def workers(self) -> int:
        """How many trials can run at once now."""
        return self._cluster.threads() or 0

    def close(self) -> None:
        """Release the studies and the workers."""
        for search in self.searches.values():
            search.close()
        self._cluster.close()

    def finished(self) -> Iterator[RaceTrialDone]:
        """Yield a RaceTrialDone for every finished trial, search by search."""
        for (round_, sampler), search in self.searches.items():
            for record in search.stored.finished():
                yield RaceTrialDone(record, round_, sampler)

    def _advance(self, target, seconds):
        """Give each search of the present round a turn, and yield a RaceTrialDone for each finished trial."""
        began = time.perf_counter()
        for (round_, sampler), search in self._under_way().items():
            for record in self._turn(search):
                self._done += 1
                self.step += 1
                yield RaceTrialDone(record, round_, sampler)
            if self._is_over(target):
                break
        self._spent += time.perf_counter() - began

    def _under_way(self):
        """Return the unfinished searches of the present round."""
        left = {key: search for key, search in self.searches.items() if search.step < search.iterations}
        first = min((round_ for round_, _ in left), default=None)
        return {key: search for key, search in left.items() if key[0] == first}

    def _turn(self, search):
        """Handle the events of one search for a moment. Yields the record of its trial if that is finished meanwhile."""
        for event in search.events(1, TURN_SECONDS):
            if isinstance(event, TrialDone):
                yield event.record
            elif isinstance(event, Progress):
                return

    def progress(self) -> Progress:
        """Return the trials in flight of all searches as a Progress. Each of `running` also has its "sampler"."""
        running = [
            {**flight, "sampler": sampler}
            for (_, sampler), search in self._under_way().items()
            for flight in search.progress().running
        ]
        left = self._spent / self._done * (self.iterations - self.step) if self._done else None
        return Progress(self.step, running=running, workers=self.workers, seconds_left=left)

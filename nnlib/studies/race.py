"""A race of samplers: the searches of a RaceSettings side by side, with the same workers.

A search has one trial in flight at a time. So TPE knows how all earlier ones ended when it chooses the next, and the same seed
repeats the race exactly, on any number of workers and after any interruption.
"""

import os
import time
from dataclasses import dataclass

from nnlib.cluster.client import Cluster
from nnlib.studies.coordinator import Coordinator, Progress, TrialDone
from nnlib.studies.local_workers import study_workers
from nnlib.studies.stepwise import Stepwise

TURN_SECONDS = 0.01  # that one search is listened to before the next


@dataclass
class RaceTrialDone(TrialDone):
    """A trial of one of the searches is finished, and is stored."""

    round: int
    sampler: str


class Race(Stepwise):
    """Executes the race `name`: in each round the samplers take turns, and a round begins when the one before it is done.

    settings   the RaceSettings
    searches   (round, sampler) → the Coordinator of that study, named after the race: "NAME-tpe-1" in the first round
    scheduler, workers, owner   as for a Coordinator

    Goes on with what the books hold. Raises SchedulerError and StudyError, and `events` StudyFailed, as a Coordinator does.
    """

    def __init__(self, name, settings, scheduler=None, workers=None, owner=None):
        self.settings = settings
        self.searches = {}
        self._spent, self._done = 0.0, 0  # seconds of work here, and trials finished in them
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

    @property
    def step(self):
        """How many trials are finished."""
        return sum(search.step for search in self.searches.values())

    @property
    def workers(self):
        """How many trials can be executed at once now."""
        return self._cluster.threads() or 0

    def close(self):
        """Let go of the studies and of the workers."""
        for search in self.searches.values():
            search.close()
        self._cluster.close()

    def finished(self):
        """A RaceTrialDone for every finished trial, search by search."""
        for (round_, sampler), search in self.searches.items():
            for record in search.stored.finished():
                yield RaceTrialDone(record, round_, sampler)

    def _advance(self, target, seconds):
        """Give each search under way a turn. Yields RaceTrialDone as trials are finished."""
        began = time.perf_counter()
        for (round_, sampler), search in self._under_way().items():
            for record in self._turn(search):
                self._done += 1
                yield RaceTrialDone(record, round_, sampler)
            if self._is_over(target):
                break
        self._spent += time.perf_counter() - began

    def _under_way(self):
        """The searches of the first round that is not done which have trials left."""
        left = {key: search for key, search in self.searches.items() if search.step < search.iterations}
        first = min((round_ for round_, _ in left), default=None)
        return {key: search for key, search in left.items() if key[0] == first}

    def _turn(self, search):
        """Listen to a search for a moment. Yields the record of its trial, if that is finished meanwhile."""
        for event in search.events(1, TURN_SECONDS):
            if isinstance(event, TrialDone):
                yield event.record
            elif isinstance(event, Progress):
                return

    def progress(self):
        """What is in flight in all searches, as a Progress; `step` counts the trials of all, and each of `running` names its
        "sampler", too."""
        running = [
            {**flight, "sampler": sampler}
            for (_, sampler), search in self._under_way().items()
            for flight in search.progress().running
        ]
        left = self._spent / self._done * (self.iterations - self.step) if self._done else None
        return Progress(self.step, running=running, workers=self.workers, seconds_left=left)

"""The coordinator of a study: it asks the stored study for trials, sends them to workers, and stores their results.

Like a Training it is a generator of events, with no idea of who listens: to pause is to stop asking for events.
"""

import os
import queue
import time
import uuid
from dataclasses import dataclass, field

from nnlib.cluster.client import GONE, Cluster, result_of
from nnlib.cluster.errors import TaskFailed
from nnlib.studies.errors import StudyFailed
from nnlib.studies.local_workers import study_workers
from nnlib.studies.records import COMPLETE, PRUNED, TrialRecord
from nnlib.studies.stepwise import Stepwise
from nnlib.studies.storage import DATABASE_ERRORS, StudyLock, reason_of, storage_errors
from nnlib.studies.stored_study import StoredStudy
from nnlib.studies.study_settings import check_name
from nnlib.studies.trial import run_trial
from nnlib.training import Frame

COUNT_SECONDS = 1.0  # between looks how many workers there are
FETCH_SECONDS = 10  # for a result; that of a worker which has died since is computed again


@dataclass
class TrialStarted:
    """A worker was given trial `number`; `again` if an earlier process had begun it."""

    number: int
    params: dict
    again: bool = False


@dataclass
class TrialDone:
    """A trial is finished and stored."""

    record: TrialRecord


@dataclass
class Progress(Frame):
    """Time to draw. `step` trials are finished.

    running       what is in flight: dicts of number, params, network, step, iterations
    workers       trials that can be executed at once
    seconds_left  an estimate, None before the first trial is finished
    """

    diagnostics: list = field(default_factory=list)
    running: list = field(default_factory=list)
    workers: int = 0
    seconds_left: float | None = None


@dataclass
class Flight:
    """A trial at a worker: Optuna's Trial, Dask's future, and its news so far."""

    trial: object
    future: object
    began: float
    news: dict = field(default_factory=dict)
    curves: dict = field(default_factory=dict)  # network → points


class Coordinator(Stepwise):
    """Executes the study `name`: its steps are finished trials.

    settings   the StudySettings
    scheduler  of Dask, tcp://host:port; None for $NNLIB_SCHEDULER, or else processes on this machine: `workers` of them, None
               for as many as $NNLIB_STUDY_WORKERS allows, by default one a core
    resume     go on with a study of this name if there is one, else refuse
    cluster    instead of both, a Cluster that others use as well: it stays open
    at_once    how many trials may be in flight, None for as many as there are workers
    owner      who a new study is deleted with (nnlib/studies/cleanup.py), None for nobody

    Raises SchedulerError; StudyError: InUse where another process works on it, NameTaken, StorageError.
    `events` raises StudyFailed where a trial cannot be done.
    """

    def __init__(self, name, settings, scheduler=None, workers=None, resume=False, cluster=None, at_once=None, owner=None):
        self._cluster, self._shared, self._here = cluster, cluster is not None, workers
        self._at_once = at_once
        self._flights = {}  # key of Dask's task → Flight
        self._arrived = queue.Queue()  # futures that are done, and news
        self._lock = StudyLock(check_name(name))
        try:
            scheduler = scheduler or os.environ.get("NNLIB_SCHEDULER")
            if scheduler and cluster is None:
                self._cluster = Cluster.of_scheduler(scheduler)  # before the study is begun: the address may be wrong
            with storage_errors():
                self.stored = StoredStudy.begin(name, settings, resume, owner)
                self.step = self.stored.count()
                self._again = self.stored.in_flight()
        except BaseException:
            self.close()
            raise
        self.settings = settings
        self.iterations = settings.trials
        self._listening = False
        self._capacity, self._capacity_due = 0, 0.0
        self._spent, self._measured = 0.0, 0  # seconds of the complete trials that were trained here, and how many

    @property
    def workers(self):
        """How many trials can be executed at once now. 0 before `start`."""
        return self._threads() if self._cluster else 0

    def start(self):
        """Have workers, and listen to them. `events` does it, if nobody did."""
        if not self._listening:
            self._cluster = self._cluster or Cluster.here(self._here or study_workers())
            self._cluster.listen(self._arrived.put)
            self._listening = True

    def close(self):
        """Let go of the workers and of the study."""
        if self._cluster is not None:
            for flight in self._flights.values():
                flight.future.cancel()
            self._flights.clear()
            self._cluster.unlisten(self._arrived.put)
            if not self._shared:
                self._cluster.close()
        self._lock.release()

    def events(self, steps=None, seconds=0.05):
        """TrialStarted and TrialDone as they happen, a Progress at least every `seconds` or so, at the very end Finished.

        When it is stopped, trials in flight are dropped, and run again when the study goes on.
        """
        try:
            yield from super().events(steps, seconds)
        except DATABASE_ERRORS as error:
            told = f"The stored trials cannot be used any more ({reason_of(error)}). What is finished is kept."
            raise StudyFailed(told) from error

    def _advance(self, target, seconds):
        self.start()
        yield from self._hand_out()
        yield from self._take_in(target, seconds)

    # Out to the workers

    def _hand_out(self):
        """Begin as many trials as there are free workers."""
        while len(self._flights) < self._threads():
            again = bool(self._again)
            trial = self._again.pop(0) if again else self.stored.ask()
            if trial is None:
                return
            self._submit(trial)
            yield TrialStarted(trial.number, trial.params, again)

    def _threads(self):
        if time.perf_counter() >= self._capacity_due:
            capacity = self._cluster.threads()
            if capacity is None:
                raise StudyFailed(f"{GONE} What is finished is kept.")
            self._capacity = min(capacity, self._at_once or capacity)
            self._capacity_due = time.perf_counter() + COUNT_SECONDS
        return self._capacity

    def _submit(self, trial):
        key = f"{self.stored.name}-{trial.number}-{uuid.uuid4().hex}"
        future = self._cluster.client.submit(
            run_trial, self.settings.to_dict(), trial.number, trial.params, self._cluster.topic, self.settings.pruner != "none",
            key=key, pure=False,
        )  # fmt: skip
        self._flights[key] = Flight(trial, future, time.perf_counter())
        future.add_done_callback(self._arrived.put)

    # Back from them

    def _take_in(self, target, seconds):
        """Wait up to `seconds` for something, and deal with all that is there, or until `target` trials are finished."""
        try:
            arrived = self._arrived.get(timeout=seconds) if seconds else self._arrived.get_nowait()
            while True:
                if isinstance(arrived, dict):
                    yield from self._hear(arrived)
                else:
                    yield from self._land(arrived)
                if self._is_over(target):
                    return
                yield from self._hand_out()
                arrived = self._arrived.get_nowait()
        except queue.Empty:
            return

    def _hear(self, news):
        """News of a trial in flight: its curve, and whether the pruner ends it."""
        flight = self._flights.get(news["key"])
        if flight is None:  # it has landed, or was pruned
            return
        flight.news = news
        _extend(flight.curves.setdefault(news["network"], []), news["points"])
        if "rung" in news and self.stored.report(flight.trial, news["rung"], news["accuracy"]):
            del self._flights[news["key"]]
            flight.future.cancel()
            record = TrialRecord(
                flight.trial.number, flight.trial.params, PRUNED, news["accuracy"],
                curves=tuple(flight.curves.values()),
                seconds=round(time.perf_counter() - flight.began, 3),
            )  # fmt: skip
            yield self._finish(flight, record)

    def _land(self, future):
        """A trial is done, in whatever way."""
        flight = self._flights.get(future.key)
        if flight is None:
            return
        number = flight.trial.number
        try:
            result = result_of(future, FETCH_SECONDS, f"Trial {number} {flight.trial.params}")
        except TimeoutError:  # its worker died with the result, which is being computed again
            future.add_done_callback(self._arrived.put)
            return
        except TaskFailed as error:
            raise StudyFailed(f"{error} What is finished is kept.") from error
        if result is None:  # abandoned by mistake: its worker lost the scheduler for a while
            self._submit(self._flights.pop(future.key).trial)
            return
        if "failed" in result:
            raise StudyFailed(result["failed"])
        del self._flights[future.key]
        accuracies = result["val_accuracies"]
        kept = {name: tuple(value) if isinstance(value, list) else value for name, value in result.items()}
        record = TrialRecord(number, flight.trial.params, COMPLETE, sum(accuracies) / len(accuracies), **kept)
        yield self._finish(flight, record)

    def _finish(self, flight, record):
        self.stored.save(flight.trial, record)
        self.step = self.stored.count()
        if record.state == COMPLETE:
            self._spent += record.seconds
            self._measured += 1
        return TrialDone(record)

    # What is seen

    def progress(self):
        """What is in flight, as a Progress."""
        running = [
            {
                "number": flight.trial.number,
                "params": flight.trial.params,
                **{name: flight.news.get(name, 0) for name in ("network", "step", "iterations")},
            }
            for flight in self._flights.values()
        ]
        return Progress(self.step, running=running, workers=self._capacity, seconds_left=self._seconds_left())

    def _seconds_left(self):
        """As long for each trial as on average so far. Samplers visit the points in random order, so the mean is fair."""
        left = self.iterations - self.step
        if not self._measured or not self._capacity:
            return None
        return self._spent / self._measured * left / min(self._capacity, left or 1)


def _extend(curve, points):
    """Add the points that are new: a trial that a second worker had to begin again tells of its first steps twice."""
    last = curve[-1][0] if curve else 0
    curve.extend(point for point in points if point[0] > last)

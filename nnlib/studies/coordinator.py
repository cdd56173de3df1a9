"""The coordinator of a study: it asks the stored study for trials, sends them to workers, and stores their results.

Like a Training, it is a generator of events and does not know its consumer. A consumer that takes no more events pauses it.
"""

import os
import queue
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import optuna

from nnlib.cluster.client import GONE, Cluster, result_of
from nnlib.cluster.errors import TaskFailed
from nnlib.studies.errors import StudyFailed
from nnlib.studies.local_workers import study_workers
from nnlib.studies.records import COMPLETE, PRUNED, TrialRecord
from nnlib.studies.stepwise import Stepwise
from nnlib.studies.storage import DATABASE_ERRORS, StudyLock, reason_of, storage_errors
from nnlib.studies.stored_study import StoredStudy
from nnlib.studies.study_settings import StudySettings, check_name
from nnlib.studies.trial import run_trial
from nnlib.training import Frame

COUNT_SECONDS = 1.0  # between counts of the workers
FETCH_SECONDS = 10  # for a result. If its worker has died, the result is computed again


@dataclass
class TrialStarted:
    """Trial `number` was sent to a worker; `again` if an earlier process had started it."""

    number: int
    params: dict
    again: bool = False


@dataclass
class TrialDone:
    """A trial is finished and stored."""

    record: TrialRecord


@dataclass
class Progress(Frame):
    """The state of the study, for the live view. `step` trials are finished.

    Parameters
    ----------
    running : list of dict
        The trials in flight: number, params, network, step and iterations.
    workers : int
        How many trials can run at once.
    seconds_left : float or None
        An estimate, None before the first trial is finished.
    """

    diagnostics: list = field(default_factory=list)
    running: list = field(default_factory=list)
    workers: int = 0
    seconds_left: float | None = None


@dataclass
class Flight:
    """A trial at a worker: Optuna's Trial, Dask's future, and its news so far."""

    trial: optuna.Trial
    future: Any
    began: float
    news: dict = field(default_factory=dict)
    curves: dict = field(default_factory=dict)  # network → points


class Coordinator(Stepwise):
    """Runs a study. Its steps are finished trials.

    Parameters
    ----------
    name : str
    settings : StudySettings
    scheduler : str, optional
        The address of a Dask scheduler, tcp://host:port. Without it, $NNLIB_SCHEDULER counts, and without that, worker
        processes run on this machine.
    workers : int, optional
        How many processes on this machine. By default $NNLIB_STUDY_WORKERS, or one for each core.
    resume : bool
        Whether a study of this name may exist already.
    cluster : Cluster, optional
        A shared cluster to use instead. It stays open.
    at_once : int, optional
        How many trials may be in flight. By default as many as there are workers.
    owner : str, optional
        With whom a new study is deleted (nnlib/studies/cleanup.py).

    Raises
    ------
    SchedulerError
        If the scheduler cannot be reached.
    StudyError
        InUse if another process works on the study, NameTaken or StorageError.
    StudyFailed
        From `events`, if a trial cannot be trained.
    """

    def __init__(
        self,
        name: str,
        settings: StudySettings,
        scheduler: str | None = None,
        workers: int | None = None,
        resume: bool = False,
        cluster: Cluster | None = None,
        at_once: int | None = None,
        owner: str | None = None,
    ):
        self._cluster: Any = cluster  # None until `start`, unless there is a scheduler
        self._shared, self._local_workers = cluster is not None, workers
        self._at_once = at_once
        self._flights: dict[str, Flight] = {}  # key of Dask's task → Flight
        self._arrived: queue.Queue = queue.Queue()  # finished futures, and news
        self._lock = StudyLock(check_name(name))
        try:
            scheduler = scheduler or os.environ.get("NNLIB_SCHEDULER")
            if scheduler and cluster is None:
                self._cluster = Cluster.of_scheduler(scheduler)  # before the study is created: the address may be wrong
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
        self._seconds, self._timed = 0.0, 0  # of the complete trials of this process, and how many

    @property
    def workers(self) -> int:
        """How many trials can run at once now. 0 before `start`."""
        return self._threads() if self._cluster else 0

    def start(self) -> None:
        """Start the workers, if nobody has done so, and subscribe to their news. `events` calls this."""
        if not self._listening:
            self._cluster = self._cluster or Cluster.here(self._local_workers or study_workers())
            self._cluster.listen(self._arrived.put)
            self._listening = True

    def close(self) -> None:
        """Release the workers and the study."""
        if self._cluster is not None:
            for flight in self._flights.values():
                flight.future.cancel()
            self._flights.clear()
            self._cluster.unlisten(self._arrived.put)
            if not self._shared:
                self._cluster.close()
        self._lock.release()

    def events(self, steps: int | None = None, seconds: float = 0.05) -> Iterator:
        """Yield TrialStarted and TrialDone as they happen, a Progress about every `seconds`, and Finished at the end.

        After a stop, the trials in flight are cancelled. They are trained again when the study is resumed.
        """
        try:
            yield from super().events(steps, seconds)
        except DATABASE_ERRORS as error:
            raise StudyFailed(
                f"The database of the trials cannot be used any more ({reason_of(error)}). Finished trials are stored."
            ) from error

    def _advance(self, target, seconds):
        self.start()
        yield from self._send_trials()
        yield from self._receive(target, seconds)

    # To the workers

    def _send_trials(self):
        """Start a trial for each free worker."""
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
                raise StudyFailed(f"{GONE} Finished trials are stored.")
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

    # From the workers

    def _receive(self, target, seconds):
        """Wait up to `seconds` for news or results, and handle all that arrived, until `target` trials are finished."""
        try:
            arrived = self._arrived.get(timeout=seconds) if seconds else self._arrived.get_nowait()
            while True:
                if isinstance(arrived, dict):
                    yield from self._handle_news(arrived)
                else:
                    yield from self._handle_result(arrived)
                if self._is_over(target):
                    return
                yield from self._send_trials()
                arrived = self._arrived.get_nowait()
        except queue.Empty:
            return

    def _handle_news(self, news):
        """Extend the curve of a trial in flight, and end the trial if the pruner says so."""
        flight = self._flights.get(news["key"])
        if flight is None:  # it is finished or pruned
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

    def _handle_result(self, future):
        """Store the result of a trial, or send the trial again, or raise StudyFailed."""
        flight = self._flights.get(future.key)
        if flight is None:
            return
        number = flight.trial.number
        try:
            result = result_of(future, FETCH_SECONDS, f"Trial {number} {flight.trial.params}")
        except TimeoutError:  # its worker died, and Dask computes the result again
            future.add_done_callback(self._arrived.put)
            return
        except TaskFailed as error:
            raise StudyFailed(f"{error} Finished trials are stored.") from error
        if result is None:  # abandoned by mistake: its worker lost the scheduler for a while
            self._submit(self._flights.pop(future.key).trial)
            return
        if "failed" in result:
            raise StudyFailed(result["failed"])
        del self._flights[future.key]
        accuracies = result["val_accuracies"]
        results: dict = {name: tuple(value) if isinstance(value, list) else value for name, value in result.items()}
        record = TrialRecord(number, flight.trial.params, COMPLETE, sum(accuracies) / len(accuracies), **results)
        yield self._finish(flight, record)

    def _finish(self, flight, record):
        self.stored.save(flight.trial, record)
        self.step = self.stored.count()
        if record.state == COMPLETE:
            self._seconds += record.seconds
            self._timed += 1
        return TrialDone(record)

    # For the live view

    def progress(self) -> Progress:
        """Return the trials in flight as a Progress."""
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
        """Estimate from the mean time of a trial so far. Samplers visit the points in random order, so it is not biased."""
        left = self.iterations - self.step
        if not self._timed or not self._capacity:
            return None
        return self._seconds / self._timed * left / min(self._capacity, left or 1)


def _extend(curve, points):
    """Append the new points. A trial that a second worker starts again sends its first points twice."""
    last = curve[-1][0] if curve else 0
    curve.extend(point for point in points if point[0] > last)

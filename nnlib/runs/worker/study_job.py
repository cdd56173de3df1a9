"""The work on a study. It imports Optuna and Dask, so only a worker imports this file.

The name of the study is the id of the run. The stored study decides which trials are finished: the log of a resumed run is
written again from it.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from nnlib.runs.protocol import Event
from nnlib.runs.store import RunFolder, name_of_this_store
from nnlib.runs.worker.job import Job
from nnlib.studies.cleanup import delete_orphans
from nnlib.studies.coordinator import Coordinator, Progress, TrialDone
from nnlib.studies.records import COMPLETE
from nnlib.studies.study_settings import StudySettings
from nnlib.support.atomic import write_atomically
from nnlib.support.folders import runs_folder
from nnlib.support.json_lines import to_line
from nnlib.training import Finished

PROGRESS_SECONDS = 0.25  # between frames, so that they take little time from the networks
AT_START = {"seconds": 0.0, "paused": False, "pace": None, "steps_left": None}  # where no checkpoint could be read


class StudyJob(Job):
    """A study, its trials executed by Dask's workers. A step is a finished trial."""

    training: Any
    newest_frame: Progress | None
    # What a frame shows of a trial that is being executed.
    in_flight: tuple[str, ...] = ("number", "params", "step", "iterations")

    def __init__(self, folder: RunFolder, settings: Any, data: Any) -> None:
        super().__init__(folder, settings, self.begin(folder.id, settings))
        self._workers = self.training.workers  # at the start
        self._best: TrialDone | None = None
        try:
            delete_orphans(_is_gone)
            for event in self.finished_trials():
                self._compare(event)
        except BaseException:
            self.close()
            raise

    def begin(self, name: str, settings: StudySettings) -> Any:
        """Begin the study `name`, or go on with it. Raises StudyError."""
        coordinator = Coordinator(name, settings, resume=True, owner=owner_of(name))
        try:
            coordinator.start()
        except BaseException:
            coordinator.close()
            raise
        return coordinator

    def events(self, steps: int | None, seconds: float) -> Iterator[Any]:
        return super().events(steps, max(seconds, PROGRESS_SECONDS))

    def started(self) -> Event:
        settings: Any = self.settings
        return self.workers_at_start() | {"vary": list(settings.vary), "seeds": settings.seeds}

    def workers_at_start(self) -> Event:
        """Return what `started` holds of every study and race."""
        scheduler = os.environ.get("NNLIB_SCHEDULER") or None
        return {"iterations": self.training.iterations, "workers": self._workers, "scheduler": scheduler}

    def frame(self, steps_per_second: float, complete: bool) -> tuple[Event, bool]:
        progress = self.newest_frame
        left = progress.seconds_left if progress else None
        event = {
            "running": [{name: each[name] for name in self.in_flight} for each in progress.running] if progress else [],
            "workers": progress.workers if progress else self._workers,
            "seconds_left": None if left is None else round(left, 1),
            "best": self.best(),
        }
        return event, True

    def durable(self, event: Any) -> Event | None:
        if not isinstance(event, TrialDone):
            return None
        self._compare(event)
        return self.trial(event)

    def trial(self, event: TrialDone) -> Event:
        """Return the durable `trial` event of a finished trial."""
        return {"event": "trial", **event.record.whole_line()}

    def result(self, event: Finished) -> Event:
        return vars(event) | {"outcome": None, "best": self.best(), "importances": self.training.stored.importances()}

    def finished_trials(self) -> Iterable[TrialDone]:
        """Return a TrialDone for each finished trial, those of earlier processes included."""
        return map(TrialDone, self.training.stored.finished())

    def best(self) -> Event | None:
        """Return the summary of the best complete trial, None before there is one."""
        return self.summary(self._best) if self._best else None

    def summary(self, event: TrialDone) -> Event:
        """Return {"number", "params", "val_accuracy"} of a finished trial."""
        record = event.record
        return {"number": record.number, "params": record.params, "val_accuracy": record.val_accuracy}

    def _compare(self, event: TrialDone) -> None:
        record = event.record
        if record.state == COMPLETE and (self._best is None or record.val_accuracy > self._best.record.val_accuracy):
            self._best = event

    def save(self, config: dict) -> None:
        """Save `config`; the trials are in the stored study."""
        self.folder.write(self.folder.checkpoint.name, config)

    def restore(self) -> dict:
        """Write the log again from the stored study. Returns the config. Raises OSError."""
        with write_atomically(self.folder.log) as file:
            for event in self.finished_trials():
                file.write(to_line(self.trial(event)).encode() + b"\n")
        return AT_START | self.folder.read(self.folder.checkpoint.name) | {"logged": self.folder.log.stat().st_size}

    def close(self) -> None:
        self.training.close()


def owner_of(run: str) -> str:
    """Return the name of a run as the owner of a study, unique among the machines that share a database."""
    return f"{name_of_this_store()}/{run}"


def _is_gone(owner: str) -> bool:
    """Whether the run that owns a study was one of this machine, and has been deleted."""
    store, _, run = owner.rpartition("/")
    # studies of earlier versions do not name the store
    is_of_this_store = store == name_of_this_store() if store else not os.environ.get("NNLIB_STORAGE")
    return is_of_this_store and not (runs_folder() / run).exists()

"""The interface of every kind of run (Job), and of those in which this process trains a network (TrainingJob)."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from nnlib.data.dataset import Dataset
from nnlib.runs.protocol import Event
from nnlib.runs.snapshots import Recorder
from nnlib.runs.store import RunFolder
from nnlib.support.cores import threads_that_pay
from nnlib.support.settings import Settings
from nnlib.training import Evaluation, Finished, Frame, Metrics

COMPLETE_SECONDS = 0.25  # between frames with pictures of the weights, the heaviest part of a frame


class Failed(Exception):
    """The run cannot go on. The message, one sentence, says why and what to do."""


class Work(Protocol):
    """What makes progress in steps: a training of networks, or a study, whose steps are finished trials."""

    @property
    def step(self) -> int:
        """Steps done."""

    @property
    def iterations(self) -> int:
        """Steps in all."""

    @property
    def ended(self) -> bool:
        """Whether there will be no more events."""

    def events(self, steps: int | None = None, seconds: float = 0.05) -> Iterator[Any]:
        """Work, and yield what happens: see nnlib.training.Training.events."""

    def stop(self) -> None:
        """End early: the next event is Finished."""


class Job(ABC):
    """The work on one run: a training or a study, and what is written of it in the run's folder.

    Attributes
    ----------
    folder, settings, training
    newest_frame : the newest Frame event of the training, or None
    """

    newest_frame: Any = None

    def __init__(self, folder: RunFolder, settings: Settings, training: Work) -> None:
        self.folder, self.settings, self.training = folder, settings, training

    @property
    def checkpoint(self) -> Path:
        """The path of the newest checkpoint, which may not exist yet."""
        return self.folder.checkpoint

    def events(self, steps: int | None, seconds: float) -> Iterator[Any]:
        """Work, and yield what happens: see nnlib.training.Training.events."""
        for event in self.training.events(steps, seconds):
            if isinstance(event, Frame):
                self.newest_frame = event
            yield event

    @abstractmethod
    def started(self) -> Event:
        """Return the contents of the `started` event."""

    @abstractmethod
    def frame(self, steps_per_second: float, complete: bool) -> tuple[Event, bool]:
        """Return the contents of a `frame` event, and whether it is complete.

        Parameters
        ----------
        steps_per_second : float
        complete : bool
            Whether heavy pictures must not be left out.
        """

    def recorder(self) -> Recorder | None:
        """Return what takes the snapshots of this run, after `restore` if it is resumed. None for a kind that has none."""
        return None

    def measured(self) -> Event:
        """Return what a frame at the start or at a pause adds: accuracies of the network as it is, where they cost little."""
        return {}

    @abstractmethod
    def durable(self, event: Any) -> Event | None:
        """Return the durable event to log for an event of the training, or None."""

    @abstractmethod
    def result(self, event: Finished) -> Event:
        """Return the contents of the `finished` event."""

    @abstractmethod
    def save(self, config: dict) -> None:
        """Save the state of the training, and `config`, JSON-able, in the run's checkpoint. Raises OSError."""

    @abstractmethod
    def restore(self) -> dict:
        """Go on where the checkpoint was saved. Returns its config. Raises ValueError, KeyError or TypeError."""

    def close(self) -> None:  # noqa: B027 - most kinds hold nothing else
        """Release whatever else it holds."""


class NetworkTraining(Work, Protocol):
    """A training of networks in this process."""

    @property
    def epoch(self) -> float:
        """Epochs passed."""

    @property
    def steps_per_epoch(self) -> int:
        """Steps that make an epoch."""

    @property
    def learning_rate(self) -> float:
        """The learning rate in effect now."""

    @property
    def batch_size(self) -> int:
        """Examples in a batch."""

    def restore(self, state: dict) -> None:
        """Go on exactly where `state` was taken. Raises ValueError."""


class TrainingJob(Job):
    """A Job in which this process trains a network: it has epochs, a learning rate, and threads.

    Parameters
    ----------
    data : Dataset
    sizes : units of every layer, input first
    """

    training: NetworkTraining

    def __init__(
        self, folder: RunFolder, settings: Settings, training: NetworkTraining, data: Dataset, sizes: Sequence[int]
    ) -> None:
        super().__init__(folder, settings, training)
        self.data = data
        self._last_complete = float("-inf")
        self._set_threads(self.fastest_threads(threads_that_pay(self.lent_threads(), sizes, training.batch_size)))

    # What the step and epoch commands and those that change settings need

    def steps_until_pause(self, command: str) -> int | None:
        """Return the steps that the command "step" or "epoch" asks for, None if they reach the end of the training."""
        training = self.training
        steps = 1 if command == "step" else self.steps_left_in_epoch()
        return steps if training.step + steps < training.iterations else None

    def steps_left_in_epoch(self) -> int:
        """Return the steps to the end of the epoch that has begun or, at an end, of the next one."""
        return self.training.steps_per_epoch - self.training.step % self.training.steps_per_epoch

    def change(self, values: dict) -> dict:
        """Give the training new values of settings, or of entries of its parameters. Returns all such settings as they are now.

        Raises ValueError, and changes nothing, for an entry that the network does not have.
        """
        raise Failed("The settings of this run cannot be changed while it trains.")

    # Threads

    @abstractmethod
    def lent_threads(self) -> int:
        """Return how many threads the server lets this process use."""

    def fastest_threads(self, most: int) -> int:
        """Return how many of `most` threads are the fastest, on a machine as busy as it is now."""
        return most

    @abstractmethod
    def use_threads(self, number: int) -> None:
        """Compute with so many threads from now on."""

    def _set_threads(self, number: int) -> None:
        self.threads = number
        self.use_threads(number)

    # Events

    def started(self) -> Event:
        return {
            "iterations": self.training.iterations,
            "steps_per_epoch": self.training.steps_per_epoch,
            "classes": self.data.class_names,
            "image_shape": self.data.image_shape,
            "examples": {"train": len(self.data.y_train), "val": len(self.data.y_val)},
        }

    def frame(self, steps_per_second: float, complete: bool) -> tuple[Event, bool]:
        now, training = time.perf_counter(), self.training
        complete = complete or now - self._last_complete >= COMPLETE_SECONDS
        if complete:
            self._last_complete = now
        pictures, complete = self.pictures(steps_per_second, complete)
        left = training.iterations - training.step
        event = {
            "epoch": round(training.epoch, 3),
            "steps_per_second": round(steps_per_second, 1),
            "seconds_left": round(left / steps_per_second, 1) if steps_per_second else None,
            "learning_rate": training.learning_rate,
            "diagnostics": self.newest_frame.diagnostics if self.newest_frame else [],
            **pictures,
        }
        return event, complete

    @abstractmethod
    def pictures(self, steps_per_second: float, complete: bool) -> tuple[Event, bool]:
        """Return what a frame of this kind of network shows in addition, and whether it is complete: as for `frame`."""

    def durable(self, event: Any) -> Event | None:
        if isinstance(event, Metrics):
            return {"event": "metrics", "first": event.first_step, "loss": event.losses}
        if isinstance(event, Evaluation):
            return {"event": "evaluation", **vars(event)}
        return None

    # Checkpoint

    def save(self, config: dict) -> None:
        self.write_checkpoint({**config, "threads": self.threads})

    def restore(self) -> dict:
        state, config = self.read_checkpoint()
        self.training.restore(state)
        self._set_threads(config["threads"])
        return config

    @abstractmethod
    def write_checkpoint(self, config: dict) -> None:
        """Write the state of the training and `config` into the run's checkpoint. Raises OSError."""

    @abstractmethod
    def read_checkpoint(self) -> tuple[dict, dict]:
        """Return the state and the config in the run's checkpoint. Raises ValueError, KeyError or TypeError."""

"""The report's table as a training: one network after another, with the events of one long run."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from nnlib.data import Dataset
from nnlib.deep.events import Epoch, Result
from nnlib.deep.settings import DepthTable, MlpExperiment
from nnlib.deep.training import TorchTraining
from nnlib.metrics import outcome
from nnlib.support.validation import integer
from nnlib.training import Diverged, Finished, Frame, Metrics


@dataclass
class Entry:
    """A network of the table that has ended.

    index, depth, seed, cure : which network of the table; the cure is None where none is compared.
    step : the table's step with which it ended.
    val_accuracy, test_accuracy, loss : accuracies from 0 to 1, loss on the validation images; None if it diverged.
    seconds : of training.
    outcome : "learns", "partly", "stuck" or "diverges".
    """

    index: int
    depth: int
    seed: int
    step: int
    val_accuracy: float | None
    test_accuracy: float | None
    loss: float | None
    seconds: float
    samples_per_second: float
    outcome: str
    cure: str | None = None


class TableTraining:
    """The networks of a DepthTable, trained one after another; steps are counted through all of them.

    Parameters
    ----------
    table : the settings.
    data : the Dataset of images that `table.load()` returns.

    Raises
    ------
    DeviceError : as TorchTraining does.
    """

    training: TorchTraining

    def __init__(self, table: DepthTable, data: Dataset):
        self.experiments = table.experiments()
        self.cures = [next(iter(part.cures), None) for part in table.parts()]
        self.data = data
        self._begin(0)
        self.iterations = len(self.experiments) * self.training.iterations
        self.steps_per_epoch, self.batch_size = self.training.steps_per_epoch, self.training.batch_size
        self.device, self.precision = self.training.device, self.training.precision
        self.seconds_before = 0.0  # training time of the networks that have ended
        self.ended = self._stop_asked = False

    def _begin(self, index: int) -> None:
        """Begin to train the network `index`."""
        self.index = index
        self.training = None  # type: ignore[assignment]  # so that the device does not hold two networks at once
        self.training = TorchTraining(self.experiments[index], self.data)
        self._val_loss: float | None = None

    @property
    def plan(self) -> list[dict[str, Any]]:
        """For each network its index, depth, seed and cure, and its first and last step in the count of the table."""
        each = self.training.iterations
        return [
            {"index": i, "depth": experiment.depth, "seed": experiment.seed, "cure": cure,
             "first": i * each + 1, "last": (i + 1) * each}
            for i, (experiment, cure) in enumerate(zip(self.experiments, self.cures))
        ]  # fmt: skip

    @property
    def step(self) -> int:
        """Steps of all networks so far."""
        return self._offset + self.training.step

    @property
    def epoch(self) -> float:
        """Epochs of the current network."""
        return self.training.epoch

    @property
    def learning_rate(self) -> float:
        """The learning rate of the current network."""
        return self.training.learning_rate

    @property
    def samples_per_second(self) -> float:
        """Training images per second of training time, over all networks."""
        seconds = self.seconds_before + self.training.seconds
        return self.step * self.batch_size / seconds if seconds else 0.0

    @property
    def experiment(self) -> MlpExperiment:
        """The settings of the current network."""
        return self.training.experiment

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of every layer of the current network."""
        return self.training.sizes

    @property
    def _offset(self) -> int:
        """The table's steps before the current network."""
        return self.index * self.training.iterations

    def stop(self) -> None:
        """End early: the current network remains unfinished, and Finished follows."""
        self._stop_asked = True
        self.training.stop()

    def events(self, steps: int | None = None, seconds: float = 0.05) -> Iterator[Any]:
        """As TorchTraining.events, with the table's steps; an Entry after each network, and Finished at the end."""
        target = self.iterations if steps is None else min(self.iterations, self.step + steps)
        while not self.ended:
            end = None
            for event in self.training.events(max(0, target - self.step), seconds):
                if isinstance(event, (Finished, Diverged)):
                    end = event
                else:
                    yield self._shifted(event)
            if end:
                yield from self._done(end)
            elif self.step >= target:
                return

    def _shifted(self, event: Any) -> Any:
        """An event of the current network, with the table's step."""
        if isinstance(event, Metrics):
            return replace(event, first_step=event.first_step + self._offset)
        if isinstance(event, Epoch):
            self._val_loss = event.val_loss
        if isinstance(event, (Epoch, Frame)):
            return replace(event, step=event.step + self._offset)
        return event

    def _done(self, event: Finished | Diverged) -> Iterator[Any]:
        """The current network has ended with `event`: yield its Entry, and begin with the next network.

        The steps that a diverged network did not take are skipped. A stopped network remains unfinished.
        """
        if isinstance(event, Finished) and event.stopped:
            self.ended = True
            yield Finished(self.step, True)
            return
        training, experiment = self.training, self.experiments[self.index]
        step = self._offset + training.iterations
        speed = training.step * self.batch_size / training.seconds if training.seconds else 0.0
        entry = Entry(
            self.index, experiment.depth, experiment.seed, step, None, None, None, training.seconds, speed, "diverges",
            self.cures[self.index],
        )  # fmt: skip
        if isinstance(event, Result):
            entry = replace(
                entry, val_accuracy=event.val_accuracy, test_accuracy=event.test_accuracy, loss=self._val_loss,
                outcome=outcome(event.val_accuracy, self.data.y_val),
            )  # fmt: skip
        last = self.index + 1 == len(self.experiments)
        if last or self._stop_asked:
            self.ended = True
            yield entry
            yield Finished(step, not last)
        else:
            self.seconds_before += training.seconds
            del training  # and with it the device's memory, before the next one takes its own
            self._begin(self.index + 1)
            yield entry

    def state(self, copy: bool = True) -> dict[str, Any]:
        """Return all that the rest of the run depends on; form and `copy` as in TorchTraining.state."""
        state = self.training.state(copy)
        values = {
            "index": self.index,
            "ended": self.ended,
            "seconds_before": self.seconds_before,
            "val_loss": self._val_loss,
            "training": state["values"],
        }
        return {"tensors": state["tensors"], "values": values}

    def restore(self, state: dict[str, Any]) -> None:
        """Continue exactly where `state` was taken. Raises ValueError if it does not fit."""
        values = state["values"]
        if values.keys() != self.state(copy=False)["values"].keys():
            raise ValueError("The checkpoint does not fit: its values are not those of a table.")
        self._begin(integer("index", values["index"], 0, len(self.experiments) - 1))
        self.training.restore({"tensors": state["tensors"], "values": values["training"]})
        self.ended, self.seconds_before, self._val_loss = values["ended"], values["seconds_before"], values["val_loss"]

"""The report's table as a training: one network after another, told as one long run."""

from dataclasses import dataclass, replace

from nnlib.deep.training import Epoch, TorchTraining
from nnlib.metrics import outcome
from nnlib.support.validation import integer
from nnlib.training import Diverged, Finished, Frame, Metrics


@dataclass
class Entry:
    """A network of the table that is done, at the table's `step`. loss: on validation images; accuracies 0 to 1, None where it
    diverged; seconds: of training."""

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


class TableTraining:
    """The networks of a DepthTable, trained one after another; steps are counted through all of them.

    table : DepthTable;  data : the Dataset of images that it loads.  Raises DeviceError as TorchTraining does.
    """

    def __init__(self, table, data):
        self.experiments = table.experiments()
        self.data = data
        self._begin(0)
        self.iterations = len(self.experiments) * self.training.iterations
        self.steps_per_epoch, self.batch_size = self.training.steps_per_epoch, self.training.batch_size
        self.device, self.precision = self.training.device, self.training.precision
        self.seconds_before = 0.0  # of training, of the networks that are done
        self.ended = self._stop_asked = False

    def _begin(self, index):
        """Make the network `index` the one at work."""
        self.index = index
        self.training = None  # the device need not hold two networks at once
        self.training = TorchTraining(self.experiments[index], self.data)
        self._val_loss = None

    @property
    def plan(self):
        """For each network its index, depth and seed, and the first and the last of the table's steps that are its own."""
        each = self.training.iterations
        return [
            {"index": i, "depth": experiment.depth, "seed": experiment.seed, "first": i * each + 1, "last": (i + 1) * each}
            for i, experiment in enumerate(self.experiments)
        ]

    @property
    def step(self):
        """Steps of all networks so far."""
        return self._offset + self.training.step

    @property
    def epoch(self):
        """Epochs of the network at work, a float."""
        return self.training.epoch

    @property
    def learning_rate(self):
        return self.training.learning_rate

    @property
    def samples_per_second(self):
        """Training images in the time of their training, over all networks."""
        seconds = self.seconds_before + self.training.seconds
        return self.step * self.batch_size / seconds if seconds else 0.0

    @property
    def sizes(self):
        """Units of every layer of the network at work."""
        return self.training.sizes

    @property
    def _offset(self):
        """The table's steps before the network at work."""
        return self.index * self.training.iterations

    def stop(self):
        """End early: the network at work is left unfinished, and Finished follows."""
        self._stop_asked = True
        self.training.stop()

    def events(self, steps=None, seconds=0.05):
        """As TorchTraining.events, for the table's steps: an Entry after each network, and Finished at the end."""
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

    def _shifted(self, event):
        """An event of the network at work, as the table tells it."""
        if isinstance(event, Metrics):
            return replace(event, first_step=event.first_step + self._offset)
        if isinstance(event, Epoch):
            self._val_loss = event.val_loss
        if isinstance(event, (Epoch, Frame)):
            return replace(event, step=event.step + self._offset)
        return event

    def _done(self, event):
        """The network at work has ended with `event`: tell of it, and begin with the next.

        One that diverged leaves out steps, which are passed over. One that was stopped is left unfinished.
        """
        if isinstance(event, Finished) and event.stopped:
            self.ended = True
            yield Finished(self.step, True)
            return
        training, experiment = self.training, self.experiments[self.index]
        step = self._offset + training.iterations
        speed = training.step * self.batch_size / training.seconds if training.seconds else 0.0
        how = "diverges" if isinstance(event, Diverged) else outcome(event.val_accuracy, self.data.y_val)
        figures = (None, None, None) if how == "diverges" else (event.val_accuracy, event.test_accuracy, self._val_loss)
        entry = Entry(self.index, experiment.depth, experiment.seed, step, *figures, training.seconds, speed, how)
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

    def state(self):
        """Everything that the rest of the run depends on, as TorchTraining.state has it."""
        state = self.training.state()
        values = {
            "index": self.index,
            "ended": self.ended,
            "seconds_before": self.seconds_before,
            "val_loss": self._val_loss,
            "training": state["values"],
        }
        return {"tensors": state["tensors"], "values": values}

    def restore(self, state):
        """Go on exactly where `state` was taken. Raises ValueError if it does not fit."""
        values = state["values"]
        if values.keys() != self.state()["values"].keys():
            raise ValueError("The checkpoint does not fit: its values are not those of a table.")
        self._begin(integer("index", values["index"], 0, len(self.experiments) - 1))
        self.training.restore({"tensors": state["tensors"], "values": values["training"]})
        self.ended, self.seconds_before, self._val_loss = values["ended"], values["seconds_before"], values["val_loss"]

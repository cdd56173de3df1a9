"""The training loop of the PyTorch MLP: a generator of events, like nnlib.training, with everything on the device.

Python decides here when an epoch begins, how long to train until the next event, and when the run has ended. The step itself
is in device_step.py; Python waits for the device only once an epoch, to evaluate.
"""

import math
import time
from collections.abc import Iterator
from typing import Any

import torch

from nnlib.data import Dataset
from nnlib.deep.data import DeviceImages
from nnlib.deep.device_step import DeviceStep
from nnlib.deep.devices import GIB, Device, DeviceError, device_errors, find_device
from nnlib.deep.evaluation import Chosen, accuracy_in_training_mode, loss_and_accuracy, probabilities
from nnlib.deep.events import Epoch, Result, Started
from nnlib.deep.memory import memory_bytes
from nnlib.deep.nested_tensors import check_fit, copied, copy_into
from nnlib.deep.network import activations, build_network, layer_signals
from nnlib.deep.readback import Readback
from nnlib.deep.settings import MLP_SCHEDULES, MlpExperiment
from nnlib.deep.torch_globals import RandomStream, matmul_precision
from nnlib.support.arrays import Array
from nnlib.support.number_text import number_text
from nnlib.support.validation import integer, number
from nnlib.training import EXPLODED, PROBE, Diverged, Frame, Metrics

TRAIN_SAMPLE = 5000  # training images on which training accuracy is estimated: guessing then varies by 0.4 points

Event = Started | Metrics | Epoch | Frame | Diverged | Result


class TorchTraining:
    """A PyTorch MLP in training, with the settings of an MlpExperiment.

    An epoch draws every training image at most once, in whole batches of a new random order; the few images that are left
    over are not used in that epoch. All random numbers depend on the experiment's seed alone.

    Parameters
    ----------
    experiment : the settings.
    data : the Dataset of images that `experiment.load()` returns.

    Raises
    ------
    DeviceError : here and in `events()`, if the device is missing, its memory is too small, or it was lost.
    """

    def __init__(self, experiment: MlpExperiment, data: Dataset):
        self.experiment = experiment
        self.device = find_device(experiment.device)
        _check_memory(experiment, self.device)
        self.sizes = experiment.sizes
        self.precision = experiment.precision if self.device.kind == "cuda" else "float32"
        self.batch_size = min(experiment.batch_size, len(data.y_train))
        self.steps_per_epoch = len(data.y_train) // self.batch_size
        self.iterations = experiment.epochs * self.steps_per_epoch
        self.step = 0
        self.seconds = 0.0  # of training
        self.ended = False
        self.first_loss: float | None = None
        self._started = self._stop_asked = False
        self._reported = 0  # losses of this epoch that an event has carried
        self._epoch_began_at = 0.0  # in terms of `seconds`
        with device_errors(self.device):
            self._put_on_device(data)
            self.layers_at_start = self._layers = self._measure_layers()

    def _put_on_device(self, data: Dataset) -> None:
        experiment, device = self.experiment, self.device.name
        self.network = build_network(experiment, data.input_size, data.classes).to(device)
        self.train = DeviceImages(data.X_train, data.y_train, device)
        self.val = DeviceImages(data.X_val, data.y_val, device)
        self.test = DeviceImages(data.X_test, data.y_test, device)
        sample = torch.randperm(len(self.train), generator=torch.Generator().manual_seed(experiment.seed))
        self._sample = sample[:TRAIN_SAMPLE].to(device)
        self.take_step = DeviceStep(
            experiment, self.network, self.train, self.device, self.precision, self.batch_size, self.steps_per_epoch
        )  # fmt: skip
        self._losses = Readback(self.take_step.losses)

    @property
    def epoch(self) -> float:
        """Epochs passed."""
        return self.step / self.steps_per_epoch

    @property
    def learning_rate(self) -> float:
        """The learning rate of the latest step; before the first step, that of the experiment."""
        return self._rate_after(self.step - 1) if self.step else self.experiment.learning_rate

    @property
    def parameters(self) -> int:
        """How many numbers the network learns."""
        return sum(parameter.numel() for parameter in self.network.parameters())

    def stop(self) -> None:
        """End early: no further step begins, and the last event is the Result."""
        self._stop_asked = True

    def events(self, steps: int | None = None, seconds: float = 0.05) -> Iterator[Event]:
        """Train, and yield what happens, until `steps` more steps are done or the run ends.

        To pause, stop asking for events.

        Parameters
        ----------
        steps : how many; None for all that remain.
        seconds : the longest time between two Frames.

        Yields
        ------
        Started at the first call; then Metrics with the losses that have arrived from the device since the last Metrics, and
        a Frame, at least every `seconds` and at the end of the call; an Epoch after each epoch; Diverged or Result at the end
        of the run.
        """
        with device_errors(self.device):
            yield from self._events(steps, seconds)

    def _events(self, steps: int | None, seconds: float) -> Iterator[Event]:
        target = self.iterations if steps is None else min(self.iterations, self.step + steps)
        if not self._started:
            self._started = True
            yield self._start()
        while not (self.ended or self._stop_asked) and self.step < target:
            losses = self._train_until(target, seconds)
            if losses:
                first_step, bad = self._first_step_of(losses), self._first_out_of_bounds(losses)
                if bad is not None:  # steps that were taken after it do not count
                    self.ended, self.step = True, first_step + bad
                    yield Metrics(first_step, losses[: bad + 1])
                    yield self._divergence(losses[bad])
                    return
                yield Metrics(first_step, losses)
            if self.step % self.steps_per_epoch == 0:
                yield self._evaluate()
            yield Frame(self.step, self._layers)
        if not self.ended and (self._stop_asked or self.step == self.iterations):
            self.ended = True
            yield self.result()

    def result(self) -> Result:
        """Return the Result with the network as it is now."""
        speed = self.step * self.batch_size / self.seconds if self.seconds else 0.0
        val_accuracy, test_accuracy = self._loss_and_accuracy(self.val)[1], self._loss_and_accuracy(self.test)[1]
        return Result(
            self.step, self.step < self.iterations, val_accuracy, test_accuracy, speed, self.seconds, self.device
        )  # fmt: skip

    # Training

    def _train_until(self, target: int, seconds: float) -> list[float]:
        """Train for `seconds`, but not beyond `target` or the end of the epoch. Returns the losses that are new."""
        began = time.perf_counter()
        if self.step % self.steps_per_epoch == 0:
            self._begin_epoch()
        end = min(target, self.step + self.steps_per_epoch - self.step % self.steps_per_epoch)
        take_step = self.take_step
        with take_step.surroundings():
            while True:
                take_step()
                self.step += 1
                if self.step == end or self._stop_asked or time.perf_counter() - began >= seconds:
                    break
        done = (self.step - 1) % self.steps_per_epoch + 1
        losses = self._losses.first(done, wait=self.step == end or self._stop_asked)[self._reported :]
        self._reported += len(losses)
        self.seconds += time.perf_counter() - began
        return losses

    def _begin_epoch(self) -> None:
        """Draw the order of the epoch that begins, and compute its learning rates."""
        epoch = self.step // self.steps_per_epoch
        generator = torch.Generator().manual_seed(self.experiment.seed * 1_000_003 + epoch)
        order = torch.randperm(len(self.train), generator=generator)
        steps = range(self.step, self.step + self.steps_per_epoch)
        self.take_step.begin_epoch(order, torch.tensor([self._rate_after(step) for step in steps]))
        self._reported, self._epoch_began_at = 0, self.seconds
        self._losses.reset()

    def _rate_after(self, step: int) -> float:
        """The learning rate of the step that comes after `step` others."""
        schedule, experiment = MLP_SCHEDULES[self.experiment.schedule], self.experiment
        factor = schedule(step / self.steps_per_epoch, step, self.iterations, experiment.lr_decay)
        return experiment.learning_rate * factor

    # Events

    def _first_step_of(self, losses: list[float]) -> int:
        """The number, counted from 1, of the run's step that the first of the latest losses belongs to."""
        before_this_epoch = (self.step - 1) // self.steps_per_epoch * self.steps_per_epoch
        return before_this_epoch + self._reported - len(losses) + 1

    def _start(self) -> Started:
        return Started(
            self.device, self.precision, self.parameters, self.sizes, self.steps_per_epoch, self.iterations, self._layers
        )  # fmt: skip

    def _evaluate(self) -> Epoch:
        self._layers = self._measure_layers()
        loss, train_accuracy = self._loss_and_accuracy(self.train, self._sample)
        val_loss, val_accuracy = self._loss_and_accuracy(self.val)
        samples = self.steps_per_epoch * self.batch_size
        return Epoch(
            self.step, self.epoch, loss, train_accuracy, val_loss, val_accuracy,
            train_loss=float(self.take_step.losses.mean()),
            learning_rate=self.learning_rate,
            samples_per_second=samples / (self.seconds - self._epoch_began_at),
            layers=self._layers,
            val_accuracy_train_mode=self._accuracy_in_training_mode() if self.experiment.train_mode else None,
        )  # fmt: skip

    def _accuracy_in_training_mode(self) -> float:
        """The second validation accuracy. It has random numbers of its own: the run is the same with and without it."""
        random = RandomStream(self.device, self.experiment.seed * 1_000_003 + self.step)
        with matmul_precision(self.precision):
            return accuracy_in_training_mode(self.network, self.val, self.batch_size, random)

    def _measure_layers(self) -> list[dict[str, Any]]:
        probe = self._sample[:PROBE]
        with matmul_precision(self.precision):
            return layer_signals(self.network, self.train.batch(probe), self.train.labels[probe])

    def _loss_and_accuracy(self, images: DeviceImages, chosen: Chosen = None) -> tuple[float, float]:
        with matmul_precision(self.precision):
            return loss_and_accuracy(self.network, images, chosen)

    def probabilities(self, images: DeviceImages, chosen: Chosen = None) -> Array:
        """Return ψ (N, K), a float32 NumPy array, of the images with the indices `chosen`, None for all."""
        with device_errors(self.device), matmul_precision(self.precision):
            return probabilities(self.network, images, chosen)

    def feature_maps(self, image: int) -> list[Array]:
        """Return what each convolutional layer puts out for a validation image, (channels, height, width)."""
        with device_errors(self.device), matmul_precision(self.precision):
            outputs = activations(self.network.eval(), self.val.batch(torch.tensor([image], device=self.device.name)))
        return [a[0].float().cpu().numpy() for a, _ in outputs[:-1]]

    def _first_out_of_bounds(self, losses: list[float]) -> int | None:
        """The index of the first loss with which the run has diverged; None if there is none."""
        if self.first_loss is None:
            self.first_loss = losses[0]
        bound = EXPLODED * max(math.log(self.sizes[-1]), self.first_loss)
        return next((i for i, loss in enumerate(losses) if not (math.isfinite(loss) and loss <= bound)), None)

    def _divergence(self, loss: float) -> Diverged:
        what = f"rose to {number_text(loss, 3)}" if math.isfinite(loss) else "is no longer a finite number"
        now = self.learning_rate
        advice = f"Try a learning rate of {number_text(now / 10, 3)}, a tenth of the present {number_text(now, 3)}."
        return Diverged(self.step, f"The loss {what} at step {self.step:,}.", advice)

    # Checkpoints

    def state(self, copy: bool = True) -> dict[str, Any]:
        """Return all that the rest of the run depends on: {"tensors": nested dicts of tensors, "values": JSON-able dict}.

        copy : whether the tensors are copies, on the processor; the training's own change when it continues.
        """
        tensors = self._tensors()
        return {"tensors": copied(tensors) if copy else tensors, "values": self._values()}

    def _tensors(self) -> dict[str, Any]:
        """The tensors that training changes, as nested dicts."""
        return {
            "network": self.network.state_dict(),
            "optimiser": self.take_step.optimiser.state,
            "random_state": self.take_step.random.state,
            "losses": self.take_step.losses,
        }

    def _values(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "seconds": self.seconds,
            "epoch_began_at": self._epoch_began_at,
            "told": self._reported,  # under its first name, which older checkpoints have
            "first_loss": self.first_loss,
            "ended": self.ended,
            "layers": self._layers,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue exactly where `state` was taken. Raises ValueError, and changes nothing, if it does not fit."""
        tensors, values = state["tensors"], state["values"]
        own = self._tensors()
        check_fit(own, tensors)
        if self._values().keys() != values.keys():
            raise ValueError("The checkpoint does not fit: its values are not those of a training.")
        step = integer("step", values["step"], 0, self.iterations)
        reported = integer("reported", values["told"], 0, self.steps_per_epoch)
        seconds = number("seconds", values["seconds"], 0, 1e12)
        epoch_began_at = number("epoch_began_at", values["epoch_began_at"], 0, seconds)
        copy_into(own, tensors)
        self.take_step.random.state = tensors["random_state"].clone()
        self.step, self.seconds, self.ended = step, seconds, values["ended"]
        self.first_loss, self._layers = values["first_loss"], values["layers"]
        if step % self.steps_per_epoch:
            self.step -= step % self.steps_per_epoch
            self._begin_epoch()
            self.step = step
        self._reported, self._epoch_began_at, self._stop_asked = reported, epoch_began_at, False
        self.take_step.move_to(step % self.steps_per_epoch)


def _check_memory(experiment: MlpExperiment, device: Device) -> None:
    """Raise DeviceError where the main memory cannot hold the network: the system would kill the process without a word."""
    needed = memory_bytes(experiment)
    if device.kind == "cpu" and 0 < device.memory < needed:
        raise DeviceError(
            f"This network needs about {needed / GIB:.1f} GiB of memory, and this machine has {device.memory / GIB:.1f} GiB: "
            "try narrower or fewer layers, or a smaller batch."
        )

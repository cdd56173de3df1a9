"""The events of a PyTorch training, besides Metrics, Frame and Diverged, which are those of nnlib.training."""

from dataclasses import dataclass
from typing import Any

from nnlib.deep.devices import Device
from nnlib.training import Evaluation, Finished


@dataclass
class Started:
    """The first event of a run that begins or is resumed.

    parameters : numbers that the network learns.
    sizes : units of every layer, inputs and classes included.
    iterations : steps of the whole run.
    layers : what `layer_signals` measures now, on training images.
    """

    device: Device
    precision: str
    parameters: int
    sizes: tuple[int, ...]
    steps_per_epoch: int
    iterations: int
    layers: list[dict[str, Any]]


@dataclass
class Epoch(Evaluation):
    """An Evaluation after a whole epoch.

    train_loss : mean loss of the epoch's batches, as they were trained on (augmented, with Dropout); `loss`, in contrast, is
        measured afterwards on a sample without either.
    learning_rate : of the last step.
    samples_per_second : training images per second of training time.
    layers : what `layer_signals` measures, on training images.
    val_accuracy_train_mode : val_accuracy with Dropout on and BatchNorm as in training, if the experiment asks for it.
    """

    train_loss: float
    learning_rate: float
    samples_per_second: float
    layers: list[dict[str, Any]]
    val_accuracy_train_mode: float | None = None


@dataclass
class Result(Finished):
    """The end of a run: accuracies (0 to 1) of the network as it is now. seconds : of training alone."""

    val_accuracy: float
    test_accuracy: float
    samples_per_second: float
    seconds: float
    device: Device

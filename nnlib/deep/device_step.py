"""One training step of the PyTorch MLP, all of it on the device.

The order of an epoch, its learning rates and its losses are tensors on the device, and so is the number of the step: a step
takes no argument from Python and returns nothing, so Python need not wait for the device.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch.nn.functional import cross_entropy

from nnlib.deep.cuda_graph import record
from nnlib.deep.data import DeviceImages
from nnlib.deep.devices import Device
from nnlib.deep.optimiser import Optimiser
from nnlib.deep.settings import MlpExperiment
from nnlib.deep.torch_globals import RandomStream, matmul_precision


class DeviceStep:
    """The training steps of one network; call it for a step.

    Parameters
    ----------
    experiment : its settings of optimiser, augmentation and loss are used.
    network : on the device; every step changes it.
    images : the training images.
    device : where all of this is.
    precision : of matrix products: "float32", "tf32" or "bf16".
    batch_size : B, images in a step.
    steps_per_epoch : steps after which the order starts again.

    Attributes
    ----------
    losses : (steps_per_epoch,) float32 tensor on the device, the loss of each step of the present epoch.
    random : the RandomStream of Dropout and augmentation.
    """

    def __init__(
        self, experiment: MlpExperiment, network: torch.nn.Sequential, images: DeviceImages, device: Device, precision: str,
        batch_size: int, steps_per_epoch: int,
    ):  # fmt: skip
        self.experiment, self.network, self.images, self.precision = experiment, network, images, precision
        self.batch_size, self.steps_per_epoch = batch_size, steps_per_epoch
        place = device.name
        self._learning_rate = torch.zeros((), device=place)
        self.optimiser = Optimiser(experiment, network, self._learning_rate)
        self._counter = torch.zeros(1, dtype=torch.int64, device=place)  # the number of the step within its epoch
        self.order = torch.zeros(len(images), dtype=torch.int64, device=place)
        self._learning_rates = torch.zeros(steps_per_epoch, device=place)
        self.losses = torch.zeros(steps_per_epoch, device=place)
        self._places = torch.arange(batch_size, device=place)
        self.random = RandomStream(device, experiment.seed)
        self._replay = self._recorded() if device.kind == "cuda" else None

    def begin_epoch(self, order: torch.Tensor, learning_rates: torch.Tensor) -> None:
        """Set the order of the images (N,), int64, and the learning rate of each step (steps_per_epoch,)."""
        self.order.copy_(order)
        self._learning_rates.copy_(learning_rates)

    def move_to(self, step: int) -> None:
        """Let the next step be number `step` of its epoch, counted from 0."""
        self._counter.fill_(step)

    def __call__(self) -> None:
        """Take one step, in a block of `surroundings`."""
        (self._replay or self.compute)()

    def compute(self) -> None:
        """Compute one step, operation by operation."""
        experiment = self.experiment
        chosen = self.order.index_select(0, self._counter * self.batch_size + self._places)
        if experiment.shift or experiment.flips:
            X = self.images.augmented_batch(chosen, experiment.shift, experiment.flips)
        else:
            X = self.images.batch(chosen)
        y = self.images.labels.index_select(0, chosen)
        self.optimiser.zero_grad()
        with self._autocast():
            loss = cross_entropy(self.network(X), y, label_smoothing=experiment.label_smoothing)
        loss.backward()
        self._learning_rate.copy_(self._learning_rates.index_select(0, self._counter).squeeze(0))
        self.optimiser.step()
        self.losses.index_copy_(0, self._counter, loss.detach().float().view(1))
        self._counter.add_(1).remainder_(self.steps_per_epoch)

    @contextmanager
    def surroundings(self) -> Iterator[None]:
        """In this block PyTorch's global state, and the network's mode, are those of a training step."""
        with self.random.in_use(), matmul_precision(self.precision):
            self.network.train()
            yield

    def _recorded(self) -> Callable[[], None]:
        """The step as a CUDA graph. Recording it changes nothing."""
        random_state = self.random.state
        changed = [self._counter, self.losses, self._learning_rate, *self.network.state_dict().values()]
        changed += [tensor for slot in self.optimiser.state.values() for tensor in slot.values()]
        with self.surroundings():
            replay = record(self.compute, changed)
        self.random.state = random_state
        return replay

    def _autocast(self) -> AbstractContextManager:
        if self.precision == "bf16":
            # Without a cache: a graph must not use the weights of an older step.
            return torch.autocast("cuda", torch.bfloat16, cache_enabled=False)
        return nullcontext()

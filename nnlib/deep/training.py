"""The training loop of the PyTorch MLP: a generator of events, as nnlib.training is, with everything on the device.

Images, labels, the order of an epoch, its learning rates and its losses are tensors on the device, and so is the number of the
step: a step takes nothing from Python and gives nothing back. Python waits for the device once an epoch, to evaluate.
"""

import math
import time
import warnings
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import torch
from torch.nn.functional import cross_entropy, softmax

from nnlib.deep.cuda_graph import recorded
from nnlib.deep.data import DeviceImages
from nnlib.deep.devices import device_errors, find_device
from nnlib.deep.network import build_network, layer_signals
from nnlib.deep.readback import Arrival
from nnlib.deep.settings import MLP_SCHEDULES, MOMENTUM
from nnlib.support.validation import integer, number
from nnlib.training import EXPLODED, PROBE, Diverged, Evaluation, Finished, Frame, Metrics

TRAIN_SAMPLE = 5000  # training images on which training accuracy is estimated: guessing strays by 0.4 points then
EVALUATION_BATCH = 2000  # images evaluated at once
RANDOM_STATES = {"cuda": torch.cuda, "mps": torch.mps, "cpu": torch}  # whose get_rng_state is a kind of device's


@dataclass
class Started:
    """A run that begins, or is taken up: on which nnlib.deep.devices.Device, how large it is, and what its layers do now."""

    device: object
    precision: str
    parameters: int
    sizes: tuple
    steps_per_epoch: int
    iterations: int
    layers: list


@dataclass
class Epoch(Evaluation):
    """An Evaluation after a whole epoch.

    train_loss is the mean loss of the epoch's batches, as they were trained on; `loss` that of a sample, as it is, afterwards.
    samples_per_second: training images in the time of their training. layers: what `layer_signals` finds, on training images.
    """

    train_loss: float
    learning_rate: float
    samples_per_second: float
    layers: list


@dataclass
class Result(Finished):
    """The end of a run, with the accuracies (0 to 1) of the network that it leaves. seconds: of training alone."""

    val_accuracy: float
    test_accuracy: float
    samples_per_second: float
    seconds: float
    device: object


class TorchTraining:
    """A PyTorch MLP being trained as an MlpExperiment says.

    experiment : MlpExperiment;  data : the Dataset of images that it loads.

    An epoch draws every training image at most once, in whole batches of a new random order; the few that are left over wait
    for another epoch. All random numbers come from the experiment's seed, and those of others are left alone.
    Raises DeviceError, here and from events(), where the device is missing, too small, or lost.
    """

    def __init__(self, experiment, data):
        self.experiment = experiment
        self.device = find_device(experiment.device)
        self.sizes = experiment.sizes
        self.precision = experiment.precision if self.device.kind == "cuda" else "float32"
        self.batch_size = min(experiment.batch_size, len(data.y_train))
        self.steps_per_epoch = len(data.y_train) // self.batch_size
        self.iterations = experiment.epochs * self.steps_per_epoch
        self.step = 0
        self.seconds = 0.0  # of training
        self.ended = False
        self.first_loss = None
        self._introduced = self._stop_asked = False
        self._told = 0  # losses of this epoch that an event has carried
        self._epoch_began_at = 0.0  # on the clock `seconds`
        with device_errors(self.device):
            self._put_on_device(data)
            self.layers_at_start = self._layers = self._look_at_layers()

    def _put_on_device(self, data):
        experiment, device = self.experiment, self.device.name
        self.network = build_network(experiment, data.input_size, data.classes).to(device)
        self.train = DeviceImages(data.X_train, data.y_train, device)
        self.val = DeviceImages(data.X_val, data.y_val, device)
        self.test = DeviceImages(data.X_test, data.y_test, device)
        self._learning_rate = torch.zeros((), device=device)
        self.optimiser = make_optimiser(experiment, self.network, self._learning_rate)
        # The number of the step within its epoch, and what a step looks up by it.
        self._counter = torch.zeros(1, dtype=torch.int64, device=device)
        self._order = torch.zeros(len(self.train), dtype=torch.int64, device=device)
        self._learning_rates = torch.zeros(self.steps_per_epoch, device=device)
        self._losses = torch.zeros(self.steps_per_epoch, device=device)
        self._places = torch.arange(self.batch_size, device=device)
        sample = torch.randperm(len(self.train), generator=torch.Generator().manual_seed(experiment.seed))
        self._sample = sample[:TRAIN_SAMPLE].to(device)
        self._arrival = Arrival(self._losses)
        self._random_state = torch.Generator(device).manual_seed(experiment.seed).get_state()
        self._replay = self._recorded_step() if self.device.kind == "cuda" else None

    @property
    def epoch(self):
        """Epochs passed, a float."""
        return self.step / self.steps_per_epoch

    @property
    def learning_rate(self):
        """That of the newest step; before the first, that of the experiment."""
        return self._rate_after(self.step - 1) if self.step else self.experiment.learning_rate

    @property
    def parameters(self):
        """How many numbers the network learns."""
        return sum(parameter.numel() for parameter in self.network.parameters())

    def stop(self):
        """End early: no step is begun any more, and the Result follows."""
        self._stop_asked = True

    def events(self, steps=None, seconds=0.05):
        """Train, and yield what happens, until `steps` more steps are done or the run ends.

        The first call begins with a Started. A Frame comes at least every `seconds` (and at the end of the call), Metrics
        before it with the losses that the device has told since the last, an Epoch after every epoch, and at the very end
        Diverged or Result. To stop asking is to pause.
        """
        with device_errors(self.device):
            yield from self._events(steps, seconds)

    def _events(self, steps, seconds):
        target = self.iterations if steps is None else min(self.iterations, self.step + steps)
        if not self._introduced:
            self._introduced = True
            yield self._started()
        while not (self.ended or self._stop_asked) and self.step < target:
            losses = self._train_until(target, seconds)
            if losses:
                yield Metrics(self._first_untold(len(losses)), losses)
                if self._diverged(losses):
                    self.ended = True
                    yield self._divergence(losses[-1])
                    return
            if self.step % self.steps_per_epoch == 0:
                yield self._evaluate()
            yield Frame(self.step, self._layers)
        if not self.ended and (self._stop_asked or self.step == self.iterations):
            self.ended = True
            yield self.result()

    def result(self):
        """The Result as the network is now."""
        speed = self.step * self.batch_size / self.seconds if self.seconds else 0.0
        val_accuracy, test_accuracy = self._loss_and_accuracy(self.val)[1], self._loss_and_accuracy(self.test)[1]
        return Result(
            self.step, self.step < self.iterations, val_accuracy, test_accuracy, speed, self.seconds, self.device
        )  # fmt: skip

    # Training

    def _train_until(self, target, seconds):
        """Train for `seconds`, or to `target` or the end of the epoch if that is nearer. Returns the losses to tell."""
        began = time.perf_counter()
        if self.step % self.steps_per_epoch == 0:
            self._begin_epoch()
        end = min(target, self.step + self.steps_per_epoch - self.step % self.steps_per_epoch)
        take_step = self._replay or self._step
        with self._own_randomness(), self._own_precision():
            self.network.train()
            while True:
                take_step()
                self.step += 1
                if self.step == end or self._stop_asked or time.perf_counter() - began >= seconds:
                    break
        done = (self.step - 1) % self.steps_per_epoch + 1
        losses = self._arrival.first(done, wait=self.step == end or self._stop_asked)[self._told :]
        self._told += len(losses)
        self.seconds += time.perf_counter() - began
        return losses

    def _begin_epoch(self):
        """Draw the order of the epoch that begins, and look up its learning rates."""
        experiment, epoch = self.experiment, self.step // self.steps_per_epoch
        generator = torch.Generator().manual_seed(experiment.seed * 1_000_003 + epoch)
        self._order.copy_(torch.randperm(len(self.train), generator=generator))
        steps = range(self.step, self.step + self.steps_per_epoch)
        self._learning_rates.copy_(torch.tensor([self._rate_after(step) for step in steps]))
        self._told, self._epoch_began_at = 0, self.seconds
        self._arrival.forget()

    def _rate_after(self, step):
        """The learning rate of the step that comes after `step` others."""
        schedule, experiment = MLP_SCHEDULES[self.experiment.schedule], self.experiment
        factor = schedule(step / self.steps_per_epoch, step / self.iterations, experiment.lr_decay)
        return experiment.learning_rate * factor

    def _step(self):
        """One step, all of it on the device."""
        experiment = self.experiment
        chosen = self._order.index_select(0, self._counter * self.batch_size + self._places)
        if experiment.shift or experiment.flips:
            X = self.train.augmented_batch(chosen, experiment.shift, experiment.flips)
        else:
            X = self.train.batch(chosen)
        y = self.train.labels.index_select(0, chosen)
        self.optimiser.zero_grad(set_to_none=True)
        with self._autocast():
            loss = cross_entropy(self.network(X), y, label_smoothing=experiment.label_smoothing)
        loss.backward()
        self._learning_rate.copy_(self._learning_rates.index_select(0, self._counter).squeeze(0))
        self.optimiser.step()
        self._losses.index_copy_(0, self._counter, loss.detach().float().view(1))
        self._counter.add_(1).remainder_(self.steps_per_epoch)

    def _recorded_step(self):
        """The step as a CUDA graph. Recording it leaves everything as it was."""
        state = self._random_state
        slots = self._optimiser_state().values()
        changed = [self._counter, self._losses, self._learning_rate, *self.network.state_dict().values()]
        changed += [tensor for slot in slots for tensor in slot.values()]
        with self._own_randomness(), self._own_precision():
            self.network.train()
            replay = recorded(self._step, changed)
        self._random_state = state
        return replay

    def _optimiser_state(self):
        """The optimiser's memory: parameter name → {name: tensor}, the tensors themselves."""
        memory = self.optimiser.state
        return {
            name: {key: value for key, value in memory[parameter].items() if value is not None}
            for name, parameter in self.network.named_parameters()
        }

    def _autocast(self):
        if self.precision == "bf16":
            return torch.autocast("cuda", torch.bfloat16, cache_enabled=False)  # a graph must not keep weights of an older step
        return nullcontext()

    @contextmanager
    def _own_randomness(self):
        """In this block the device's default generator, which Dropout draws from, is this training's own."""
        kind = self.device.kind
        place = (self.device.name,) if kind == "cuda" else ()
        others = RANDOM_STATES[kind].get_rng_state(*place)
        RANDOM_STATES[kind].set_rng_state(self._random_state, *place)
        try:
            yield
        finally:
            self._random_state = RANDOM_STATES[kind].get_rng_state(*place)
            RANDOM_STATES[kind].set_rng_state(others, *place)

    @contextmanager
    def _own_precision(self):
        """In this block float32 products are what the experiment asks for: TF32 (10 bits of mantissa) only if it says so."""
        others = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("high" if self.precision == "tf32" else "highest")
        try:
            yield
        finally:
            torch.set_float32_matmul_precision(others)

    # What is told

    def _first_untold(self, count):
        """The number of the run's step that the first of the `count` losses just taken belongs to, from 1 on."""
        before_this_epoch = (self.step - 1) // self.steps_per_epoch * self.steps_per_epoch
        return before_this_epoch + self._told - count + 1

    def _started(self):
        return Started(
            self.device, self.precision, self.parameters, self.sizes, self.steps_per_epoch, self.iterations, self._layers
        )  # fmt: skip

    def _evaluate(self):
        self._layers = self._look_at_layers()
        loss, train_accuracy = self._loss_and_accuracy(self.train, self._sample)
        val_loss, val_accuracy = self._loss_and_accuracy(self.val)
        samples = self.steps_per_epoch * self.batch_size
        return Epoch(
            self.step, self.epoch, loss, train_accuracy, val_loss, val_accuracy,
            train_loss=float(self._losses.mean()),
            learning_rate=self.learning_rate,
            samples_per_second=samples / (self.seconds - self._epoch_began_at),
            layers=self._layers,
        )  # fmt: skip

    def _look_at_layers(self):
        probe = self._sample[:PROBE]
        with self._own_precision():
            return layer_signals(self.network, self.train.batch(probe), self.train.labels[probe])

    def _loss_and_accuracy(self, images, chosen=None):
        """Cross-entropy (nats, no smoothing) and accuracy of the images `chosen`, None for all; nothing is augmented."""
        loss = torch.zeros((), device=self.device.name)
        right = torch.zeros((), dtype=torch.int64, device=self.device.name)
        examples = 0
        for logits, y in self._logits(images, chosen):
            loss += cross_entropy(logits, y, reduction="sum")
            right += (logits.argmax(dim=1) == y).sum()
            examples += len(y)
        return float(loss) / examples, int(right) / examples

    def probabilities(self, images, chosen=None):
        """(N, K) float32 NumPy: what the network says of the DeviceImages with the indices `chosen`, None for all."""
        with device_errors(self.device):
            return torch.cat([softmax(logits, dim=1).cpu() for logits, _ in self._logits(images, chosen)]).numpy()

    def _logits(self, images, chosen=None):
        """Pairs of logits and labels, some images at a time, as the network is; nothing is augmented."""
        device = self.device.name
        chosen = torch.arange(len(images), device=device) if chosen is None else torch.as_tensor(chosen, device=device)
        self.network.eval()
        with torch.no_grad(), self._own_precision():
            for part in chosen.split(EVALUATION_BATCH):
                yield self.network(images.batch(part)), images.labels[part]

    def _diverged(self, losses):
        if self.first_loss is None:
            self.first_loss = losses[0]
        bound = EXPLODED * max(math.log(self.sizes[-1]), self.first_loss)
        return not (math.isfinite(losses[-1]) and losses[-1] <= bound)

    def _divergence(self, loss):
        what = f"rose to {loss:.3g}" if math.isfinite(loss) else "is no longer a finite number"
        now = self.learning_rate
        advice = f"Try a learning rate of {now / 10:.2g}, a tenth of the present {now:.2g}."
        return Diverged(self.step, f"The loss {what} at step {self.step:,}.", advice)

    # Keeping and taking up

    def state(self):
        """Everything that the rest of the run depends on: {"tensors": nested dicts of tensors, "values": JSON-able dict}.

        The tensors are the training's own: save or copy them before it goes on.
        """
        tensors = {
            "network": self.network.state_dict(),
            "optimiser": self._optimiser_state(),
            "random_state": self._random_state,
            "losses": self._losses,
        }
        values = {
            "step": self.step,
            "seconds": self.seconds,
            "epoch_began_at": self._epoch_began_at,
            "told": self._told,
            "first_loss": self.first_loss,
            "ended": self.ended,
            "layers": self._layers,
        }
        return {"tensors": tensors, "values": values}

    def restore(self, state):
        """Go on exactly where `state` was taken. Raises ValueError, and changes nothing, if it does not fit."""
        tensors, values = state["tensors"], state["values"]
        mine = self.state()
        _check_fit(mine["tensors"], tensors, "")
        if mine["values"].keys() != values.keys():
            raise ValueError("The checkpoint does not fit: its values are not those of a training.")
        step = integer("step", values["step"], 0, self.iterations)
        told = integer("told", values["told"], 0, self.steps_per_epoch)
        seconds = number("seconds", values["seconds"], 0, 1e12)
        epoch_began_at = number("epoch_began_at", values["epoch_began_at"], 0, seconds)
        _take_over(mine["tensors"], tensors)
        self._random_state = tensors["random_state"].clone()
        self.step, self.seconds, self.ended = step, seconds, values["ended"]
        self.first_loss, self._layers = values["first_loss"], values["layers"]
        if step % self.steps_per_epoch:
            self.step -= step % self.steps_per_epoch
            self._begin_epoch()
            self.step = step
        self._told, self._epoch_began_at = told, epoch_began_at
        self._counter.fill_(step % self.steps_per_epoch)


def _take_over(mine, given):
    """Copy the tensors of the nested dicts `given` into those of `mine`."""
    for name, value in mine.items():
        if isinstance(value, dict):
            _take_over(value, given[name])
        else:
            value.copy_(given[name])


def _check_fit(mine, given, path):
    """Raise ValueError unless the nested dicts have the same names, and tensors of the same shapes and types."""
    if isinstance(mine, dict):
        if not isinstance(given, dict) or mine.keys() != given.keys():
            raise ValueError(f"The checkpoint does not fit: {path or 'it'} has other parts than this network.")
        for name, value in mine.items():
            _check_fit(value, given[name], f"{path}/{name}" if path else str(name))
    elif not isinstance(given, torch.Tensor) or (given.shape, given.dtype) != (mine.shape, mine.dtype):
        raise ValueError(f"The checkpoint does not fit: {path} must be {tuple(mine.shape)} {mine.dtype}.")


def make_optimiser(experiment, network, learning_rate):
    """The experiment's optimiser of the network's parameters. learning_rate: a tensor on their device, read at every step.

    Its memory is there, all zeros, from the beginning: a CUDA graph can only change what exists.
    """
    parameters = list(network.parameters())
    options = {"lr": learning_rate, "weight_decay": experiment.weight_decay, "fused": True}
    if experiment.optimiser in ("momentum", "sgd"):
        momentum = MOMENTUM if experiment.optimiser == "momentum" else 0.0
        optimiser = torch.optim.SGD(parameters, momentum=momentum, **options)
    else:
        kind = torch.optim.Adam if experiment.optimiser == "adam" else torch.optim.AdamW
        optimiser = kind(parameters, capturable=learning_rate.is_cuda, **options)
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    with warnings.catch_warnings():  # that a capturable optimiser steps outside a graph
        warnings.simplefilter("ignore")
        optimiser.step()  # with a learning rate of 0
    optimiser.zero_grad(set_to_none=True)
    for slot in optimiser.state.values():
        for value in slot.values():
            if isinstance(value, torch.Tensor):
                value.zero_()
    return optimiser

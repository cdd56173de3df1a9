"""The training loop: a generator of events, independent of the code that uses them.

All state is in `Training`; `events()` only advances it. To pause, stop asking for events; for a single step, ask for
`events(steps=1)`; for a checkpoint, save `state()`.
"""

import math
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlib.diagnostics import layer_diagnostics
from nnlib.dropout import Dropout
from nnlib.fast_step import TrainingStep
from nnlib.losses import cross_entropy
from nnlib.network import MLP
from nnlib.optimisers import SGD, optimiser_named
from nnlib.parameter_entry import checked_entry, place_of
from nnlib.schedules import schedule_named
from nnlib.support.arrays import Array, Inputs, Labels, as_inputs
from nnlib.support.validation import integer, number

EVALUATIONS = 200  # in a run, or until its step doubles where the end is open, at most; and at most one per epoch
TRAIN_SAMPLE = 1000  # training examples on which training accuracy is estimated
PROBE = 200  # validation examples that the diagnostics use
EXPLODED = 1e3  # a loss this many times the loss of guessing (or the first loss, if larger) counts as diverged


@dataclass
class Metrics:
    """The losses of consecutive steps: losses[i] is J~ of step first_step + i, measured before its update."""

    first_step: int
    losses: list[float]


@dataclass
class Evaluation:
    """Cross-entropy (nats) and accuracy (0 to 1) on a sample of the training set and on the validation set."""

    step: int
    epoch: float
    loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float


@dataclass
class Frame:
    """A moment to draw the network as it is at `step`, with the figures of each layer (see nnlib.diagnostics)."""

    step: int
    diagnostics: list[dict[str, Any]]


@dataclass
class Diverged:
    """The end of a run whose loss grew beyond all bounds: the step, what happened, and what to try instead."""

    step: int
    reason: str
    advice: str


@dataclass
class Finished:
    """The end of a run: all iterations done, or stopped early."""

    step: int
    stopped: bool


Event = Metrics | Evaluation | Frame | Diverged | Finished


class Training:
    """A network being trained on a data set by mini-batch gradient descent.

    Parameters
    ----------
    network : the MLP, changed in place.
    X, y, X_val, y_val : (N, D) inputs and (N,) labels, to train on and to validate with.
    learning_rate : η, at the start of the schedule.
    reg : λ, the factor on the penalty of the weights.
    iterations : steps of the whole run.
    batch_size : examples in a step.
    lr_decay : factor on the learning rate per epoch, for the schedule "decay".
    schedule : "constant", "decay" or "cosine".
    optimiser : "sgd", "momentum" or "adam".
    seed : the same seed draws the same batches.
    augment : None, or a function (X batch, rng) → X batch that changes every training batch.
    dropout : probability that a hidden unit is left out of a step, for each example anew.
    open_end : whether `iterations` is only a bound of a run that somebody will stop: evaluations become rarer as it goes on.

    Raises
    ------
    ValueError : an argument is out of range or does not fit the network.

    Batches are drawn at random with replacement; an epoch has passed when as many examples were drawn as the training set has.
    A step is at most one epoch: a batch larger than the training set counts as one pass through it. (An epoch of TorchTraining
    in nnlib.deep draws without replacement, and leaves out what does not fill a batch.)
    """

    def __init__(
        self, network: MLP, X: Inputs | ArrayLike, y: ArrayLike, X_val: Inputs | ArrayLike, y_val: ArrayLike,
        learning_rate: float = 1e-3, reg: float = 0.0, iterations: int = 1000, batch_size: int = 200,
        lr_decay: float = 0.95, schedule: str = "decay", optimiser: str = "sgd", seed: int = 0,
        augment: Callable[[Array, np.random.Generator], Array] | None = None, dropout: float = 0.0,
        open_end: bool = False,
    ):  # fmt: skip
        X, X_val = as_inputs(X), as_inputs(X_val)
        network.check_input_shape(X.shape)
        network.check_input_shape(X_val.shape)
        self.network = network
        self.X, self.y = X, network.checked_labels(y, len(X))
        self.X_val, self.y_val = X_val, network.checked_labels(y_val, len(X_val))
        self.iterations = integer("iterations", iterations, 1, 10**9)
        self.lr_decay = number("lr_decay", lr_decay, 0, 1)
        self.schedule = schedule_named(schedule)
        self.optimiser = optimiser_named(optimiser, network.params)
        self.augment = augment
        self._dropouts: dict[int, Dropout] = {}
        if number("dropout", dropout, 0, 0.99):
            self._dropouts = {l: Dropout(activation, dropout) for l, activation in network.activations.items()}
            network.activations |= self._dropouts
        self.open_end = open_end
        self.rng = np.random.default_rng([seed, 1])  # not the stream that drew the weights
        self.step = 0
        self.examples = 0
        self.first_loss: float | None = None
        self.ended = False
        self._stop_asked = False
        sample = np.random.default_rng([seed, 2]).permutation(len(X))[:TRAIN_SAMPLE]
        self._train_sample = np.sort(sample)
        self._probe = np.asarray(X_val[:PROBE], network.dtype)
        self.change(learning_rate, reg, batch_size)

    @property
    def epoch(self) -> float:
        """Epochs passed, a float: examples drawn / number of training examples."""
        return self.examples / len(self.y)

    @property
    def steps_per_epoch(self) -> int:
        """Steps in an epoch at the present batch size."""
        return math.ceil(len(self.y) / self.batch_size)

    @property
    def learning_rate(self) -> float:
        """The learning rate in effect now: the base one times the schedule's factor."""
        return self.base_learning_rate * self._schedule_factor()

    def change(
        self, learning_rate: float | None = None, reg: float | None = None, batch_size: int | None = None, **entries: float
    ) -> None:
        """Change any of these for the next step. The schedule continues from the new learning rate.

        Parameters
        ----------
        entries : new values of weights and biases by their names, such as "W1[0,3]" (nnlib.parameter_entry).

        Raises ValueError for a value out of range or an entry that the network does not have, and then changes nothing.
        """
        places = {name: place_of(self.network.params, name) for name in entries}
        values = {name: checked_entry(name, value) for name, value in entries.items()}
        if learning_rate is not None:
            learning_rate = number("learning_rate", learning_rate, 0, 1e6)
        if reg is not None:
            reg = number("reg", reg, 0, 1e6)
        if batch_size is not None:
            batch_size = integer("batch_size", batch_size, 1, 100_000)
        if learning_rate is not None:
            self.base_learning_rate = learning_rate / max(self._schedule_factor(), 1e-12)
        if reg is not None:
            self.reg = reg
        if batch_size is not None:
            self.batch_size = batch_size
            self._take_step = TrainingStep(self.network, self.optimiser, batch_size)
        for name, (array, index) in places.items():
            array[index] = values[name]

    def stop(self) -> None:
        """End early: the next event is Finished."""
        self._stop_asked = True

    def events(self, steps: int | None = None, seconds: float = 0.05) -> Iterator[Event]:
        """Train, and yield what happens, until `steps` more steps are done or the run ends.

        Parameters
        ----------
        steps : how many; None for all that remain.
        seconds : the longest time between two Frames.

        Yields
        ------
        Metrics with all losses since the last Metrics, then a Frame, at least every `seconds` and at the end of the call; an
        Evaluation about once an epoch; Diverged or Finished at the end of the run. `change` and `stop` may be called
        between two events.
        """
        target = self.iterations if steps is None else min(self.iterations, self.step + steps)
        frame_due = time.perf_counter() + seconds
        while not (self.ended or self._stop_asked) and self.step < target:
            losses, weights_before = self._steps_until(target, frame_due)
            yield Metrics(self.step - len(losses) + 1, losses)
            if self._diverged(losses[-1]):
                self.ended = True
                yield self._divergence(losses[-1])
                return
            if self._evaluation_due():
                yield self.evaluate()
            if weights_before is not None:
                frame_due = time.perf_counter() + seconds
                yield Frame(self.step, self._diagnose(weights_before))
        if not self.ended and (self._stop_asked or self.step == self.iterations):
            self.ended = True
            yield Finished(self.step, stopped=self.step < self.iterations)

    def _steps_until(self, target: int, frame_due: float) -> tuple[list[float], dict[int, Array] | None]:
        """Train until the next event is due.

        Returns the losses and, if a frame is due, the weights from before the last step; else None.
        """
        losses: list[float] = []
        weights_before = None
        while weights_before is None:
            if self.step + 1 == target or time.perf_counter() >= frame_due:
                weights_before = self._copy_weights()
            losses.append(self.one_step())
            if self._diverged(losses[-1]) or self._evaluation_due():
                break
        return losses, weights_before

    def one_step(self) -> float:
        """Take a step, also beyond `iterations`. Returns the loss before its update."""
        chosen, X = self.draw_batch()
        with np.errstate(all="ignore"):  # a divergence is reported as an event, not as a warning
            loss = self._take_step(X, self.y[chosen], self.learning_rate, self.reg)
        for dropout in self._dropouts.values():
            dropout.mask = None
        self.step += 1
        self.examples += min(self.batch_size, len(self.y))
        if self.first_loss is None:
            self.first_loss = loss
        return loss

    def draw_batch(self) -> tuple[NDArray[np.int64], Array]:
        """Draw the next batch. Dropout has its masks for it until the end of the step.

        Returns the indices (B,) of its training examples, and its inputs (B, D), augmented.
        """
        chosen = self.rng.integers(0, len(self.y), self.batch_size)
        X = np.asarray(self.X[chosen], self.network.dtype)
        if self.augment is not None:
            X = self.augment(X, self.rng)
        for l, dropout in self._dropouts.items():
            dropout.draw((self.batch_size, self.network.sizes[l - 1]), self.rng, self.network.dtype)
        return chosen, X

    def _schedule_factor(self) -> float:
        return self.schedule(self.epoch, self.step, self.iterations, self.lr_decay)

    def _evaluation_due(self) -> bool:
        whole_run = 1 << self.step.bit_length() if self.open_end else self.iterations
        every = max(self.steps_per_epoch, math.ceil(whole_run / EVALUATIONS))
        return self.step % every == 0 or self.step == self.iterations

    def evaluate(self) -> Evaluation:
        """Measure the network as it is now, on the sample of the training set and on the validation set."""
        with np.errstate(all="ignore"):  # the network may have diverged
            loss, train_accuracy = self._loss_and_accuracy(self.X[self._train_sample], self.y[self._train_sample])
            val_loss, val_accuracy = self._loss_and_accuracy(self.X_val, self.y_val)
        return Evaluation(self.step, self.epoch, loss, train_accuracy, val_loss, val_accuracy)

    def _loss_and_accuracy(self, X: Inputs, y: Labels) -> tuple[float, float]:
        logits = self.network.logits(X)
        return cross_entropy(logits, y), float((logits.argmax(axis=1) == y).mean())

    def _copy_weights(self) -> dict[int, Array]:
        return {l: self.network.params[f"W{l}"].copy() for l in range(1, self.network.depth + 1)}

    def _diagnose(self, weights_before: dict[int, Array]) -> list[dict[str, Any]]:
        z, a = self.network.forward(self._probe)
        return layer_diagnostics(self.network, self._take_step, weights_before, z, a)

    def _diverged(self, loss: float) -> bool:
        bound = EXPLODED * max(math.log(self.network.sizes[-1]), self.first_loss or 0.0, 1e-3)
        return not (math.isfinite(loss) and loss <= bound)

    def _divergence(self, loss: float) -> Diverged:
        what = "is no longer a number" if math.isnan(loss) else "overflowed" if math.isinf(loss) else f"rose to {loss:.3g}"
        advice = f"Try a learning rate of {self.learning_rate / 10:.2g}, a tenth of the present {self.learning_rate:.2g}"
        if self._penalty_alone_diverges():
            advice = (
                f"Try a smaller λ: with learning rate {self.learning_rate:.2g} it flips the sign of each weight at each step"
            )
        return Diverged(self.step, f"The loss {what} at step {self.step:,} (it began at {self.first_loss:.3g}).", advice + ".")

    def _penalty_alone_diverges(self) -> bool:
        """If 2ηλ > 2, W ← (1 − 2ηλ) W grows and changes its sign at every step."""
        plain = type(self.optimiser) is SGD and self.network.penalty == "l2"
        return plain and 2 * self.learning_rate * self.reg > 2

    def state(self) -> dict[str, Any]:
        """Return a copy of all that the rest of the run depends on: {"arrays": name → array, "values": JSON-able dict}."""
        return {"arrays": {name: array.copy() for name, array in self._arrays().items()}, "values": self._values()}

    def _arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays that training changes, by name."""
        arrays = {f"params/{name}": array for name, array in self.network.params.items()}
        return arrays | {f"optimiser/{name}": array for name, array in self.optimiser.state.items()}

    def _values(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "examples": self.examples,
            "first_loss": self.first_loss,
            "ended": self.ended,
            "base_learning_rate": self.base_learning_rate,
            "reg": self.reg,
            "batch_size": self.batch_size,
            "rng": self.rng.bit_generator.state,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue exactly where `state` was taken. Raises ValueError, and changes nothing, if it does not fit."""
        targets = self._arrays()
        arrays, values = state["arrays"], state["values"]
        for name, target in targets.items():
            given = arrays.get(name)
            if given is None or given.shape != target.shape or given.dtype != target.dtype:
                found = "is missing" if given is None else f"has shape {given.shape} and type {given.dtype}"
                raise ValueError(f"The checkpoint does not fit: {name} {found}, must be {target.shape} {target.dtype}.")
        missing = self._values().keys() - values.keys()
        if missing:
            raise ValueError(f"The checkpoint does not fit: it lacks {', '.join(sorted(missing))}.")
        rng = np.random.default_rng()
        try:
            rng.bit_generator.state = values["rng"]
            step = integer("step", values["step"], 0, self.iterations)
            examples = integer("examples", values["examples"], 0, 10**18)
            base_learning_rate = number("base_learning_rate", values["base_learning_rate"], 0, 1e18)
            self.change(reg=values["reg"], batch_size=values["batch_size"])
        except (TypeError, KeyError, ValueError) as error:
            raise ValueError(f"The checkpoint does not fit: {error}") from None
        for name, target in targets.items():
            target[...] = arrays[name]
        self.rng, self.step, self.examples = rng, step, examples
        self.first_loss, self.ended = values["first_loss"], values["ended"]
        self.base_learning_rate = base_learning_rate
        self._stop_asked = False


@dataclass
class History:
    """What a training recorded.

    loss : J~ of every step, before its update.
    step, train_accuracy, val_accuracy : an entry for each evaluation; accuracies from 0 to 1.
    diverged : the event that ended the run early, or None.
    """

    loss: list[float]
    step: list[int]
    train_accuracy: list[float]
    val_accuracy: list[float]
    diverged: Diverged | None = None


def train(
    net: MLP, X: Inputs | ArrayLike, y: ArrayLike, X_val: Inputs | ArrayLike, y_val: ArrayLike,
    learning_rate: float = 1e-3, reg: float = 0.0, iterations: int = 1000, batch_size: int = 200, lr_decay: float = 0.95,
    seed: int = 0, **options: Any,
) -> History:  # fmt: skip
    """Train `net` in place and return its History.

    The parameters are those of Training; `options` may be schedule, optimiser, augment, dropout and open_end. Raises ValueError
    as Training does.
    If the training diverges, it ends early with a warning that names the step, and the network is evaluated as it then is.
    """
    training = Training(net, X, y, X_val, y_val, learning_rate, reg, iterations, batch_size, lr_decay, seed=seed, **options)
    history = History([], [], [], [])
    for event in training.events(seconds=1.0):
        if isinstance(event, Metrics):
            history.loss.extend(event.losses)
        elif isinstance(event, Diverged):
            history.diverged = event
            warnings.warn(f"{event.reason} {event.advice}", RuntimeWarning, stacklevel=2)
            event = training.evaluate()
        if isinstance(event, Evaluation):
            history.step.append(event.step)
            history.train_accuracy.append(event.train_accuracy)
            history.val_accuracy.append(event.val_accuracy)
    return history

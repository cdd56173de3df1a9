"""What the figures of a network's layers mean for learning, in words."""

import math

from nnlib.deep.obstacle import ADAM_EPSILON, below_epsilon, largest_decay, obstacle, steps_to_move
from nnlib.deep.settings import MlpExperiment
from nnlib.deep.signal_at_start import LayerSignal
from nnlib.support.number_text import scientific

ARRIVES = 0.1  # at least this share of the signal is left
GROWN = 10
LATE = 30  # times smaller than Adam's ε: learning starts late

BIASES = (
    r"The biases near the output need no signal: the gradient of the last ones is the mean of $\psi - \Delta$ over the batch. "
    "But a bias adds the same number for every image, so the biases can only learn how frequent each class is. "
    r"All ten classes are about equally frequent here, and the best loss for that is $\log 10$."
)


def meaning(experiment: MlpExperiment, layers: list[LayerSignal]) -> str:
    """A paragraph or two of Markdown."""
    if layers[0].measured is None:
        return "The prediction needs no network: it is the product of the factors of the layers."
    spreads = [each.measured for each in layers]
    if not all(map(math.isfinite, spreads)) or max(spreads) > GROWN:
        return (
            f"**The signal grows, to {_size(max(spreads))} {_where(spreads)}.** The loss starts large, since wrong classes "
            "get high probabilities, and the first steps are large. Each $F$ needs its own $\\sigma$: no value fits all layers."
        )
    stopped = _stopped(experiment, layers)
    if stopped:
        return f"{stopped}\n\n{BIASES}"
    if min(spreads[:-1]) > ARRIVES:
        return (
            "**The signal keeps its size** from the first layer to the last, and so do the gradients. "
            "Neither prevents learning."
        )
    return (
        f"**The signal fades to {_size(spreads[-2])} in the last hidden layer,** and the gradients with it. They are "
        f"still large enough to learn from. {_small_gradients(experiment, layers)}"
    )


def _size(spread):
    return scientific(spread) if not 0.01 <= spread < 1000 else f"{spread:.2g}"


def _where(spreads):
    at = spreads.index(max(spreads))
    return "at the output" if at == len(spreads) - 1 else f"in layer {at + 1}"


def _stopped(experiment, layers):
    """Why no layer of weights gets a useful gradient; empty if one does."""
    name = obstacle(experiment, layers)
    return f"**The signal is lost.** {STOPPED[name](experiment, layers)}" if name else ""


def _zero(experiment, layers):
    return "The gradients of all weights are 0, so no weight moves."


def _standing(experiment, layers):
    steps = steps_to_move(experiment, layers)
    many = scientific(steps) if math.isfinite(steps) else "infinitely many"
    return (
        "This optimiser steps by the learning rate times the gradient, and the gradients are tiny: on this slope, the weights "
        f"need {many} steps to lower the loss by 0.01."
    )


def _drowned(experiment, layers):
    largest, decay = _largest(layers), largest_decay(experiment, layers)
    text = (
        f"{_gradient_text(largest)} Weight decay adds {experiment.weight_decay:g} times the weight to it, "
        f"{scientific(decay)}: {_times(decay / largest)} as much. Adam divides this sum by its own size, so small "
        "gradients still make full steps, but here the sum is almost only weight decay. It takes the weights to 0, and "
        "the rest of the signal with them."
    )
    if below_epsilon(layers):
        text += " Without weight decay, the $10^{-8}$ that Adam adds before it divides would also be larger than the gradient."
    return text


def _below(experiment, layers):
    largest = _largest(layers)
    return (
        f"{_gradient_text(largest)} Adam divides by the size of the gradient plus $10^{{-8}}$. A gradient "
        f"{_times(ADAM_EPSILON / largest)} smaller than that makes steps that are smaller by as much."
    )


STOPPED = {"zero": _zero, "standing": _standing, "drowned": _drowned, "below": _below}


def _largest(layers):
    return max(each.gradient_of_a_weight for each in layers)


def _gradient_text(largest):
    return (
        f"The gradient of a weight is {scientific(largest)} at most. A weight's gradient is the signal that comes "
        "in times the gradient that comes back. One grows where the other falls, so the product is small everywhere."
    )


def _times(ratio):
    return f"{ratio:,.{0 if ratio >= 10 else 1}f} times" if ratio < 1e6 else f"{scientific(ratio)} times"


def _small_gradients(experiment, layers):
    if experiment.optimiser in ("sgd", "momentum"):
        return "The steps are small at first, and grow with the weights."
    largest = _largest(layers)
    if largest * LATE < ADAM_EPSILON:
        return (
            "Adam divides each gradient by its own size plus $10^{-8}$. This makes up for a small gradient, but not for one "
            f"that is {_times(ADAM_EPSILON / largest)} smaller than $10^{{-8}}$: learning starts late, or not at all."
        )
    return "Adam divides each gradient by its own size, so small gradients make steps as long as large ones."

"""What the figures of a network's layers mean for learning, in words."""

import math

from nnlib.deep.settings import MlpExperiment
from nnlib.deep.signal_at_start import ADAM, LayerSignal, below_epsilon, largest_decay, obstacle, steps_to_move
from nnlib.support.number_text import times_ten

KEPT = 0.1  # of the signal and more arrives
GROWN = 10
LATE = 30  # times smaller than Adam's ε: learning takes its time to begin

BIASES = (
    r"The biases near the output need no signal: the gradient of the last ones is the mean of $\psi - \Delta$ over the batch. "
    "But a bias adds the same to every image: all that they can learn is how frequent each class is. "
    r"All ten are about equally frequent here, and for that the best loss is $\log 10$."
)


def meaning(experiment: MlpExperiment, layers: list[LayerSignal]) -> str:
    """A paragraph or two of Markdown."""
    if layers[0].measured is None:
        return "The prediction needs no network: the factors of the layers, multiplied."
    spreads = [each.measured for each in layers]
    if not all(map(math.isfinite, spreads)) or max(spreads) > GROWN:
        return (
            f"**The signal grows, to {_size(max(spreads))} {_where(spreads)}.** The loss begins large, as if the network were "
            "sure of wrong answers, and the first steps jump. Each $n$ asks for a $\\sigma$ of its own: none suits all layers."
        )
    stopped = _stopped(experiment, layers)
    if stopped:
        return f"{stopped}\n\n{BIASES}"
    if min(spreads[:-1]) > KEPT:
        return (
            "**The signal arrives whole,** about as large as it went in, and the gradients arrive too. This network can learn."
        )
    return (
        f"**The signal fades to {_size(spreads[-2])} in the last hidden layer,** and the gradients with it. They are "
        f"still large enough to be heard. {_heard(experiment, layers)}"
    )


def _size(spread):
    return times_ten(spread) if not 0.01 <= spread < 1000 else f"{spread:.2g}"


def _where(spreads):
    at = spreads.index(max(spreads))
    return "at the output" if at == len(spreads) - 1 else f"in layer {at + 1}"


def _stopped(experiment, layers):
    """Why no gradient gets through to any layer of weights; empty where one does."""
    name = obstacle(experiment, layers)
    return f"**The signal is lost.** {STOPPED[name](experiment, layers)}" if name else ""


def _zero(experiment, layers):
    return "All gradients of weights are 0: nothing moves them."


def _standing(experiment, layers):
    steps = steps_to_move(experiment, layers)
    many = times_ten(steps) if math.isfinite(steps) else "infinitely many"
    return (
        "This optimiser steps by the learning rate times the gradient, and the gradients are tiny: on this slope the weights "
        f"need {many} steps to lower the loss by 0.01."
    )


def _drowned(experiment, layers):
    largest, decay = _largest(layers), largest_decay(experiment, layers)
    told = (
        f"{_gradient_told(largest)} Weight decay adds {experiment.weight_decay:g} times the weight to it, "
        f"{times_ten(decay)}: {_times(decay / largest)} as much. Adam divides every gradient by its own size, which hides how "
        "small it is, but what is left of it then is the decay. It pulls the weights to 0, and the rest of the signal goes "
        "with them."
    )
    if below_epsilon(layers):
        told += " Without the decay, the $10^{-8}$ that Adam adds to the size it divides by would drown it as well."
    return told


def _below(experiment, layers):
    largest = _largest(layers)
    return (
        f"{_gradient_told(largest)} Adam divides by the size of the gradient plus $10^{{-8}}$. A gradient "
        f"{_times(ADAM / largest)} smaller than that makes steps that are smaller by as much."
    )


STOPPED = {"zero": _zero, "standing": _standing, "drowned": _drowned, "below": _below}


def _largest(layers):
    return max(each.gradient_of_a_weight for each in layers)


def _gradient_told(largest):
    return (
        f"The gradient of a weight is {times_ten(largest)} at most. It is what comes in times what comes back, so that no "
        "layer is better off than another."
    )


def _times(ratio):
    return f"{ratio:,.{0 if ratio >= 10 else 1}f} times" if ratio < 1e6 else f"{times_ten(ratio)} times"


def _heard(experiment, layers):
    if experiment.optimiser in ("sgd", "momentum"):
        return "The steps are small at first, and grow as the weights do."
    largest = _largest(layers)
    if largest * LATE < ADAM:
        return (
            "Adam divides each by its own size plus $10^{-8}$, which hides how small a gradient is, but not one that is "
            f"{_times(ADAM / largest)} smaller than that: learning begins late, if at all."
        )
    return "Adam divides each by its own size, so that small gradients make steps like large ones."

"""What the figures of a network's layers mean for learning, in words."""

import math

from nnlib.mlp_experiment import MOMENTUM, MlpExperiment
from nnlib.signal_at_start import LayerSignal
from pages.shared.number_text import scientific

ADAM = 1e-8  # what Adam adds to the size that it divides a gradient by
DROWNED = 30  # times smaller than what weight decay adds: three layers of the report's widths learn at 9 times, not at 90
STANDING = 1e4  # times smaller than ADAM: without weight decay, four layers learn with luck at 500, five not at 100,000
KEPT = 0.1  # of the signal and more arrives
GROWN = 10
HUNDREDTH, FAR = 0.01, 1e7  # a first little of the loss, and more steps than a training has

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
            f"**The signal grows, to {scientific(max(spreads))}.** The loss begins large, as if the network were sure of wrong "
            "answers, and the first steps jump. Each $n$ asks for a $\\sigma$ of its own: none suits all layers."
        )
    stopped = _stopped(experiment, layers)
    if stopped:
        return f"{stopped}\n\n{BIASES}"
    if min(spreads[:-1]) > KEPT:
        return (
            "**The signal arrives whole,** about as large as it went in, and the gradients arrive too. This network can learn."
        )
    return (
        f"**The signal fades to {scientific(min(spreads))},** and the gradients with it. They are still large enough to be "
        f"heard. {_heard(experiment, layers)}"
    )


def decay_of_a_weight(experiment: MlpExperiment, layer: LayerSignal) -> float:
    """The root mean square of what weight decay adds to the gradient of a layer's weights. AdamW keeps it apart."""
    return 0.0 if experiment.optimiser == "adamw" else experiment.weight_decay * layer.deviation


def _stopped(experiment, layers):
    """Why no gradient gets through to any layer of weights; empty where one does."""
    largest = max(each.gradient_of_a_weight for each in layers)
    if largest == 0:
        return "**The signal is lost.** All gradients of weights are 0: nothing moves them."
    if experiment.optimiser in ("sgd", "momentum"):
        return _standing(experiment, layers)
    decay = max(decay_of_a_weight(experiment, each) for each in layers)
    drowned = largest * DROWNED < decay
    below = largest * STANDING < ADAM
    if not (drowned or below):
        return ""
    told = (
        f"**The signal is lost.** The gradient of a weight is {scientific(largest)} at most. It is what comes in times what "
        "comes back, so that no layer is better off than another. "
    )
    if drowned:
        told += (
            f"Weight decay adds {experiment.weight_decay:g} times the weight to it, {scientific(decay)}: "
            f"{_times(decay / largest)} as much. Adam divides every gradient by its own size, which hides how small it is, "
            "but what is left of it then is the decay. It pulls the weights to 0, and the rest of the signal goes with them. "
        )
    if drowned and below:
        told += "Without the decay, the $10^{-8}$ that Adam adds to the size it divides by would drown it as well. "
    elif below:
        told += (
            f"Adam divides by the size of the gradient plus $10^{{-8}}$. A gradient {_times(ADAM / largest)} smaller than that "
            "makes steps that are smaller by as much. "
        )
    return told.rstrip()


def _standing(experiment, layers):
    """With momentum, or none, steps are as small as the gradients."""
    pace = experiment.learning_rate * sum(each.gradient_norm**2 for each in layers)
    if experiment.optimiser == "momentum":
        pace /= 1 - MOMENTUM
    steps = HUNDREDTH / pace if pace else math.inf
    if steps < FAR:
        return ""
    many = scientific(steps) if math.isfinite(steps) else "infinitely many"
    return (
        "**The signal is lost.** This optimiser steps by the learning rate times the gradient, and the gradients are tiny: on "
        f"this slope the weights need {many} steps to lower the loss by 0.01."
    )


def _times(ratio):
    return f"{ratio:,.0f} times" if ratio < 1e6 else f"{scientific(ratio)} times"


def _heard(experiment, layers):
    if experiment.optimiser in ("sgd", "momentum"):
        return "The steps are small at first, and grow as the weights do."
    largest = max(each.gradient_of_a_weight for each in layers)
    if largest * DROWNED < ADAM:
        return (
            "Adam divides each by its own size plus $10^{-8}$, which hides how small a gradient is, but not one that is "
            f"{_times(ADAM / largest)} smaller than that: learning begins late, if at all."
        )
    return "Adam divides each by its own size, so that small gradients make steps like large ones."

"""The obstacle that keeps the gradient from moving the weights of a deep network, judged before training.

The thresholds were found by training the report's network on CIFAR-10: depths 2 to 5, σ from 0.0003 to 0.03, weight decay from
0 to 0.01, learning rates from 0.0001 to 0.03. Of 108 such networks, 104 did as `obstacle` says.
"""

import math
from collections.abc import Sequence

from nnlib.deep.settings import MOMENTUM, MlpExperiment
from nnlib.deep.signal_at_start import LayerSignal

ADAM_EPSILON = 1e-8  # Adam divides a gradient by its size plus this
DECAY_DOMINATES = 1.3  # the gradient after the first steps, times this, is still smaller than the weight decay
FIRST_STEPS = 2.5  # learning rates by which the first steps of Adam enlarge the weights, whatever the gradient
EPSILON_DOMINATES = 1e4  # times smaller than ε; without weight decay, four layers may learn at 500, five do not at 100,000
LOSS_CHANGE, MANY_STEPS = 0.01, 1e7  # a small change of the loss, and more steps than any training has
USUAL_RATE = 1e-3  # with a learning rate below this, small steps are due to the learning rate, not to the gradient


def obstacle(experiment: MlpExperiment, layers: Sequence[LayerSignal]) -> str | None:
    """Return what keeps the gradient from moving the weights of a network that starts with these LayerSignals.

    Returns
    -------
    "zero" : it is 0 in every layer
    "standing" : sgd, momentum: it is so small that the steps hardly move the weights
    "drowned" : adam: weight decay adds far more to it
    "below" : adam, adamw: it is far below the ε that the optimiser adds before it divides
    None : none of these, or nothing was measured
    """
    gradients = [gradient for each in layers if (gradient := each.gradient_of_a_weight) is not None]
    if not layers or len(gradients) < len(layers) or not all(map(math.isfinite, gradients)):
        return None
    if not any(gradients):
        return "zero"
    if experiment.optimiser in ("sgd", "momentum"):
        return "standing" if steps_to_move(experiment, layers) >= MANY_STEPS else None
    if max(gradients) * DECAY_DOMINATES * _growth(experiment, layers) < largest_decay(experiment, layers):
        return "drowned"
    return "below" if below_epsilon(layers) else None


def _growth(experiment, layers):
    """The factor by which the first steps of Adam raise the gradient relative to the weight decay.

    A gradient is a product of the weights of all other layers, and weight decay is proportional to those of its own layer. So
    one power fewer than there are hidden layers is left of the weights' growth.
    """
    largest = max(each.deviation for each in layers)
    return (1 + FIRST_STEPS * experiment.learning_rate / largest) ** (len(layers) - 2)


def below_epsilon(layers: Sequence[LayerSignal]) -> bool:
    """Return whether Adam's ε alone keeps the gradients from moving the weights."""
    return max(each.gradient_of_a_weight or 0.0 for each in layers) * EPSILON_DOMINATES < ADAM_EPSILON


def largest_decay(experiment: MlpExperiment, layers: Sequence[LayerSignal]) -> float:
    """Return `decay_of_a_weight` of the layer where it is largest."""
    return max(decay_of_a_weight(experiment, each) for each in layers)


def decay_of_a_weight(experiment: MlpExperiment, layer: LayerSignal) -> float:
    """Return the root mean square of what weight decay adds to the gradients of a layer. AdamW adds nothing to them."""
    return 0.0 if experiment.optimiser == "adamw" else experiment.weight_decay * layer.deviation


def steps_to_move(experiment: MlpExperiment, layers: Sequence[LayerSignal]) -> float:
    """Return how many steps of sgd or momentum, on the slope at the start, lower the loss by LOSS_CHANGE; inf if level."""
    change = max(experiment.learning_rate, USUAL_RATE) * sum((each.gradient_norm or 0.0) ** 2 for each in layers)
    if experiment.optimiser == "momentum":
        change /= 1 - MOMENTUM
    return LOSS_CHANGE / change if change else math.inf

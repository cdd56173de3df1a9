"""The size of the signal in every layer of a deep network before training, and of the gradient that comes back, measured.

Computed with NumPy in float64, which can represent a gradient of 1e-30, and so that pages need not import torch. What is
predicted comes from predicted_signal.py.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from nnlib.activations import activation_named
from nnlib.data import Dataset, Images
from nnlib.deep.predicted_signal import NORM_EPSILON, initial_variances, predicted_gradients, predicted_layers
from nnlib.deep.settings import MlpExperiment
from nnlib.losses import one_hot, softmax
from nnlib.support.arrays import Array, Labels

PROBE_IMAGES = 200  # images that the measurement uses
MOST_WEIGHTS = 20_000_000  # drawn within a second, in 160 MB
MOST_ORTHOGONAL = 4_000_000  # orthogonal weights take longer to draw


@dataclass(frozen=True)
class LayerSignal:
    """The signal and the gradient of one layer of weights.

    Attributes
    ----------
    layer : l, from 1 on
    inputs : n, the inputs of each of its units
    units : their number
    deviation : σ of its weights
    predicted : root mean square of the layer's outputs (a(l+1), or the logits), predicted
    measured : the same, measured; None if no network was drawn
    gradient_predicted : root mean square of ∂J/∂z(l+1), J the cross-entropy of one image, predicted
    gradient_measured : the same, measured; None if no network was drawn
    gradient_norm : ‖∂J/∂W(l)‖, J the cross-entropy; None if no network was drawn
    """

    layer: int
    inputs: int
    units: int
    deviation: float
    predicted: float
    measured: float | None
    gradient_predicted: float
    gradient_measured: float | None
    gradient_norm: float | None

    @property
    def gradient_of_a_weight(self) -> float | None:
        """The root mean square of the entries of ∂J/∂W(l)."""
        return None if self.gradient_norm is None else self.gradient_norm / math.sqrt(self.inputs * self.units)


def look_at_start(experiment: MlpExperiment, data: Dataset, draws: int = 1) -> list[LayerSignal]:
    """Return `signal_at_start` for the first training images of `data`. It only predicts if `can_draw` is false.

    A convolutional network has none: its pooling and the edges of its pictures have no such formula.
    """
    if experiment.channels:
        return []
    X, y = probe_images(cast(Images, data.X_train), PROBE_IMAGES), data.y_train[:PROBE_IMAGES]
    return signal_at_start(experiment, X, y, data.classes, draws if can_draw(experiment, draws) else 0)


def can_draw(experiment: MlpExperiment, draws: int) -> bool:
    """Return whether this many draws of the network take at most about a second."""
    return draws * experiment.weights <= (MOST_ORTHOGONAL if experiment.init == "orthogonal" else MOST_WEIGHTS)


def signal_at_start(experiment: MlpExperiment, X: Array, y: Labels, classes: int, draws: int = 1) -> list[LayerSignal]:
    """Return a LayerSignal for each layer of weights of an untrained network, input layer first.

    Parameters
    ----------
    experiment : the settings of the network. Dropout is ignored: it does not change the mean.
    X, y : (N, D) images and (N,) labels for the measurement, see `probe_images`
    classes : K
    draws : networks to draw; squares are averaged over them. A single draw differs by about 1/√width in each layer.
        With 0, the signal is only predicted.
    """
    layers = predicted_layers(experiment, X, classes)
    gradients = predicted_gradients(layers)
    drawn = [_drawn(experiment, layers, X, y, draw) for draw in range(draws)]
    measured = np.sqrt(np.mean(drawn, axis=0)).T.tolist() if drawn else [[None] * 3] * len(layers)
    return [
        LayerSignal(l, each.inputs, each.units, math.sqrt(each.variance), each.spread, spread, gradient, back, norm)
        for l, (each, gradient, (spread, back, norm)) in enumerate(zip(layers, gradients, measured), start=1)
    ]


def probe_images(images: Images, count: int) -> Array:
    """Return the first `count` images as the deep network sees them: (count, D), from −1 to 1."""
    return images.raw(slice(count)).reshape(count, -1) * (2 / images.white) - 1


def draw_weights(init: str, std: float, fan_in: int, fan_out: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw W (fan_in, fan_out) and b (fan_out,), float64, by the initialiser `init`."""
    if init == "torch":
        bound = 1 / math.sqrt(fan_in)
        return rng.uniform(-bound, bound, (fan_in, fan_out)), rng.uniform(-bound, bound, fan_out)
    W = rng.standard_normal((fan_in, fan_out))
    if init == "orthogonal":
        tall = W if fan_in >= fan_out else W.T
        Q, R = np.linalg.qr(tall)
        Q *= np.sign(np.diag(R))  # makes every orthogonal matrix equally likely
        return math.sqrt(2) * (Q if fan_in >= fan_out else Q.T), np.zeros(fan_out)
    return math.sqrt(initial_variances(init, std, fan_in, fan_out)[0]) * W, np.zeros(fan_out)


def _drawn(experiment, layers, X, y, draw):
    """The result of `pass_through` for the network of this draw."""
    rng = np.random.default_rng([experiment.seed, 3, draw])
    return pass_through(
        experiment, [draw_weights(experiment.init, experiment.std, each.inputs, each.units, rng) for each in layers], X, y
    )


def pass_through(experiment: MlpExperiment, layers: Sequence[tuple[Array, Array]], X: Array, y: Labels) -> NDArray[np.float64]:
    """Pass X (N, D) forward and the gradient for the labels y (N,) backward through `layers`, a sequence of (W, b).

    Returns an array (3, layers): of each layer the mean square of its outputs, that of the gradient ∂J/∂z of one image,
    and ‖∂J/∂W‖².
    """
    activations = [activation_named(name) for name in experiment.activation_of_layers]
    axis = {"batch": 0, "layer": 1, None: None}[experiment.normalised]
    a, z = [X], np.zeros(())  # a[l]: the inputs of layer l + 1
    norms = []  # of each hidden layer the normalised sums, and what they were multiplied by
    for (W, b), skip, activation in zip(layers, experiment.skips, activations):
        z = a[-1] @ W + b + (z if skip else 0)
        normal, scale = (z, None) if axis is None else normalised(z, axis)
        norms.append((normal, scale))
        a.append(activation.function(normal, np.empty_like(z)))
    W, b = layers[-1]
    logits = a[-1] @ W + b
    squares = [np.mean(np.square(array)) for array in (*a[1:], logits)]

    dz: Array = (softmax(logits) - one_hot(y, logits.shape[1])) / len(y)
    back, gradients = [np.mean(np.square(len(y) * dz))], [np.sum(np.square(a[-1].T @ dz))]
    for l in range(len(layers) - 1, 0, -1):
        through = activations[l - 1].multiply_by_derivative(dz @ layers[l][0].T, a[l])
        if axis is not None:
            normal, scale = norms[l - 1]
            means = [np.mean(each, axis=axis, keepdims=True) for each in (through, through * normal)]
            through = scale * (through - means[0] - normal * means[1])
        dz = through + dz if experiment.skips[l] else through
        back.insert(0, np.mean(np.square(len(y) * dz)))
        gradients.insert(0, np.sum(np.square(a[l - 1].T @ dz)))
    return np.array([squares, back, gradients])


def normalised(z: Array, axis: int) -> tuple[Array, Array]:
    """Return z minus its mean along the axis, times a scale: 1 / its deviation along the axis; and that scale."""
    scale = 1 / np.sqrt(z.var(axis=axis, keepdims=True) + NORM_EPSILON)
    return (z - z.mean(axis=axis, keepdims=True)) * scale, scale

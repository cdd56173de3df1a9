"""The size of the signal in every layer of a deep network before training, and of the gradient that comes back.

Weights of mean 0 and variance σ², biases of variance τ² (0 for most initialisers): z(l+1) = a(l) W + b sums n products, so

    mean square of z(l+1)  =  Fσ² · mean square of a(l) + τ²              on average over the weights
    mean square of a(l+1)  =  E f(z)², z normal with that mean square     ReLU: half of it, in all Fσ²/2 a layer

BatchNorm divides z by its deviation over the batch, and restarts the product: its output has mean square v / (v + ε), where
v is that variance. Source: He et al., 2015, arXiv:1502.01852; Ioffe & Szegedy, 2015, arXiv:1502.03167.

Computed with NumPy in float64, which can represent a gradient of 1e-30, and so that pages need not import torch.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from nnlib.activations import activation_named
from nnlib.data import Dataset, Images
from nnlib.deep.settings import MlpExperiment
from nnlib.losses import one_hot, softmax
from nnlib.support.arrays import Array, Labels

PROBE_IMAGES = 200  # images that the measurement uses
MOST_WEIGHTS = 20_000_000  # drawn within a second, in 160 MB
MOST_ORTHOGONAL = 4_000_000  # orthogonal weights take longer to draw

BATCH_NORM_EPSILON = 1e-5  # of nn.BatchNorm1d
NORMAL_GRID = np.linspace(-8, 8, 4001)  # on which means over a normal variable are taken
NORMAL_DENSITY = np.exp(-(NORMAL_GRID**2) / 2)
NORMAL_DENSITY /= NORMAL_DENSITY.sum()


@dataclass(frozen=True)
class LayerSignal:
    """The signal and the gradient of one layer of weights.

    Attributes
    ----------
    layer : l, from 1 on
    inputs : n, the inputs of each of its units
    units : their number
    deviation : σ of its weights
    predicted : root mean square of the layer's outputs (a(l+1), or the logits), by the formula above
    measured : the same, measured; None if no network was drawn
    gradient_norm : ‖∂J/∂W(l)‖, J the cross-entropy; None if no network was drawn
    """

    layer: int
    inputs: int
    units: int
    deviation: float
    predicted: float
    measured: float | None
    gradient_norm: float | None

    @property
    def gradient_of_a_weight(self) -> float | None:
        """The root mean square of the entries of ∂J/∂W(l)."""
        return None if self.gradient_norm is None else self.gradient_norm / math.sqrt(self.inputs * self.units)


def look_at_start(experiment: MlpExperiment, data: Dataset, draws: int = 1) -> list[LayerSignal]:
    """Return `signal_at_start` for the first training images of `data`. It only predicts if `can_draw` is false."""
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
    sizes = (X.shape[1], *experiment.hidden, classes)
    predicted = predicted_spreads(experiment, X, classes)
    drawn = [_drawn(experiment, sizes, X, y, draw) for draw in range(draws)]
    measured, gradients = np.sqrt(np.mean(drawn, axis=0)).tolist() if drawn else [[None] * len(predicted)] * 2
    return [
        LayerSignal(l + 1, n, units, _deviation(experiment, n, units), predicted[l], measured[l], gradients[l])
        for l, (n, units) in enumerate(zip(sizes, sizes[1:]))
    ]


def _deviation(experiment: MlpExperiment, n: int, units: int) -> float:
    return math.sqrt(initial_variances(experiment.init, experiment.std, n, units)[0])


def predicted_spreads(experiment: MlpExperiment, X: Array, classes: int) -> list[float]:
    """Return the root mean square of each layer's outputs by the formula, input layer first. X (N, D): the inputs."""
    sizes = (X.shape[1], *experiment.hidden, classes)
    square, variance = float(np.mean(np.square(X))), float(X.var(axis=0).mean())  # of the signal; its variance over examples
    spreads = []
    for l, (F, units) in enumerate(zip(sizes, sizes[1:]), start=1):
        weight_variance, bias_variance = initial_variances(experiment.init, experiment.std, F, units)
        square = F * weight_variance * square + bias_variance
        if l < len(sizes) - 1:
            if experiment.batch_norm:
                variance *= F * weight_variance
                square = variance / (variance + BATCH_NORM_EPSILON)
            mean, square = activation_moments(experiment.activation, square)
            variance = square - mean**2
        spreads.append(math.sqrt(square))
    return spreads


def initial_variances(init: str, std: float, fan_in: int, fan_out: int) -> tuple[float, float]:
    """Return the variances of weights and of biases: `init` is normal, he, xavier, orthogonal or torch (PyTorch's default)."""
    return {
        "normal": (std**2, 0.0),
        "he": (2 / fan_in, 0.0),
        "xavier": (2 / (fan_in + fan_out), 0.0),
        "orthogonal": (2 / max(fan_in, fan_out), 0.0),  # √2 times a matrix whose shorter side is orthonormal
        "torch": (1 / (3 * fan_in), 1 / (3 * fan_in)),  # uniform between ±1/√fan_in
    }[init]


def activation_moments(activation: str, variance: float) -> tuple[float, float]:
    """Return the means of f(z) and f(z)² for a normal z with mean 0 and this variance."""
    z = math.sqrt(variance) * NORMAL_GRID
    a = activation_named(activation).function(z, np.empty_like(z))
    return float(NORMAL_DENSITY @ a), float(NORMAL_DENSITY @ a**2)


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


def _drawn(experiment, sizes, X, y, draw):
    """The result of `pass_through` for the network of this draw."""
    rng = np.random.default_rng([experiment.seed, 3, draw])
    layers = [draw_weights(experiment.init, experiment.std, n, units, rng) for n, units in zip(sizes, sizes[1:])]
    return pass_through(layers, X, y, experiment.activation, experiment.batch_norm)


def pass_through(
    layers: Sequence[tuple[Array, Array]], X: Array, y: Labels, activation_name: str, batch_norm: bool
) -> NDArray[np.float64]:
    """Pass X (N, D) forward and the gradient for the labels y (N,) backward through `layers`, a sequence of (W, b).

    Returns an array (2, layers): the mean square of each layer's outputs, and ‖∂J/∂W‖² of each.
    """
    activation = activation_named(activation_name)
    a, norms = [X], []  # a[l]: the inputs of layer l + 1; norms[l]: output and scale of BatchNorm before a[l + 1]
    for W, b in layers[:-1]:
        z = a[-1] @ W + b
        scale = 1 / np.sqrt(z.var(axis=0) + BATCH_NORM_EPSILON)
        if batch_norm:
            z = (z - z.mean(axis=0)) * scale
        norms.append((z, scale))
        a.append(activation.function(z, np.empty_like(z)))
    W, b = layers[-1]
    logits = a[-1] @ W + b
    squares = [np.mean(np.square(array)) for array in (*a[1:], logits)]

    dz: Array = (softmax(logits) - one_hot(y, logits.shape[1])) / len(y)
    gradients = [np.sum(np.square(a[-1].T @ dz))]
    for l in range(len(layers) - 1, 0, -1):
        dz = activation.multiply_by_derivative(dz @ layers[l][0].T, a[l])
        if batch_norm:
            z, scale = norms[l - 1]
            dz = scale * (dz - dz.mean(axis=0) - z * np.mean(dz * z, axis=0))
        gradients.insert(0, np.sum(np.square(a[l - 1].T @ dz)))
    return np.array([squares, gradients])

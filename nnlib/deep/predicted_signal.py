"""The size of the signal in every layer of a deep network before training, and of the gradient that comes back, predicted.

Weights of mean 0 and variance σ², biases of variance τ² (0 for most initialisers): a layer adds up F products, so

    mean square of z(l+1)  =  Fσ² · mean square of a(l) + τ²       on average over the weights
    mean square of a(l+1)  =  E f(z)², z normal with that mean square     ReLU: half of it, in all Fσ²/2 a layer
    mean square of ∂J/∂z(l)  =  Mσ² · E f′(z)² · mean square of ∂J/∂z(l+1)     M units that each unit feeds; ReLU: Mσ²/2

A residual connection adds z(l) to z(l+1). The two are uncorrelated, for the new weights have mean 0: mean squares add up, as
they do on the way back, where ∂J/∂z(l+1) is added.

BatchNorm divides z by its deviation over the batch, and LayerNorm by that over the units. This restarts the product: the
output has mean square v / (v + ε), where v is that variance, and on the way back the gradient is divided by v + ε. In the first
layer, v is not the same everywhere: images have different contrast, and pixels are correlated, so that the sums of some units
vary more than those of others. Where v is small the gradient is large, and the mean of 1/v is more than 1 / the mean of v.

Source: He et al., 2015, arXiv:1502.01852; He et al., 2016, arXiv:1603.05027; Ioffe & Szegedy, 2015, arXiv:1502.03167; Ba et
al., 2016, arXiv:1607.06450.
"""

import math
from dataclasses import dataclass

import numpy as np

from nnlib.activations import activation_named
from nnlib.deep.settings import MlpExperiment
from nnlib.support.arrays import Array

NORM_EPSILON = 1e-5  # of nn.BatchNorm1d and nn.LayerNorm
NORMAL_GRID = np.linspace(-8, 8, 4000)  # on which means over a normal variable are taken, without 0, where ReLU has its kink
NORMAL_DENSITY = np.exp(-(NORMAL_GRID**2) / 2)
NORMAL_DENSITY /= NORMAL_DENSITY.sum()
LOGIT_DRAWS = 2000  # of normal logits, over which their gradient is averaged


@dataclass(frozen=True)
class PredictedLayer:
    """What is predicted of a layer of weights.

    Attributes
    ----------
    inputs, units : F, and the number of its units
    variance : σ² of its weights
    skip : whether it has a residual connection
    spread : root mean square of its outputs: of a(l+1), or of the logits
    slope : mean square of ∂a/∂z, through activation and norm; 1 for the logits
    """

    inputs: int
    units: int
    variance: float
    skip: bool
    spread: float
    slope: float


def predicted_layers(experiment: MlpExperiment, X: Array, classes: int) -> list[PredictedLayer]:
    """Return the predictions for all layers of weights, input layer first. X (N, D): the inputs."""
    sizes = (X.shape[1], *experiment.hidden, classes)
    square, variance = float(np.mean(np.square(X))), float(X.var(axis=0).mean())  # of a: mean square, variance over images
    z_square = z_variance = 0.0  # the same of z
    unevenness, v_variance = _unevenness(X, experiment.normalised), 0.0  # of the inputs; variance of v
    layers = []
    for l, (F, units, skip) in enumerate(zip(sizes, sizes[1:], experiment.skips)):
        weight_variance, bias_variance = initial_variances(experiment.init, experiment.std, F, units)
        z_square = F * weight_variance * square + bias_variance + skip * z_square
        z_variance = F * weight_variance * variance + skip * z_variance
        v_variance = (F * weight_variance) ** 2 * unevenness + skip * v_variance
        if l == len(sizes) - 2:
            square, slope = z_square, 1.0
        else:
            normal, norm_slope = z_square, 1.0
            if experiment.normalised:
                v = z_variance if experiment.normalised == "batch" else z_square
                normal, norm_slope = v / (v + NORM_EPSILON), mean_reciprocal(v + NORM_EPSILON, v_variance)
            mean, square, slope = activation_moments(experiment.activation_of_layers[l], normal)
            variance, slope, unevenness = square - mean**2, slope * norm_slope, 0.0
        layers.append(PredictedLayer(F, units, weight_variance, skip, math.sqrt(square), slope))
    return layers


def _unevenness(X, norm):
    """The variance of v / (Fσ²) in a layer with the inputs X (N, F): over images for LayerNorm, over units for BatchNorm.

    A unit's v is wᵀCw, C the covariances of the inputs, and has the variance 2σ⁴ tr C² over the weights w.
    """
    if norm == "layer":
        return float(np.mean(np.square(X), axis=1).var())
    if norm == "batch":
        centred = X - X.mean(axis=0)
        return float(2 * np.mean(np.square(centred @ centred.T)) / X.shape[1] ** 2)  # tr C² is a mean over pairs of images
    return 0.0


def mean_reciprocal(mean: float, variance: float) -> float:
    """Return the mean of 1/v for a positive v with this mean and this variance, exact for a gamma distribution.

    The variance counts as mean²/2 at most: for v that vary more, the mean of 1/v depends on the few smallest.
    """
    return 1 / (mean - min(variance / mean, mean / 2))


def predicted_gradients(layers: list[PredictedLayer]) -> list[float]:
    """Return the root mean square of ∂J/∂z for each layer, input layer first; J is the cross-entropy of one image."""
    square = logit_gradient(layers[-1].spread, layers[-1].units)
    squares = [square]
    for before, layer in zip(layers[-2::-1], layers[:0:-1]):
        square *= layer.units * layer.variance * before.slope + layer.skip
        squares.insert(0, square)
    return [math.sqrt(each) for each in squares]


def logit_gradient(spread: float, classes: int) -> float:
    """Return the mean square of the entries of ψ − Δ for normal logits with this standard deviation, and any label."""
    logits = spread * np.random.default_rng(0).standard_normal((LOGIT_DRAWS, classes))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    psi = powers / powers.sum(axis=1, keepdims=True)
    return float(1 - 2 / classes + np.sum(psi**2, axis=1).mean()) / classes


def initial_variances(init: str, std: float, fan_in: int, fan_out: int) -> tuple[float, float]:
    """Return the variances of weights and of biases: `init` is normal, he, xavier, orthogonal or torch (PyTorch's default)."""
    return {
        "normal": (std**2, 0.0),
        "he": (2 / fan_in, 0.0),
        "xavier": (2 / (fan_in + fan_out), 0.0),
        "orthogonal": (2 / max(fan_in, fan_out), 0.0),  # √2 times a matrix whose shorter side is orthonormal
        "torch": (1 / (3 * fan_in), 1 / (3 * fan_in)),  # uniform between ±1/√fan_in
    }[init]


def activation_moments(activation: str, variance: float) -> tuple[float, float, float]:
    """Return the means of f(z), f(z)² and f′(z)² for a normal z with mean 0 and this variance."""
    f = activation_named(activation)
    z = math.sqrt(variance) * NORMAL_GRID
    a = f.function(z, np.empty_like(z))
    slope = f.multiply_by_derivative(np.ones_like(a), a)
    return float(NORMAL_DENSITY @ a), float(NORMAL_DENSITY @ a**2), float(NORMAL_DENSITY @ slope**2)

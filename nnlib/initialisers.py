"""Initial weights W (fan_in, fan_out); biases start at zero.

The standard deviation σ decides whether the signal keeps its size from layer to layer: He's σ keeps it with ReLU, Xavier's
with an activation that is close to the identity; with a fixed σ it depends on the width of the layers. Each function here
returns σ for a layer.
"""

import math

import numpy as np
from numpy.typing import DTypeLike

from nnlib.support.arrays import Array
from nnlib.support.validation import one_of


def normal_std(fan_in: int, fan_out: int, std: float) -> float:
    """W ~ N(0, σ²) with σ = std."""
    return std


def he_std(fan_in: int, fan_out: int, std: float) -> float:
    """σ² = 2 / fan_in: keeps the mean square through a ReLU, which halves it. He et al., 2015, arXiv:1502.01852.

    torch.nn.init.kaiming_normal_ with its defaults, nonlinearity="relu".
    """
    return math.sqrt(2 / fan_in)


def xavier_std(fan_in: int, fan_out: int, std: float) -> float:
    """σ² = 2 / (fan_in + fan_out): a compromise of forward and backward pass. Glorot & Bengio, AISTATS 2010.

    torch.nn.init.xavier_normal_; Glorot & Bengio draw from a uniform distribution of the same variance.
    """
    return math.sqrt(2 / (fan_in + fan_out))


def zeros_std(fan_in: int, fan_out: int, std: float) -> float:
    """W = 0: all units of a layer stay equal. This shows why weights are drawn at random."""
    return 0.0


INITIALISERS = {"normal": normal_std, "he": he_std, "xavier": xavier_std, "zeros": zeros_std}


def initial_weights(name: str, fan_in: int, fan_out: int, std: float, rng: np.random.Generator, dtype: DTypeLike) -> Array:
    """Draw W (fan_in, fan_out) from `rng` with the initialiser called `name`. Raises ValueError for an unknown name.

    std : standard deviation, which only the initialiser "normal" uses.
    """
    sigma = INITIALISERS[one_of("init", name, INITIALISERS)](fan_in, fan_out, std)
    return (sigma * rng.standard_normal((fan_in, fan_out))).astype(dtype)

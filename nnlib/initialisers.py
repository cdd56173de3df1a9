"""Initial weights W (fan_in, fan_out); biases start at zero.

The standard deviation decides whether the signal keeps its size on its way through the layers:
He and Xavier choose it so that it does, a fixed σ leaves it to luck.
"""

import math

from nnlib.support.validation import one_of


def normal_std(fan_in, fan_out, std):
    """W ~ N(0, σ²) with the σ given."""
    return std


def he_std(fan_in, fan_out, std):
    """σ² = 2 / fan_in: keeps the variance through a ReLU, which loses half of it. He et al., 2015, arXiv:1502.01852."""
    return math.sqrt(2 / fan_in)


def xavier_std(fan_in, fan_out, std):
    """σ² = 2 / (fan_in + fan_out): a compromise of forward and backward pass. Glorot & Bengio, AISTATS 2010."""
    return math.sqrt(2 / (fan_in + fan_out))


def zeros_std(fan_in, fan_out, std):
    """W = 0: all units of a layer stay equal for ever. Here to be seen failing."""
    return 0.0


INITIALISERS = {"normal": normal_std, "he": he_std, "xavier": xavier_std, "zeros": zeros_std}


def initial_weights(name, fan_in, fan_out, std, rng, dtype):
    """Draw W (fan_in, fan_out) from `rng` by the initialiser called `name`. Raises ValueError for an unknown name."""
    sigma = INITIALISERS[one_of("init", name, INITIALISERS)](fan_in, fan_out, std)
    return (sigma * rng.standard_normal((fan_in, fan_out))).astype(dtype)

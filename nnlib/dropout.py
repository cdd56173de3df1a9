"""Dropout: while a network trains, some hidden units are left out at random, others for every example.

Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15 (2014), with what is
kept scaled up in training, so that nothing has to be scaled afterwards ("inverted" dropout).
"""

import numpy as np

from nnlib.activations import Activation
from nnlib.support.arrays import Array


class Dropout:
    """An activation with dropout, in place of the activation of a hidden layer. Without a mask it is that activation.

    Parameters
    ----------
    activation : the one of the layer.
    rate : the probability that a unit is left out, at least 0 and below 1.

    Attributes
    ----------
    name : that of the activation.
    mask : (N, H) factors of the outputs for a batch of N, 0 or 1 / (1 − rate); None where the network does not train.
    """

    def __init__(self, activation: "Activation | Dropout", rate: float):
        self.name: str = activation.name
        self.rate = rate
        self.mask: Array | None = None
        self._activation, self._scale = activation, 1.0

    def draw(self, shape: tuple[int, int], rng: np.random.Generator, dtype: np.dtype) -> None:
        """Draw the mask for a batch: `shape` is (N, H)."""
        scale = dtype.type(1 / (1 - self.rate))
        self.mask = (rng.random(shape) >= self.rate) * scale
        self._scale = float(scale)  # rounded as in the mask: it is divided out again

    def function(self, z: Array, out: Array) -> Array:
        """f(z) ∘ mask, written into `out`, which may be z."""
        a = self._activation.function(z, out=out)
        return a if self.mask is None else np.multiply(a, self.mask, out=a)

    def multiply_by_derivative(self, delta: Array, a: Array) -> Array:
        """delta ∘ mask ∘ f′(z), in place, with a = f(z) ∘ mask. Where the mask is not 0, f(z) is a without its scale."""
        if self.mask is None:
            return self._activation.multiply_by_derivative(delta, a)
        delta *= self.mask
        return self._activation.multiply_by_derivative(delta, a / self._scale)

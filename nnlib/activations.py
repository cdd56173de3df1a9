"""Activation functions a = f(z), each with the local gradient ∂a/∂z that the backward pass multiplies by.

The derivative is written in terms of the activation a, not of z: after the forward pass, a is available at no further cost.
Source: Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.3.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlib.support.arrays import Array
from nnlib.support.validation import one_of


@dataclass(frozen=True)
class Activation:
    """An activation function and its derivative, for arrays of any shape.

    function : (z, out) → a. Writes f(z) into `out`, an array of the shape of z (z itself is allowed), and returns it.
    multiply_by_derivative : (upstream, a) → upstream ∘ f′(z), computed in place, with a = f(z). All shapes are equal.
    """

    name: str
    function: Callable[..., Array]
    multiply_by_derivative: Callable[[Array, Array], Array]


def _relu(z: Array, out: Array) -> Array:
    return np.maximum(z, 0, out=out)


def _relu_backward(upstream: Array, a: Array) -> Array:
    """f′ = 1[z > 0], and z > 0 exactly where a > 0."""
    return np.multiply(upstream, a > 0, out=upstream)


def _tanh(z: Array, out: Array) -> Array:
    return np.tanh(z, out=out)


def _tanh_backward(upstream: Array, a: Array) -> Array:
    """f′ = 1 − a²"""
    return np.multiply(upstream, 1 - a * a, out=upstream)


def _sigmoid(z: Array, out: Array) -> Array:
    """f = 1 / (1 + e^(−z)), computed as ½(1 + tanh(z/2)), which cannot overflow."""
    np.multiply(z, 0.5, out=out)
    np.tanh(out, out=out)
    out += 1
    out *= 0.5
    return out


def _sigmoid_backward(upstream: Array, a: Array) -> Array:
    """f′ = a (1 − a)"""
    return np.multiply(upstream, a * (1 - a), out=upstream)


def _identity(z: Array, out: Array) -> Array:
    if out is not z:
        out[...] = z
    return out


def _identity_backward(upstream: Array, a: Array) -> Array:
    """f′ = 1"""
    return upstream


ACTIVATIONS = {
    "relu": Activation("relu", _relu, _relu_backward),
    "tanh": Activation("tanh", _tanh, _tanh_backward),
    "sigmoid": Activation("sigmoid", _sigmoid, _sigmoid_backward),
    "identity": Activation("identity", _identity, _identity_backward),
}


def activation_named(name: str) -> Activation:
    """Return the Activation called "relu", "tanh", "sigmoid" or "identity". Raises ValueError for another name."""
    return ACTIVATIONS[one_of("activation", name, ACTIVATIONS)]

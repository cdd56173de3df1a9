"""Activation functions a = f(z), each with the local gradient ∂a/∂z that the backward pass multiplies by.

The derivative is written in terms of the activation a, not of z: it is then there for free after the forward pass.
Source: Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.3.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlib.support.validation import one_of


@dataclass(frozen=True)
class Activation:
    """`function(z, out)` writes f(z) into `out`; `multiply_by_derivative(delta, a)` does delta ∘ f′ in place. Same shapes."""

    name: str
    function: Callable
    multiply_by_derivative: Callable


def _relu(z, out):
    return np.maximum(z, 0, out=out)


def _relu_backward(delta, a):
    """f′ = 1[z > 0], and z > 0 exactly where a > 0."""
    return np.multiply(delta, a > 0, out=delta)


def _tanh(z, out):
    return np.tanh(z, out=out)


def _tanh_backward(delta, a):
    """f′ = 1 − a²"""
    return np.multiply(delta, 1 - a * a, out=delta)


def _sigmoid(z, out):
    """f = 1 / (1 + e^(−z)), computed as ½(1 + tanh(z/2)), which cannot overflow."""
    np.multiply(z, 0.5, out=out)
    np.tanh(out, out=out)
    out += 1
    out *= 0.5
    return out


def _sigmoid_backward(delta, a):
    """f′ = a (1 − a)"""
    return np.multiply(delta, a * (1 - a), out=delta)


def _identity(z, out):
    if out is not z:
        out[...] = z
    return out


def _identity_backward(delta, a):
    """f′ = 1"""
    return delta


ACTIVATIONS = {
    "relu": Activation("relu", _relu, _relu_backward),
    "tanh": Activation("tanh", _tanh, _tanh_backward),
    "sigmoid": Activation("sigmoid", _sigmoid, _sigmoid_backward),
    "identity": Activation("identity", _identity, _identity_backward),
}


def activation_named(name):
    """The Activation called `name`: relu, tanh, sigmoid or identity. Raises ValueError for another."""
    return ACTIVATIONS[one_of("activation", name, ACTIVATIONS)]

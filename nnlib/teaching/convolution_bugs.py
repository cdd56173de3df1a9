"""The backward pass of a convolution with a single filter, right and with two common bugs, each checked by differences."""

from collections.abc import Callable, Mapping

import numpy as np

from nnlib.convolution import convolve
from nnlib.finite_differences import numerical_jacobian
from nnlib.gradient_check import SMALLEST, relative_error
from nnlib.support.arrays import Array
from nnlib.teaching.listing import Checked

X = np.array([[1, -3, 0, 2], [-2, 2, 4, -1], [3, 1, -4, 2], [-1, 0, 2, -3]], float)  # on which the bugs are checked
W, B = np.array([[1, -2], [3, -1]], float), 0.5

Backward = Callable[[Array, Array, Array], tuple[Array, Array, Array]]


def backward(x: Array, w: Array, dz: Array) -> tuple[Array, Array, Array]:
    """Gradients of w, b and x, position by position. x: (R, R), w: (Q, Q), dz: the gradient of the sums."""
    dw, db, dx = np.zeros_like(w), dz.sum(), np.zeros_like(x)
    for i, j in np.ndindex(dz.shape):
        patch = slice(i, i + len(w)), slice(j, j + len(w))
        dw += dz[i, j] * x[patch]
        dx[patch] += dz[i, j] * w
    return dw, db, dx


def with_patches_overwritten(x: Array, w: Array, dz: Array) -> tuple[Array, Array, Array]:
    """A pixel keeps the gradient of the last patch that it lies in."""
    dw, db, dx = np.zeros_like(w), dz.sum(), np.zeros_like(x)
    for i, j in np.ndindex(dz.shape):
        patch = slice(i, i + len(w)), slice(j, j + len(w))
        dw += dz[i, j] * x[patch]
        dx[patch] = dz[i, j] * w
    return dw, db, dx


def with_positions_averaged(x: Array, w: Array, dz: Array) -> tuple[Array, Array, Array]:
    """A shared weight gets the mean of its gradients over all positions."""
    dw, db, dx = np.zeros_like(w), dz.sum(), np.zeros_like(x)
    for i, j in np.ndindex(dz.shape):
        patch = slice(i, i + len(w)), slice(j, j + len(w))
        dw += dz[i, j] * x[patch] / dz.size
        dx[patch] += dz[i, j] * w
    return dw, db, dx


def check(backward: Backward, x: Array, w: Array, b: float) -> Mapping[str, Checked]:
    """Compare a backward pass with central differences of J = ½ Σ z², whose upstream gradient is z itself.

    Returns
    -------
    dict: "w", "b" and "x" → the gradient, its central differences, and the relative error of each entry.
    """
    found = dict(zip("wbx", backward(x, w, _sums(x, w, b))))
    numeric = numeric_gradients(x, w, b)
    return {name: Checked(each, numeric[name], relative_error(each, numeric[name], SMALLEST)) for name, each in found.items()}


def numeric_gradients(x: Array, w: Array, b: float) -> dict[str, Array]:
    """∂J/∂w, ∂J/∂b and ∂J/∂x of J = ½ Σ z², by central differences."""
    return {
        "w": _slopes(lambda each: _sums(x, each, b), w),
        "b": _slopes(lambda each: _sums(x, w, float(each)), np.array(b)),
        "x": _slopes(lambda each: _sums(each, w, b), x),
    }


def _sums(x, w, b):
    return convolve(x[np.newaxis, np.newaxis], w[np.newaxis, np.newaxis], np.array([b]))[0, 0]


def _slopes(sums, at):
    def loss(flat):
        return np.array([(sums(flat.reshape(at.shape)) ** 2).sum() / 2])

    return numerical_jacobian(loss, at.reshape(-1)).reshape(at.shape)

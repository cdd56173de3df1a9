"""The loss after a step against the gradient, compared with what the gradient alone predicts."""

import copy

import numpy as np
from numpy.typing import ArrayLike

from nnlib.network import MLP
from nnlib.optimisers import SGD, Params
from nnlib.support.arrays import Array


def stepped(net: MLP, X: ArrayLike, y: ArrayLike, reg: float, learning_rate: float) -> MLP:
    """Return a copy of the network after one step θ ← θ − η ∇J~ on the batch X (N, D), y (N,). `net` is not changed."""
    _, grads = net.loss(X, y, reg)
    return _moved(net, grads, learning_rate)


def along_the_gradient(net: MLP, X: ArrayLike, y: ArrayLike, reg: float, learning_rates: ArrayLike) -> tuple[Array, Array]:
    """Compute J~ after one step, for several learning rates, and the prediction of the gradient alone: J~ − η‖∇J~‖².

    ‖∇J~‖² is the sum of the squares of every parameter's gradient. The two agree up to a term of order η² (Taylor).

    Parameters
    ----------
    net, X, y, reg : the network, the batch (N, D) and (N,), and λ. The network is not changed.
    learning_rates : (M,) the η of each step.

    Returns
    -------
    (actual, predicted), each (M,).
    """
    learning_rates = np.asarray(learning_rates, float)
    J, grads = net.loss(X, y, reg)
    slope = sum((gradient**2).sum() for gradient in grads.values())
    actual = [_moved(net, grads, rate).loss(X, y, reg)[0] for rate in learning_rates]
    return np.array(actual), J - learning_rates * slope


def _moved(net: MLP, grads: Params, learning_rate: float) -> MLP:
    moved = copy.copy(net)
    moved.params = {name: array.copy() for name, array in net.params.items()}
    SGD(moved.params).update(moved.params, grads, learning_rate)
    return moved

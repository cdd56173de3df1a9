"""Where a step against the gradient leads, and where the straight line that the gradient promises would have led."""

import copy

import numpy as np

from nnlib.optimisers import SGD


def stepped(net, X, y, reg, learning_rate):
    """A copy of the network after one step θ ← θ − η ∇J~ on the batch X (N, D), y (N,). `net` is left as it was."""
    _, grads = net.loss(X, y, reg)
    return _moved(net, grads, learning_rate)


def along_the_gradient(net, X, y, reg, learning_rates):
    """J~ after one step, for each of the learning rates, and what the gradient alone promises: J~ − η‖∇J~‖².

    ‖∇J~‖² is the sum over the squares of every parameter's gradient. The two agree up to η² (Taylor).
    Returns arrays (actual, promised) of as many floats as there are learning rates.
    """
    learning_rates = np.asarray(learning_rates, float)
    J, grads = net.loss(X, y, reg)
    slope = sum((gradient**2).sum() for gradient in grads.values())
    actual = [_moved(net, grads, rate).loss(X, y, reg)[0] for rate in learning_rates]
    return np.array(actual), J - learning_rates * slope


def _moved(net, grads, learning_rate):
    moved = copy.copy(net)
    moved.params = {name: array.copy() for name, array in net.params.items()}
    SGD(moved.params).update(moved.params, grads, learning_rate)
    return moved

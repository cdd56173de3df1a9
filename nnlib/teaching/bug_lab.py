"""Where faulty backward passes are looked at: a problem that lets each of them run, and gradient descent with each of them.

The problem has N = D = H = K = 4. Equal sizes are where slips hide: a product in the wrong order, or a forgotten transpose,
still has the right shape there, and only the gradient check can tell.
"""

from dataclasses import dataclass

import numpy as np

from nnlib.gradient_check import in_precision
from nnlib.network import TwoLayerNet
from nnlib.symbolic.answers.evaluation import UndefinedPoint
from nnlib.teaching.listing import ListingError, gradients

SIZE = 4
REG = 0.1
STEPS = 200  # of gradient descent, and its
LEARNING_RATE = 0.05


@dataclass(frozen=True)
class Problem:
    """X (N, D), y (N,), a TwoLayerNet and λ: what a listing is checked on."""

    X: np.ndarray
    y: np.ndarray
    net: TwoLayerNet
    reg: float = REG


def problem(N=SIZE, D=SIZE, H=SIZE, K=SIZE, overflowing=False):
    """A problem with numbers near 1; overflowing: with logits near 800 for the last class, which is that of every example.

    Each hidden unit is on for some example.
    """
    rng = np.random.RandomState(10344)  # its stream never changes: the errors on the page stay those that the text describes
    net = TwoLayerNet(D, H, K)
    heard = False
    while not heard:  # draw again: a unit that is off for every example would hide what is wrong with its weights
        for array in net.params.values():
            array[...] = rng.standard_normal(array.shape).round(1)
        X, y = rng.standard_normal((N, D)).round(1), rng.randint(0, K, N)
        z, _ = net.forward(X)
        heard = (z[2] > 0).any(axis=0).all()
    if overflowing:
        net.params["b2"][-1] += 800
        y[:] = K - 1
    return Problem(X, y, net)


def problem_of(bug):
    """The problem that a bug is checked on."""
    return problem(overflowing=bug.overflows)


def training_losses(listing, start, steps=STEPS, learning_rate=LEARNING_RATE):
    """The loss before each step of gradient descent with the gradients of a listing, and after the last.

    start: the Problem it begins from, left as it was. θ = θ − η·gradient as NumPy reads it: a gradient of another shape is
    broadcast. Returns a list of at most steps + 1 floats, which ends early, in inf or nan, where the numbers grow too large.
    Raises ListingError for a listing that cannot be run.
    """
    net = in_precision(start.net, np.float64)
    losses = [float(net.loss(start.X, start.y, start.reg)[0])]
    with np.errstate(all="ignore"):
        while len(losses) <= steps and np.isfinite(losses[-1]):
            try:
                found = gradients(listing, net, start.X, start.y, start.reg)
            except ListingError as error:
                if not isinstance(error.__cause__, UndefinedPoint):
                    raise
                return [*losses, float("inf")]  # logits beyond what exp takes
            net.params = {name: array - learning_rate * found[name] for name, array in net.params.items()}
            losses.append(float(net.cost(net.logits(start.X), start.y, start.reg)))
    return losses

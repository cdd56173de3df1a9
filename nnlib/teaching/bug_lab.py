"""A problem on which every faulty backward pass can run, and gradient descent with each of them.

The problem has N = D = H = K = 4. Equal sizes hide mistakes: a product in the wrong order, or a forgotten transpose, still has
the right shape, so only the gradient check finds it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlib.gradient_check import in_precision
from nnlib.network import TwoLayerNet
from nnlib.support.arrays import Array, Labels
from nnlib.symbolic.answers.evaluation import UndefinedPoint
from nnlib.teaching.bugs import BUGS, Bug
from nnlib.teaching.listing import Checked, ListingError, gradients

SIZE = 4
REG = 0.1
STEPS, LEARNING_RATE = 200, 0.05  # of gradient descent


@dataclass(frozen=True)
class Problem:
    """X (N, D), y (N,), a TwoLayerNet and λ: on which a listing is checked."""

    X: Array
    y: Labels
    net: TwoLayerNet
    reg: float = REG


def problem(N: int = SIZE, D: int = SIZE, H: int = SIZE, K: int = SIZE, overflowing: bool = False) -> Problem:
    """Make a problem with numbers near 1 in which each hidden unit is on for at least one example.

    overflowing : with logits near 800 for the last class, which is the label of every example.
    """
    rng = np.random.RandomState(
        10344
    )  # its stream never changes, so the errors on the page remain those that the text describes
    net = TwoLayerNet(D, H, K)
    all_on = False
    while not all_on:  # a unit that is off for every example would hide the errors of its weights
        for array in net.params.values():
            array[...] = rng.standard_normal(array.shape).round(1)
        X, y = rng.standard_normal((N, D)).round(1), rng.randint(0, K, N)
        z, _ = net.forward(X)
        all_on = bool((z[2] > 0).any(axis=0).all())
    if overflowing:
        net.params["b2"][-1] += 800
        y[:] = K - 1
    return Problem(X, y, net)


def problem_of(bug: Bug) -> Problem:
    """Make the problem on which a bug is checked."""
    return problem(overflowing=bug.overflows)


def same_gradient(one: Any, other: Any) -> bool:
    """Whether two gradients agree in shape and, but for rounding errors, in value."""
    return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=1e-9, atol=1e-12)


def bug_with_the_errors_of(checked: Mapping[str, Checked], start: Problem) -> Bug | None:
    """Return the bug that leads to the same wrong gradients on this problem, however its line is written."""
    for bug in BUGS:
        try:
            of_bug = gradients(bug.listing, start.net, start.X, start.y, start.reg)
        except ListingError:  # a bug that needs equal sizes
            continue
        if all(same_gradient(each.gradient, of_bug[name]) for name, each in checked.items()):
            return bug
    return None


def training_losses(
    listing: Sequence[str], start: Problem, steps: int = STEPS, learning_rate: float = LEARNING_RATE
) -> list[float]:
    """Train by gradient descent with the gradients of a listing.

    Each step is θ = θ − η·gradient as NumPy computes it: a gradient of another shape is broadcast.

    Parameters
    ----------
    listing : lines of a backward pass.
    start : the Problem to begin with; it is not changed.
    steps, learning_rate : of gradient descent.

    Returns
    -------
    The loss before each step and after the last, at most steps + 1 floats; if the numbers grow too large, the list ends early,
    with inf or nan.

    Raises
    ------
    ListingError : the listing cannot be run.
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
                return [*losses, float("inf")]  # logits too large for exp
            net.params = {name: array - learning_rate * found[name] for name, array in net.params.items()}
            losses.append(float(net.cost(net.logits(start.X), start.y, start.reg)))
    return losses

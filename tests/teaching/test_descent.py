"""One gradient step, and the straight line next to the loss curve."""

import numpy as np
import pytest

from nnlib import TwoLayerNet
from nnlib.teaching.descent import along_the_gradient, stepped


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    return TwoLayerNet(4, 6, 3, std=0.5), rng.standard_normal((5, 4)), rng.integers(0, 3, 5), 0.1


def test_a_step_moves_every_parameter_against_its_gradient_in_a_copy(problem):
    net, X, y, reg = problem
    before = {name: array.copy() for name, array in net.params.items()}
    _, grads = net.loss(X, y, reg)
    after = stepped(net, X, y, reg, 0.25)
    for name, array in before.items():
        np.testing.assert_allclose(after.params[name], array - 0.25 * grads[name])
        np.testing.assert_array_equal(net.params[name], array)


def test_a_small_step_matches_the_tangent_up_to_the_square_of_the_rate(problem):
    rates = np.array([1e-2, 1e-3, 1e-4])
    actual, promised = along_the_gradient(*problem, rates)
    assert (actual < problem[0].loss(*problem[1:])[0]).all()
    gaps = np.abs(actual - promised)
    np.testing.assert_allclose(gaps[1:] / gaps[:-1], 0.01, rtol=0.2)


def test_the_loss_along_the_gradient_is_the_loss_after_that_step(problem):
    actual, _ = along_the_gradient(*problem, [0, 0.5])
    assert actual[0] == problem[0].loss(*problem[1:])[0]
    assert actual[1] == stepped(*problem, 0.5).loss(*problem[1:])[0]

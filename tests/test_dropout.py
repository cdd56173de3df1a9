"""Dropout: what a step computes, that only training uses it, and that it is repeated."""

import numpy as np
import pytest

from nnlib import MLP, gradient_check
from nnlib.activations import ACTIVATIONS
from nnlib.dropout import Dropout
from nnlib.experiment.settings import Experiment
from nnlib.fast_step import TrainingStep
from nnlib.optimisers import optimiser_named


def with_dropout(activation="relu", rate=0.5, rows=6, seed=0):
    """A network whose masks are drawn for a batch."""
    net = MLP((3, 8, 5, 4), activation, "xavier", seed=seed)
    net.activations = {l: Dropout(each, rate) for l, each in net.activations.items()}
    rng = np.random.default_rng(seed)
    for l, dropout in net.activations.items():
        dropout.draw((rows, net.sizes[l - 1]), rng, net.dtype)
    return net


def batch(rows=6):
    rng = np.random.default_rng(1)
    return rng.standard_normal((rows, 3)), rng.integers(0, 4, rows)


@pytest.mark.parametrize("activation", sorted(set(ACTIVATIONS) - {"relu"}))
def test_the_gradient_with_masks_agrees_with_differences(activation):
    net, (X, y) = with_dropout(activation), batch()
    _, grads = net.loss(X, y, 0.1)
    for name, array in net.params.items():
        for entry in range(0, array.size, 7):
            before, h, losses = array.flat[entry], 1e-6, []
            for sign in (1, -1):
                array.flat[entry] = before + sign * h
                losses.append(net.loss(X, y, 0.1)[0])
            array.flat[entry] = before
            assert grads[name].flat[entry] == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=1e-8)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_a_fast_step_equals_a_readable_one(activation):
    (fast, readable), (X, y) = (with_dropout(activation), with_dropout(activation)), batch()
    J, grads = readable.loss(X, y, 0.1)
    step = TrainingStep(fast, optimiser_named("sgd", fast.params), len(y))
    assert step(X, y, 0.1, 0.1) == pytest.approx(J, rel=1e-10)
    for name, array in readable.params.items():
        np.testing.assert_allclose(fast.params[name], array - 0.1 * grads[name], rtol=1e-8, atol=1e-12)


def test_a_unit_that_is_left_out_passes_nothing_on_and_the_others_make_up_for_it():
    net, (X, _) = with_dropout(rate=0.25), batch()
    mask = net.activations[2].mask
    _, a = net.forward(X)
    assert set(np.unique(mask)) == {0, 1 / 0.75}
    for dropout in net.activations.values():
        dropout.mask = None
    np.testing.assert_allclose(a[2], net.forward(X)[1][2] * mask)
    large = Dropout(ACTIVATIONS["relu"], 0.3)
    large.draw((400, 500), np.random.default_rng(0), np.dtype(np.float32))
    assert large.mask.mean() == pytest.approx(1, abs=0.01) and large.mask.dtype == np.float32


def trained(steps, **settings):
    experiment = Experiment(hidden=(20, 10), dropout=0.4, **settings)
    training = experiment.training_on(experiment.load())
    list(training.events(steps))
    return training


def test_only_training_leaves_units_out_and_a_resumed_run_leaves_out_the_same():
    whole, first = trained(60), trained(25)
    X = whole.X_val
    np.testing.assert_array_equal(whole.network.probabilities(X), whole.network.probabilities(X))
    assert max(gradient_check(whole.network, X[:5], whole.y_val[:5]).values()) < 1e-4  # in single precision
    again = trained(0)
    again.restore(first.state())
    list(again.events(35))
    for name, array in whole.network.params.items():
        np.testing.assert_array_equal(array, again.network.params[name])
    assert not np.array_equal(whole.network.params["W1"], trained(60, seed=1).network.params["W1"])

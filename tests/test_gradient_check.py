import numpy as np
import pytest

from nnlib import MLP, TwoLayerNet, gradient_check
from nnlib.activations import ACTIVATIONS
from nnlib.gradient_check import numeric_gradients


def batch(D=4, K=3, N=6, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return scale * rng.standard_normal((N, D)), rng.integers(0, K, N)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize("penalty", ["l2", "l1"])
def test_a_correct_gradient_agrees(activation, penalty):
    net = MLP((4, 8, 7, 3), activation, penalty=penalty)
    assert max(gradient_check(net, *batch(), reg=0.1).values()) < 1e-8


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scale", [1, 10])
@pytest.mark.parametrize("std", [1e-4, 0.1, 1])
def test_the_exercises_network_agrees(seed, scale, std):
    net = TwoLayerNet(4, 10, 3, std=std, seed=seed)
    errors = gradient_check(net, *batch(scale=scale, seed=seed), reg=0.25)
    assert errors.keys() == net.params.keys()
    assert max(errors.values()) < 1e-8


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize(("init", "std"), [("normal", 1e-3), ("zeros", 0)])
def test_tiny_and_vanishing_gradients_also_agree(activation, init, std):
    X, _ = batch()
    net = MLP((4, 10, 10, 3), activation, init, std)
    assert max(gradient_check(net, X, np.arange(6) % 3, reg=0.1).values()) < 1e-8


class WrongWhereAllIsZero(TwoLayerNet):
    def loss(self, X, y, reg=0.0):
        J, grads = super().loss(X, y, reg)
        return J, {**grads, "b1": grads["b1"] + 5}


def test_a_network_at_its_kinks_is_still_checked():
    assert gradient_check(WrongWhereAllIsZero(4, 10, 3, std=0), *batch())["b1"] == pytest.approx(1)


class MissingSum(TwoLayerNet):
    """The report's slip: a bias gradient without the sum over the batch."""

    def loss(self, X, y, reg=0.0):
        J, grads = super().loss(X, y, reg)
        return J, {**grads, "b2": grads["b2"] / len(X)}


class NoFactorTwo(TwoLayerNet):
    """λW where the penalty's gradient is 2λW."""

    def loss(self, X, y, reg=0.0):
        J, grads = super().loss(X, y, reg)
        return J, {**grads, "W1": grads["W1"] - reg * self.params["W1"]}


class NotANumber(TwoLayerNet):
    def loss(self, X, y, reg=0.0):
        J, grads = super().loss(X, y, reg)
        return J, {**grads, "W2": grads["W2"] * np.nan}


@pytest.mark.parametrize(("faulty", "name"), [(MissingSum, "b2"), (NoFactorTwo, "W1"), (NotANumber, "W2")])
def test_a_wrong_gradient_affects_only_its_own_parameter(faulty, name):
    errors = gradient_check(faulty(4, 10, 3, std=0.5), *batch(), reg=0.5)
    assert errors.pop(name) > 1e-2
    assert max(errors.values()) < 1e-8


def test_the_network_is_unchanged():
    net = TwoLayerNet(4, 10, 3, std=0.1)
    before = {name: array.copy() for name, array in net.params.items()}
    gradient_check(net, *batch())
    for name, array in net.params.items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_central_differences_of_every_entry_agree_with_the_backward_pass(activation):
    net = MLP((4, 8, 7, 3), activation)
    X, y = batch()
    numeric = numeric_gradients(net, X, y, reg=0.1)
    _, grads = net.loss(X, y, reg=0.1)
    assert numeric.keys() == grads.keys()
    for name in grads:
        np.testing.assert_allclose(numeric[name], grads[name], rtol=1e-7, atol=1e-9)

import numpy as np
import pytest

from nnlib import MLP, TwoLayerNet, gradient_check
from nnlib.activations import ACTIVATIONS
from nnlib.gradient_check import LossNear, _in_extended_precision, in_precision, numeric_gradients, relative_error


def batch(D=4, K=3, N=6, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return scale * rng.standard_normal((N, D)), rng.integers(0, K, N)


@pytest.mark.parametrize("activation", [*sorted(ACTIVATIONS), ["tanh", "relu"]])
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
    assert max(gradient_check(net, X, np.arange(6) % 3, reg=0.1).values()) < 5e-7


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


def report_batch(N=5):
    """CIFAR-10's shapes, scaled to [−1, 1]."""
    rng = np.random.default_rng(0)
    return rng.uniform(-1, 1, (N, 3072)), rng.integers(0, 10, N)


def report_network(depth, wrong=lambda grads: grads, activation="relu", dtype=np.float64):
    """The report's network with σ = 1e-3, whose gradients are 1e-8 (three layers) and 1e-11 (four), and a faulty `loss`."""

    class Faulty(MLP):
        def loss(self, X, y, reg=0.0):
            J, grads = super().loss(X, y, reg)
            return J, wrong(grads)

    return Faulty((3072, 50, 40, 30, 20)[: depth + 1] + (10,), activation, "normal", 1e-3, dtype=dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("reg", [0, 0.25])
@pytest.mark.parametrize("depth", [3, 4])
def test_the_small_gradients_of_the_reports_deep_networks_agree(depth, reg, dtype):
    errors = gradient_check(report_network(depth, dtype=dtype), *report_batch(), reg=reg, samples=10)
    assert max(errors.values()) < 5e-7


WRONG = {
    "flipped sign": lambda g: -g,
    "all zero": lambda g: 0 * g,
    "twice as large": lambda g: 2 * g,
    "without 1/N": lambda g: 5 * g,
    "every other unit forgotten": lambda g: g * (np.arange(g.shape[-1]) % 2),
    "one per cent off": lambda g: 1.01 * g,
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(("depth", "activation"), [(3, "relu"), (4, "relu"), (3, "tanh")])
def test_wrong_gradients_of_the_reports_deep_networks_are_far_from_agreement(depth, activation, wrong):
    net = report_network(depth, lambda grads: {name: wrong(gradient) for name, gradient in grads.items()}, activation)
    _, right = MLP.loss(net, *report_batch())
    errors = gradient_check(net, *report_batch(), samples=30)
    assert all(errors[name] > 5e-3 for name, gradient in right.items() if (wrong(gradient) != gradient).any())


def test_one_wrong_entry_is_found_if_it_is_the_largest_of_many():
    def spoil(grads):
        grads["W1"][1234, 5] = 1e-6
        return grads

    assert gradient_check(report_network(3, spoil), *report_batch(), samples=2)["W1"] > 0.9


def test_a_gradient_of_the_wrong_shape_is_infinitely_wrong():
    net = report_network(1, lambda grads: grads | {"b2": np.ones((5, 10))})
    errors = gradient_check(net, *report_batch(), samples=3)
    assert errors.pop("b2") == np.inf and max(errors.values()) < 1e-6


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize("dtype", [np.longdouble, np.float64])
def test_the_doubt_in_a_slope_is_about_as_large_as_its_error(activation, dtype):
    net = in_precision(MLP((4, 10, 10, 3), activation), dtype)
    exact = in_precision(net, np.longdouble)
    X, y = batch()
    loss, (_, grads) = LossNear(net, X, y, 0.1), exact.loss(X, y, 0.1)
    for name, gradient in grads.items():
        for entry in range(gradient.size):
            slope, doubt = loss.slope_and_doubt(name, entry)
            assert abs(slope - gradient.flat[entry]) < 3 * doubt < 1e-8


def test_the_loss_near_the_parameters_is_that_of_the_changed_network():
    net, (X, y) = MLP((4, 8, 7, 3), "tanh"), batch()
    loss = LossNear(net, X, y, 0.1)
    for name, array in net.params.items():
        before = array.copy()
        changed = MLP((4, 8, 7, 3), "tanh")
        changed.params[name].flat[2] += 0.5
        assert loss.at(name, 2, array.flat[2] + 0.5) == pytest.approx(changed.loss(X, y, 0.1)[0], rel=1e-12)
        np.testing.assert_array_equal(array, before)


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


def test_an_error_is_relative_to_the_larger_gradient_a_hundredth_of_the_largest_slope_and_the_floor():
    analytic, numeric = np.array([3.0, 1.0, 0.001, np.nan, np.inf]), np.array([2.0, 4.0, 0.002, 1.0, 1.0])
    np.testing.assert_allclose(relative_error(analytic, numeric, 0.01), [1 / 3, 3 / 4, 0.001 / 0.04, np.inf, np.inf])
    np.testing.assert_allclose(relative_error(analytic[:3], numeric[:3], np.array([10, 1, 0.5])), [0.1, 3 / 4, 0.002])


def test_large_logits_round_the_loss_and_leave_more_doubt():
    X, y = batch()
    net = MLP((4, 8, 3))
    small = LossNear(net, X, y, 0).slope_and_doubt("W1", 0)
    net.params["b2"] += 1e6  # softmax does not change
    large = LossNear(net, X, y, 0).slope_and_doubt("W1", 0)
    assert abs(large[0] - small[0]) < 3 * large[1] and large[1] > 1e3 * small[1]


@pytest.mark.parametrize(("rows", "dtype"), [(400, np.longdouble), (450, np.float64)])
def test_extended_precision_is_for_networks_whose_loss_is_quickly_computed(rows, dtype):
    """One loss takes rows × (3072 + 180 × 10) multiplications: two million for 410 rows."""
    assert _in_extended_precision(MLP((3072, 180, 10)), rows).dtype == dtype

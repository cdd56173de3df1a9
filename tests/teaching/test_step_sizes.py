import numpy as np
import pytest

from nnlib import MLP, TwoLayerNet
from nnlib.gradient_check import LossNear
from nnlib.teaching.step_sizes import STEPS, sweep

TYPES = [np.float32, np.float64]
ENTRIES = [("W1", 3), ("b1", 0), ("W2", 4), ("b2", 1)]


def problem(activation="relu"):
    rng = np.random.default_rng(0)
    net = TwoLayerNet(4, 10, 3, std=0.5) if activation == "relu" else MLP((4, 10, 3), activation, "normal", 0.5)
    return net, rng.standard_normal((5, 4)), rng.integers(0, 3, 5), 0.1


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name, entry", ENTRIES)
def test_the_two_terms_together_bound_the_error_at_every_step_size(name, entry, dtype):
    found = sweep(*problem(), name, entry, dtype)
    for method, errors in (("forward", found.forward), ("central", found.central)):
        assert np.all(errors <= 2 * (found.truncation(method, found.s) + found.rounding(found.s)))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name, entry", ENTRIES)
def test_the_curve_is_a_u_with_its_bottom_near_the_best_h(name, entry, dtype):
    found = sweep(*problem(), name, entry, dtype)
    for method, errors in (("forward", found.forward), ("central", found.central)):
        decades = np.log10(found.s / found.best_step(method))
        bottom = np.median(errors[np.abs(decades) <= 0.5])
        assert errors[0] > 10 * bottom
        assert np.median(errors[decades < -2]) > 10 * bottom


@pytest.mark.parametrize("method, order", [("forward", 1), ("central", 2)])
def test_where_truncation_dominates_a_tenth_of_h_gains_one_or_two_digits(method, order):
    s = np.array([1e-2, 1e-3])
    wide, narrow = getattr(sweep(*problem("tanh"), "b2", 1, steps=s), method)
    assert np.log10(wide / narrow) == pytest.approx(order, abs=0.1)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("method", ["forward", "central"])
def test_the_best_h_is_where_the_sum_of_the_terms_is_least(method, dtype):
    found = sweep(*problem(), "W2", 4, dtype)
    total = lambda s: found.truncation(method, s) + found.rounding(s)  # noqa: E731
    best = found.best_step(method)
    assert total(best) < min(total(0.8 * best), total(1.25 * best))


def test_central_differences_come_closer_than_forward_ones_and_float64_closer_than_float32():
    found = {dtype: sweep(*problem(), "W2", 4, dtype) for dtype in TYPES}
    for each in found.values():
        assert each.central.min() < each.forward.min() / 10
    assert found[np.float64].central.min() < found[np.float32].central.min() / 1e4


def test_the_step_size_difference_equals_that_of_the_gradient_check():
    net, X, y, reg = problem()
    found = sweep(net, X, y, reg, "W1", 3, steps=(1e-4,))
    numeric = LossNear(net, X, y, reg).slope("W1", 3, 1e-4)
    assert found.central[0] == pytest.approx(abs(numeric - found.analytic), abs=1e-11)


def test_the_step_sizes_are_four_a_decade_down_to_1e_12():
    np.testing.assert_allclose(STEPS[::4], 10.0 ** -np.arange(13))


def test_steps_too_small_for_the_type_measure_nothing():
    found = sweep(*problem(), "W1", 3, np.float32, steps=(1e-12,))
    assert found.central[0] == abs(found.analytic) > 0


def test_a_loss_that_does_not_depend_on_the_entry_has_no_best_h():
    net, X, y, _ = problem()
    net.params["W2"][0] = 0  # the unit has no effect on the output
    found = sweep(net, X, y, 0.0, "W1", 0)
    assert found.analytic == 0 and not found.central.any()
    assert found.best_step("central") == found.best_step("forward") == float("inf")


def test_the_network_is_unchanged():
    net, X, y, reg = problem()
    before = {name: array.copy() for name, array in net.params.items()}
    sweep(net, X, y, reg, "W1", 3, np.float32, STEPS[:3])
    for name, array in net.params.items():
        np.testing.assert_array_equal(array, before[name])

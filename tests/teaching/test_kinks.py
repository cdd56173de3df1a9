import numpy as np
import pytest

from nnlib import TwoLayerNet
from nnlib.teaching.kinks import relu_slope, slopes_near_kink


@pytest.mark.parametrize(
    "z, s, slope", [(0.3, 0.1, 1), (0.1, 0.1, 1), (-0.3, 0.1, 0), (0, 0.1, 0.5), (0.05, 0.1, 0.75), (-0.05, 0.1, 0.25)]
)
def test_the_slope_of_relu_is_one_of_its_two_only_while_h_stays_off_the_kink(z, s, slope):
    assert relu_slope(z, s) == pytest.approx(slope)


def problem():
    rng = np.random.default_rng(0)
    return TwoLayerNet(4, 10, 3, std=0.5), rng.standard_normal((5, 4)), rng.integers(0, 3, 5), 0.1


@pytest.mark.parametrize("distance", [0.1, -0.1])
def test_away_from_the_kink_both_differences_agree_with_the_backward_pass(distance):
    found = slopes_near_kink(*problem(), example=0, unit=0, distance=distance, s=1e-4)
    assert found.free == pytest.approx(found.analytic, rel=1e-6)
    assert found.fixed == pytest.approx(found.analytic, rel=1e-6)


@pytest.mark.parametrize("distance", [1e-5, -1e-5])
def test_across_the_kink_the_free_difference_is_half_way_and_the_fixed_one_agrees(distance):
    found = slopes_near_kink(*problem(), example=0, unit=0, distance=distance, s=1e-3)
    assert abs(found.analytic - found.beyond) > 0.01
    assert found.free == pytest.approx((found.analytic + found.beyond) / 2, rel=1e-2)
    assert found.fixed == pytest.approx(found.analytic, rel=1e-6)


def test_the_network_is_unchanged():
    net, X, y, reg = problem()
    before = net.params["b1"].copy()
    slopes_near_kink(net, X, y, reg, 0, 0, 0.01, 0.1)
    np.testing.assert_array_equal(net.params["b1"], before)

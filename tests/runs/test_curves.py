"""A loss curve, thinned and smoothed."""

import numpy as np
import pytest

from nnlib.runs import curves


def textbook_mean(loss):
    """The definition, one step at a time."""
    mean, means = 0.0, []
    for t, value in enumerate(loss, start=1):
        mean = 0.98 * mean + 0.02 * value
        means.append(mean / (1 - 0.98**t))
    return means


@pytest.mark.parametrize("n", [1, 2, curves.BLOCK, curves.BLOCK + 1, 2345])
def test_the_smoothed_curve_matches_its_definition(n):
    loss = np.random.default_rng(0).gamma(1.0, size=n)
    assert curves.smoothed(loss) == pytest.approx(textbook_mean(loss), rel=1e-9)


def test_the_smoothed_curve_skips_nan():
    assert curves.smoothed([1.0, np.nan, 3.0])[[0, 2]] == pytest.approx(textbook_mean([1.0, 3.0]))
    assert np.isnan(curves.smoothed([np.nan, np.inf])).all()


@pytest.mark.parametrize("n", [1, 2, 1999, 2000, 2001, 54_321])
def test_a_thinned_curve_has_original_values_and_the_mean_of_all(n):
    loss = np.random.default_rng(0).gamma(1.0, size=n)
    thin = curves.thinned(loss)
    assert len(thin["step"]) == len(thin["value"]) == len(thin["smooth"]) == min(n, curves.SHOWN)
    assert thin["step"][0] == 1 and thin["step"][-1] == n
    assert thin["value"] == pytest.approx(loss[np.array(thin["step"]) - 1], rel=1e-4)
    assert thin["smooth"][-1] == pytest.approx(textbook_mean(loss)[-1], rel=1e-4)


def test_a_curve_may_be_empty_or_end_in_nan():
    assert curves.thinned([]) == {"step": [], "value": [], "smooth": []}
    assert curves.thinned([2.0, 2.0, 1.0, 1.0], ends=[2])["smooth"] == [2.0, 2.0, 1.0, 1.0]
    assert curves.thinned([2.0, 2.0], ends=[2])["smooth"] == [2.0, 2.0]
    assert curves.thinned([2.0, None]) == {"step": [1, 2], "value": [2.0, None], "smooth": [2.0, 2.0]}

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnlib.finite_differences import numerical_jacobian
from nnlib.losses import cross_entropy, entropy, one_hot, penalty, penalty_gradient, softmax, softmax_jacobian

logits = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(2, 7)), elements=st.floats(-1e4, 1e4))


@given(logits)
def test_softmax_rows_are_probabilities_even_for_huge_logits(z):
    psi = softmax(z)
    assert np.all((psi >= 0) & (psi <= 1))
    np.testing.assert_allclose(psi.sum(axis=1), 1, rtol=1e-12)


@given(logits, st.floats(-1e4, 1e4))
def test_softmax_is_invariant_to_a_shift(z, shift):
    np.testing.assert_allclose(softmax(z + shift), softmax(z), atol=1e-10)


@given(logits, st.data())
def test_cross_entropy_is_minus_the_mean_log_probability_and_never_infinite(z, data):
    y = np.array(data.draw(st.lists(st.integers(0, z.shape[1] - 1), min_size=len(z), max_size=len(z))))
    J = cross_entropy(z, y)
    assert math.isfinite(J) and J >= 0
    psi_y = softmax(z)[np.arange(len(y)), y]
    if psi_y.min() > 1e-300:
        assert J == pytest.approx(-np.log(psi_y).mean(), abs=1e-9)


def test_cross_entropy_of_a_hopeless_logit_is_the_logit_gap():
    assert cross_entropy(np.array([[1e4, -1e4]]), np.array([1])) == 2e4


def test_float32_survives_the_same_logits():
    z = np.array([[1e4, -1e4, 0]], np.float32)
    assert softmax(z).dtype == np.float32
    assert np.isfinite(cross_entropy(z, np.array([1])))


@given(arrays(np.float64, st.integers(2, 7), elements=st.floats(-20, 20)))
def test_softmax_jacobian_agrees_with_central_differences(z):
    numeric = numerical_jacobian(lambda each: softmax(each[np.newaxis])[0], z)
    np.testing.assert_allclose(softmax_jacobian(z), numeric, atol=1e-9)


@given(arrays(np.float64, st.integers(2, 7), elements=st.floats(-1e4, 1e4)))
def test_softmax_jacobian_is_symmetric_and_its_rows_sum_to_zero(z):
    jacobian = softmax_jacobian(z)
    np.testing.assert_array_equal(jacobian, jacobian.T)
    np.testing.assert_allclose(jacobian.sum(axis=1), 0, atol=1e-15)


def test_entropy_goes_from_certainty_to_equal_probabilities():
    assert str(entropy(np.array([0.0, 1.0, 0.0]))) == "0.0"
    assert entropy(np.full(5, 0.2)) == pytest.approx(math.log(5))
    assert entropy(np.array([0.5, 0.25, 0.25])) == pytest.approx(1.5 * math.log(2))


def test_one_hot():
    np.testing.assert_array_equal(one_hot(np.array([2, 0]), 3), [[0, 0, 1], [1, 0, 0]])


def test_penalties_and_their_gradients():
    W = np.array([[1.0, -2.0], [0.0, 3.0]])
    assert penalty("l2", W) == 14
    assert penalty("l1", W) == 6
    np.testing.assert_array_equal(penalty_gradient("l2", W), 2 * W)
    np.testing.assert_array_equal(penalty_gradient("l1", W), [[1, -1], [0, 1]])

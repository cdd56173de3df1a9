import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnlib.activations import ACTIVATIONS, activation_named

away_from_the_kink = st.floats(-20, -0.01) | st.floats(0.01, 20)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@given(z=arrays(np.float64, (2, 3), elements=away_from_the_kink))
def test_the_local_gradient_is_the_slope(name, z):
    f = ACTIVATIONS[name]
    h = 1e-6
    slope = (f.function(z + h, np.empty_like(z)) - f.function(z - h, np.empty_like(z))) / (2 * h)
    derivative = f.multiply_by_derivative(np.ones_like(z), f.function(z, np.empty_like(z)))
    np.testing.assert_allclose(derivative, slope, atol=1e-8)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_an_activation_may_be_computed_in_place_and_survives_huge_inputs(name):
    z = np.array([[-1e4, -1.0, 0.0, 1.0, 1e4]])
    apart = ACTIVATIONS[name].function(z, np.empty_like(z))
    in_place = z.copy()
    ACTIVATIONS[name].function(in_place, in_place)
    np.testing.assert_array_equal(in_place, apart)
    assert np.isfinite(apart).all()


def test_relu_passes_no_gradient_at_zero():
    assert ACTIVATIONS["relu"].multiply_by_derivative(np.array([5.0]), np.array([0.0])) == 0


def test_an_unknown_name_is_rejected_with_the_choices():
    with pytest.raises(ValueError, match=r"activation = 'gelu': must be one of relu, tanh, sigmoid, identity\."):
        activation_named("gelu")

import numpy as np
import pytest

from nnlib.finite_differences import central_difference, numerical_jacobian


def test_central_differences_are_exact_for_a_square_and_off_by_h_squared_for_a_cube():
    assert central_difference(lambda x: x**2, 3.0, 0.5) == 6
    assert central_difference(lambda x: x**3, 3.0, 0.5) == 27.25


def test_the_input_type_is_preserved():
    assert type(central_difference(np.sin, np.longdouble(1), np.longdouble(1e-5))) is np.longdouble
    assert type(central_difference(np.sin, np.float32(1), np.float32(1e-2))) is np.float32


def test_the_jacobian_of_a_linear_map_is_its_matrix():
    W = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, 4.0]])
    np.testing.assert_allclose(numerical_jacobian(lambda z: W @ z, [0.3, -0.7, 2.0]), W, atol=1e-9)


def test_rows_are_outputs_and_columns_are_inputs():
    jacobian = numerical_jacobian(lambda z: np.array([z[0] ** 2, z[0] * z[1]]), [3.0, 5.0])
    np.testing.assert_allclose(jacobian, [[6, 0], [5, 3]], atol=1e-8)


@pytest.mark.parametrize("h", [1e-1, 1e-2])
def test_the_error_for_a_cubic_is_the_step_squared(h):
    (error,) = (numerical_jacobian(lambda z: z**3, [1.0], h) - 3).flat
    assert error == pytest.approx(h**2)

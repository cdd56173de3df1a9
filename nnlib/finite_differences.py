"""Central differences of any function: what a derivation can be held against."""

import numpy as np


def central_difference(f, x, h):
    """[f(x + h) − f(x − h)] / 2h ≈ f′(x)          truncation error ~ h², rounding error ~ ε/h

    f takes a number and returns a number or an array; x and h in its units. In the arithmetic of the type of x and h.
    """
    return (f(x + h) - f(x - h)) / (2 * h)


def numerical_jacobian(f, z, h=1e-5):
    """∂f_i/∂z_j ≈ [f_i(z + h e_j) − f_i(z − h e_j)] / 2h

    f takes (K,) and returns (M,); z (K,) float; h the step, in units of z. Returns (M, K): row i holds the derivatives of
    f_i, column j those with respect to z_j.
    """
    z = np.asarray(z, float)

    def column(e):
        return central_difference(lambda t: f(z + t * e), 0.0, h)

    return np.column_stack([column(e) for e in np.eye(len(z))])

"""The Jacobian of any function of a vector, by central differences: what a derivation can be held against."""

import numpy as np


def numerical_jacobian(f, z, h=1e-5):
    """∂f_i/∂z_j ≈ [f_i(z + h e_j) − f_i(z − h e_j)] / 2h          truncation error ~ h², rounding error ~ ε/h

    f takes (K,) and returns (M,); z (K,) float; h the step, in units of z. Returns (M, K): row i holds the derivatives of
    f_i, column j those with respect to z_j.
    """
    z = np.asarray(z, float)
    steps = h * np.eye(len(z))
    return np.column_stack([(f(z + step) - f(z - step)) / (2 * h) for step in steps])

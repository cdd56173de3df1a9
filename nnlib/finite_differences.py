"""Central differences of any function, to compare a derivation with."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlib.support.arrays import Array


def central_difference(f: Callable[[Any], Any], x: Any, s: Any) -> Any:
    """[f(x + s) − f(x − s)] / 2s ≈ f′(x)          truncation error ~ s², rounding error ~ ε/s

    Parameters
    ----------
    f : function of a number that returns a number or an array.
    x, s : where the derivative is taken, and the step, in the units of x. Their type is the precision of the arithmetic.
    """
    return (f(x + s) - f(x - s)) / (2 * s)


def numerical_jacobian(f: Callable[[Array], Array], z: ArrayLike, s: float = 1e-5) -> Array:
    """∂f_i/∂z_j ≈ [f_i(z + s e_j) − f_i(z − s e_j)] / 2s

    Parameters
    ----------
    f : function of an array (K,) that returns an array (M,).
    z : (K,) where the derivatives are taken.
    s : the step, in the units of z.

    Returns
    -------
    (M, K) : row i holds the derivatives of f_i, column j the derivatives with respect to z_j.
    """
    z = np.asarray(z, float)

    def column(e):
        return central_difference(lambda t: f(z + t * e), 0.0, s)

    return np.column_stack([column(e) for e in np.eye(len(z))])

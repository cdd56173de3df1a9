"""Which step size s? The error of finite differences is smallest between rounding (small s) and truncation (large s).

    forward   [J(θ + s) − J(θ)] / s          error ≈ s |J″| / 2   + ε |J| / s     least at s = √(2 ε |J| / |J″|)
    central   [J(θ + s) − J(θ − s)] / 2s     error ≈ s² |J‴| / 6  + ε |J| / s     least at s = ∛(3 ε |J| / |J‴|)

The first term is the rest of the Taylor series; the second is there because J is rounded to about ε |J| (ε: the distance from
1 to the next number of the type). With J and its derivatives near 1, the best s is about ε^½ and ε^⅓.
Source: Press et al., Numerical Recipes (3rd ed., 2007), section 5.7.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlib.finite_differences import central_difference
from nnlib.gradient_check import LossNear, in_precision, relu_switches
from nnlib.network import MLP
from nnlib.support.arrays import Array, Labels

STEPS = tuple(10.0 ** np.linspace(0, -12, 49))  # four a decade
FOR_DERIVATIVES = 1e-2  # the step for estimating J″ and J‴: their rounding error, ε/s³, is then far below 1


@dataclass(frozen=True)
class StepSizes:
    """The errors of finite differences for one parameter entry θ.

    s : (M,) step sizes.
    forward, central : (M,) absolute errors |numeric − analytic| of the two kinds of difference.
    analytic : the exact slope.
    epsilon : of the floating-point type.
    J, second, third : the loss at θ, J″ and J‴.
    """

    s: Array
    forward: Array
    central: Array
    analytic: float
    epsilon: float
    J: float
    second: float
    third: float

    def truncation(self, method: str, s: Any) -> Any:
        """The truncation error: s |J″| / 2 for "forward", s² |J‴| / 6 for "central"."""
        return s * abs(self.second) / 2 if method == "forward" else s**2 * abs(self.third) / 6

    def rounding(self, s: Any) -> Any:
        """The rounding error: ε |J| / s, for both methods."""
        return self.epsilon * abs(self.J) / s

    def best_step(self, method: str) -> float:
        """The s with the smallest sum of both errors; infinite if there is no truncation error."""
        curvature, power = (self.second / 2, 2) if method == "forward" else (self.third / 3, 3)
        return (self.epsilon * abs(self.J) / abs(curvature)) ** (1 / power) if curvature else float("inf")


def sweep(
    net: MLP, X: ArrayLike, y: Labels, reg: float, name: str, entry: int, dtype: Any = np.float64,
    steps: Sequence[float] = STEPS,
) -> StepSizes:  # fmt: skip
    """Measure the error of forward and central differences for θ = params[name].flat[entry] over many step sizes.

    The network is first rounded to `dtype`; the exact slope is the analytic gradient of the rounded network in float64. ReLUs
    are fixed, on or off, as they are at θ, so that J is smooth.

    Parameters
    ----------
    net, X, y, reg : the network, inputs (N, D), labels (N,) and λ.
    name, entry : which parameter, and the index of its entry in row-major order.
    dtype : np.float32 or np.float64, in which the differences are computed.
    steps : (M,) the step sizes, in the units of θ.
    """
    rounded = in_precision(net, dtype)
    X = np.asarray(X, dtype)
    exact, exact_X = in_precision(rounded, np.float64), X.astype(np.float64)
    switches = relu_switches(exact, exact_X)
    _, grads = exact.loss(exact_X, y, reg)
    analytic = float(grads[name].flat[entry])

    loss = LossNear(rounded, X, y, reg, switches)
    errors = []
    for s in steps:
        slopes = _differences(loss, name, entry, rounded.dtype.type(s))
        errors.append([abs(float(slope) - analytic) for slope in slopes])
    forward, central = np.array(errors).T

    derivatives = _derivatives(LossNear(exact, exact_X, y, reg, switches), name, entry)
    return StepSizes(np.array(steps), forward, central, analytic, float(np.finfo(dtype).eps), *derivatives)


def _differences(loss: LossNear, name: str, entry: int, s: Any) -> tuple[Any, Any]:
    """Forward and central difference, rounded to the network's type after every operation."""
    theta = loss.net.params[name].flat[entry]

    def J(value):
        return loss.net.dtype.type(loss.at(name, entry, value))

    return (J(theta + s) - J(theta)) / s, central_difference(J, theta, s)


def _derivatives(loss: LossNear, name: str, entry: int) -> tuple[float, float, float]:
    """J, J″ and J‴ at θ: central differences of second and third order."""
    theta, s = loss.net.params[name].flat[entry], FOR_DERIVATIVES
    J = {step: loss.at(name, entry, theta + step * s) for step in (-2, -1, 0, 1, 2)}
    second = (J[1] - 2 * J[0] + J[-1]) / s**2
    third = (J[2] - 2 * J[1] + 2 * J[-1] - J[-2]) / (2 * s**3)
    return J[0], second, third

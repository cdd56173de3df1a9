"""Which h? The error of finite differences over step sizes: a U, truncation on its right side, rounding on its left.

    forward   [J(θ + h) − J(θ)] / h          error ≈ h |J″| / 2   + ε |J| / h     least at h = √(2 ε |J| / |J″|)
    central   [J(θ + h) − J(θ − h)] / 2h     error ≈ h² |J‴| / 6  + ε |J| / h     least at h = ∛(3 ε |J| / |J‴|)

The first term is what Taylor's series leaves out; the second comes from J itself, which is known to about ε |J| only (ε: the
distance from 1 to the next number of the type). With J and its derivatives near 1, the best h is about ε^½ and ε^⅓.
Source: Press et al., Numerical Recipes (3rd ed., 2007), section 5.7.
"""

from dataclasses import dataclass

import numpy as np

from nnlib.finite_differences import central_difference
from nnlib.gradient_check import cost_at, in_precision, relu_switches

STEPS = tuple(10.0 ** np.linspace(0, -12, 49))  # four a decade
FOR_DERIVATIVES = 1e-2  # the step that J″ and J‴ are estimated with: their rounding, ε/h³, is then far below 1


@dataclass(frozen=True)
class StepSizes:
    """What a sweep found for one parameter entry θ.

    h (M,) step sizes, forward (M,) and central (M,) the absolute errors |numeric − analytic|; analytic, the slope that counts
    as right; epsilon of the floating-point type; J, second, third: the loss at θ, J″ and J‴.
    """

    h: np.ndarray
    forward: np.ndarray
    central: np.ndarray
    analytic: float
    epsilon: float
    J: float
    second: float
    third: float

    def truncation(self, method, h):
        """What Taylor's series leaves out: h |J″| / 2 for "forward", h² |J‴| / 6 for "central"."""
        return h * abs(self.second) / 2 if method == "forward" else h**2 * abs(self.third) / 6

    def rounding(self, h):
        """ε |J| / h, for both methods."""
        return self.epsilon * abs(self.J) / h

    def best_h(self, method):
        """Where the sum of the two is least; infinite where nothing is truncated."""
        curvature, power = (self.second / 2, 2) if method == "forward" else (self.third / 3, 3)
        return (self.epsilon * abs(self.J) / abs(curvature)) ** (1 / power) if curvature else float("inf")


def sweep(net, X, y, reg, name, entry, dtype=np.float64, steps=STEPS):
    """The error of both kinds of difference for θ = params[name].flat[entry], over `steps`, in plain arithmetic of `dtype`.

    The network is first rounded to `dtype`, and what counts as right is the analytic gradient of the rounded network in
    float64. ReLUs are held as they are at θ, so that J is smooth. dtype: np.float32 or np.float64. Returns StepSizes.
    """
    rounded = in_precision(net, dtype)
    X, y = np.asarray(X, dtype), np.asarray(y)
    exact, exact_X = in_precision(rounded, np.float64), X.astype(np.float64)
    switches = relu_switches(exact, exact_X)
    _, grads = exact.loss(exact_X, y, reg)
    analytic = float(grads[name].flat[entry])

    errors = []
    for h in steps:
        slopes = _differences(rounded, X, y, reg, name, entry, rounded.dtype.type(h), switches)
        errors.append([abs(float(slope) - analytic) for slope in slopes])
    forward, central = np.array(errors).T

    derivatives = _derivatives(exact, exact_X, y, reg, name, entry, switches)
    return StepSizes(np.array(steps), forward, central, analytic, float(np.finfo(dtype).eps), *derivatives)


def _differences(net, X, y, reg, name, entry, h, switches):
    """Forward and central difference, rounded to the network's type after every operation."""
    theta = net.params[name].flat[entry]

    def J(value):
        return net.dtype.type(cost_at(net, X, y, reg, name, entry, value, switches))

    return (J(theta + h) - J(theta)) / h, central_difference(J, theta, h)


def _derivatives(net, X, y, reg, name, entry, switches):
    """J, J″ and J‴ at θ: central differences of second and third order."""
    theta, h = net.params[name].flat[entry], FOR_DERIVATIVES
    J = {step: cost_at(net, X, y, reg, name, entry, theta + step * h, switches) for step in (-2, -1, 0, 1, 2)}
    second = (J[1] - 2 * J[0] + J[-1]) / h**2
    third = (J[2] - 2 * J[1] + 2 * J[-1] - J[-2]) / (2 * h**3)
    return J[0], second, third

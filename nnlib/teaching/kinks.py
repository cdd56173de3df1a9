"""The kink of ReLU at 0, where a finite difference measures something between the slopes of its two sides.

    [max(0, z + h) − max(0, z − h)] / (2h)  =  1 for z ≥ h,   0 for z ≤ −h,   (z + h) / (2h) in between: ½ at the kink

An analytic gradient that is right then looks wrong. So a gradient check holds each ReLU as it is at θ, on or off.
"""

from dataclasses import dataclass

from nnlib.finite_differences import central_difference
from nnlib.gradient_check import in_precision, numeric_slope, relu_switches


def relu_slope(z, h):
    """The central difference of max(0, z) with step h."""
    return central_difference(lambda each: max(0.0, each), z, h)


@dataclass(frozen=True)
class Kink:
    """Slopes of J with respect to one entry of b1 near a kink.

    analytic, by the backward pass; beyond, the same on the other side of the kink, equally far from it; free, by the central
    difference with ReLUs that switch as they like; held, by the central difference with ReLUs held.
    """

    analytic: float
    beyond: float
    free: float
    held: float


def slopes_near_kink(net, X, y, reg, example, unit, distance, h):
    """The four slopes after b1[unit] is shifted so that z(2)[example, unit] = `distance`, negative where the ReLU is off.

    net: an MLP with ReLUs, left as it was; X (N, D); y (N,); h, the step. Returns Kink.
    """
    net = in_precision(net, "float64")
    z, _ = net.forward(X)
    b1 = net.params["b1"]
    b1[unit] += distance - z[2][example, unit]
    _, grads = net.loss(X, y, reg)
    entry = ("b1", unit, h)
    free = numeric_slope(net, X, y, reg, *entry, {})
    held = numeric_slope(net, X, y, reg, *entry, relu_switches(net, X))
    b1[unit] -= 2 * distance
    _, beyond = net.loss(X, y, reg)
    return Kink(float(grads["b1"][unit]), float(beyond["b1"][unit]), float(free), float(held))

"""The kink of ReLU at 0, where a finite difference lies between the slopes of the two sides.

    [max(0, z + s) − max(0, z − s)] / (2s)  =  1 for z ≥ s,   0 for z ≤ −s,   (z + s) / (2s) in between: ½ at the kink

A correct analytic gradient then looks wrong. So a gradient check fixes each ReLU, on or off, as it is at θ.
"""

from dataclasses import dataclass

from nnlib.finite_differences import central_difference
from nnlib.gradient_check import LossNear, in_precision
from nnlib.network import MLP
from nnlib.support.arrays import Array, Labels


def relu_slope(z: float, s: float) -> float:
    """The central difference of max(0, z) with step s, both in the units of z."""
    return central_difference(lambda each: max(0.0, each), z, s)


@dataclass(frozen=True)
class Kink:
    """Slopes of J with respect to one entry of b1 near a kink.

    analytic : from the backward pass.
    beyond : from the backward pass at the mirror point, on the other side of the kink.
    free : from the central difference, with ReLUs that may switch.
    fixed : from the central difference, with fixed ReLUs.
    """

    analytic: float
    beyond: float
    free: float
    fixed: float


def slopes_near_kink(net: MLP, X: Array, y: Labels, reg: float, example: int, unit: int, distance: float, s: float) -> Kink:
    """Compute the four slopes at a given distance from a kink.

    Parameters
    ----------
    net : an MLP with ReLUs; it is not changed.
    X, y, reg : inputs (N, D), labels (N,) and λ.
    example, unit, distance : b1[unit] is shifted so that z(2)[example, unit] = distance; negative: the ReLU is off.
    s : the step of the central difference.
    """
    net = in_precision(net, "float64")
    z, _ = net.forward(X)
    b1 = net.params["b1"]
    b1[unit] += distance - z[2][example, unit]
    _, grads = net.loss(X, y, reg)
    free = LossNear(net, X, y, reg, switches={}).slope("b1", unit, s)
    fixed = LossNear(net, X, y, reg).slope("b1", unit, s)
    b1[unit] -= 2 * distance
    _, beyond = net.loss(X, y, reg)
    return Kink(float(grads["b1"][unit]), float(beyond["b1"][unit]), float(free), float(fixed))

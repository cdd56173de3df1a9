"""The gradient check: compares the backward pass with finite differences of the forward pass."""

import copy
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from nnlib.finite_differences import central_difference
from nnlib.network import MLP
from nnlib.support.arrays import Array, Labels

STEP_SIZES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
SMALLEST = 1e-4  # errors of smaller gradients are relative to this: below it, the rounding of J dominates
GOOD_ENOUGH = 1e-10  # an error at which no further step size is tried
SMALL = 2_000_000  # multiplications of a forward pass up to which extended precision, without BLAS, is fast enough

Network = TypeVar("Network", bound=MLP)
Switches = Mapping[int, NDArray[np.bool_]]  # l → which ReLUs of layer l are on, (N, H_l)


def gradient_check(
    net: MLP, X: ArrayLike, y: ArrayLike, reg: float = 0.0, samples: int = 50, seed: int = 0
) -> dict[str, float]:
    """Maximum relative error of the analytic gradient against central differences, for each parameter.

        ∂J/∂θ ≈ [J(θ + h) − J(θ − h)] / 2h          truncation error ~ h², rounding error ~ ε/h

    No single h suits every entry: with a large h the truncation error is large, with a small h the rounding error. So
    several are tried and the smallest error counts: a correct gradient agrees at some h, a wrong one at none. On small
    networks J is computed in extended precision where the machine has it. If a ReLU switched between θ − h and θ + h, the
    difference would cross a kink and differ from the slope at θ: so every ReLU stays on or off as it is at θ.

    The error of an entry is |analytic − numeric| / max(|analytic|, |numeric|, s). Here s is a tenth of the array's largest
    gradient, and at least 10⁻⁴: for smaller gradients the rounding of J would dominate the error.

    Parameters
    ----------
    net : the network; it is not changed.
    X, y : (N, D) inputs and (N,) labels.
    reg : λ.
    samples : the largest number of entries tried in each array.
    seed : chooses these entries.

    Returns
    -------
    dict: parameter name → largest error of its entries, infinite if the analytic gradient is not finite.
    """
    _, grads = net.loss(X, y, reg)
    y = np.asarray(y)
    exact = _in_extended_precision(net, len(y))
    X = np.asarray(X, exact.dtype)
    switches = relu_switches(exact, X)
    rng = np.random.default_rng(seed)
    errors = {}
    for name, gradient in grads.items():
        scale = max(np.abs(gradient).max() / 10, SMALLEST)
        entries = rng.choice(gradient.size, min(samples, gradient.size), replace=False)
        errors[name] = max(
            _entry_error(exact, X, y, reg, name, entry, float(gradient.flat[entry]), scale, switches) for entry in entries
        )
    return errors


def numeric_gradients(net: MLP, X: ArrayLike, y: ArrayLike, reg: float = 0.0, h: float = 1e-5) -> dict[str, Array]:
    """The gradient of every parameter by central differences with one step size, computed as in `gradient_check`.

    This takes two forward passes for each entry. The network is not changed.

    Parameters
    ----------
    net, X, y, reg : as in `gradient_check`.
    h : the step, in the units of the parameters.

    Returns
    -------
    dict: parameter name → float64 array of its shape.
    """
    y = np.asarray(y)
    exact = _in_extended_precision(net, len(y))
    X = np.asarray(X, exact.dtype)
    switches = relu_switches(exact, X)
    numeric: dict[str, Array] = {name: np.zeros(array.shape) for name, array in net.params.items()}
    for name, array in numeric.items():
        for entry in range(array.size):
            array.flat[entry] = numeric_slope(exact, X, y, reg, name, entry, h, switches)
    return numeric


def numeric_slope(
    net: MLP, X: Array, y: Labels, reg: float, name: str, entry: int, h: float, switches: Switches
) -> np.floating:
    """∂J/∂θ by a central difference with step h, for θ = params[name].flat[entry]. switches : as in `cost_at`."""
    return central_difference(
        lambda value: cost_at(net, X, y, reg, name, entry, value, switches), net.params[name].flat[entry], h
    )


def cost_at(net: MLP, X: Array, y: Labels, reg: float, name: str, entry: int, value: Any, switches: Switches) -> float:
    """J with params[name].flat[entry] = value; afterwards the parameter has its old value again.

    switches : l → which ReLUs of layer l are on, from `relu_switches`; if empty, they switch as usual.
    """
    theta = net.params[name].flat[entry]
    net.params[name].flat[entry] = value
    J = net.cost(_logits(net, X, switches), y, reg)
    net.params[name].flat[entry] = theta
    return J


def relu_switches(net: MLP, X: Array) -> Switches:
    """l → which ReLUs of layer l are on, (N, H_l) bool; an empty dict for other activations."""
    _, a = net.forward(X)
    return {l: a[l] > 0 for l in range(2, net.depth + 1)} if net.activation.name == "relu" else {}


def _logits(net: MLP, X: Array, switches: Switches) -> Array:
    """The logits (N, K), with a(l) = z(l) ∘ switches[l] if there are switches."""
    a = X
    for l in range(1, net.depth + 1):
        z = a @ net.params[f"W{l}"] + net.params[f"b{l}"]
        if l < net.depth:
            a = z * switches[l + 1] if switches else net.activation.function(z, out=z)
    return z


def relative_error(analytic: Any, numeric: Any, scale: float) -> Any:
    """|analytic − numeric| / max(|analytic|, |numeric|, scale), entry by entry, for numbers or arrays of one shape."""
    return abs(analytic - numeric) / np.maximum(np.maximum(abs(analytic), abs(numeric)), scale)


def _entry_error(
    net: MLP, X: Array, y: Labels, reg: float, name: str, entry: int, analytic: float, scale: float, switches: Switches
) -> float:
    if not np.isfinite(analytic):
        return float("inf")
    best = float("inf")
    for h in STEP_SIZES:
        numeric = numeric_slope(net, X, y, reg, name, entry, h, switches)
        best = min(best, float(relative_error(analytic, numeric, scale)))
        if best < GOOD_ENOUGH:
            break
    return best


def _in_extended_precision(net: MLP, rows: int) -> MLP:
    """A copy of the network: in np.longdouble if it is small, in float64 otherwise."""
    multiplications = rows * sum(fan_in * fan_out for fan_in, fan_out in zip(net.sizes, net.sizes[1:]))
    return in_precision(net, np.longdouble if multiplications <= SMALL else np.float64)


def in_precision(net: Network, dtype: DTypeLike) -> Network:
    """A copy of the network with its parameters rounded to `dtype`, any NumPy float type."""
    other = copy.copy(net)
    other.dtype = np.dtype(dtype)
    other.params = {name: array.astype(dtype) for name, array in net.params.items()}
    return other

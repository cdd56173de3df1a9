"""The gradient check: compares the backward pass with finite differences of the forward pass."""

import copy
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from nnlib.finite_differences import central_difference
from nnlib.network import MLP
from nnlib.support.arrays import Array

STEP_SIZES = tuple(10.0**power for power in range(1, -8, -1))  # that gradient_check tries, in the units of the parameters
H = 1e-5  # the step size where a single one is used
DOUBTS = 1e7  # an error is relative to at least this many times the doubt in the slope: rounding alone then gives about 1e-7
SMALLEST = DOUBTS * float(np.finfo(np.longdouble).eps) / H  # the floor for slopes with step size H: the rounding of J is ε/H
GOOD_ENOUGH = 1e-9  # a share of the slope: with less doubt, no further step size is tried
SMALL = 2_000_000  # multiplications for one loss up to which extended precision, without BLAS, is fast enough

Network = TypeVar("Network", bound=MLP)
Switches = Mapping[int, NDArray[np.bool_]]  # l → which ReLUs of layer l are on, (N, H_l)


def gradient_check(
    net: MLP, X: ArrayLike, y: ArrayLike, reg: float = 0.0, samples: int = 50, seed: int = 0
) -> dict[str, float]:
    """Maximum relative error of the analytic gradient against central differences, for each parameter.

        ∂J/∂θ ≈ [J(θ + s) − J(θ − s)] / 2s          truncation error ~ s², rounding error ~ ε/s

    The error of an entry is |analytic − numeric| / max(|analytic|, |numeric|, floor), where the floor is a hundredth of the
    array's largest slope. A right gradient has an error below about 10⁻⁷, however small its entries are; that of a wrong one
    is near 1.

    A floor decides where all slopes of an array are so small that the loss hardly changes: it is at least 10⁷ times the doubt
    in the slope (see `LossNear.slope_and_doubt`), and a wrong gradient g shows g / (10⁷ doubt). Where extended precision is
    used, the doubt was 10⁻¹⁸ to 10⁻¹⁵: such an error falls to 10⁻³ at gradients of 10⁻¹⁴ to 10⁻¹¹. No single s suits every
    entry, and the doubt chooses it.

    Of a large array, only some entries are tried: the one with the largest gradient, and others at random. A single wrong one
    among n is missed with a probability of about 1 − samples/n: of 3072×50 weights, 50 samples miss it in 99.97 % of cases.
    If one entry in ten is wrong, they miss all of these in 0.9⁵⁰ = 0.5 % of cases. So check small networks, or raise `samples`.

    On small networks everything is computed in extended precision where the machine has it, else in float64, so that the
    rounding of a float32 network is no error. If a ReLU switched between θ − s and θ + s, the difference would cross a kink
    and differ from the slope at θ: so every ReLU stays on or off as it is at θ.

    Parameters
    ----------
    net : the network; it is not changed.
    X, y : (N, D) inputs and (N,) labels.
    reg : λ.
    samples : the largest number of entries tried in each array.
    seed : chooses these entries.

    Returns
    -------
    dict: parameter name → largest error of its entries; infinite if a gradient is not finite or has the wrong shape.
    """
    exact = _in_extended_precision(net, len(np.asarray(y)))
    _, grads = exact.loss(X, y, reg)
    loss = LossNear(exact, X, y, reg)
    rng = np.random.default_rng(seed)
    errors = {}
    for name, gradient in grads.items():
        if np.shape(gradient) != exact.params[name].shape:
            errors[name] = float("inf")
            continue
        entries = rng.choice(gradient.size, min(samples, gradient.size), replace=False)
        entries[0] = np.abs(gradient).argmax()
        numeric, doubt = np.array([loss.slope_and_doubt(name, entry) for entry in entries]).T
        errors[name] = float(relative_error(gradient.flat[entries], numeric, DOUBTS * doubt).max())
    return errors


def relative_error(analytic: Any, numeric: Array, floor: Any) -> Array:
    """|analytic − numeric| / max(|analytic|, |numeric|, floor), entry by entry; infinite where the analytic one is not finite.

    analytic, numeric : two gradients, arrays of one shape.
    floor : a hundredth of the largest |numeric|, and at least this: a number, or one for each entry.
    """
    scale = np.maximum(np.maximum(abs(analytic), abs(numeric)), np.maximum(abs(numeric).max() / 100, floor))
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(analytic), abs(analytic - numeric) / scale, np.inf)


def numeric_gradients(net: MLP, X: ArrayLike, y: ArrayLike, reg: float = 0.0, s: float = H) -> dict[str, Array]:
    """The gradient of every parameter by central differences with one step size, in the precision of `gradient_check`.

    This takes two forward passes for each entry. The network is not changed.

    Parameters
    ----------
    net, X, y, reg : as in `gradient_check`.
    s : the step, in the units of the parameters.

    Returns
    -------
    dict: parameter name → float64 array of its shape.
    """
    loss = LossNear(_in_extended_precision(net, len(np.asarray(y))), X, y, reg)
    return {
        name: np.array([float(loss.slope(name, entry, s)) for entry in range(array.size)]).reshape(array.shape)
        for name, array in net.params.items()
    }


class LossNear:
    """J near the parameters of a network, as a function of any one entry θ of them.

    Parameters
    ----------
    net : every call changes one of its parameters, and sets it back.
    X, y, reg : (N, D) inputs, (N,) labels and λ.
    switches : l → which ReLUs of layer l are on, whatever θ is; None: as they are at the present parameters. If empty, they
        switch as usual.
    """

    def __init__(self, net: MLP, X: ArrayLike, y: ArrayLike, reg: float, switches: Switches | None = None):
        self.net, self.y, self.reg = net, np.asarray(y), reg
        X = np.asarray(X, net.dtype)
        self.switches = relu_switches(net, X) if switches is None else switches
        self._z, self._a = net.forward(X)
        logits = self._z[net.depth + 1]
        self._rounding = np.finfo(net.dtype).eps * max(1, abs(logits).max())  # of J, which comes from logits of this size

    def at(self, name: str, entry: int, value: Any) -> Any:
        """J for θ = params[name].flat[entry] = value. Only one sum of the layer changes, and all layers after it."""
        params, layer = self.net.params, int(name[1:])
        unit, theta = entry % params[name].shape[-1], params[name].flat[entry]
        params[name].flat[entry] = value
        z = self._z[layer + 1].copy()
        z[:, unit] = self._a[layer] @ params[f"W{layer}"][:, unit] + params[f"b{layer}"][unit]
        for l in range(layer + 1, self.net.depth + 1):
            a = z * self.switches[l] if l in self.switches else self.net.activations[l].function(z, out=z)
            z = a @ params[f"W{l}"] + params[f"b{l}"]
        J = self.net.cost(z, self.y, self.reg)
        params[name].flat[entry] = theta
        return J

    def slope(self, name: str, entry: int, s: Any) -> Any:
        """∂J/∂θ by a central difference with step s, for θ = params[name].flat[entry]."""
        return central_difference(lambda value: self.at(name, entry, value), self.net.params[name].flat[entry], s)

    def slope_and_doubt(self, name: str, entry: int) -> tuple[Any, Any]:
        """∂J/∂θ by central differences with the step size that leaves the least doubt, and this doubt.

        From two steps, one ten times the other, follows a better slope: the s² in the errors of both cancels. The doubt is how
        much it differs from the slopes at larger steps, plus the rounding of J divided by s.
        Source: Richardson's extrapolation, as in Press et al., Numerical Recipes (3rd ed., 2007), section 5.7.
        """
        best: Any = np.nan
        least: Any = np.inf
        differences: list[Any] = []
        slopes: list[Any] = []
        for s in STEP_SIZES:
            if self._rounding / s >= least or least < GOOD_ENOUGH * abs(best):
                break
            differences.append(self.slope(name, entry, s))
            if len(differences) > 1:
                slopes.append(differences[-1] + (differences[-1] - differences[-2]) / 99)
            if len(slopes) > 1:
                doubt = max(abs(slopes[-1] - slopes[-2]), abs(slopes[-1] - differences[-1])) + self._rounding / s
                if doubt < least:
                    best, least = slopes[-1], doubt
        return best, least


def relu_switches(net: MLP, X: Array) -> Switches:
    """l → which ReLUs of layer l are on, (N, H_l) bool; layers with other activations are left out."""
    _, a = net.forward(X)
    return {l: a[l] > 0 for l, activation in net.activations.items() if activation.name == "relu"}


def _in_extended_precision(net: MLP, rows: int) -> MLP:
    """A copy of the network: in np.longdouble if one loss is quick to compute, in float64 otherwise."""
    multiplications = rows * (max(net.sizes) + sum(fan_in * fan_out for fan_in, fan_out in zip(net.sizes[1:], net.sizes[2:])))
    return in_precision(net, np.longdouble if multiplications <= SMALL else np.float64)


def in_precision(net: Network, dtype: DTypeLike) -> Network:
    """A copy of the network with its parameters rounded to `dtype`, any NumPy float type."""
    other = copy.copy(net)
    other.dtype = np.dtype(dtype)
    other.params = {name: array.astype(dtype) for name, array in net.params.items()}
    return other

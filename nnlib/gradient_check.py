"""Is the backward pass right? Compare it with finite differences of the forward pass."""

import copy

import numpy as np

from nnlib.finite_differences import central_difference

STEP_SIZES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
SMALLEST = 1e-4  # gradients below it are compared on its scale: there J's own rounding shows
GOOD_ENOUGH = 1e-10  # agreement that needs no further step size
SMALL = 2_000_000  # multiplications of a forward pass up to which extended precision, which knows no BLAS, stays quick


def gradient_check(net, X, y, reg=0.0, samples=50, seed=0):
    """Maximum relative error of the analytic gradient against central differences, for each parameter.

        ∂J/∂θ ≈ [J(θ + h) − J(θ − h)] / 2h          truncation error ~ h², rounding error ~ ε/h

    No single h suits every entry: a large one truncates, a small one rounds. So each entry is tried with several and the
    best agreement counts: a right gradient agrees at some h, a wrong one at none. On small networks J is computed in
    extended precision where the machine has it. A ReLU that switches between θ − h and θ + h would put a kink between the
    two, which says nothing of the slope at θ: every ReLU is held as it is at θ.

    The error of an entry is |analytic − numeric| / max(|analytic|, |numeric|, s), with s a tenth of the array's
    largest gradient, and at least 10⁻⁴: below that, what is measured is the rounding of J.

    Parameters: net, an MLP; X (N, D); y (N,) labels; reg, the λ; samples, the most entries tried in an array;
    seed chooses them. Returns dict: parameter name → error, infinite where the analytic gradient is not a finite number.
    The network is left as it was.
    """
    _, grads = net.loss(X, y, reg)
    X, y = np.asarray(X), np.asarray(y)
    exact = _in_extended_precision(net, len(X))
    X = X.astype(exact.dtype)
    switches = held_switches(exact, X)
    rng = np.random.default_rng(seed)
    errors = {}
    for name, gradient in grads.items():
        scale = max(np.abs(gradient).max() / 10, SMALLEST)
        entries = rng.choice(gradient.size, min(samples, gradient.size), replace=False)
        errors[name] = max(
            _entry_error(exact, X, y, reg, name, entry, float(gradient.flat[entry]), scale, switches) for entry in entries
        )
    return errors


def numeric_gradients(net, X, y, reg=0.0, h=1e-5):
    """Every parameter's gradient by central differences of one step size, computed as in `gradient_check`.

    Returns dict: parameter name → float64 array of its shape. Costs two forward passes an entry. The network is left as it was.
    """
    exact = _in_extended_precision(net, len(X))
    X, y = np.asarray(X, exact.dtype), np.asarray(y)
    switches = held_switches(exact, X)
    numeric = {name: np.zeros(array.shape) for name, array in net.params.items()}
    for name, array in numeric.items():
        for entry in range(array.size):
            array.flat[entry] = numeric_slope(exact, X, y, reg, name, entry, h, switches)
    return numeric


def numeric_slope(net, X, y, reg, name, entry, h, switches):
    """∂J/∂θ by a central difference for θ = params[name].flat[entry], with the ReLUs held at `switches`."""
    return central_difference(
        lambda value: cost_at(net, X, y, reg, name, entry, value, switches), net.params[name].flat[entry], h
    )


def cost_at(net, X, y, reg, name, entry, value, switches):
    """J with params[name].flat[entry] = value for this once, and the ReLUs held at `switches` (none are if it is empty)."""
    theta = net.params[name].flat[entry]
    net.params[name].flat[entry] = value
    J = net.cost(_logits(net, X, switches), y, reg)
    net.params[name].flat[entry] = theta
    return J


def held_switches(net, X):
    """By layer, which ReLUs are on, (N, H_l) bool; empty for smooth activations."""
    _, a = net.forward(X)
    return {l: a[l] > 0 for l in range(2, net.depth + 1)} if net.activation.name == "relu" else {}


def _logits(net, X, switches):
    """The forward pass, but a(l) = z(l) ∘ switches[l] where there are any."""
    a = X
    for l in range(1, net.depth + 1):
        z = a @ net.params[f"W{l}"] + net.params[f"b{l}"]
        if l < net.depth:
            a = z * switches[l + 1] if switches else net.activation.function(z, out=z)
    return z


def relative_error(analytic, numeric, scale):
    """|analytic − numeric| / max(|analytic|, |numeric|, scale), entry by entry for arrays of one shape."""
    return abs(analytic - numeric) / np.maximum(np.maximum(abs(analytic), abs(numeric)), scale)


def _entry_error(net, X, y, reg, name, entry, analytic, scale, switches):
    if not np.isfinite(analytic):
        return float("inf")
    best = float("inf")
    for h in STEP_SIZES:
        numeric = numeric_slope(net, X, y, reg, name, entry, h, switches)
        best = min(best, float(relative_error(analytic, numeric, scale)))
        if best < GOOD_ENOUGH:
            break
    return best


def _in_extended_precision(net, rows):
    """A copy of the network to poke at: in np.longdouble if it is small, in float64 otherwise."""
    multiplications = rows * sum(fan_in * fan_out for fan_in, fan_out in zip(net.sizes, net.sizes[1:]))
    return in_precision(net, np.longdouble if multiplications <= SMALL else np.float64)


def in_precision(net, dtype):
    """A copy of the network, its parameters rounded to `dtype`, any NumPy float type."""
    other = copy.copy(net)
    other.dtype = np.dtype(dtype)
    other.params = {name: array.astype(dtype) for name, array in net.params.items()}
    return other

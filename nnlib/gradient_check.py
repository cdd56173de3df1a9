"""Is the backward pass right? Compare it with finite differences of the forward pass."""

import copy

import numpy as np

STEP_SIZES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
GOOD_ENOUGH = 1e-10  # agreement that needs no further step size
SMALL = 2_000_000  # multiplications of a forward pass up to which extended precision, which knows no BLAS, stays quick


def gradient_check(net, X, y, reg=0.0, samples=50, seed=0):
    """Maximum relative error of the analytic gradient against central differences, for each parameter.

        ∂J/∂θ ≈ [J(θ + h) − J(θ − h)] / 2h          truncation error ~ h², rounding error ~ ε/h

    No single h suits every entry: a large one truncates, a small one rounds. So each entry is tried with several and the
    best agreement counts: a right gradient agrees at some h, a wrong one at none. On small networks J is computed in
    extended precision where the machine has it. A step over a ReLU's kink says nothing of the gradient and is not
    taken; an entry that sits on a kink is left out.

    The error of an entry is |analytic − numeric| / max(|analytic|, |numeric|, s), with s a tenth of the array's
    largest gradient: below that, what is measured is the rounding of J.

    Parameters: net, an MLP; X (N, D); y (N,) labels; reg, the λ; samples, the most entries tried in an array;
    seed chooses them. Returns dict: parameter name → error. The network is left as it was.
    """
    _, grads = net.loss(X, y, reg)
    X, y = np.asarray(X), np.asarray(y)
    exact = _in_extended_precision(net, len(X))
    X = X.astype(exact.dtype)
    rng = np.random.default_rng(seed)
    errors = {}
    for name, gradient in grads.items():
        scale = np.abs(gradient).max() / 10
        entries = rng.choice(gradient.size, min(samples, gradient.size), replace=False)
        errors[name] = max(_entry_error(exact, X, y, reg, name, entry, float(gradient.flat[entry]), scale) for entry in entries)
    return errors


def central_difference(net, X, y, reg, name, entry, h):
    """[J(θ + h) − J(θ − h)] / 2h for θ = params[name].flat[entry]; None where a ReLU switches between the two."""
    theta = net.params[name].flat[entry]
    above, switches_above = _evaluate_at(net, X, y, reg, name, entry, theta + h)
    below, switches_below = _evaluate_at(net, X, y, reg, name, entry, theta - h)
    net.params[name].flat[entry] = theta
    if any((up != down).any() for up, down in zip(switches_above, switches_below)):
        return None
    return (above - below) / (2 * h)


def _evaluate_at(net, X, y, reg, name, entry, theta):
    """J with the entry set to theta, and which ReLUs are on (empty for smooth activations)."""
    net.params[name].flat[entry] = theta
    z, a = net.forward(X)
    hidden = range(2, net.depth + 1) if net.activation.name == "relu" else ()
    return net.cost(z[net.depth + 1], y, reg), [a[l] > 0 for l in hidden]


def _entry_error(net, X, y, reg, name, entry, analytic, scale):
    if not np.isfinite(analytic):
        return float("inf")
    best = None
    for h in STEP_SIZES:
        numeric = central_difference(net, X, y, reg, name, entry, h)
        if numeric is not None:
            largest = max(abs(analytic), abs(numeric), scale)
            error = float(abs(analytic - numeric) / largest) if largest else 0.0
            best = error if best is None else min(best, error)
            if best < GOOD_ENOUGH:
                break
    return best or 0.0


def _in_extended_precision(net, rows):
    """A copy of the network to poke at: in np.longdouble if it is small, in float64 otherwise."""
    multiplications = rows * sum(fan_in * fan_out for fan_in, fan_out in zip(net.sizes, net.sizes[1:]))
    exact = copy.copy(net)
    exact.dtype = np.dtype(np.longdouble if multiplications <= SMALL else np.float64)
    exact.params = {name: array.astype(exact.dtype) for name, array in net.params.items()}
    return exact

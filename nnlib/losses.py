"""Softmax, cross-entropy and the weight penalty. None of them overflows, even for logits of ±10⁴ and beyond."""

import numpy as np

from nnlib.support.arrays import Array, Labels
from nnlib.support.validation import one_of


def softmax(z: Array) -> Array:
    """ψ = exp(z) / Σ exp(z), row by row.

    Subtracting the largest logit of each row leaves ψ unchanged (shift invariance) and keeps exp from overflowing.

    Parameters
    ----------
    z : (N, K) logits.

    Returns
    -------
    ψ (N, K) : a row of probabilities for each example.
    """
    exp = np.exp(z - z.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True)


def softmax_jacobian(z: Array) -> Array:
    """∂ψ/∂z = diag(ψ) − ψψᵀ, entry by entry ∂ψ_i/∂z_j = ψ_i (δ_ij − ψ_j).

    Parameters
    ----------
    z : (K,) the logits of one example.

    Returns
    -------
    (K, K) : row i holds the derivatives of ψ_i, column j the derivatives with respect to z_j.
    """
    psi = softmax(z[np.newaxis])[0]
    return np.diag(psi) - np.outer(psi, psi)


def entropy(psi: Array) -> float:
    """H = −Σ_k ψ_k log ψ_k in nats: 0 for certainty, log K for K equal probabilities.

    psi : (K,) probabilities. At ψ = 0, ψ log ψ counts as its limit, 0.
    """
    possible = psi[psi > 0]
    return -(possible @ np.log(possible)).item() + 0.0  # + 0.0: certainty is 0, not −0


def cross_entropy(z: Array, y: Labels) -> float:
    """J = −(1/N) Σᵢ log ψ(zᵢ)_{yᵢ} in nats.

    Computed as log ψ_y = z_y − log Σ exp(z), with the same shift as in softmax: a probability that rounds to 0 still has a
    finite logarithm.

    Parameters
    ----------
    z : (N, K) logits.
    y : (N,) labels, 0 to K − 1.
    """
    shifted = z - z.max(axis=1, keepdims=True)
    log_psi = shifted[np.arange(len(y)), y] - np.log(np.exp(shifted).sum(axis=1))
    return -log_psi.mean().item()


def one_hot(y: Labels, classes: int) -> Array:
    """Δ (N, K) for the labels y (N,): Δ_ik = 1 where k = yᵢ, else 0."""
    return np.eye(classes)[y]


def penalty(kind: str, W: Array) -> float:
    """R(W): Σ W² for "l2" (no ½ in front), Σ |W| for "l1".

    PyTorch's weight_decay w is another convention: w adds wθ to the gradient of every parameter, biases and BatchNorm included.
    For plain SGD and a weight matrix, it is the L2 penalty with λ = w/2.
    """
    flat = W.ravel()
    return (flat @ flat).item() if kind == "l2" else np.abs(flat).sum().item()


def penalty_gradient(kind: str, W: Array) -> Array:
    """∂R/∂W: 2W for "l2", sign(W) for "l1" (0 at the kink). An array of the shape of W."""
    return 2 * W if kind == "l2" else np.sign(W)


PENALTIES = ("l2", "l1")


def penalty_named(name: str) -> str:
    """Return `name` if it is "l2" or "l1". Raises ValueError otherwise."""
    return one_of("penalty", name, PENALTIES)

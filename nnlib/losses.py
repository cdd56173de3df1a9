"""Softmax, cross-entropy and the weight penalty, each safe for logits of ±10⁴ and beyond."""

import numpy as np

from nnlib.support.validation import one_of


def softmax(z):
    """ψ = exp(z) / Σ exp(z), row by row.

    z (N, K) logits → ψ (N, K). Subtracting the largest logit of each row changes nothing in ψ (shift invariance)
    and keeps exp from overflowing.
    """
    exp = np.exp(z - z.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True)


def softmax_jacobian(z):
    """∂ψ/∂z = diag(ψ) − ψψᵀ, entry by entry ∂ψ_i/∂z_j = ψ_i (δ_ij − ψ_j).

    z (K,) the logits of one example → (K, K): row i holds the derivatives of ψ_i, column j those with respect to z_j.
    """
    psi = softmax(z[np.newaxis])[0]
    return np.diag(psi) - np.outer(psi, psi)


def entropy(psi):
    """H = −Σ_k ψ_k log ψ_k in nats, a float: 0 for certainty, log K for K equal probabilities.

    psi (K,) probabilities. ψ log ψ is 0 at ψ = 0, its limit.
    """
    possible = psi[psi > 0]
    return -(possible @ np.log(possible)).item() + 0.0  # + 0.0: certainty is 0, not −0


def cross_entropy(z, y):
    """J = −(1/N) Σᵢ log ψ(zᵢ)_{yᵢ}, a float in nats.

    z (N, K) logits, y (N,) labels. log ψ_y = z_y − log Σ exp(z), with the same shift, so that a probability that
    rounds to zero still has a finite logarithm.
    """
    shifted = z - z.max(axis=1, keepdims=True)
    log_psi = shifted[np.arange(len(y)), y] - np.log(np.exp(shifted).sum(axis=1))
    return -log_psi.mean().item()


def one_hot(y, classes):
    """Δ (N, K): Δ_ik = 1 where k = yᵢ, else 0."""
    return np.eye(classes)[y]


def penalty(kind, W):
    """R(W): Σ W² for "l2" (no ½ in front), Σ |W| for "l1". A float."""
    flat = W.ravel()
    return (flat @ flat).item() if kind == "l2" else np.abs(flat).sum().item()


def penalty_gradient(kind, W):
    """∂R/∂W: 2W for "l2", sign(W) for "l1" (0 at the kink). Shape of W."""
    return 2 * W if kind == "l2" else np.sign(W)


PENALTIES = ("l2", "l1")


def penalty_named(name):
    """`name` if it is a penalty. Raises ValueError otherwise."""
    return one_of("penalty", name, PENALTIES)

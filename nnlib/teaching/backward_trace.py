"""The backward pass of the two-layer network, one node of its computational graph at a time.

    X, W1, b1 → z2 → a2;   a2, W2, b2 → z3 → psi → J;   W1 → R1, W2 → R2;   J, R1, R2 → J_tilde

R1 = λ‖W1‖² and R2 = λ‖W2‖² are the penalty, J_tilde = J + R1 + R2. For every arrow node → end, the chain rule says

    downstream = upstream × local:    ∂J~/∂node = ∂J~/∂end × ∂end/∂node

and if several arrows leave a node, the gradients that come back along them are added. `MLP.loss` computes the same, but keeps
only the gradients of the parameters; here every node is kept, to be displayed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlib.losses import cross_entropy, one_hot, penalty, penalty_gradient, softmax
from nnlib.network import TwoLayerNet
from nnlib.support.arrays import Array

Value = Any  # an array, or a float64 number


@dataclass(frozen=True)
class Arrow:
    """The gradient that comes back along the arrow from a node to `end`.

    product : how upstream and local gradient are multiplied:
        "times"        a number times a number or a matrix
        "entries"      entry by entry, upstream ∘ local
        "right"        upstream @ local
        "left"         local @ upstream
        "rows"         row i of upstream @ local[i], one matrix (K, K) for each example
    """

    end: str
    upstream: Value
    local: Value
    product: str
    downstream: Value


@dataclass(frozen=True)
class Node:
    """A node: its value, the arrows that leave it, and ∂J~/∂node, which has the shape of the value."""

    value: Value
    arrows: tuple[Arrow, ...]
    gradient: Value


def backward_trace(net: TwoLayerNet, X: ArrayLike, y: ArrayLike, reg: float = 0.0) -> dict[str, Node]:
    """Compute every node of the graph.

    The gradient of z3 is computed as (ψ − Δ)/N, as in `MLP.loss`. It equals upstream × local, and is also correct if a
    probability was rounded to 0, so that the upstream gradient −Δ/(Nψ) is infinite.

    Parameters
    ----------
    net, X, y, reg : the network, inputs (N, D), labels (N,) and λ.

    Returns
    -------
    dict: name → Node, in the order of the backward pass: J_tilde first, X last.

    Raises
    ------
    ValueError : shapes or labels do not fit the network.
    """
    X = np.asarray(X, net.dtype)
    net.check_input_shape(X.shape)
    y = net.checked_labels(y, len(X))
    N, K = len(X), net.sizes[-1]
    W1, b1, W2, b2 = (net.params[name] for name in ("W1", "b1", "W2", "b2"))

    z, a = net.forward(X)
    psi, Delta = softmax(z[3]), one_hot(y, K)
    one, ones = np.float64(1), np.ones((1, N))
    with np.errstate(divide="ignore"):
        dJ_dpsi = np.where(Delta == 1, -1 / (N * psi), 0.0)
    jacobians = psi[:, :, None] * (np.eye(K) - psi[:, None, :])
    dJ_dz3 = (psi - Delta) / N
    dJ_da2 = dJ_dz3 @ W2.T
    switches = (z[2] > 0).astype(net.dtype)
    dJ_dz2 = dJ_da2 * switches

    def penalised(name: str, W: Array) -> Arrow:
        local = reg * penalty_gradient("l2", W)
        return Arrow(name, one, local, "times", local)

    J, R1, R2 = cross_entropy(z[3], y), reg * penalty("l2", W1), reg * penalty("l2", W2)
    to_J_tilde = Arrow("J_tilde", one, one, "times", one)
    return {
        "J_tilde": Node(J + R1 + R2, (), one),
        "J": _node(J, to_J_tilde),
        "R2": _node(R2, to_J_tilde),
        "R1": _node(R1, to_J_tilde),
        "psi": _node(psi, Arrow("J", one, dJ_dpsi, "times", dJ_dpsi)),
        "z3": _node(z[3], Arrow("psi", dJ_dpsi, jacobians, "rows", dJ_dz3)),
        "b2": _node(b2, Arrow("z3", dJ_dz3, ones, "left", dJ_dz3.sum(axis=0))),
        "W2": _node(W2, Arrow("z3", dJ_dz3, a[2].T, "left", a[2].T @ dJ_dz3), penalised("R2", W2)),
        "a2": _node(a[2], Arrow("z3", dJ_dz3, W2.T, "right", dJ_da2)),
        "z2": _node(z[2], Arrow("a2", dJ_da2, switches, "entries", dJ_dz2)),
        "b1": _node(b1, Arrow("z2", dJ_dz2, ones, "left", dJ_dz2.sum(axis=0))),
        "W1": _node(W1, Arrow("z2", dJ_dz2, X.T, "left", X.T @ dJ_dz2), penalised("R1", W1)),
        "X": _node(X, Arrow("z2", dJ_dz2, W1.T, "right", dJ_dz2 @ W1.T)),
    }


def way_back(trace: dict[str, Node], name: str) -> set[tuple[str, str]]:
    """Return the arrows (node, end) along which the gradient of `name` comes back from J_tilde."""
    arrows: set[tuple[str, str]] = set()
    for arrow in trace[name].arrows:
        arrows |= {(name, arrow.end)} | way_back(trace, arrow.end)
    return arrows


def _node(value: Value, *arrows: Arrow) -> Node:
    return Node(value, arrows, sum(arrow.downstream for arrow in arrows))

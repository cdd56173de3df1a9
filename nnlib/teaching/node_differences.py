"""Central differences at any node of the two-layer network's graph: forward passes only, no derivative."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlib.finite_differences import central_difference
from nnlib.losses import cross_entropy, penalty, softmax
from nnlib.network import TwoLayerNet
from nnlib.support.arrays import Array, Labels

H = 1e-5  # the step; for a probability above 0, relative to it, so that it stays above 0


def node_differences(net: TwoLayerNet, X: ArrayLike, y: Labels, reg: float, name: str) -> Array:
    """∂J~/∂node by central differences, [J~(v + s) − J~(v − s)] / 2s for every entry v of the node.

    Computed in extended precision where the machine has it, with each ReLU fixed, on or off, so that no kink is crossed.

    Parameters
    ----------
    net, X, y, reg : the network, inputs (N, D), labels (N,) and λ.
    name : a node of nnlib.teaching.backward_trace.

    Returns
    -------
    An array of the shape of the node.
    """
    nodes = {node: np.asarray(value, np.longdouble) for node, value in {"X": X, **net.params}.items()}
    switches = net.forward(np.asarray(X, net.dtype))[0][2] > 0
    value = np.array(_forward({}, nodes, switches, y, reg)[name], np.longdouble)

    def slope(entry):
        def J_tilde(moved):
            fixed = value.copy()
            fixed[entry] = moved
            return _forward({name: fixed}, nodes, switches, y, reg)["J_tilde"]

        s = H * value[entry] if name == "psi" and value[entry] else np.longdouble(H)
        return central_difference(J_tilde, value[entry], s)

    gradient = np.empty(value.shape)
    for entry in np.ndindex(value.shape):
        gradient[entry] = slope(entry)
    return gradient


def _forward(fixed: dict[str, Any], nodes: dict[str, Any], switches: Any, y: Labels, reg: float) -> dict[str, Any]:
    """Compute every node from X to J_tilde; a node in `fixed` has that value, and later nodes depend on it."""
    nodes = {**nodes, **fixed}

    def follow(name, value):
        nodes[name] = fixed.get(name, value)
        return nodes[name]

    z2 = follow("z2", nodes["X"] @ nodes["W1"] + nodes["b1"])
    a2 = follow("a2", z2 * switches)
    z3 = follow("z3", a2 @ nodes["W2"] + nodes["b2"])
    psi = follow("psi", softmax(z3))
    of_label = psi[np.arange(len(y)), y]
    J = follow("J", -np.log(of_label).mean() if "psi" in fixed else cross_entropy(z3, y))
    R1 = follow("R1", reg * penalty("l2", nodes["W1"]))
    R2 = follow("R2", reg * penalty("l2", nodes["W2"]))
    follow("J_tilde", J + R1 + R2)
    return nodes

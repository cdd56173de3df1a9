"""Central differences at any node of the two-layer network's graph: no derivative used, only forward passes."""

import numpy as np

from nnlib.finite_differences import central_difference
from nnlib.losses import cross_entropy, penalty, softmax

H = 1e-5  # the step; for a probability, a share of it: it must stay above 0, if it is not 0 already


def node_differences(net, X, y, reg, name):
    """∂J~/∂node by central differences, [J~(v + h) − J~(v − h)] / 2h for every entry v of the node.

    net, a TwoLayerNet; X (N, D); y (N,) labels; reg, the λ; name, a node of nnlib.teaching.backward_trace. Returns an array of
    the shape
    of the node. In extended precision where the machine has it, every ReLU held as it is, so that no kink comes between.
    """
    nodes = {"X": X, **net.params}
    nodes = {node: np.asarray(value, np.longdouble) for node, value in nodes.items()}
    switches = net.forward(np.asarray(X, net.dtype))[0][2] > 0
    value = np.array(_forward({}, nodes, switches, y, reg)[name], np.longdouble)

    def slope(entry):
        def J_tilde(moved):
            held = value.copy()
            held[entry] = moved
            return _forward({name: held}, nodes, switches, y, reg)["J_tilde"]

        h = H * value[entry] if name == "psi" and value[entry] else np.longdouble(H)
        return central_difference(J_tilde, value[entry], h)

    gradient = np.empty(value.shape)
    for entry in np.ndindex(value.shape):
        gradient[entry] = slope(entry)
    return gradient


def _forward(held, nodes, switches, y, reg):
    """Every node from X to J_tilde; one that is `held` keeps its value, and what comes after it follows."""
    nodes = {**nodes, **held}

    def follow(name, value):
        nodes[name] = held.get(name, value)
        return nodes[name]

    z2 = follow("z2", nodes["X"] @ nodes["W1"] + nodes["b1"])
    a2 = follow("a2", z2 * switches)
    z3 = follow("z3", a2 @ nodes["W2"] + nodes["b2"])
    psi = follow("psi", softmax(z3))
    of_label = psi[np.arange(len(y)), y]
    J = follow("J", -np.log(of_label).mean() if "psi" in held else cross_entropy(z3, y))
    R1 = follow("R1", reg * penalty("l2", nodes["W1"]))
    R2 = follow("R2", reg * penalty("l2", nodes["W2"]))
    follow("J_tilde", J + R1 + R2)
    return nodes

"""Every node's gradient against central differences, nnlib's backward pass, and torch's autograd."""

import numpy as np
import pytest

from nnlib import TwoLayerNet
from nnlib.teaching.backward_trace import backward_trace, way_back
from nnlib.teaching.node_differences import node_differences

SHAPES = [(1, 2, 1, 2), (2, 2, 3, 2), (5, 4, 10, 3), (3, 3, 3, 3), (7, 2, 5, 4)]  # N, D, H, K
NAMES = ["J_tilde", "J", "R2", "R1", "psi", "z3", "b2", "W2", "a2", "z2", "b1", "W1", "X"]


def problem(N=5, D=4, H=6, K=3, seed=0, std=0.7):
    rng = np.random.default_rng(seed)
    net = TwoLayerNet(D, H, K, std=std, seed=seed)
    for name in ("b1", "b2"):
        net.params[name][:] = rng.standard_normal(net.params[name].shape)
    return net, rng.standard_normal((N, D)), rng.integers(0, K, N)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("N, D, H, K", SHAPES)
def test_every_gradient_agrees_with_central_differences(N, D, H, K, name):
    net, X, y = problem(N, D, H, K)
    node = backward_trace(net, X, y, 0.1)[name]
    assert np.shape(node.gradient) == np.shape(node.value)
    np.testing.assert_allclose(node.gradient, node_differences(net, X, y, 0.1, name), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("N, D, H, K", SHAPES)
def test_the_parameter_gradients_equal_those_of_the_network(N, D, H, K):
    net, X, y = problem(N, D, H, K)
    J_tilde, grads = net.loss(X, y, 0.1)
    trace = backward_trace(net, X, y, 0.1)
    assert trace["J_tilde"].value == pytest.approx(J_tilde, rel=1e-14)
    for name, gradient in grads.items():
        np.testing.assert_allclose(trace[name].gradient, gradient, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("N, D, H, K", SHAPES)
def test_every_gradient_agrees_with_autograd(N, D, H, K):
    torch = pytest.importorskip("torch")
    net, X, y = problem(N, D, H, K)
    nodes = {name: torch.tensor(value, requires_grad=True) for name, value in {"X": X, **net.params}.items()}
    nodes["z2"] = nodes["X"] @ nodes["W1"] + nodes["b1"]
    nodes["a2"] = torch.relu(nodes["z2"])
    nodes["z3"] = nodes["a2"] @ nodes["W2"] + nodes["b2"]
    nodes["psi"] = torch.softmax(nodes["z3"], dim=1)
    nodes["J"] = -torch.log(nodes["psi"][range(N), y]).mean()
    nodes["R1"] = 0.1 * (nodes["W1"] ** 2).sum()
    nodes["R2"] = 0.1 * (nodes["W2"] ** 2).sum()
    nodes["J_tilde"] = nodes["J"] + nodes["R1"] + nodes["R2"]
    for node in nodes.values():
        node.retain_grad()
    nodes["J_tilde"].backward()
    trace = backward_trace(net, X, y, 0.1)
    for name in NAMES:
        np.testing.assert_allclose(trace[name].gradient, nodes[name].grad.numpy(), rtol=1e-10, atol=1e-14, err_msg=name)


PRODUCTS = {
    "times": lambda upstream, local: upstream * local,
    "entries": lambda upstream, local: upstream * local,
    "right": lambda upstream, local: upstream @ local,
    "left": lambda upstream, local: local @ upstream,
    "rows": lambda upstream, local: np.stack([row @ jacobian for row, jacobian in zip(upstream, local)]),
}


def test_downstream_is_upstream_times_local_and_upstream_is_the_gradient_of_the_end():
    net, X, y = problem()
    trace = backward_trace(net, X, y, 0.1)
    for name, node in trace.items():
        for arrow in node.arrows:
            product = PRODUCTS[arrow.product](arrow.upstream, arrow.local)
            np.testing.assert_allclose(np.reshape(product, np.shape(node.value)), arrow.downstream, atol=1e-15, err_msg=name)
            np.testing.assert_array_equal(arrow.upstream, trace[arrow.end].gradient)


def test_no_node_is_met_before_the_ends_of_its_arrows():
    trace = backward_trace(*problem())
    order = list(trace)
    assert order == NAMES
    for name, node in trace.items():
        assert all(order.index(arrow.end) < order.index(name) for arrow in node.arrows)


def test_the_backward_path_to_a_weight_includes_its_penalty():
    trace = backward_trace(*problem())
    assert way_back(trace, "J_tilde") == set()
    assert way_back(trace, "b2") == {("b2", "z3"), ("z3", "psi"), ("psi", "J"), ("J", "J_tilde")}
    assert way_back(trace, "W2") == way_back(trace, "b2") - {("b2", "z3")} | {("W2", "z3"), ("W2", "R2"), ("R2", "J_tilde")}
    assert {("W1", "z2"), ("z2", "a2"), ("a2", "z3"), ("W1", "R1")} < way_back(trace, "W1")


def test_a_probability_rounded_to_zero_keeps_every_parameter_gradient_correct():
    net, X, y = problem(std=1e3)
    trace = backward_trace(net, X, y)
    assert np.isinf(trace["psi"].gradient).any()
    _, grads = net.loss(X, y)
    for name, gradient in grads.items():
        np.testing.assert_array_equal(trace[name].gradient, gradient)
    np.testing.assert_allclose(trace["z3"].gradient, node_differences(net, X, y, 0, "z3"), atol=1e-9)


def test_a_zero_probability_of_a_wrong_class_has_zero_gradient():
    net, X, y = problem()
    net.params["b2"][:] = [0, -20_000, 0]  # also underflows in extended precision
    y[:] = 0
    gradient = backward_trace(net, X, y)["psi"].gradient
    assert not gradient[:, 1].any() and np.isfinite(gradient).all()
    np.testing.assert_allclose(gradient, node_differences(net, X, y, 0, "psi"), rtol=1e-8)


def test_a_relu_at_its_kink_counts_as_off():
    net, X, y = problem()
    net.params["W1"][:], net.params["b1"][:] = 0, 0
    trace = backward_trace(net, X, y)
    assert not trace["z2"].gradient.any()
    assert trace["a2"].gradient.any()
    np.testing.assert_array_equal(node_differences(net, X, y, 0, "z2"), 0)


@pytest.mark.parametrize(
    "X, y, message", [(np.zeros((2, 3)), [0, 1], "X has shape"), (np.zeros((2, 4)), [0, 9], "y holds labels")]
)
def test_mismatched_input_is_rejected(X, y, message):
    with pytest.raises(ValueError, match=message):
        backward_trace(TwoLayerNet(4, 6, 3), X, y)

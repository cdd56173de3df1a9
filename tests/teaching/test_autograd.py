import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nnlib import MLP
from nnlib.activations import ACTIVATIONS
from nnlib.teaching.autograd import autograd_loss

AGREEMENT = 1e-10  # relative to the array's largest entry


def batch(D, K, N, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((N, D)), rng.integers(0, K, N)


@settings(deadline=None, max_examples=150)
@example(D=10, hidden=[1], K=2, N=2, activation="tanh", penalty="l2", reg=0.0, seed=113)
@given(
    D=st.integers(1, 12),
    hidden=st.lists(st.integers(1, 12), max_size=4),
    K=st.integers(2, 6),
    N=st.integers(1, 20),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    penalty=st.sampled_from(["l2", "l1"]),
    reg=st.floats(0, 2),
    seed=st.integers(0, 1000),
)
def test_loss_and_backward_pass_equal_autograds(D, hidden, K, N, activation, penalty, reg, seed):
    net = MLP((D, *hidden, K), activation, "normal", 0.7, penalty, seed)
    X, y = batch(D, K, N, seed)
    J, grads = net.loss(X, y, reg)
    expected_J, expected = autograd_loss(net, X, y, reg)
    assert J == pytest.approx(expected_J, rel=1e-12, abs=1e-13)
    assert expected.keys() == grads.keys()
    for name in grads:
        assert expected[name].shape == grads[name].shape
        rounding = 1e-14  # of ψ − Δ, where ψ is almost 1: it does not shrink with the gradient
        assert np.abs(grads[name] - expected[name]).max() <= AGREEMENT * np.abs(expected[name]).max() + rounding


def test_a_float32_network_is_differentiated_in_float64():
    net = MLP((3, 5, 2), dtype=np.float32)
    J, grads = autograd_loss(net, *batch(3, 2, 4))
    assert J == pytest.approx(net.loss(*batch(3, 2, 4))[0], rel=1e-5)  # neither has a penalty
    assert {each.dtype for each in grads.values()} == {np.dtype(np.float64)}


def test_the_network_is_unchanged():
    net = MLP((3, 5, 2))
    before = {name: array.copy() for name, array in net.params.items()}
    _, grads = autograd_loss(net, *batch(3, 2, 4), reg=0.1)
    for gradient in grads.values():
        gradient += 1
    for name, array in net.params.items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize(
    "X, y, reg, message",
    [
        (np.zeros((2, 4)), [0, 1], 0, "X has shape"),
        (np.zeros((2, 3)), [0, 2], 0, "0 to 1"),
        (np.zeros((2, 3)), [0, 1], -1, "reg = -1"),
    ],
)
def test_mismatched_input_is_rejected(X, y, reg, message):
    with pytest.raises(ValueError, match=message):
        autograd_loss(MLP((3, 5, 2)), X, y, reg)


def test_torch_is_loaded_only_when_asked_for():
    code = "import sys, nnlib, nnlib.teaching.autograd; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"

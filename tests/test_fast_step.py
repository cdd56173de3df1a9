import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib import MLP
from nnlib.activations import ACTIVATIONS
from nnlib.fast_step import TrainingStep
from nnlib.optimisers import OPTIMISERS, optimiser_named


@settings(deadline=None, max_examples=60)
@given(
    hidden=st.lists(st.integers(1, 9), max_size=3),
    activation=st.lists(st.sampled_from(sorted(ACTIVATIONS)), min_size=3, max_size=3),
    penalty=st.sampled_from(["l2", "l1"]),
    optimiser=st.sampled_from(sorted(OPTIMISERS)),
    reg=st.sampled_from([0.0, 0.3]),
    B=st.integers(1, 7),
    seed=st.integers(0, 1000),
)
def test_three_fast_steps_equal_three_readable_ones(hidden, activation, penalty, optimiser, reg, B, seed):
    activation = activation[: len(hidden)]
    fast, readable = (MLP((3, *hidden, 4), activation, "xavier", penalty=penalty, seed=seed) for _ in range(2))
    step = TrainingStep(fast, optimiser_named(optimiser, fast.params), B)
    reference = optimiser_named(optimiser, readable.params)
    rng = np.random.default_rng(seed)
    for _ in range(3):
        X, y = rng.standard_normal((B, 3)), rng.integers(0, 4, B)
        J, grads = readable.loss(X, y, reg)
        reference.update(readable.params, grads, 0.1)
        assert step(X, y, 0.1, reg) == pytest.approx(J, rel=1e-10)
    for name, array in readable.params.items():
        np.testing.assert_allclose(fast.params[name], array, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("learning_rate", [0.0, 2e-3])
def test_a_fast_step_equals_a_readable_one_in_single_precision(learning_rate):
    fast, readable = (MLP((50, 20, 10), dtype=np.float32) for _ in range(2))
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((30, 50)).astype(np.float32), rng.integers(0, 10, 30)
    J, grads = readable.loss(X, y, 0.25)
    step = TrainingStep(fast, optimiser_named("sgd", fast.params), 30)
    assert step(X, y, learning_rate, 0.25) == pytest.approx(J, rel=1e-5)
    for name, array in readable.params.items():
        np.testing.assert_allclose(fast.params[name], array - learning_rate * grads[name], rtol=1e-5, atol=1e-6)
    assert step.gradient_norm(1) > 0


def test_the_gradient_norm_is_the_norm_of_the_loss_gradient():
    net = MLP((3, 5, 4))
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((6, 3)), rng.integers(0, 4, 6)
    _, grads = net.loss(X, y)
    step = TrainingStep(net, optimiser_named("sgd", net.params), 6)
    step(X, y, 0.2, 0)
    assert step.gradient_norm(1) == pytest.approx(np.linalg.norm(grads["W1"]), rel=1e-10)


def test_a_step_with_huge_logits_stays_finite():
    net = MLP((1, 2), init="zeros", dtype=np.float32)
    net.params["W1"][:] = [[1e4, -1e4]]
    step = TrainingStep(net, optimiser_named("sgd", net.params), 2)
    assert step(np.ones((2, 1), np.float32), np.array([1, 0]), 0.1, 0) == pytest.approx(1e4)
    assert np.isfinite(net.params["W1"]).all()

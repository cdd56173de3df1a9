import numpy as np
import pytest

from nnlib.teaching.bug_lab import problem, training_losses
from nnlib.teaching.bugs import bug_named
from nnlib.teaching.listing import LISTING, ListingError


def test_every_hidden_unit_affects_the_output_and_one_is_always_on():
    start = problem()
    z, _ = start.net.forward(start.X)
    on = (z[2] > 0).sum(axis=0)
    assert on.min() > 0 and (on == len(start.X)).sum() == 1 and np.abs(z[2]).min() > 0.1


@pytest.mark.parametrize("sizes", [(4, 4, 4, 4), (5, 4, 6, 3), (2, 3, 10, 3)])
def test_no_unit_is_off_for_every_example_so_no_error_is_hidden(sizes):
    start = problem(*sizes)
    _, grads = start.net.loss(start.X, start.y)
    assert (np.abs(grads["W1"]).max(axis=0) > 0).all() and (grads["b1"] != 0).all()


def test_descent_with_the_correct_listing_is_gradient_descent():
    start = problem(5, 4, 6, 3)
    losses = training_losses(LISTING, start, steps=20)
    expected, net = [], problem(5, 4, 6, 3).net
    for _ in range(21):
        J, grads = net.loss(start.X, start.y, start.reg)
        expected.append(J)
        for name in grads:
            net.params[name] -= 0.05 * grads[name]
    np.testing.assert_allclose(losses, expected, rtol=1e-12)


def test_ascent_raises_the_loss_and_overflow_stops_at_once():
    climbing = training_losses(bug_named("sign").listing, problem())
    assert climbing[0] < climbing[10] < climbing[-1]
    assert climbing[-1] == np.inf and len(climbing) < 201
    lost = training_losses(bug_named("overflow").listing, problem(overflowing=True))
    assert len(lost) == 2 and np.isnan(lost[-1])


@pytest.mark.parametrize("line", ["psi = softmax(z4)", "psi = z3 @ z3", "psi ="])
def test_a_listing_that_fails_is_not_reported_as_overflow(line):
    with pytest.raises(ListingError, match="Line 1"):
        training_losses([line, *LISTING[1:]], problem(5, 4, 6, 3))


@pytest.mark.parametrize("overflowing", [False, True])
def test_the_problem_is_unchanged(overflowing):
    start, before = problem(overflowing=overflowing), problem(overflowing=overflowing)
    training_losses(bug_named("bias-without-sum").listing, start, steps=3)
    for name, array in start.net.params.items():
        np.testing.assert_array_equal(array, before.net.params[name])

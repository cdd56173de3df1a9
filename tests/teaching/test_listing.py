from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib import TwoLayerNet
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.teaching.autograd import autograd_loss
from nnlib.teaching.bug_lab import problem
from nnlib.teaching.listing import GIVEN, LISTING, MOST_LINES, NAMES, ListingError, check, gradients
from tests.symbolic.hostile import chains, mixtures
from tests.symbolic.patience import little_work

START = problem(5, 4, 6, 3)


def run(*lines):
    return gradients(lines, START.net, START.X, START.y, START.reg)


@settings(deadline=None, max_examples=30)
@given(sizes=st.tuples(*[st.integers(1, 8)] * 3, st.integers(2, 6)), reg=st.floats(0, 2), seed=st.integers(0, 99))
def test_the_listing_is_the_gradient_of_any_two_layer_net(sizes, reg, seed):
    N, D, H, K = sizes
    rng = np.random.default_rng(seed)
    net, X, y = TwoLayerNet(D, H, K, std=1, seed=seed), rng.standard_normal((N, D)), rng.integers(0, K, N)
    _, expected = autograd_loss(net, X, y, reg)
    for name, gradient in gradients(LISTING, net, X, y, reg).items():
        np.testing.assert_allclose(gradient, expected[name], rtol=1e-10, atol=1e-12)


def test_the_listing_passes_its_check():
    for each in check(LISTING, START.net, START.X, START.y, START.reg).values():
        assert each.shape_fits and each.agrees and each.worst <= 1e-8


def test_the_error_of_an_entry_is_relative_to_the_larger_of_the_two():
    lines = [*LISTING[:3], "db2 = 3*sum(dz3, axis=0)", *LISTING[4:]]
    found = check(lines, START.net, START.X, START.y, START.reg)
    np.testing.assert_allclose(found["b2"].errors, 2 / 3, rtol=1e-6)
    assert {name for name, each in found.items() if not each.agrees} == {"b2"}


def test_a_gradient_of_the_wrong_shape_is_wrong_in_every_entry():
    found = check([*LISTING[:3], "db2 = dz3", *LISTING[4:]], START.net, START.X, START.y, START.reg)["b2"]
    assert not found.shape_fits and np.isinf(found.errors).all() and found.errors.shape == (3,)


def test_nan_entries_are_wrong_and_the_others_are_still_compared():
    start = problem(overflowing=True)
    lines = ["psi = exp(z3)/sum(exp(z3), axis=1)", *LISTING[1:]]
    errors = check(lines, start.net, start.X, start.y, start.reg)["W2"].errors
    assert np.isinf(errors[:, -1]).all() and errors[:, :-1].max() < 1e-8


def test_a_second_name_is_not_a_copy():
    np.testing.assert_array_equal(
        run(*LISTING, "db1 = b1", "db1 += 1", "db2 = sum(b1)")["db2"[1:]], (START.net.params["b1"] + 1).sum()
    )


def test_a_transpose_is_a_view():
    shifted = run(*LISTING, "mask = W1.T", "mask *= 2", "dW1 = W1")["W1"]
    np.testing.assert_array_equal(shifted, 2 * START.net.params["W1"])


@pytest.mark.parametrize("operator, expected", [("+", 3.0), ("-", -1.0), ("*", 2.0), ("/", 0.5)])
def test_every_in_place_operator_matches_numpy(operator, expected):
    found = run(*LISTING, "db1 = 0*b1 + 1", f"db1 {operator}= 2")["b1"]
    np.testing.assert_array_equal(found, expected)


def test_a_number_is_replaced_by_the_result_of_an_in_place_operator():
    np.testing.assert_array_equal(run(*LISTING, "db1 = 2", "db1 += b1")["b1"], 2 + START.net.params["b1"])


def test_in_place_operators_accept_the_same_shapes_as_a_sum():
    """NumPy broadcasts a matrix of one entry to any matrix; here neither X + W2 nor X += W2 does."""
    start = problem(5, 4, 1, 1)
    for line in ("dW1 = X + W2", "X += W2"):
        with pytest.raises(ListingError):
            gradients([*LISTING, line], start.net, start.X, start.y, start.reg)
    row, column = run(*LISTING, "dW1 += b1")["W1"], run(*LISTING, "dW1 += sum(W1, axis=1)")["W1"]
    plain, W1 = run(*LISTING)["W1"], START.net.params["W1"]
    np.testing.assert_array_equal(row, plain + START.net.params["b1"])
    np.testing.assert_array_equal(column, plain + W1.sum(axis=1, keepdims=True))


def test_the_network_is_unchanged():
    start = problem(5, 4, 6, 3)
    gradients([*LISTING, "W1 *= 0", "b2 += 1", "X -= X", "z2 *= 2"], start.net, start.X, start.y, start.reg)
    for name, array in start.net.params.items():
        np.testing.assert_array_equal(array, START.net.params[name])
    np.testing.assert_array_equal(start.X, START.X)


def test_empty_lines_and_comments_are_skipped():
    plain, spaced = run(*LISTING), run("", *(f"{line}  # why" for line in LISTING), "   ", "# the end")
    for name in plain:
        np.testing.assert_array_equal(plain[name], spaced[name])


BROKEN = [
    (3, "dW2 = a2 @ dz3", "do not fit"),
    (3, "dW2 = a2.T @ phi", "I do not know `phi`"),
    (3, "dW2 = dz2", "`dz2` has no value yet"),
    (3, "dW2", "A line sets a name"),
    (3, "dW2 == dz3", "A line sets a name"),
    (3, "dW2 =", "Type a formula"),
    (3, "lam = 1", "`lam` cannot be set"),
    (3, "lam *= 2", "`lam` cannot be set"),
    (3, "X = 3", "`X` is given and cannot be set"),
    (3, "Delta = psi", "as in `Delta -= …`"),
    (3, "W2 += b1", "cannot change the shape of `W2`"),
    (3, "b2 += sum(psi, axis=1)", "cannot change the shape of `b2`"),
    (3, "__class__ = 1", "A line sets a name"),
    (3, "os = 1", "`os` cannot be set"),
    (3, "DW2 = dz3", "Did you mean `dW2`?"),
    (3, "dW2 += 1", "`dW2` has no value yet"),
    (3, "b2 += dz3", "cannot change the shape of `b2`"),
    (3, "dW2 = __import__('os').system('true')", ""),
    (3, "dW2 = 9**9**9**9", ""),
    (3, "dW2 = " + "(" * 10_000, ""),
    (3, "dW2 = W2\x00", ""),
    (3, "dW2 = W2; import os", ""),
    (3, "dW2 = [x for x in ().__class__.__bases__]", ""),
    (3, "dW2 = аlpha", ""),
    (3, None, "as text"),
]


@pytest.mark.parametrize("number, line, message", BROKEN, ids=[str(case) for case in range(len(BROKEN))])
def test_a_line_that_cannot_be_run_is_named(number, line, message):
    lines = list(LISTING)
    lines[number - 1] = line
    with pytest.raises(ListingError) as raised:
        run(*lines)
    assert raised.value.line == number
    assert str(raised.value).startswith(f"Line {number}: ") and message in str(raised.value)


def test_a_gradient_that_no_line_computes_is_reported():
    with pytest.raises(ListingError, match="No line sets `db1`"):
        run(*LISTING[:-1])


def test_a_listing_has_a_maximum_length():
    with pytest.raises(ListingError, match=f"at most {MOST_LINES} lines"):
        run(*["psi = z3"] * (MOST_LINES + 1))


def test_unbounded_growth_takes_little_work():
    with little_work():
        found = run(*LISTING, *["dW1 = (dW1*1e9 + 7)**8"] * (MOST_LINES - len(LISTING)))["W1"]
    assert not np.isfinite(found).any()


def test_chains_and_mixtures_of_everything_take_little_work():
    for text in [*chains(["dz3", "a2", "N"], "a2.T @ dz3"), *mixtures([*GIVEN, "psi", "dz3"], 60)]:
        with little_work(), suppress(ListingError):
            check([*LISTING[:2], f"dW2 = {text}", f"dW2 *= {text}", *LISTING[3:]], START.net, START.X, START.y, START.reg)


TOKENS = [
    *NAMES,
    "=",
    "+=",
    "*=",
    "/=",
    "-",
    "*",
    "/",
    "@",
    "**",
    ".T",
    "(",
    ")",
    "1",
    "0.5",
    "softmax",
    "sum",
    "axis=0",
    ",",
    ">",
    "#",
]


@settings(deadline=None, max_examples=100)
@given(
    lines=st.lists(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(TOKENS), max_size=9).map(" ".join)), max_size=4),
    at=st.integers(0, len(LISTING)),
)
def test_any_text_gives_gradients_or_a_clear_error(lines, at):
    try:
        found = check([*LISTING[:at], *lines, *LISTING[at:]], START.net, START.X, START.y, START.reg)
    except FormulaError as error:
        assert str(error)
    else:
        assert all(each.errors.shape == each.numeric.shape for each in found.values())

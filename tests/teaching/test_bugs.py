from functools import cache

import numpy as np
import pytest

from nnlib.symbolic.answers.formula import FormulaError
from nnlib.teaching.bug_lab import problem, problem_of, training_losses
from nnlib.teaching.bugs import BUGS, bug_named
from nnlib.teaching.listing import LISTING, check, gradients

every_bug = pytest.mark.parametrize("bug", BUGS, ids=[bug.id for bug in BUGS])


def checked(bug):
    start = problem_of(bug)
    return check(bug.listing, start.net, start.X, start.y, start.reg)


def test_there_are_enough_bugs_and_each_is_unique():
    assert len(BUGS) >= 12
    for field in ("id", "title", "listing"):
        assert len({getattr(bug, field) for bug in BUGS}) == len(BUGS)


@every_bug
def test_the_check_finds_the_bug_only_where_it_is(bug):
    found = checked(bug)
    assert {name for name, each in found.items() if not each.agrees} == bug.wrong
    assert all(found[name].worst > 0.01 for name in bug.wrong)
    assert all(found[name].worst <= 1e-8 for name in found.keys() - bug.wrong)


@every_bug
def test_the_correct_listing_passes_on_its_problem(bug):
    start = problem_of(bug)
    assert max(each.worst for each in check(LISTING, start.net, start.X, start.y, start.reg).values()) <= 1e-8


@every_bug
def test_restoring_the_correct_lines_fixes_the_bug(bug):
    lines, cured = list(bug.listing), []
    for right in LISTING:
        for line in bug.changes.get(right, (right,)):
            assert lines.pop(0) == line
        cured.append(right)
    assert not lines and tuple(cured) == LISTING
    assert bug.changes.keys() <= set(LISTING)


@every_bug
def test_the_fix_of_a_bug_is_the_one_in_its_text(bug):
    start, lines, cure = problem_of(bug), [], {}
    for new in bug.cure.splitlines():
        cure.setdefault(new.split()[0], []).append(new)
    assert cure.keys() == {line.split()[0] for line in bug.faulty}
    for line in bug.listing:
        lines += cure.pop(line.split()[0], []) if line in bug.faulty else [line]
    if "after the last line" in bug.cure:
        lines.append(lines.pop(lines.index(bug.cure)))
    assert all(each.agrees for each in check(lines, start.net, start.X, start.y, start.reg).values())


@every_bug
def test_its_faulty_lines_are_in_its_listing_and_not_in_the_right_one(bug):
    assert bug.faulty_lines
    assert {bug.listing[number - 1] for number in bug.faulty_lines} == set(bug.faulty)
    assert not set(bug.faulty) & set(LISTING)


@every_bug
def test_a_bug_has_an_explanation(bug):
    assert bug.why.endswith(".") and bug.pattern.endswith(".") and bug.cure


@cache
def losses_of_the_correct_lines(overflowing):
    return training_losses(LISTING, problem(overflowing=overflowing))


@every_bug
def test_a_bug_states_whether_it_trains_and_why_it_can_beat_the_correct_lines(bug):
    losses = training_losses(bug.listing, problem_of(bug))
    assert bug.trains == (losses[-1] < losses[0] / 2)
    assert bool(bug.training) == (losses[-1] < losses_of_the_correct_lines(bug.overflows)[-1])


def test_a_bias_gradient_without_its_sum_makes_one_row_of_biases_per_example():
    start = problem()
    found = gradients(bug_named("bias-without-sum").listing, start.net, start.X, start.y, start.reg)
    assert (start.net.params["b2"] - found["b2"]).shape == (len(start.X), start.net.sizes[-1])


@pytest.mark.parametrize("N", [1, 4])
def test_a_bias_gradient_without_its_sum_is_rejected_only_in_place(N):
    start = problem(N, 4, 6, 3)
    listing = bug_named("bias-without-sum").listing
    db2, b2 = gradients(listing, start.net, start.X, start.y, start.reg)["b2"], start.net.params["b2"]
    with pytest.raises(ValueError):
        b2 -= 0.1 * db2
    with pytest.raises(FormulaError, match="b2"):
        gradients([*listing, "b2 -= 0.1*db2"], start.net, start.X, start.y, start.reg)
    assert (b2 - 0.1 * db2).shape == (N, 3)
    right = gradients(LISTING, start.net, start.X, start.y, start.reg)["b2"]
    assert np.allclose(db2, right) == (N == 1)


def test_a_bug_is_found_by_its_id():
    assert bug_named("sign").title == "Uphill"
    with pytest.raises(KeyError):
        bug_named("none")


# The figures in the texts about the errors.


@pytest.mark.parametrize(
    "id, names, error", [("no-mean", ("b1", "b2"), 0.75), ("sign", ("b1", "b2"), 2), ("bias-mean", ("b1",), 0.75)]
)
def test_a_wrong_factor_gives_every_bias_the_same_error(id, names, error):
    found = checked(bug_named(id))
    for name in names:
        np.testing.assert_allclose(found[name].errors, error, rtol=1e-6)


@pytest.mark.parametrize("id", ["mask-forgotten", "always-greater-or-equal"])
def test_a_unit_that_is_always_on_needs_no_mask(id):
    errors = checked(bug_named(id))["W1"].errors
    assert errors[:, 0].max() < 1e-8 and errors[:, 1:].min() > 0.01


def test_the_diagonal_of_a_transposed_gradient_is_right():
    errors = checked(bug_named("transposed-gradient"))["W1"].errors
    diagonal = np.eye(len(errors), dtype=bool)
    assert errors[diagonal].max() < 1e-8 and errors[~diagonal].min() > 0.01


@pytest.mark.parametrize(
    "id, name, factor", [("l2-without-two", "W2", 1), ("penalised-bias", "b1", -2), ("l2-forgotten", "W1", 2)]
)
def test_a_wrong_penalty_is_wrong_by_multiples_of_the_parameter(id, name, factor):
    start = problem()
    found = checked(bug_named(id))[name]
    np.testing.assert_allclose(found.numeric - found.gradient, factor * start.reg * start.net.params[name], atol=1e-9)


def test_nan_begins_in_the_column_of_the_large_logit_and_fills_the_first_layer():
    found = checked(bug_named("overflow"))
    assert np.isnan(found["W2"].gradient[:, -1]).all() and found["W2"].errors[:, :-1].max() < 1e-8
    assert np.isnan(found["W1"].gradient).all() and np.isnan(found["b1"].gradient).all()


def test_a_bias_gradient_without_its_sum_has_one_row_per_example():
    assert checked(bug_named("bias-without-sum"))["b2"].gradient.shape == (4, 4)


@pytest.mark.parametrize("id", ["w2-not-transposed", "mask-on-z3", "copied-line"])
def test_these_need_as_many_hidden_units_as_classes(id):
    start = problem(5, 4, 6, 3)
    try:
        found = check(bug_named(id).listing, start.net, start.X, start.y, start.reg)
    except FormulaError as error:
        assert "do not fit" in str(error)
    else:
        assert not all(each.shape_fits for each in found.values())

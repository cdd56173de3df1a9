"""The marks of an exam: what counts, and what is said about the rest."""

import pytest

from nnlib.teaching.bugs import ONE_LINE_BUGS
from nnlib.teaching.exam import (
    BUG_COUNT,
    BUG_POINTS,
    DRAWN_FROM,
    LISTING_POINTS,
    MOST_POINTS,
    POINTS_PER_GRADIENT,
    bugs_for,
    mark_bug,
    mark_exam,
    mark_listing,
)
from nnlib.teaching.listing import LISTING, MOST_LINES

RIGHT = "\n".join(LISTING)
ids = [bug.id for bug in ONE_LINE_BUGS]


@pytest.mark.parametrize("seed", range(10))
def test_all_right_answers_get_all_points_and_none_gets_none(seed):
    bugs = bugs_for(seed)
    assert len({bug.id for bug in bugs}) == BUG_COUNT and bugs_for(seed) == bugs != bugs_for(seed + 1)
    right = mark_exam(seed, RIGHT, {bug.id: bug.faulty_lines[0] for bug in bugs}, {bug.id: bug.cure for bug in bugs})
    assert (right.listing.points, right.bug_points, right.points) == (LISTING_POINTS, BUG_POINTS, MOST_POINTS)
    assert list(right.bugs) == [bug.id for bug in bugs]
    assert mark_exam(seed, "", {}, {}).points == 0


@pytest.mark.parametrize("bug", ONE_LINE_BUGS, ids=ids)
def test_a_correction_counts_with_or_without_its_name_and_the_slip_itself_does_not(bug):
    (line,) = bug.faulty_lines
    assert mark_bug(bug.id, line, bug.cure).points == 2
    assert mark_bug(bug.id, line, bug.cure.split(" = ", 1)[1]).corrected
    for faulty in (bug.faulty[0], bug.faulty[0].split(" = ", 1)[1]):
        mark = mark_bug(bug.id, line, faulty)
        assert mark.named and not mark.corrected
        assert all(f"`d{name}`" in mark.remark for name in bug.wrong)


def test_a_wrong_line_or_no_answer_costs_its_point():
    assert mark_bug("no-mean", None, "dz3 = (psi - Delta)/N").points == 0
    assert mark_bug("no-mean", 2, " ") == mark_bug("no-mean", 2, "")
    assert mark_bug("no-mean", 2, "").points == 1
    assert mark_bug("no-mean", 3, "dW2 = a2.T @ dz3 + 2*lam*W2").points == 0
    mark = mark_bug("mask-on-z3", 6, "dz2 = (dz3 @ W2.T) * (z2 > 0)")
    assert mark.corrected and not mark.named, "another line than the wrong one can make the gradients right"


@pytest.mark.parametrize("text", ["((((", "dz3 =", "x" * 300, "__import__('os')", "dz3 = psi\ndz3 = 1", "9**9**9**9"])
def test_any_text_is_marked(text):
    mark = mark_bug("no-mean", 2, text)
    assert mark.points == 1 and mark.remark.startswith("Line 2: ")
    assert mark_listing(text).points == 0 and mark_listing(text).errors


def test_a_line_that_cannot_be_run_costs_only_what_depends_on_it():
    broken = "\n".join([*LISTING[:6], "dW1 = X.T @@ dz2", LISTING[7]])
    mark = mark_listing(broken)
    assert mark.points == LISTING_POINTS - POINTS_PER_GRADIENT and set(mark.checked) == {"b1", "W2", "b2"}
    assert [error.line for error in mark.errors] == [7, None]
    assert mark_listing("\n".join(["psi = z3"] * (MOST_LINES + 1))).points == 0


def test_names_may_be_written_as_in_the_lessons():
    text = "ψ = softmax(z3)\n∂J/∂z^(3) = (ψ − Δ)/N\n∂J/∂W^(2) = a2ᵀ @ dz3 + 2λW2\ndb2 = sum(dz3, axis=0)\nda2 = dz3 @ W2ᵀ"
    rest = "\n\ndz2 = da2 ∘ 1{z2 > 0}  # the mask\ndW1 = Xᵀ dz2 + 2λW1\ndb1 = sum(dz2, axis=0)"
    assert mark_listing(text + rest).points == LISTING_POINTS


def test_slips_are_drawn_from_every_bug_of_one_line():
    assert sorted(DRAWN_FROM) == sorted(ids)

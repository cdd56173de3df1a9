"""The backward pass put in order: what counts as right, and what is said about the rest."""

import random

import pytest

from nnlib.teaching.bugs import BUGS
from nnlib.teaching.listing import LISTING
from nnlib.teaching.ordering import FALSE, FALSE_LINES, check_order, lines_to_order


@pytest.mark.parametrize("seed", range(20))
def test_the_lines_hold_the_backward_pass_and_false_ones(seed):
    lines = lines_to_order(seed)
    assert set(LISTING) < set(lines) and len(set(lines)) == len(lines) == len(LISTING) + FALSE_LINES
    assert lines == lines_to_order(seed) != lines_to_order(seed + 1)
    replaced = [right for line in lines if line in FALSE for right in FALSE[line].changes]
    assert len(set(replaced)) == FALSE_LINES


def test_most_bugs_of_one_line_are_false_lines():
    assert len(FALSE) >= 15 and {bug.id for bug in FALSE.values()} < {bug.id for bug in BUGS}


@pytest.mark.parametrize("false", FALSE, ids=lambda line: FALSE[line].id)
def test_a_false_line_is_refused_and_explained(false):
    bug = FALSE[false]
    found = check_order(bug.listing)
    assert not found.right and bug.why in found.message
    named = {name for name in ("W1", "b1", "W2", "b2") if f"`d{name}`" in found.message.split(" wrong.")[0]}
    assert named == bug.wrong


def test_every_order_that_runs_is_right_and_no_other():
    rng = random.Random(1)
    needs = {name: [line.split(" = ")[0] for line in LISTING if line.split(" = ")[0] in text] for name, text in
             ((line.split(" = ")[0], line.split(" = ")[1]) for line in LISTING)}  # fmt: skip
    right = 0
    for _ in range(200):
        lines = list(LISTING)
        one, other = rng.sample(range(len(lines)), 2)
        lines[one], lines[other] = lines[other], lines[one]
        place = {line.split(" = ")[0]: number for number, line in enumerate(lines)}
        runs = all(place[other] < place[name] for name in needs for other in needs[name])
        assert check_order(lines).right == runs, lines
        right += runs
    assert 0 < right < 200


def test_an_order_that_does_not_run_says_which_line_misses_what():
    assert "Line 1: `dz2` has no value yet" in check_order(LISTING[::-1]).message
    assert "No line sets `db1`" in check_order(LISTING[:-1]).message
    assert not check_order([]).right


def test_a_line_too_many_is_not_right():
    false = "db1 = sum(dz3, axis=0)"
    lines = [*LISTING[:-1], false, LISTING[-1]]  # overwritten by the right one
    found = check_order(lines)
    assert not found.right and "not needed" in found.message

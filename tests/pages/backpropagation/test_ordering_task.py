"""The ordering task as it is drawn: lines are chosen, moved, taken out and checked."""

import json
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from nnlib.teaching.listing import LISTING
from nnlib.teaching.ordering import FALSE
from pages.lesson.hand_in import as_markdown
from pages.lesson.progress import Ordering, Progress
from pages.lesson.stored_progress import read_progress
from tests.patience import PATIENCE

SCRIPT = "from pages.backpropagation.ordering import ordering; ordering()"


def run(at):
    at.run()
    assert not at.exception
    return at


@pytest.fixture
def at():
    return run(AppTest.from_string(SCRIPT, default_timeout=PATIENCE))


def press(at, label):
    next(button for button in at.button if button.label == label).click()
    return run(at)


def choose(at, lines):
    for line in lines:
        press(at, f"`{line}`")
    return at


def mine(at):
    return at.session_state["progress"].ordering.order


def false_lines(at):
    return [line for button in at.button if (line := button.label.strip("`")) in FALSE]


def test_the_right_order_is_accepted_and_counted_once(at):
    choose(at, LISTING)
    assert at.radio[0].value == LISTING[-1] and [option.split("`")[1] for option in at.radio[0].options] == list(LISTING)
    press(at, "Check the order")
    assert at.success and at.session_state["progress"].ordered == 1
    run(at)
    assert at.session_state["progress"].ordered == 1
    before = false_lines(at)
    press(at, "Again, with other false lines")
    assert mine(at) == [] and false_lines(at) != before


def test_a_line_is_moved_and_taken_out(at):
    choose(at, LISTING[:3])
    press(at, "Up")
    assert mine(at) == [LISTING[0], LISTING[2], LISTING[1]] and at.radio[0].value == LISTING[2]
    press(press(at, "Up"), "Up")
    assert mine(at)[0] == LISTING[2], "the first line stays the first"
    press(at, "Down")
    assert mine(at) == [LISTING[0], LISTING[2], LISTING[1]]
    choose(at, LISTING[3:4])
    assert mine(at) == [LISTING[0], LISTING[2], LISTING[3], LISTING[1]], "a line comes behind the chosen one"
    at.radio[0].set_value(LISTING[0])
    run(at)
    press(at, "Take out")
    assert mine(at) == [LISTING[2], LISTING[3], LISTING[1]]
    assert not next(button for button in at.button if button.label == f"`{LISTING[0]}`").disabled


def test_the_last_line_can_be_taken_out(at):
    choose(at, LISTING[:1])
    press(at, "Take out")
    assert mine(at) == [] and not at.radio
    choose(at, LISTING[1:2])
    assert mine(at) == [LISTING[1]]


def test_a_false_line_is_explained_and_taken_away_after_three_attempts(at):
    false = false_lines(at)[0]
    bug = FALSE[false]
    choose(at, bug.listing)
    for _ in range(3):
        assert not any("Take a false line away" == button.label for button in at.button)
        press(at, "Check the order")
        assert bug.why in at.warning[0].value
    press(at, "Take a false line away")
    assert false not in false_lines(at) and false not in mine(at) and not at.warning
    right = next(line for line in LISTING if line in bug.changes)
    at.radio[0].set_value(mine(at)[max(0, LISTING.index(right) - 1)])
    run(at)
    choose(at, [right])
    if mine(at)[1:2] == [right] and right == LISTING[0]:
        press(at, "Up")
    press(at, "Check the order")
    assert at.success and at.session_state["progress"].ordered == 0, "help was given"


def test_a_change_hides_the_verdict(at):
    press(choose(at, LISTING[:2]), "Check the order")
    assert at.warning
    press(at, "Up")
    assert not at.warning and not at.success


def test_the_count_is_stored_and_handed_in():
    made = Progress(ordered=2)
    assert read_progress(made.to_json()) == made and not made.empty
    assert "put in order, without help: 2 times" in as_markdown(made, date(2026, 1, 2))
    assert read_progress('{"ordered": "x"}').ordered == 0 and read_progress('{"ordered": -1}').ordered == 0
    newer = Progress(ordered=1)
    newer.add(made)
    assert newer.ordered == 2


def test_the_lines_in_order_survive_a_reload(at):
    press(choose(at, LISTING[:2]), "Check the order")
    stored = read_progress(at.session_state["progress"].to_json())
    assert stored == at.session_state["progress"] and not stored.empty
    later = AppTest.from_string(SCRIPT, default_timeout=PATIENCE)
    later.session_state["progress"] = stored
    run(later)
    assert mine(later) == list(LISTING[:2]) and later.warning, "with the verdict on them"
    empty = Progress()
    empty.add(stored)
    assert empty.ordering == stored.ordering
    stored.add(Progress())
    assert mine(later) == stored.ordering.order, "a new session without a task does not replace it"


@pytest.mark.parametrize(
    "changes",
    [{"seed": -1}, {"seed": "x"}, {"attempts": None}, {"solved": 1}, {"order": ["del W1"]}, {"order": [LISTING[0]] * 2}],
)
def test_an_invalid_stored_task_is_ignored(changes):
    stored = json.loads(Progress(ordering=Ordering(seed=1, order=[LISTING[0]])).to_json())
    stored["ordering"] |= changes
    order = read_progress(json.dumps(stored)).ordering.order
    assert order == ([LISTING[0]] if changes.get("order", [])[1:] else [])

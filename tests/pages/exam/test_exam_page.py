"""The exam: nothing is called right before its end, every answer is stored, and the sheet says what each was worth."""

import json
import time
from datetime import date

import pytest

from nnlib.teaching.bugs import bug_named
from nnlib.teaching.exam import MOST_POINTS, bugs_for
from nnlib.teaching.listing import LISTING
from pages.lesson.hand_in import as_markdown
from pages.lesson.progress import EXAM_MINUTES, LONGEST_LISTING, MOST_EXAMS, Exam, Progress
from pages.lesson.stored_progress import read_progress
from tests.pages.opened import opened

RIGHT = "\n".join(LISTING)
TWENTY_MINUTES = 60 * EXAM_MINUTES[0]


def button(at, label):
    return next(each for each in at.button if each.label == label)


def started():
    at = opened("exam")
    button(at, "Start the exam").click().run()
    assert not at.exception
    return at, at.session_state["progress"].latest_exam


def open_task(at, part):
    at.pills(key="part_exam").set_value(part).run()
    assert not at.exception


def answer(at, number, bug, correction):
    """Name the wrong line of a bug, and write a line in its place."""
    open_task(at, f"bug-{number}")
    at.radio[0].set_value(bug.faulty_lines[0]).run()
    at.text_input[0].set_value(correction).run()
    assert not at.exception


def texts(at):
    kinds = (at.markdown, at.header, at.subheader, at.caption, at.warning, at.success, at.info)
    return " ".join(each.value for kind in kinds for each in kind)


def exam_that_ended(seconds_ago=0, **answers):
    """A progress with an exam whose time is over."""
    start = int(time.time()) - TWENTY_MINUTES - seconds_ago
    return Progress(exams={str(start): Exam(seed=7, started=start, **answers)})


def test_no_answer_is_judged_before_the_end_and_each_is_stored():
    at, exam = started()
    assert at.text_area[0].value == ""
    at.text_area[0].set_value("psi = softmax(z3)\nnonsense").run()
    bugs = bugs_for(exam.seed)
    for number, bug in enumerate(bugs[:2], 1):
        answer(at, number, bug, bug.faulty[0])
        assert not (at.success or at.warning or at.error or at.info)
        assert bug.title not in texts(at) and bug.why not in texts(at)
    assert exam.listing == "psi = softmax(z3)\nnonsense"
    assert exam.lines == {bug.id: bug.faulty_lines[0] for bug in bugs[:2]}
    assert exam.corrections == {bug.id: bug.faulty[0] for bug in bugs[:2]}
    assert at.pills(key="part_exam").options[:4] == ["Backward pass", "Bug 1: answered", "Bug 2: answered", "Bug 3"]
    assert "9 of 11 tasks are without a full answer" in texts(at)
    assert "Exam" not in as_markdown(at.session_state["progress"], date(2026, 1, 2))


def test_the_sheet_counts_the_points_and_the_hand_in_has_them():
    at, exam = started()
    at.text_area[0].set_value("\n".join([*LISTING[:7], "db1 = "])).run()
    assert at.pills(key="part_exam").options[0] == "Backward pass: answered"
    bugs = bugs_for(exam.seed)
    answer(at, 1, bugs[0], bugs[0].cure)
    answer(at, 2, bugs[1], bugs[1].faulty[0])
    button(at, "Hand in now").click().run()
    assert not at.exception and not at.text_area
    shown = texts(at)
    assert f"Result: 18 of {MOST_POINTS} points" in shown and "Handed in after" in shown
    assert "Backward pass: 15 of 20 points" in shown and "Bugs: 3 of 20 points" in shown
    assert "Line 8: Type a formula" in shown and "`db1`: 0 points, no line sets it." in shown
    assert [each.label.split(": ")[1] for each in at.expander] == ["2 of 2 points", "1 of 2 points", *["0 of 2 points"] * 8]
    assert all(bug.why in shown for bug in bugs)
    assert f"18 of {MOST_POINTS} points (backward pass 15 of 20, bugs 3 of 20)" in as_markdown(
        at.session_state["progress"], date(2026, 1, 2)
    )
    button(at, "Start another exam").click().run()
    assert at.text_area[0].value == "" and at.session_state["progress"].latest_exam is not exam


def test_the_exam_ends_by_itself_and_what_comes_later_does_not_count():
    at, exam = started()
    at.text_area[0].set_value("psi = softmax(z3)").run()
    exam.started -= TWENTY_MINUTES
    at.text_area[0].set_value(RIGHT).run()
    assert "Result: 0 of" in texts(at) and "Your time was over after 20 minutes, limit 20 minutes." in texts(at)
    assert exam.listing == "psi = softmax(z3)"


def test_an_exam_goes_on_after_a_reload_with_its_answers():
    at, exam = started()
    at.text_area[0].set_value(RIGHT).run()
    bug = bugs_for(exam.seed)[4]
    answer(at, 5, bug, bug.cure)
    stored = read_progress(at.session_state["progress"].to_json())
    assert stored.exams == at.session_state["progress"].exams
    again = opened("exam", part="bug-5")
    again.session_state["progress"] = stored
    again.run()
    assert again.radio[0].value == bug.faulty_lines[0] and again.text_input[0].value == bug.cure
    open_task(again, "backward-pass")
    assert again.text_area[0].value == RIGHT


@pytest.mark.parametrize("minutes, words", [(40, "limit 40 minutes"), (0, "without a limit")])
def test_the_time_is_chosen_before_the_start_and_stands_on_the_sheet(minutes, words):
    at = opened("exam")
    at.segmented_control(key="exam_minutes").set_value(minutes).run()
    button(at, "Start the exam").click().run()
    made = at.session_state["progress"]
    exam = made.latest_exam
    exam.started -= 39 * 60
    made.exams = {str(exam.started): exam}
    at.run()
    assert exam.seconds_left and at.text_area and ("No time limit" in texts(at)) == (minutes == 0)
    assert read_progress(made.to_json()).latest_exam.minutes == minutes
    button(at, "Hand in now").click().run()
    assert not at.exception and "Handed in after 39 minutes" in texts(at) and f", {words}." in texts(at)
    assert read_progress(made.to_json()).exams == made.exams
    assert words in as_markdown(made, date(2026, 1, 2))


def test_an_exam_of_an_older_version_had_twenty_minutes():
    stored = json.loads(exam_that_ended().to_json())
    (exam,) = stored["exams"].values()
    del exam["minutes"]
    assert read_progress(json.dumps(stored)).latest_exam.minutes == 20


def test_the_sheet_explains_what_was_wrong_in_the_backward_pass():
    at, _ = started()
    bug = bug_named("no-mean")
    at.text_area[0].set_value("\n".join(bug.listing)).run()
    button(at, "Hand in now").click().run()
    assert [each.value for each in at.info] == [bug.why]


def test_a_former_link_to_a_slip_opens_its_bug():
    at = opened("exam", part="slip-3")
    button(at, "Start the exam").click().run()
    at.query_params["part"] = "slip-3"
    at.run()
    assert at.pills(key="part_exam").value == "bug-3" and not at.exception


def test_an_old_progress_has_no_exam_and_a_new_one_keeps_the_latest():
    assert read_progress('{"bugs": ["sign"]}').exams == {}
    made = exam_that_ended()
    for seconds in range(1, MOST_EXAMS + 3):
        made.add(exam_that_ended(seconds))
    assert len(made.exams) == MOST_EXAMS == len(read_progress(made.to_json()).exams)
    assert made.latest_exam.seconds_taken == TWENTY_MINUTES and not made.latest_exam.seconds_left
    made.start_exam()
    assert len(made.exams) == MOST_EXAMS and made.latest_exam.seconds_left > TWENTY_MINUTES - 60


@pytest.mark.parametrize(
    "change",
    [
        {"seed": -1},
        {"seed": "1"},
        {"started": 2**40},
        {"started": None},
        {"handed_in": 3},
        {"handed_in": 2**40},
        {"minutes": 25},
        {"minutes": "20"},
        {"minutes": False},
        {"listing": 3},
        {"listing": "x" * (LONGEST_LISTING + 1)},
    ],
)
def test_an_invalid_exam_is_ignored(change):
    stored = json.loads(exam_that_ended().to_json())
    (exam,) = stored["exams"].values()
    assert read_progress(json.dumps(stored)).exams
    exam.update(change)
    assert not read_progress(json.dumps(stored)).exams


def test_invalid_answers_of_an_exam_are_ignored():
    lines = {"sign": 99, "no-mean": 2, "l2-forgotten": 0, "copied-line": "8", "no-such-bug": 1}
    corrections = {"sign": "x" * 301, "no-mean": "dz3 = 1", "no-such-bug": "x", "bias-mean": None}
    (exam,) = read_progress(exam_that_ended(lines=lines, corrections=corrections).to_json()).exams.values()
    assert exam.lines == {"no-mean": 2} and exam.corrections == {"no-mean": "dz3 = 1"}

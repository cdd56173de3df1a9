"""What is stored of a learner's progress, what is accepted back from a browser, and what can be handed in."""

import json
from datetime import date

import pytest

from nnlib.practice import number_exercises, question_for
from nnlib.symbolic import exercises
from nnlib.teaching.bugs import BUGS
from pages.lesson import progress as progress_module
from pages.lesson.hand_in import as_markdown, counted
from pages.lesson.lessons import LESSONS
from pages.lesson.progress import STATE, NumberWork, Prediction, Progress, Work
from pages.lesson.stored_progress import LARGEST, read_progress
from pages.live.prediction import record_live_prediction
from tests.symbolic.patience import little_work

EXERCISE = next(each for each in exercises() if each.lesson == "softmax")


def some_progress():
    made = Progress()
    made.record_done("softmax", "the-derivative")
    made.predictions["rows"] = Prediction("softmax", "What do the rows sum to?", "0", True)
    made.predictions["sign"] = Prediction("softmax", "Which sign?", "I do not know yet: show me", None)
    made.record_answer(EXERCISE.id, "psi_1", False, valid=True)
    made.record_answer(EXERCISE.id, EXERCISE.solution, True, valid=True)
    made.record_bug(BUGS[0].id)
    return made


def test_progress_survives_a_round_trip():
    made = some_progress()
    assert read_progress(made.to_json()) == made


def test_predictions_on_depth_are_stored_and_handed_in():
    made = Progress()
    made.predictions["factor"] = Prediction("depth", "How much is left?", "About a half", False)
    page = as_markdown(read_progress(made.to_json()), date(2026, 1, 2))
    assert "How much is left? I predicted: About a half (not right)" in page.split("## Depth")[1]


RUN = {"run": "a1", "label": "H 50 · lr 0.1", "dataset": "spiral", "expectation": "learns", "outcome": "stuck"}


@pytest.fixture
def session(monkeypatch):
    made = {STATE: Progress()}
    monkeypatch.setattr(progress_module.st, "session_state", made)
    return made[STATE]


def test_predictions_of_runs_are_stored_and_handed_in(session):
    record_live_prediction("train", RUN)
    record_live_prediction("train", RUN | {"expectation": "stuck"})  # the first stays
    record_live_prediction("depth", RUN | {"outcome": "learns"})
    page = as_markdown(read_progress(session.to_json()), date(2026, 1, 2))
    assert "H 50 · lr 0.1: what will happen? I predicted: It learns well (not right)" in page.split("## Train")[1]
    assert "I predicted: It learns well (right)" in page.split("## Depth")[1]
    for number in range(40):
        record_live_prediction("train", RUN | {"run": str(number)})
    assert len(session.predictions) == 31 and "train_39" in session.predictions and "train_a1" not in session.predictions


@pytest.mark.parametrize("changes", [{"run": 5}, {"label": None}, {"dataset": "x"}, {"expectation": []}, {"outcome": "wins"}])
def test_an_invalid_prediction_of_a_run_is_ignored(session, changes):
    for predicted in (RUN | changes, None, "text"):
        record_live_prediction("train", predicted)
    assert session.empty


def test_the_first_right_answer_stays_the_solution():
    made = some_progress()
    made.record_answer(EXERCISE.id, "psi_3", False, valid=True)
    work = made.work(EXERCISE.id)
    assert work == Work("psi_3", 2, EXERCISE.solution) and work.solved  # what is tried later does not count


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "null",
        "[]",
        "3",
        '"text"',
        "NaN",
        "[" * 40_000,
        '{"predictions": ' * 2000,
        "9" * 5000,
        json.dumps({"predictions": [], "exercises": 3, "bugs": {}, "parts": "softmax"}),
        json.dumps({"predictions": {"key": None, "": {}, "a b": {}}, "exercises": {EXERCISE.id: []}, "bugs": [1, None, {}]}),
        json.dumps({"parts": {"softmax": {"a": 1}, "elsewhere": ["x"], "forward": 5}}),
        json.dumps({"bugs": ["<script>", "a b", "x" * 61, "a\nb", "a\n", "no-such-bug"]}),
    ],
)
def test_invalid_progress_is_ignored(text):
    found = read_progress(text)
    assert not (found.predictions or found.exercises or found.bugs or any(found.done.values()))


def progress_with(**changes):
    """The text of some progress in which one entry of a kind is changed: {kind: (key, changes)}."""
    said = json.loads(some_progress().to_json())
    for kind, (key, values) in changes.items():
        said[kind][key].update(values)
    return json.dumps(said)


@pytest.mark.parametrize(
    "values",
    [
        {"lesson": "elsewhere"},
        {"lesson": ["softmax"]},
        {"question": "x" * 601},
        {"choice": "x" * 301},
        {"choice": None},
        {"question": 3},
        {"right": "yes"},
        {"right": 2},
        {"right": []},
    ],
)
def test_an_invalid_prediction_is_ignored(values):
    found = read_progress(progress_with(predictions=("rows", values)))
    assert list(found.predictions) == ["sign"], "and the others stay"


@pytest.mark.parametrize(
    "values",
    [
        {"text": "x" * 301},
        {"text": None},
        {"solution": 1},
        {"attempts": -1},
        {"attempts": 1.5},
        {"attempts": "3"},
        {"attempts": 10**9},
        {"attempts": True},
    ],
)
def test_invalid_work_is_ignored(values):
    assert not read_progress(progress_with(exercises=(EXERCISE.id, values))).exercises


def test_a_stored_solution_is_checked_again():
    found = read_progress(progress_with(exercises=(EXERCISE.id, {"solution": "psi_1*psi_2"})))
    assert not found.work(EXERCISE.id).solved and found.work(EXERCISE.id).attempts == 2


def test_the_same_answer_again_is_no_other_attempt():
    work = Work()
    for text in ("psi_1", "psi_1", "psi_2"):
        work.record(text, correct=False, valid=True)
    assert work.attempts == 2


def test_expensive_answers_are_read_with_little_work():
    work, some = {"text": "1", "attempts": 1}, exercises()[::2]
    stored = {each.id: work | {"solution": "+".join([next(iter(each.names))] * 74)} for each in some}
    read_progress(json.dumps({"exercises": {each.id: work | {"solution": each.solution} for each in some}}))
    with little_work(answers=10):
        assert not any(work.solved for work in read_progress(json.dumps({"exercises": stored})).exercises.values())


def test_an_unknown_exercise_is_ignored():
    said = {"exercises": {"softmax-forged": {"text": "1", "attempts": 1, "solution": "1"}}}
    assert not read_progress(json.dumps(said)).exercises


def test_oversized_progress_is_not_read():
    made = some_progress()
    assert read_progress(made.to_json().ljust(LARGEST)) == made
    assert read_progress(made.to_json().ljust(LARGEST + 1)) == Progress()


def test_newer_progress_takes_precedence_over_stored_progress():
    before, now = some_progress(), Progress()
    now.predictions["rows"] = Prediction("softmax", "What do the rows sum to?", "1", False)
    now.record_bug(BUGS[0].id)
    now.record_bug(BUGS[1].id)
    now.record_done("softmax", "exercises")
    before.add(now)
    assert before.predictions["rows"].choice == "1" and "sign" in before.predictions
    assert before.work(EXERCISE.id).solved
    assert before.bugs == [BUGS[0].id, BUGS[1].id]
    assert before.done == {"softmax": ["the-derivative", "exercises"]}


def test_parts_opened_before_done_was_stored_count_as_done():
    stored = json.loads(some_progress().to_json())
    stored["parts"] = stored.pop("done")
    assert read_progress(json.dumps(stored)).done == {"softmax": ["the-derivative"]}


def test_the_place_is_stored_and_the_lesson_viewed_last_is_the_last_entry():
    made = Progress()
    for lesson, part in (("softmax", "jacobian"), ("forward", "relu"), ("softmax", "exercises")):
        made.record_place(lesson, part)
    assert list(read_progress(made.to_json()).at.items()) == [("forward", "relu"), ("softmax", "exercises")]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
def test_a_part_that_moved_leads_to_parts_of_today(lesson):
    for old in lesson.moved:
        assert old.split("&")[0] not in lesson.names
        assert set(lesson.today(old)) <= set(lesson.names)
    stored = {"parts": {lesson.key: [old.split("&")[0] for old in lesson.moved]}}
    assert set(read_progress(json.dumps(stored)).done[lesson.key]) == {new for parts in lesson.moved.values() for new in parts}


# The page to hand in


def test_the_page_to_hand_in_names_every_lesson_prediction_and_exercise():
    page = as_markdown(some_progress(), date(2026, 3, 9))
    assert "09 March 2026" in page
    for number, lesson in enumerate(LESSONS, 1):
        assert f"## {number} {lesson.title}" in page
    assert "Predictions: 1 right, 1 not known" in page
    assert "- What do the rows sum to? I predicted: 0 (right)" in page
    assert "(did not know yet)" in page
    assert f"My answer: `{EXERCISE.solution}` (right, 2 attempts)" in page
    assert page.count("Not tried yet.") == len(exercises()) + len(number_exercises()) - 1
    assert f"Bugs found: 1 of {len(BUGS)}" in page and BUGS[0].title in page


@pytest.mark.parametrize(
    ("verdicts", "count"),
    [
        ([True, True, False, None], "2 right, 1 not, 1 not known"),
        ([None] * 4, "0 right, 4 not known"),
        ([False], "0 right, 1 not"),
        ([True], "1 right"),
    ],
)
def test_an_unknown_answer_is_not_a_wrong_prediction(verdicts, count):
    assert counted(Prediction("softmax", "?", "a choice", right) for right in verdicts) == count


def test_an_answer_cannot_add_headings_to_the_hand_in_page():
    made = Progress()
    made.record_answer(EXERCISE.id, "psi_1`\n## 100 of 100 solved", False, valid=False)
    lines = as_markdown(made, date(2026, 3, 9)).splitlines()
    headings = [line for line in lines if line.startswith("## ")]
    assert headings == [
        *(f"## {number} {each.title}" for number, each in enumerate(LESSONS, 1)),
        "## Train",
        "## Depth",
        "## Tuning",
        "## Bug lab",
    ]
    assert any("`psi_1' ## 100 of 100 solved`" in line for line in lines)


NUMBERS = number_exercises()[0]


def with_numbers(seed=17, text="3", solution=""):
    made = Progress()
    made.numbers[NUMBERS.id] = NumberWork(text, 1, solution, seed, earlier=2)
    return made


def test_the_numbers_of_an_exercise_and_the_work_on_them_survive_a_round_trip():
    right = repr(question_for(NUMBERS.id, 17).solution)
    made = with_numbers(text=right, solution=right)
    assert read_progress(made.to_json()) == made
    line = next(line for line in as_markdown(made, date(2026, 3, 9)).splitlines() if NUMBERS.title in line)
    assert "Numbers 17." in line and "with other numbers: 2" in line and "(right, 1 attempt)" in line


def test_a_stored_number_is_checked_again():
    other = repr(question_for(NUMBERS.id, 18).solution)
    assert not read_progress(with_numbers(text=other, solution=other).to_json()).numbers[NUMBERS.id].solved


@pytest.mark.parametrize(
    "values", [{"seed": -1}, {"seed": 10**6}, {"seed": "17"}, {"earlier": -1}, {"text": 3}, {"seed": True}]
)
def test_invalid_work_on_numbers_is_ignored(values):
    stored = json.loads(with_numbers().to_json())
    stored["numbers"][NUMBERS.id].update(values)
    assert not read_progress(json.dumps(stored)).numbers


def test_numbers_that_were_only_shown_do_not_replace_those_of_earlier_work():
    for text, seed in (("", 17), ("4", 18)):
        stored = with_numbers()
        stored.add(with_numbers(seed=18, text=text))
        assert stored.numbers[NUMBERS.id].seed == seed


def test_new_numbers_count_what_was_solved():
    made = with_numbers(text="1", solution="1")
    made.draw_numbers(NUMBERS.id)
    assert made.numbers[NUMBERS.id].earlier == 3 and not made.numbers[NUMBERS.id].text
    made.draw_numbers(NUMBERS.id)
    assert made.numbers[NUMBERS.id].earlier == 3, "these were not solved"
    assert made.numbers[NUMBERS.id].solved_once


def test_a_wrong_answer_is_reviewed_and_the_review_survives_a_round_trip():
    made = Progress()
    made.record_answer(EXERCISE.id, "psi_1 +", False, valid=False)
    made.record_answer(EXERCISE.id, EXERCISE.solution, True, valid=True)
    assert not made.reviews, "neither a typing error nor a right answer"
    made.record_number(NUMBERS.id, "99", False, valid=True)
    made.record_review(NUMBERS.id, known=True)
    assert made.reviews[NUMBERS.id].times == 1
    assert read_progress(made.to_json()) == made
    assert "Exercises in review: 1, reviews so far: 1" in as_markdown(made, date(2026, 3, 9))


def test_what_is_tried_after_the_right_answer_counts_no_more():
    made = Progress()
    right = question_for(NUMBERS.id, made.number_work(NUMBERS.id).seed).solution
    for correct in (True, False, True):
        made.record_answer(EXERCISE.id, EXERCISE.solution if correct else "psi_1", correct, valid=True)
        made.record_number(NUMBERS.id, str(right) if correct else "99", correct, valid=True)
    assert not made.reviews
    assert made.exercises[EXERCISE.id].attempts == made.numbers[NUMBERS.id].attempts == 1
    made.draw_numbers(NUMBERS.id)
    made.record_number(NUMBERS.id, "99", False, valid=True)
    assert list(made.reviews) == [NUMBERS.id], "other numbers are another question"


@pytest.mark.parametrize("values", [{"card": "{}"}, {"card": 3}, {"times": -1}, {"card": "x" * 500}])
def test_an_invalid_review_is_ignored(values):
    made = Progress()
    made.record_number(NUMBERS.id, "99", False, valid=True)
    stored = json.loads(made.to_json())
    stored["reviews"][NUMBERS.id].update(values)
    assert not read_progress(json.dumps(stored)).reviews

"""Home: it loads quickly, shows the way, and its links have targets."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from streamlit.testing.v1 import AppTest

from nnlib.practice import question_for
from nnlib.practice.review import due_at, first_card
from nnlib.symbolic.exercise import exercise_named
from nnlib.symbolic.exercise.variants import variants_of
from pages.lesson.lessons import LESSONS
from pages.lesson.progress import Prediction, Review
from pages.settings.settings_url import link_parameters
from pages.train.settings import OPEN_PRESETS, TRAIN
from tests.pages.opened import opened
from tests.patience import PATIENCE


def open_home():
    at = AppTest.from_file("../../../pages/navigation.py", default_timeout=PATIENCE).run()
    assert not at.exception
    return at


def test_the_path_starts_with_the_first_lesson_and_ends_with_the_live_pages():
    at = open_home()
    assert [button.label for button in at.button] == ["Start with lesson 1", "Train a network"]
    links = [link for link in at.page_link if not link.proto.query_string]
    assert [link.proto.page for link in links] == [
        "forward",
        "softmax",
        "backpropagation",
        "gradient_check",
        "convolution",
        "exam",
        "",
        "tuning",
    ]


def test_home_and_the_end_of_the_lessons_lead_to_the_exam_the_sheets_and_the_review():
    for at in (open_home(), opened("gradient_check", part="exercises")):
        links = {link.label.strip("*"): (link.proto.page, link.proto.query_string) for link in at.page_link}
        assert links["Exam"][0] == "exam" and links["Review"][0] == ""
        assert links["Summary"] == ("sheets", "part=summary") and links["Worksheets"] == ("sheets", "part=worksheet")


def test_home_continues_where_the_learner_is():
    at = open_home()
    made = at.session_state["progress"]
    made.record_place("backpropagation", "weights-w-2")
    at.run()
    assert at.button[0].label == "Continue: lesson 3, Weights W⁽²⁾"
    made.record_done("backpropagation", "weights-w-2")
    at.run()
    assert at.button[0].label == "Continue: lesson 3, Biases b⁽²⁾"
    assert any("1 of 12 parts done" in each.value for each in at.caption)
    at.button[0].click().run()
    assert not at.exception and at.pills[0].value == "biases-b-2"


def test_after_the_lessons_home_continues_with_the_live_pages():
    at = open_home()
    made = at.session_state["progress"]
    made.done = {lesson.key: list(lesson.names) for lesson in LESSONS}
    assert at.run().button[0].label == "Continue: Train"
    made.predictions["train_a"] = Prediction("train", "What will happen?", "It learns well", True)
    assert at.run().button[0].label == "Continue: Depth"
    at.button[0].click()
    assert not at.run().exception and at.pills[0].label == "Part of the page"


def test_the_results_match_the_report():
    at = open_home()
    assert at.metric[0].value == "55.4 %"
    chart = next(each.value for each in at.html if "role=" in each.value)
    for accuracy in ("50.8 %", "50.6 %", "8.7 %", "7.8 %"):
        assert accuracy in chart
    assert 'role="img"' in chart and "Guessing gives 10 %" in chart


def test_the_linked_experiments_are_the_depth_slider_and_the_preset():
    at = open_home()
    _, _, depth, link = [link for link in at.page_link if link.proto.query_string]
    assert (depth.proto.page, depth.proto.query_string) == ("depth", "part=experiment")
    assert dict(pair.split("=") for pair in link.proto.query_string.replace("%2C", ",").split("&")) == link_parameters(
        TRAIN, OPEN_PRESETS["vanishing"]
    )


def test_home_imports_nothing_heavy():
    code = (
        "import sys, streamlit; from streamlit.testing.v1 import AppTest; before = set(sys.modules);"
        "AppTest.from_file('pages/navigation.py', default_timeout=300).run(); new = set(sys.modules) - before;"
        "print([m for m in ('pandas', 'altair', 'torch', 'sklearn', 'sympy') if m in new])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip().endswith("[]")


def due_now(at, exercise):
    """Make an exercise due for review."""
    made = at.session_state["progress"]
    made.reviews[exercise] = Review(first_card(datetime.now(UTC) - timedelta(hours=1)))
    at.run()
    return made


def press(at, label):
    next(button for button in at.button if button.label == label).click()
    at.run()
    assert not at.exception


def answer(at, text):
    at.text_input[0].set_value(text)
    press(at, "Check")


def test_nothing_to_review_is_not_shown():
    assert "Review" not in [each.value for each in open_home().header]


def test_a_wrong_answer_comes_back_as_a_variant_and_a_right_one_moves_it_to_a_later_day():
    at = open_home()
    made = due_now(at, "softmax-row")
    press(at, "Review for five minutes")
    variant = variants_of(exercise_named("softmax-row"))[0]
    assert any(variant.prompt == each.value for each in at.markdown)
    assert re.fullmatch(r"[\w-]+", at.text_input[0].key), "it is part of a CSS selector"
    answer(at, variant.solution)
    assert at.success
    answer(at, "psi_1")  # out of curiosity, after the right one
    press(at, "Go on")
    assert made.reviews["softmax-row"].times == 1 and not at.text_input
    assert due_at(made.reviews["softmax-row"].card) - datetime.now(UTC) > timedelta(minutes=5), "not as after a wrong answer"
    assert any("Nothing is due now" in each.value for each in at.markdown)


def test_a_second_attempt_does_not_count_as_known():
    at = open_home()
    made = due_now(at, "forward-number-psi")
    press(at, "Review for five minutes")
    answer(at, "7.5")
    question = question_for("forward-number-psi", made.numbers["forward-number-psi"].seed)
    answer(at, f"{question.solution:.3f}")
    press(at, "Go on")
    assert due_at(made.reviews["forward-number-psi"].card) - datetime.now(UTC) < timedelta(minutes=11)


def test_a_guess_in_a_review_does_not_count_as_known():
    at = open_home()
    made = due_now(at, "softmax-row")
    press(at, "Review for five minutes")
    assert "I guessed" not in [button.label for button in at.button]
    answer(at, variants_of(exercise_named("softmax-row"))[0].solution)
    press(at, "I guessed")
    assert made.reviews["softmax-row"].times == 1
    assert due_at(made.reviews["softmax-row"].card) - datetime.now(UTC) < timedelta(minutes=11)

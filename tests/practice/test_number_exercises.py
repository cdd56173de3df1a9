"""Every draw of a numeric exercise can be solved by hand, recognises its slips, and is the same for the same seed."""

import re

import pytest

from nnlib.practice import number_exercises, question_for
from nnlib.practice.number_exercise import ROUNDED, TOLERANCE, check_number, read_number
from nnlib.symbolic import FormulaError
from nnlib.symbolic.answers.check import Answer

EXERCISES = number_exercises()
EACH = pytest.mark.parametrize("exercise", EXERCISES, ids=[each.id for each in EXERCISES])
SEEDS = range(40)


@EACH
def test_the_solution_by_hand_is_the_number_of_the_network(exercise):
    for seed in SEEDS:
        question = question_for(exercise.id, seed)
        assert abs(question.by_hand - question.solution) <= 1e-9, seed


@EACH
def test_the_solution_is_right_and_every_slip_gets_its_hint(exercise):
    for seed in SEEDS:
        question = question_for(exercise.id, seed)
        assert check_number(question, f"{question.solution:.4f}").correct
        assert len(question.slips) >= 3
        for slip in question.slips:
            answer = check_number(question, f"{slip.value:.4f}")
            assert not answer.correct and answer.message == slip.hint, seed


@EACH
def test_the_worked_solution_ends_with_the_solution(exercise):
    for seed in SEEDS:
        question = question_for(exercise.id, seed)
        last = re.findall(r"-?\d+(?:\.\d+)?", question.worked[-1])[-1]
        assert float(last) == pytest.approx(question.solution, abs=6e-5)


@EACH
def test_every_seed_has_other_numbers_and_the_same_seed_the_same(exercise):
    draw = question_for.__wrapped__
    assert draw(exercise.id, 3) == draw(exercise.id, 3)
    assert len({question_for(exercise.id, seed).prompt for seed in SEEDS}) >= 0.9 * len(SEEDS)


@EACH
def test_the_texts_are_valid_markdown_and_do_not_reveal_the_solution(exercise):
    for seed in SEEDS:
        question = question_for(exercise.id, seed)
        texts = [exercise.title, exercise.first_step, question.prompt, *(slip.hint for slip in question.slips)]
        for text in texts:
            outside = re.sub(r"\$[^$]*\$", "", text.replace("$$", "$"))
            assert text.count("$") % 2 == 0 and "\\" not in outside and "{" not in outside and "!" not in text
        assert f"{question.solution:.4f}" not in question.prompt
        named = re.findall(r"\$[^$]*\$|\d+|first|second", exercise.title)
        assert all(each.strip("$") in question.prompt for each in named), "a title fits all numbers"


def test_the_upstream_gradient_without_the_pixel_gets_its_own_hint():
    for seed in SEEDS:
        question = question_for("convolution-number-pool", seed)
        upstream = re.findall(r"number is \$(-?[\d.]+)\$", question.prompt)[-1]
        assert "met a pixel" in check_number(question, upstream).message


def test_a_small_error_of_rounding_is_right_and_a_larger_one_is_named():
    question = question_for(EXERCISES[0].id, 1)
    assert check_number(question, repr(question.solution + 0.9 * TOLERANCE)).correct
    close = check_number(question, repr(question.solution + 0.9 * ROUNDED))
    assert not close.correct and "round" in close.message


@pytest.mark.parametrize(
    "text, value",
    [
        ("-0.25", -0.25), ("−0,25", -0.25), ("1/4", 0.25), ("log(2)/2", 0.34657359), (" .5 ", 0.5), ("2,5e-3", 0.0025),
        ("1,2 + 3", 4.2), ("(0,2 - 1)/2", -0.4), ("log(0,5)", -0.69314718), ("max(0,2)", 2),
    ],
)  # fmt: skip
def test_a_number_can_be_typed_in_many_forms(text, value):
    assert read_number(text) == pytest.approx(value)


def test_a_comma_that_was_read_as_a_decimal_point_is_named():
    question = question_for(EXERCISES[0].id, 1)
    point = f"{question.solution:.4f}"
    read = check_number(question, point.replace(".", ","))
    assert read == Answer(True, f"Right. The comma was read as a decimal point: `{point}`.")
    wrong = check_number(question, "77,5")
    assert not wrong.correct and wrong.message.endswith("`77.5`.")
    assert "comma" not in check_number(question, point).message
    assert "comma" not in check_number(question, "max(0,77)").message


@pytest.mark.parametrize(
    "text", ["", "x", "1/0", "log(0)", "1 2", "exp(1000000)", "nan", "inf", "0,5,5", "psi_1", "9" * 400, "1.234,5"]
)
def test_no_text_raises(text):
    assert not check_number(question_for(EXERCISES[0].id, 1), text).correct


def test_an_unknown_exercise_is_named():
    with pytest.raises(ValueError, match="no-such"):
        question_for("no-such", 1)
    with pytest.raises(FormulaError):
        read_number("one half")

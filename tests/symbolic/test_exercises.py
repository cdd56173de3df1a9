"""Every exercise can be solved, recognises its slips, and does not reveal its solution."""

import re

import pytest

from nnlib.symbolic import check_answer, exercises
from nnlib.symbolic.answers.grammar import parse
from nnlib.symbolic.exercise.variants import TWO_HIDDEN_LAYERS, variants_of
from nnlib.symbolic.symbols import SYMBOLS, symbol_latex

EXERCISES = exercises()
VARIANTS = [variant for exercise in EXERCISES for variant in variants_of(exercise)]
EACH = pytest.mark.parametrize("exercise", [*EXERCISES, *VARIANTS], ids=lambda exercise: exercise.id)
LESSONS = ["forward", "softmax", "backpropagation", "gradient_check", "convolution"]


def test_there_are_enough_in_every_lesson_and_they_come_in_order():
    assert len(EXERCISES) >= 20
    lessons = [exercise.lesson for exercise in EXERCISES]
    assert lessons == sorted(lessons, key=LESSONS.index)
    assert all(lessons.count(lesson) >= 4 for lesson in LESSONS)


def test_ids_are_unique_and_valid_in_a_url():
    ids = [exercise.id for exercise in EXERCISES]
    assert len(set(ids)) == len(ids)
    for exercise in EXERCISES:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", exercise.id)
        assert exercise.id.startswith(exercise.lesson.replace("_", "-"))


@EACH
def test_a_title_fits_every_variant(exercise):
    """What a title names, the question names too: a symbol, a number, or the place of a layer."""
    named = re.findall(r"\$[^$]*\$|\d+|\b[B-HJ-Z]\b|first|second|third|pixels", exercise.title)
    assert [each for each in named if each not in exercise.prompt.removeprefix(TWO_HIDDEN_LAYERS)] == []


def test_the_size_of_a_layer_has_no_letter_of_the_notation():
    (letter,) = re.findall(r"first has \$(\w)\$", TWO_HIDDEN_LAYERS)
    assert all(not symbol_latex(name).startswith(letter) for name in SYMBOLS)


@EACH
def test_the_solution_is_right_and_needs_no_other_name(exercise):
    assert check_answer(exercise.id, exercise.solution).correct
    assert parse(exercise.solution, exercise.names).names <= set(exercise.names)


@EACH
def test_every_slip_is_wrong_and_gets_a_specific_hint(exercise):
    for slip in exercise.slips:
        answer = check_answer(exercise.id, slip.text)
        assert not answer.correct, slip.text
        assert answer.message == slip.hint, slip.text


@EACH
def test_prompts_and_hints_do_not_reveal_the_solution(exercise):
    latex = parse(exercise.solution, exercise.names).latex
    hints = [exercise.first_step, *(slip.hint for slip in exercise.slips)]
    if len(exercise.solution) > 3:  # "1/2" may stand in any sentence
        assert not any(exercise.solution in text or latex in text for text in [exercise.prompt, *hints])


@EACH
def test_every_name_is_explained_and_formulas_are_closed(exercise):
    assert all(exercise.names.values())
    for text in [exercise.title, exercise.prompt, exercise.first_step, *exercise.names.values()]:
        assert text.count("$") % 2 == 0 and text.count("`") % 2 == 0
        assert "!" not in text
        without_code = re.sub(r"`[^`]*`", "", text)
        assert "\\" not in re.sub(r"\$[^$]*\$", "", without_code), "LaTeX outside of a formula"
        assert without_code.count("{") == without_code.count("}")
        assert not re.search(r"[\x00-\x08\x0b-\x1f]", text), "an escape that was not meant"


def test_exercises_that_ask_for_a_mistake_are_among_them():
    assert sum(exercise.title.startswith("Find the mistake") for exercise in EXERCISES) >= 6


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_every_exercise_has_variants_that_ask_something_else(exercise):
    variants = variants_of(exercise)
    assert variants and [each.id for each in variants] == [f"{exercise.id}~{number}" for number in range(1, len(variants) + 1)]
    asked = [(each.prompt, tuple(each.names)) for each in (exercise, *variants)]
    assert len({prompt for prompt, _ in asked}) > 1 or len({names for _, names in asked}) == len(asked)
    assert all((each.prompt, each.names) != (exercise.prompt, exercise.names) for each in variants)


def test_a_variant_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="softmax-row~9"):
        check_answer("softmax-row~9", "0")

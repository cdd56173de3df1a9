"""Solutions as they are written on paper."""

import re

import pytest

from nnlib.symbolic import exercises
from nnlib.symbolic.answers.check import read_back
from nnlib.symbolic.solution import solution_latex


def commands(latex):
    return re.findall(r"\\[A-Za-z]+", latex)


@pytest.mark.parametrize("exercise", exercises(), ids=lambda each: each.id)
def test_names_are_replaced_and_the_rest_of_the_formula_stays(exercise):
    before, after = read_back(exercise.id, exercise.solution), solution_latex(exercise)
    assert set(commands(before)) <= set(commands(after)) | {r"\theta"}
    assert after.count("{") == after.count("}") and after.count("(") == after.count(")")


def test_a_letter_of_a_command_is_no_name():
    log = next(each for each in exercises() if each.id == "backpropagation-log")
    assert solution_latex(log).startswith(r"\frac{f'(x)}{f(x)}")

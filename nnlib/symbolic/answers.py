"""Is a learner's answer right, and if not, what helps?"""

import time
from dataclasses import dataclass
from functools import cache

import numpy as np

from nnlib.symbolic.equivalence import exact, points_of, same_everywhere, values_at
from nnlib.symbolic.evaluate import SECONDS, UndefinedPoint
from nnlib.symbolic.exercise import Exercise
from nnlib.symbolic.exercise_sets import exercise_named
from nnlib.symbolic.formula import FormulaError
from nnlib.symbolic.grammar import parse
from nnlib.symbolic.hints import Attempt, hint


@dataclass(frozen=True)
class Answer:
    """Whether an answer is right, and what to tell the learner (Markdown)."""

    correct: bool
    message: str


def check_answer(exercise_id: str, text: str) -> Answer:
    """Compare what was typed with the solution of an exercise: for equality of value, not of form.

    Returns an Answer for every text, within a second. Raises ValueError if there is no such exercise.
    """
    exercise = exercise_named(exercise_id)
    try:
        return _checked(exercise, text, time.thread_time() + SECONDS)
    except FormulaError as error:
        return Answer(False, str(error))


def read_back(exercise_id: str, text: str) -> str:
    """LaTeX of what was typed, as it was read. Raises FormulaError, which says what to type instead, and ValueError."""
    return parse(text, exercise_named(exercise_id).names).latex


def _checked(exercise: Exercise, text, deadline):
    answer, solution = parse(text, exercise.names), solution_of(exercise)
    in_fractions = exact(answer, solution)
    points = points_of(exercise.point, in_fractions)
    right = right_values(exercise, in_fractions)
    try:
        mine = values_at(answer, points, deadline)
    except UndefinedPoint as error:
        return Answer(False, f"{error} The right answer is defined everywhere.")
    if same_everywhere(mine, right):
        return Answer(True, _confirmation(answer, solution, points, in_fractions))
    return Answer(False, hint(Attempt(exercise, answer, solution, points, mine, right, deadline)))


def _confirmation(answer, solution, points, in_fractions):
    numbers = "in exact fractions" if in_fractions else "to 30 digits"
    message = f"Right. Yours is equal to the usual form: compared at {len(points)} random points, {numbers}."
    if answer.latex != solution.latex:
        message += f" The usual form is $\\displaystyle {solution.latex}$."
    return message


@cache
def _solution(text, names):
    return parse(text, names)


def solution_of(exercise):
    """The solution of an exercise as a Formula."""
    return _solution(exercise.solution, tuple(exercise.names))


@cache
def _right_values(exercise_id, in_fractions):
    exercise = exercise_named(exercise_id)
    return tuple(values_at(solution_of(exercise), points_of(exercise.point, in_fractions), np.inf))


def right_values(exercise, in_fractions):
    """The values of the solution at the points of the exercise."""
    return list(_right_values(exercise.id, in_fractions))

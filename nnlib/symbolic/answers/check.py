"""Check a learner's answer, and give a hint if it is wrong."""

from dataclasses import dataclass
from fractions import Fraction

from nnlib.symbolic.answers.equivalence import (
    exact,
    points_far_away,
    points_of,
    same,
    same_everywhere,
    values_at,
    values_kept,
)
from nnlib.symbolic.answers.evaluation import UndefinedPoint, Work
from nnlib.symbolic.answers.formula import Formula, FormulaError, Operation, nodes
from nnlib.symbolic.answers.grammar import INSTEAD, parse, parse_once
from nnlib.symbolic.answers.hints import Attempt, far_away, guard, hint, right_but_for, small_numbers
from nnlib.symbolic.exercise import exercise_named
from nnlib.symbolic.exercise.exercise import Exercise

LARGEST_GUARD = Fraction(1, 10**5)  # where an exercise allows one


@dataclass(frozen=True)
class Answer:
    """Whether an answer is right, and a message for the learner (Markdown)."""

    correct: bool
    message: str


def check_answer(exercise_id: str, text: str) -> Answer:
    """Compare an answer with the solution of an exercise, by value and not by form. This takes less than a second.

    Parameters
    ----------
    exercise_id : str
    text : str
        What the learner typed. Any text is allowed.

    Returns
    -------
    Answer

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    exercise = exercise_named(exercise_id)
    try:
        return _checked(exercise, text)
    except FormulaError as error:
        return Answer(False, str(error))


def read_back(exercise_id: str, text: str) -> str:
    """Return the LaTeX of an answer as it was read.

    Raises
    ------
    FormulaError
        If the text is not a formula. The message says what to type instead.
    ValueError
        If there is no such exercise.
    """
    return _read(exercise_named(exercise_id), text).latex


def _read(exercise: Exercise, text: str) -> Formula:
    return parse(text, exercise.names, {**INSTEAD, **exercise.instead}, written=exercise.written)


def _checked(exercise: Exercise, text: str) -> Answer:
    answer, solution = _read(exercise, text), parse_once(exercise.solution, tuple(exercise.names))
    in_fractions = exact(answer, solution)
    points = points_of(exercise.point, in_fractions)
    right = list(values_kept(solution, points))
    work = Work()
    try:
        mine = list(values_at(answer, points, work))
    except UndefinedPoint as error:
        return Answer(False, f"{error} The right answer is defined everywhere.")
    attempt = Attempt(exercise, answer, solution, points, mine, right, work)
    wrong = _difference_far_away(attempt, in_fractions) if same_everywhere(mine, right) else hint(attempt)
    if wrong and exercise.if_guarded and right_but_for(attempt, _guards(answer)):
        return Answer(True, f"Right wherever it matters. {exercise.if_guarded}")
    if wrong:
        return Answer(False, wrong)
    remark = _at_edge(exercise, answer, solution, in_fractions, work)
    return Answer(True, _confirmation(answer, solution, len(points), in_fractions) + remark)


def _guards(answer):
    """The small numbers that keep a denominator away from 0."""
    below = [node.right for node in nodes(answer.root) if isinstance(node, Operation) and node.operator == "/"]
    return [number for node in below for number in small_numbers(node, LARGEST_GUARD)]


def _difference_far_away(attempt, in_fractions):
    """Return a hint if an answer that is right at ordinary points is wrong far away, else an empty text."""
    found = []
    points = points_far_away(attempt.exercise.point, in_fractions)
    for point, right in zip(points, values_kept(attempt.solution, points)):
        try:
            (mine,) = values_at(attempt.answer, [point], attempt.work)
        except UndefinedPoint:
            continue  # at such numbers a right formula may divide by a difference that is lost in rounding
        if not same(mine, right):
            found.append((point, mine, right))
    return (guard(attempt) or far_away(attempt, found)) if found else ""


def _confirmation(answer, solution, points, in_fractions):
    if answer.latex == solution.latex:
        return "Right, and in the usual form."
    if not answer.names:
        return f"Right. The usual form: $\\displaystyle {solution.latex}$."
    numbers = "in exact fractions" if in_fractions else "to 30 digits"
    equal = f"Equal to the solution for {points} sets of random numbers, {numbers}."
    return f"Right. {equal} The usual form: $\\displaystyle {solution.latex}$."


def _at_edge(exercise, answer, solution, in_fractions, work):
    """Return a remark if a right answer differs from the solution at the edge of its exercise, else an empty text."""
    if exercise.edge is None:
        return ""
    edge = points_of(exercise.edge, in_fractions)
    try:
        equal = same_everywhere(values_at(answer, edge, work), values_kept(solution, edge))
    except UndefinedPoint:
        equal = False
    return "" if equal else f" {exercise.at_edge}"

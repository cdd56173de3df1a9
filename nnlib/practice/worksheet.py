"""Worksheets: exercises drawn from a seed, formulas and numbers, with their solutions, to be solved on paper."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from random import Random
from typing import Any

from nnlib.practice import number_exercises, question_for
from nnlib.practice.number_exercise import NumberExercise
from nnlib.symbolic import exercises
from nnlib.symbolic.exercise.exercise import Exercise
from nnlib.symbolic.exercise.variants import variants_of
from nnlib.symbolic.solution import solution_latex
from nnlib.symbolic.symbols import symbol_latex

SEEDS = 10_000  # worksheets have numbers below, short enough to be read out
MOST = 20  # exercises on a worksheet


@dataclass(frozen=True)
class Task:
    """An exercise on paper.

    title, prompt : str
        Markdown with $LaTeX$.
    first_step : str
        Where to start.
    solution : tuple of str
        Lines of LaTeX.
    numeric : bool
        Whether the answer is a number, which takes more room to compute.
    """

    title: str
    prompt: str
    first_step: str
    solution: tuple[str, ...]
    numeric: bool


def worksheet(seed: int, count: int, lesson: str = "") -> tuple[Task, ...]:
    """Draw a worksheet: always the same for the same arguments.

    Parameters
    ----------
    seed : int
        The number of the worksheet.
    count : int
        How many exercises, 1 to MOST. Half of them ask for numbers, or as many as there are.
    lesson : str
        The key of a lesson, such as "softmax"; "" for all lessons, which then take turns.

    Returns
    -------
    tuple of Task
        In the order of the lessons, formulas before numbers.
    """
    rng = Random(f"worksheet {seed}")
    numbers = _drawn(rng, number_exercises(), count // 2, lesson)
    formulas = _drawn(rng, exercises(), count - len(numbers), lesson)
    tasks = [(each.lesson, _formula(rng, each)) for each in formulas] + [(each.lesson, _number(rng, each)) for each in numbers]
    order = list(dict.fromkeys(each.lesson for each in exercises()))
    return tuple(task for _, task in sorted(tasks, key=lambda entry: order.index(entry[0])))


def _drawn(rng: Random, among: Sequence[Any], count: int, lesson: str) -> list[Any]:
    """Some of the exercises, in their order. The lessons take turns, so that each has its share."""
    by_lesson: dict[str, list[Any]] = {}
    for each in among:
        if lesson in ("", each.lesson):
            by_lesson.setdefault(each.lesson, []).append(each)
    for each in by_lesson.values():
        rng.shuffle(each)
    turns = [each for each in chain(*zip_longest(*by_lesson.values())) if each is not None]
    return sorted(turns[:count], key=among.index)


def _formula(rng: Random, exercise: Exercise) -> Task:
    asked = rng.choice([exercise, *variants_of(exercise)])
    return Task(asked.title, _on_paper(asked), asked.first_step, (solution_latex(asked),), numeric=False)


def _number(rng: Random, exercise: NumberExercise) -> Task:
    question = question_for(exercise.id, rng.randrange(1_000_000))
    return Task(exercise.title, question.prompt, exercise.first_step, question.worked, numeric=True)


def _on_paper(exercise: Exercise) -> str:
    """The question with the symbols of names that are typed, as `dz3`."""

    def symbol(match):
        return f"${symbol_latex(match[1])}$" if match[1] in exercise.names else match[0]

    return re.sub(r"`([^`]*)`", symbol, exercise.prompt)

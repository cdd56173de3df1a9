"""Exercises whose answer is a number, with numbers that are drawn from a seed: every learner gets their own."""

from dataclasses import replace
from functools import cache
from random import Random

from nnlib.practice import backpropagation, convolution, forward, gradient_check, softmax
from nnlib.practice.number_exercise import NumberExercise, Question, is_telling
from nnlib.symbolic.exercise import exercise_named
from nnlib.symbolic.exercise.exercise import Exercise
from nnlib.symbolic.exercise.variants import variants_of

_EXERCISES = (
    *forward.EXERCISES,
    *softmax.EXERCISES,
    *backpropagation.EXERCISES,
    *gradient_check.EXERCISES,
    *convolution.EXERCISES,
)
_BY_ID = {exercise.id: exercise for exercise in _EXERCISES}


def number_exercises() -> tuple[NumberExercise, ...]:
    """Every exercise, lesson by lesson."""
    return _EXERCISES


@cache
def question_for(exercise_id: str, seed: int) -> Question:
    """The question that an exercise asks with this seed: always the same numbers. Raises ValueError if there is no exercise.

    Of an exercise of `own_exercise`, the seed is the one in its id.

    Numbers are drawn until no slip gives the right answer by chance, or the same answer as another slip.
    """
    exercise_id, _, own = exercise_id.partition("~")
    seed = int(own) if own else seed
    if exercise_id not in _BY_ID:
        raise ValueError(f"exercise_id = {exercise_id!r:.60}: must be the id of one of number_exercises().")
    rng = Random(f"{exercise_id} {seed}")
    while True:
        question = _BY_ID[exercise_id].draw(rng)
        if is_telling(question):
            return question


def own_exercise(exercise_id: str, seed: int) -> Exercise | NumberExercise:
    """The form of an exercise that a seed draws: a variant of a formula, or a numeric exercise with numbers that stay.

    Raises ValueError if there is no exercise.
    """
    if exercise_id in _BY_ID:
        return replace(_BY_ID[exercise_id], id=f"{exercise_id}~{seed}")
    exercise = exercise_named(exercise_id)
    return Random(f"{exercise_id} {seed}").choice(variants_of(exercise) or (exercise,))

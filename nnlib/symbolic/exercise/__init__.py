"""The exercises of the lessons, in order."""

from nnlib.symbolic.exercise import backpropagation, convolution, forward, gradient_check, softmax
from nnlib.symbolic.exercise.exercise import Exercise
from nnlib.symbolic.exercise.variants import variants_of

_EXERCISES = (
    *forward.EXERCISES,
    *softmax.EXERCISES,
    *backpropagation.EXERCISES,
    *gradient_check.EXERCISES,
    *convolution.EXERCISES,
)
_BY_ID = {each.id: each for exercise in _EXERCISES for each in (exercise, *variants_of(exercise))}


def exercises() -> tuple[Exercise, ...]:
    """Every exercise, lesson by lesson."""
    return _EXERCISES


def exercise_named(exercise_id: str) -> Exercise:
    """The exercise, or the variant of one, with this id. Raises ValueError if there is none."""
    if not isinstance(exercise_id, str) or exercise_id not in _BY_ID:
        raise ValueError(f"exercise_id = {exercise_id!r:.60}: must be the id of one of exercises(), or of a variant.")
    return _BY_ID[exercise_id]

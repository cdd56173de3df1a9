"""How many exercises of a lesson a learner has solved, formulas and numbers together."""

from nnlib.practice import number_exercises
from nnlib.symbolic import exercises
from pages.lesson.progress import NumberWork, Progress, Work


def exercise_count(progress: Progress, lesson: str) -> str:
    """ "3 of 9": a numeric exercise counts once it was solved, with whichever numbers."""
    works = _works(progress, lesson)
    return f"{len(works) - exercises_left(progress, lesson)} of {len(works)}"


def exercises_left(progress: Progress, lesson: str) -> int:
    """How many exercises are not solved yet."""
    return sum(not work.solved_once for work in _works(progress, lesson))


def _works(progress: Progress, lesson: str) -> list[Work]:
    works = [progress.work(each.id) for each in exercises() if each.lesson == lesson]
    return [*works, *(progress.numbers.get(each.id, NumberWork()) for each in number_exercises() if each.lesson == lesson)]

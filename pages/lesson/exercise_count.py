"""How many exercises of a lesson a learner has solved, formulas and numbers together."""

from nnlib.practice import number_exercises
from nnlib.symbolic import exercises
from pages.lesson.progress import NumberWork, Progress


def exercise_count(progress: Progress, lesson: str) -> str:
    """ "3 of 9": a numeric exercise counts once it was solved, with whichever numbers."""
    works = [progress.work(each.id) for each in exercises() if each.lesson == lesson]
    works += [progress.numbers.get(each.id, NumberWork()) for each in number_exercises() if each.lesson == lesson]
    return f"{sum(work.solved_once for work in works)} of {len(works)}"

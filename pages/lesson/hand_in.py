"""A learner's progress as a page of Markdown to read, save, and hand in."""

from collections.abc import Iterable
from datetime import date

from nnlib.practice import number_exercises
from nnlib.symbolic import exercises
from nnlib.teaching.bugs import BUGS
from nnlib.teaching.missions import MISSIONS
from pages.lesson.derivation_modes import DONE
from pages.lesson.exam_marks import in_one_line
from pages.lesson.exercise_count import exercise_count
from pages.lesson.lessons import LESSONS, LIVE_PAGES
from pages.lesson.progress import NumberWork, Prediction, Progress

VERDICTS = {True: "right", False: "not right", None: "did not know yet"}


def as_markdown(progress: Progress, today: date) -> str:
    """Lesson by lesson: every prediction, and every exercise with its first right answer, or else the last one checked."""
    lines = ["# Backprop Lab: my progress", "", f"{today:%d %B %Y}", ""]
    for number, lesson in enumerate(LESSONS, 1):
        lines += [f"## {number} {lesson.title}", "", *_predictions(progress, lesson.key), *_exercises(progress, lesson.key)]
        lines += _derivations(progress, lesson.key)
    for each in LIVE_PAGES:
        lines += [f"## {each.title}", "", *_predictions(progress, each.key), *_derivations(progress, each.key)]
    found = [f"- {bug.title}" for bug in BUGS if bug.id in progress.bugs]
    lines += ["## Bug lab", "", f"Bugs found: {len(found)} of {len(BUGS)}", "", *found]
    if progress.ordered:
        lines += ["", f"Backward pass put in order, without help: {progress.ordered} times"]
    if won := progress.missions:
        lines += ["", "## Missions", "", f"Missions won: {len(won)} of {len(MISSIONS)}", ""]
        lines += [f"- {MISSIONS[name].title}: {_line(run)}" for name, run in won.items()]
    if progress.reviews:
        times = sum(each.times for each in progress.reviews.values())
        lines += ["", "## Review", "", f"Exercises in review: {len(progress.reviews)}, reviews so far: {times}"]
    if over := [each for each in progress.exams.values() if not each.seconds_left]:
        lines += ["", "## Exam", "", *(f"- {in_one_line(each)}" for each in over)]
    return "\n".join(lines)


def _predictions(progress, lesson):
    made = [each for each in progress.predictions.values() if each.lesson == lesson]
    if not made:
        return ["No predictions yet.", ""]
    lines = [f"- {_line(each.question)} I predicted: {_line(each.choice)} ({VERDICTS[each.right]})" for each in made]
    return [f"Predictions: {counted(made)}", "", *lines, ""]


def counted(made: Iterable[Prediction]) -> str:
    """How many predictions were right, how many were not, and how many were "I do not know yet", which is not wrong."""
    verdicts = [each.right for each in made]
    counts = ((True, "right"), (False, "not"), (None, "not known"))
    return ", ".join(f"{verdicts.count(verdict)} {word}" for verdict, word in counts if verdict or verdict in verdicts)


def _exercises(progress, lesson):
    works = [(each.prompt, progress.work(each.id), "") for each in exercises() if each.lesson == lesson]
    for each in number_exercises():
        if each.lesson == lesson:
            work = progress.numbers.get(each.id, NumberWork())
            works.append((f"{each.title}.", work, _draws(work)))
    return [f"Exercises: {exercise_count(progress, lesson)} solved", "", *(_exercise(*each) for each in works), ""]


def _derivations(progress, lesson):
    done = [each for each in progress.derivations.values() if each.lesson == lesson and each.done]
    if not done:
        return []
    lines = [f"- {_line(each.title)}: {', '.join(DONE[mode] for mode in DONE if mode in each.done)}" for each in done]
    return [f"Derivations: {len(done)}", "", *lines, ""]


def _draws(work):
    earlier = f" Solved before with other numbers: {work.earlier} times." if work.earlier else ""
    return f" Numbers {work.seed}.{earlier}" if work.text or earlier else ""


def _exercise(prompt, work, draws):
    line = f"- {_line(prompt)}{draws}"
    if not work.text:
        return f"{line} Not tried yet."
    answer = _line(work.solution or work.text).replace("`", "'")
    verdict = "right" if work.solved else "not right yet"
    return f"{line} My answer: `{answer}` ({verdict}, {work.attempts} attempt{'s' * (work.attempts > 1)})"


def _line(text):
    """The text on one line, so that no part of it can start a heading or a list."""
    return " ".join(text.split())

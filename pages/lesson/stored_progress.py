"""Reads the progress that a browser has stored. The text is not trusted: every entry is checked.

Answers to exercises are checked again. Predictions and found bugs are accepted as they are, because nobody is graded by them.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from nnlib.teaching.bugs import BUGS, ONE_LINE_BUGS
from nnlib.teaching.listing import LISTING
from nnlib.teaching.missions import MISSIONS
from pages.lesson.derivation_modes import MODES
from pages.lesson.lessons import LESSONS, LIVE_PAGES, Lesson
from pages.lesson.progress import (
    EXAM_MINUTES,
    LONGEST_LISTING,
    MOST_EXAMS,
    SEEDS,
    TASKS,
    Derived,
    Exam,
    NumberWork,
    Ordering,
    Prediction,
    Progress,
    Review,
    Work,
)

LARGEST = 200_000  # characters
MOST = 200  # entries of a kind
LONGEST = {
    "question": 600,
    "choice": 300,
    "title": 100,
    "text": 300,
    "solution": 300,
    "card": 400,
    "listing": LONGEST_LISTING,
}  # characters
MOST_ATTEMPTS = 100_000
KEY = re.compile(r"[\w-]{1,60}")
FORMER_ENTRY = re.compile(r"softmax-entry-class-(\d)-by-logit-(\d)-of-(\d)")  # the key of a derivation in older progress


def read_progress(text: str) -> Progress:
    """The progress in a text from the browser, without invalid entries."""
    found = Progress()
    try:
        stored = json.loads(text) if isinstance(text, str) and len(text) <= LARGEST else {}
    except (ValueError, RecursionError):
        stored = {}
    if not isinstance(stored, dict):
        return found
    lessons = {each.key: each for each in LESSONS}
    pages = [each.key for each in (*LESSONS, *LIVE_PAGES)]
    for key, entry in _entries(stored, "predictions"):
        right = entry.get("right")
        valid = entry.get("lesson") in pages and _texts(entry, "question", "choice")
        if valid and (right is None or isinstance(right, bool)):
            found.predictions[key] = Prediction(entry["lesson"], entry["question"], entry["choice"], right)
    _read_exercises(stored, found)
    _read_numbers(stored, found)
    _read_reviews(stored, found)
    _read_derivations(stored, found, pages)
    bugs = {bug.id for bug in BUGS}
    found.bugs = [bug for bug in _list(stored.get("bugs")) if bug in bugs]
    found.tasks = [task for task in TASKS if task in _list(stored.get("tasks"))]
    won = _dict(stored.get("missions"))
    found.missions = {name: won[name] for name in MISSIONS if _texts({"text": won.get(name)}, "text")}
    found.ordered = stored["ordered"] if _is_count(stored.get("ordered"), MOST_ATTEMPTS) else 0
    found.listing = stored["listing"] if _texts(stored, "listing") else ""
    _read_exams(stored, found)
    _read_ordering(_dict(stored.get("ordering")), found)
    found.done = _parts(stored.get("done", stored.get("parts")), lessons)  # earlier versions stored the parts that were opened
    found.at = {
        lesson: parts[0]
        for lesson, part in _dict(stored.get("at")).items()
        for parts in _parts({lesson: [part]}, lessons).values()
        if parts
    }
    return found


def _parts(stored, lessons: Mapping[str, Lesson]):
    """Valid slugs by lesson. A slug of an older version stands for all parts that have its content today."""
    return {
        lesson: list(dict.fromkeys(new for old in _list(parts) if KEY.fullmatch(old) for new in lessons[lesson].today(old)))
        for lesson, parts in _dict(stored).items()
        if lesson in lessons
    }


def _read_exercises(stored, found):
    entries = list(_entries(stored, "exercises"))
    if not entries:
        return
    from nnlib.symbolic import check_answer, exercises

    known = {each.id for each in exercises()}
    for key, entry in entries:
        if key in known and _is_work(entry):
            solution = entry["solution"] if entry["solution"] and check_answer(key, entry["solution"]).correct else ""
            found.exercises[key] = Work(entry["text"], entry["attempts"], solution)


def _read_numbers(stored, found):
    entries = list(_entries(stored, "numbers"))
    if not entries:
        return
    from nnlib.practice import number_exercises, question_for
    from nnlib.practice.number_exercise import check_number

    known = {each.id for each in number_exercises()}
    for key, entry in entries:
        seed, earlier = entry.get("seed"), entry.get("earlier")
        if key in known and _is_work(entry) and _is_count(seed, SEEDS - 1) and _is_count(earlier, MOST_ATTEMPTS):
            solution = entry["solution"]
            if solution and not check_number(question_for(key, seed), solution).correct:
                solution = ""
            found.numbers[key] = NumberWork(entry["text"], entry["attempts"], solution, seed, earlier)


def _read_reviews(stored, found):
    entries = list(_entries(stored, "reviews"))
    if not entries:
        return
    from nnlib.practice import number_exercises
    from nnlib.practice.review import is_card
    from nnlib.symbolic import exercises

    known, now = {each.id for each in (*exercises(), *number_exercises())}, datetime.now(UTC)
    for key, entry in entries:
        valid = key in known and _texts(entry, "card") and _is_count(entry.get("times"), MOST_ATTEMPTS)
        if valid and is_card(entry["card"], now):
            found.reviews[key] = Review(entry["card"], entry["times"])


def _read_derivations(stored, found, pages):
    """Lines are checked again wherever they are shown."""
    for key, entry in _entries(stored, "derivations"):
        known = entry.get("lesson") in pages and entry.get("mode") in list(MODES)
        if known and _texts(entry, "title", "text") and _is_count(entry.get("attempts"), MOST_ATTEMPTS):
            lines = {mode: _list(lines) for mode, lines in _dict(entry.get("lines")).items() if mode in MODES}
            lines = {mode: [line for line in lines if len(line) <= LONGEST["text"]] for mode, lines in lines.items()}
            helped, done = ([mode for mode in MODES if mode in _list(entry.get(name))] for name in ("helped", "done"))
            line = entry["line"] if _is_count(entry.get("line"), MOST) else 1
            key = FORMER_ENTRY.sub(r"softmax-entry-partial-psi_\1-partial-z_\2-for-\3-classes", key)
            found.derivations[key] = Derived(
                entry["title"],
                entry["lesson"],
                entry["mode"],
                lines,
                entry["text"],
                entry["attempts"],
                helped,
                done,
                max(1, line),
            )


def _read_exams(stored, found):
    """Answers are marked again wherever the marks are shown."""
    for key, entry in list(_entries(stored, "exams"))[-MOST_EXAMS:]:
        started, handed_in, minutes = entry.get("started"), entry.get("handed_in"), entry.get("minutes", EXAM_MINUTES[0])
        times = _is_count(started, time.time()) and _is_count(minutes, max(EXAM_MINUTES)) and minutes in EXAM_MINUTES
        times = times and _is_count(handed_in, started + 60 * minutes if minutes else time.time())
        if times and key == str(started) and handed_in >= started * bool(handed_in) and _is_exam(entry):
            bugs = [bug.id for bug in ONE_LINE_BUGS]
            lines, corrections = _dict(entry.get("lines")), _dict(entry.get("corrections"))
            found.exams[key] = Exam(
                entry["seed"],
                started,
                handed_in,
                entry["listing"],
                {bug: lines[bug] for bug in bugs if _is_count(lines.get(bug), len(LISTING)) and lines[bug]},
                {bug: corrections[bug] for bug in bugs if _texts({"text": corrections.get(bug)}, "text")},
                minutes,
            )


def _is_exam(entry):
    return _is_count(entry.get("seed"), SEEDS - 1) and _texts(entry, "listing")


def _read_ordering(entry, found):
    seed, attempts, solved = (entry.get(name) for name in ("seed", "attempts", "solved"))
    valid = _is_count(seed, SEEDS) and _is_count(attempts, MOST_ATTEMPTS) and isinstance(solved, bool)
    if not valid:  # as before the task was stored: it began again with the next seed
        found.ordering = Ordering(found.ordered)
        return
    if entry == asdict(Ordering()):
        return
    from nnlib.teaching.ordering import FALSE, lines_to_order

    lines = lines_to_order(seed)
    removed = [line for line in lines if line in FALSE and line in _list(entry.get("removed"))]
    order, checked = (
        [line for line in dict.fromkeys(_list(entry.get(name))) if line in lines and line not in removed]
        for name in ("order", "checked")
    )
    found.ordering = Ordering(seed, order, removed, checked, attempts, solved)


def _is_work(entry):
    return _is_count(entry.get("attempts"), MOST_ATTEMPTS) and _texts(entry, "text", "solution")


def _is_count(value, most):
    return type(value) is int and 0 <= value <= most


def _entries(stored, name):
    for key, entry in list(_dict(stored.get(name)).items())[:MOST]:
        if KEY.fullmatch(key) and isinstance(entry, dict):
            yield key, entry


def _texts(entry, *names):
    return all(isinstance(entry.get(name), str) and len(entry[name]) <= LONGEST[name] for name in names)


def _dict(value):
    return value if isinstance(value, dict) else {}


def _list(value):
    return [each for each in value if isinstance(each, str)][:MOST] if isinstance(value, list) else []

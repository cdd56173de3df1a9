"""The marks of an exam that is over, on its sheet and in the hand-in."""

from datetime import UTC, datetime

from nnlib.teaching.exam import BUG_POINTS, LISTING_POINTS, MOST_POINTS, Marks, mark_exam
from pages.lesson.progress import Exam


def marks_of(exam: Exam) -> Marks:
    """What its answers are worth."""
    return mark_exam(exam.seed, exam.listing, exam.lines, exam.corrections)


def in_one_line(exam: Exam) -> str:
    """Its day, points and time."""
    marks = marks_of(exam)
    return (
        f"{datetime.fromtimestamp(exam.started, UTC):%d %B %Y}: {marks.points} of {MOST_POINTS} points (backward pass "
        f"{marks.listing.points} of {LISTING_POINTS}, bugs {marks.bug_points} of {BUG_POINTS}) in {time_taken(exam)}, "
        f"{limit(exam.minutes)}"
    )


def limit(minutes: int) -> str:
    """The time of an exam, in words. minutes: 0 for no limit."""
    return f"limit {minutes} minutes" if minutes else "without a limit"


def time_taken(exam: Exam) -> str:
    """The time from its start to its end, in words."""
    minutes, seconds = divmod(exam.seconds_taken, 60)
    parts = [(minutes, "minute"), (seconds, "second")]
    return " ".join(f"{count} {unit}{'s' * (count != 1)}" for count, unit in parts if count) or "0 seconds"

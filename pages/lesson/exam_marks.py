"""The marks of an exam that is over, on its sheet and in the hand-in."""

from datetime import UTC, datetime

from nnlib.teaching.exam import LISTING_POINTS, MOST_POINTS, SLIP_POINTS, Marks, mark_exam
from pages.lesson.progress import Exam


def marks_of(exam: Exam) -> Marks:
    """What its answers are worth."""
    return mark_exam(exam.seed, exam.listing, exam.lines, exam.corrections)


def in_one_line(exam: Exam) -> str:
    """Its day, points and time."""
    marks = marks_of(exam)
    return (
        f"{datetime.fromtimestamp(exam.started, UTC):%d %B %Y}: {marks.points} of {MOST_POINTS} points (backward pass "
        f"{marks.listing.points} of {LISTING_POINTS}, slips {marks.slip_points} of {SLIP_POINTS}) in {time_taken(exam)}"
    )


def time_taken(exam: Exam) -> str:
    """The time from its start to its end, in words."""
    minutes, seconds = divmod(exam.seconds_taken, 60)
    parts = [(minutes, "minute"), (seconds, "second")]
    return " ".join(f"{count} {unit}{'s' * (count != 1)}" for count, unit in parts if count) or "0 seconds"

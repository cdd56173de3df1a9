"""Where the learner goes on: the part viewed last if it is not done, else the next one that is not."""

from pages.lesson.lessons import LESSONS, LIVE_PAGES, Lesson, Page
from pages.lesson.progress import progress


def next_part() -> tuple[int, Lesson, str] | None:
    """The number of the lesson, the lesson, and the part's slug. None before the first part, and when all parts are done."""
    places = [(number, lesson, part) for number, lesson in enumerate(LESSONS, 1) for part in lesson.names]
    here = next(((key, part) for key, part in reversed(progress().at.items())), None)
    start = next((index for index, (_, lesson, part) in enumerate(places) if (lesson.key, part) == here), None)
    if start is None:
        return None
    return next((place for place in places[start:] + places[:start] if not _done(place[1], place[2])), None)


def next_live_page() -> Page | None:
    """After all lessons, the first page on which the learner has predicted nothing yet."""
    if not all(_done(lesson, part) for lesson in LESSONS for part in lesson.names):
        return None
    predicted = {each.lesson for each in progress().predictions.values()}
    return next((page for page in LIVE_PAGES if page.key not in predicted), None)


def done_text(lesson: Lesson) -> str:
    """How many parts of a lesson are done; "" if none."""
    done = sum(_done(lesson, part) for part in lesson.names)
    return f"{done} of {len(lesson.names)} parts done" if done else ""


def _done(lesson, part):
    return part in progress().done.get(lesson.key, [])

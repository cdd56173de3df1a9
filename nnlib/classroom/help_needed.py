"""Who needs help, from what the server has recorded."""

from collections import Counter
from dataclasses import dataclass

from nnlib.classroom.records import Student, Work

STUCK_AFTER = 3  # wrong answers to an exercise
IDLE_SECONDS = 180  # without an answer or another page
AWAY_SECONDS = 60  # since a page of the app was last open
STUCK, IDLE, TRYING, SOLVED, AWAY = "third wrong try", "idle", "trying", "solved", "away"
ORDER = (STUCK, IDLE, TRYING, SOLVED, AWAY)


@dataclass(frozen=True)
class Need:
    """
    state : one of ORDER
    work : the exercise that the state is about, the one answered last unless another is the problem; None without an answer
    seconds : since the student last answered, or came to the page on view
    solved : how many exercises are solved
    """

    student: Student
    state: str
    work: Work | None
    seconds: float
    solved: int


def needs(students: list[Student], now: float) -> list[Need]:
    """Who needs help first: those stuck most often, then those who are silent longest, who do not ask.

    Whoever is away is last, as no help reaches them.
    """
    found = [_need(student, now) for student in students]
    return sorted(found, key=lambda need: (ORDER.index(need.state), *_urgency(need)))


def _need(student, now):
    stuck = [work for work in student.works if not work.solved and work.tries >= STUCK_AFTER]
    last = max(student.works, key=lambda work: work.at, default=None)
    work = max(stuck, key=lambda each: each.at) if stuck else last
    seconds = now - max(student.moved_at, last.at if last else 0.0)
    if now - max(student.seen_at, last.at if last else 0.0) > AWAY_SECONDS:
        state = AWAY
    elif stuck:
        state = STUCK
    elif seconds > IDLE_SECONDS and not student.runs:
        state = IDLE
    else:
        state = SOLVED if last and last.solved else TRYING
    return Need(student, state, work, seconds, sum(each.solved for each in student.works))


def _urgency(need):
    tries = need.work.tries if need.work and need.state == STUCK else 0
    return -tries, -need.seconds


def exercise_of(item: str) -> str:
    """The exercise of a variant, and of one with numbers of a student's own."""
    return item.partition("~")[0]


@dataclass(frozen=True)
class Counts:
    """How many students tried an exercise, and how many of them solved it."""

    item: str
    tried: int
    solved: int


def counts(students: list[Student]) -> list[Counts]:
    """The exercises that were tried, those first that most students have not solved."""
    tried, solved = Counter[str](), Counter[str]()
    for student in students:
        tried.update({exercise_of(work.item): 1 for work in student.works})
        solved.update({exercise_of(work.item): 1 for work in student.works if work.solved})
    found = [Counts(item, tried[item], solved[item]) for item in tried]
    return sorted(found, key=lambda each: each.solved - each.tried)

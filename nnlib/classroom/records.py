"""What the store returns."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Lesson:
    """A class as its teacher sees it.

    key : distinguishes it from all others, also from deleted ones
    expires_at : Unix time when the class is deleted
    invitation : {"address", "title", "at"} or None
    """

    name: str
    code: str
    is_open: bool
    expires_at: float
    invitation: dict[str, Any] | None
    members: int
    key: str


@dataclass(frozen=True)
class OpenPoll:
    """A question on which the class votes now. again: whether it was put before."""

    id: int
    question: str
    is_markdown: bool
    choices: list[str]
    again: bool


@dataclass(frozen=True)
class Membership:
    """A member, and what the class is to see now.

    name, class_key : of the class
    page, seen_at, runs : as in the table of the members
    vote : the number of the member's own answer, or None
    """

    id: int
    pseudonym: str
    name: str
    class_key: str
    page: str
    seen_at: float
    runs: int
    is_open: bool
    invitation: dict[str, Any] | None
    poll: OpenPoll | None
    vote: int | None


@dataclass(frozen=True)
class Tally:
    """
    answer : the number of the right choice, or None
    votes : how many have voted
    counts : votes for each choice; None while the vote is open
    """

    question: str
    is_markdown: bool
    choices: list[str]
    answer: int | None
    opened_at: float
    is_open: bool
    votes: int
    counts: list[int] | None


@dataclass(frozen=True)
class Work:
    """A student's work on one exercise. message, at: of the last answer."""

    item: str
    tries: int
    rights: int
    message: str
    at: float

    @property
    def solved(self) -> bool:
        return self.rights > 0


@dataclass(frozen=True)
class Student:
    """A member as the teacher sees them. seen_at, page, moved_at, runs: as in the table of the members."""

    id: int
    pseudonym: str
    seen_at: float
    page: str
    moved_at: float
    runs: int
    works: list[Work]


@dataclass(frozen=True)
class Slip:
    """How many students made the same mistake in an exercise."""

    item: str
    message: str
    students: int


@dataclass(frozen=True)
class Leader:
    """The missions that a student has won in this round, in their order."""

    pseudonym: str
    missions: list[str]

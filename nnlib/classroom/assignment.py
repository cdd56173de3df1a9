"""An assignment: exercises, missions and experiments with a date, in a link that the server signs. No database has it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from nnlib.classroom import texts
from nnlib.classroom.errors import ClassError, NotAllowed
from nnlib.classroom.hand_in import moment
from nnlib.support.server_secret import secret_of_this_server

MOST = 40  # items: more make a link too long
SEEDS = 1_000_000
INVALID = "This is not the link of an assignment of this server: copy all of it, or ask your teacher for it again."


@dataclass(frozen=True)
class Assignment:
    """
    title : plain text of the teacher's
    class_name, class_key : of the class that it is for
    due : Unix time
    exercises, missions : ids
    experiments : addresses of pages with settings, as "train?hidden=3"
    """

    title: str
    class_name: str
    class_key: str
    due: int
    exercises: tuple[str, ...] = ()
    missions: tuple[str, ...] = ()
    experiments: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What distinguishes it from others. A link that is written in another way has the same."""
        return hashlib.sha256(json.dumps(astuple(self)).encode()).hexdigest()[:16]

    def seed(self, member: int) -> int:
        """Return what draws a student's numbers and forms. member: the student's id."""
        return int(hashlib.sha256(f"{self.key} {member}".encode()).hexdigest(), 16) % SEEDS


def new_assignment(
    title: object,
    class_name: str,
    class_key: str,
    due: int,
    exercises: Sequence[str],
    missions: Sequence[str],
    experiments: Sequence[str],
) -> Assignment:
    """Return a checked assignment. Raises ClassError."""
    name = texts.one_line("The title of an assignment", title, texts.TITLE)
    if not 1 <= len([*exercises, *missions, *experiments]) <= MOST:
        raise ClassError(f"An assignment has 1 to {MOST} exercises, missions and experiments.")
    addresses = tuple(texts.address(each) for each in experiments)
    return Assignment(name, class_name, class_key, due, tuple(exercises), tuple(missions), addresses)


def to_token(assignment: Assignment) -> str:
    """Return what a link to it contains."""
    return _serializer().dumps(astuple(assignment))


def read_token(token: object) -> Assignment:
    """Return the assignment of a link. Raises NotAllowed if it was not signed with this server's key."""
    try:
        title, class_name, class_key, due, *items = _serializer().loads(token if isinstance(token, str) else "")
    except BadData:
        raise NotAllowed(INVALID) from None
    return Assignment(title, class_name, class_key, due, *map(tuple, items))


def _serializer():
    return URLSafeSerializer(secret_of_this_server(), "assignment", signer_kwargs={"digest_method": hashlib.sha256})


@dataclass(frozen=True)
class Done:
    """What a student has done of one item.

    kind : "exercise", "mission" or "experiment"
    tries : answers that could be read
    at : Unix time when it was done, None if it is not
    """

    kind: str
    title: str
    tries: int
    at: float | None


def result(assignment: Assignment, items: Sequence[Done]) -> dict[str, Any]:
    """Return what came of an assignment, for the hand-in. What was done after the date counts as late."""
    return {
        "title": assignment.title,
        "key": assignment.key,
        "due": moment(assignment.due),
        "items": [
            {
                "kind": each.kind,
                "title": each.title,
                "tries": each.tries,
                "done": None if each.at is None else moment(each.at),
                "in_time": each.at is not None and each.at <= assignment.due,
            }
            for each in items
        ],
    }

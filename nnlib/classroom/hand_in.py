"""A hand-in: what a class has recorded of one student, as a file that the server signs.

Nothing in it comes from the student's browser but answers, which the server judged when they were given. The signature is that
of the exact bytes before it, so that a file with one byte changed is not accepted.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from itsdangerous import Signer

from nnlib.classroom.errors import ClassError
from nnlib.classroom.records import Membership
from nnlib.support.server_secret import secret_of_this_server
from nnlib.support.version import __version__

if TYPE_CHECKING:  # it imports SQLAlchemy
    from nnlib.classroom.models import Attempt

LARGEST = 10_000_000  # bytes; 5,000 attempts, the most of a student, take less than half
START = b'{"hand_in":\n'
FILE = re.compile(rb'(\{"hand_in":\n(\{.*\}),\n"key": "([\w-]{16})"),\n"signature": "([\w-]{43})"\}\n', re.DOTALL)
NOT_ONE = "This is not a hand-in of Backprop Lab."
CHANGED = "This hand-in was changed after the server had signed it."
OTHER_KEY = "This hand-in was signed with the key of another server: it can be checked there."


def signed(content: dict[str, Any]) -> bytes:
    """Return the file of a hand-in."""
    body = json.dumps(content, ensure_ascii=False, indent=1).encode()
    before = START + body + b',\n"key": "' + _name_of_key() + b'"'
    return before + b',\n"signature": "' + _signature(before) + b'"}\n'


def read_hand_in(data: bytes) -> dict[str, Any]:
    """Return the content of a file that this server, or one with the same key, has signed.

    Raises
    ------
    ClassError
        If the file is not a hand-in, was changed, or was signed with another key. The message says which.
    """
    if len(data) > LARGEST or not data.startswith(START):
        raise ClassError(NOT_ONE)
    parts = FILE.fullmatch(data)
    if not parts:
        raise ClassError(CHANGED)
    before, body, key, signature = parts.groups()
    if not hmac.compare_digest(key, _name_of_key()):
        raise ClassError(OTHER_KEY)
    if not hmac.compare_digest(signature, _signature(before)):
        raise ClassError(CHANGED)
    return json.loads(body)


def _signature(data):
    return _signer("hand-in").get_signature(data)


def _name_of_key():
    """What distinguishes keys, and reveals none."""
    return _signer("name of the key").get_signature(b"")[:16]


def _signer(salt):
    return Signer(secret_of_this_server(), salt=salt, digest_method=hashlib.sha256)


def content_of(
    member: Membership,
    attempts: Sequence["Attempt"],
    title: Callable[[str], str],
    runs: Sequence[dict[str, Any]],
    not_seen: Sequence[str],
    assignment: dict[str, Any] | None,
    now: float,
) -> dict[str, Any]:
    """Return what is handed in.

    Parameters
    ----------
    member, attempts : the student, and all that the class has recorded of them, in its order
    title : returns the title of an exercise or a mission, by its id
    runs : those of the student's browser
    not_seen : titles of exercises that are solved in the browser, and that the class has not recorded as solved
    assignment : what came of it; see nnlib.classroom.assignment.result
    now : Unix time
    """
    exams = _by_item(attempts, "exam")
    return {
        "student": member.pseudonym,
        "class": member.name,
        "made": moment(now),
        "version": __version__,
        "member": member.id,
        "class_key": member.class_key,
        "assignment": assignment,
        "exercises": [_exercise(item, title(item), tries) for item, tries in _by_item(attempts, "exercise").items()],
        "predictions": [_prediction(item, tries) for item, tries in _by_item(attempts, "prediction").items()],
        "missions": [
            {"item": item, "title": title(item), "won": moment(tries[0].at), "with": tries[0].answer}
            for item, tries in _by_item(attempts, "mission").items()
        ],
        "exams": [_exam(starts[0], exams.get(item)) for item, starts in _by_item(attempts, "exam start").items()],
        "runs": list(runs),
        "not_seen_by_the_class": list(not_seen),
    }


def moment(time: float) -> str:
    """Return a Unix time as text, in UTC."""
    return datetime.fromtimestamp(int(time), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def tries_of(attempts: Sequence["Attempt"]) -> int:
    """Return how many answers could be read, up to the first right one."""
    valid = [each.right for each in attempts if each.right is not None]
    return valid.index(True) + 1 if True in valid else len(valid)


def _by_item(attempts, kind):
    found: dict[str, list[Attempt]] = {}
    for each in attempts:
        if each.kind == kind:
            found.setdefault(each.item, []).append(each)
    return found


def _answers(attempts):
    return [{"at": moment(each.at), "answer": each.answer, "right": each.right} for each in attempts]


def _exercise(item, title, attempts):
    solved = any(each.right for each in attempts)
    return {"item": item, "title": title, "solved": solved, "tries": tries_of(attempts), "attempts": _answers(attempts)}


def _prediction(item, attempts):
    return {"item": item, "question": attempts[0].message, "right": _right(attempts), "attempts": _answers(attempts)}


def _right(attempts):
    """The first answer counts: after it, the page shows the right one. On Tuning, it is recorded again once it is compared."""
    judged = next((number for number, each in enumerate(attempts) if each.right is not None), 0)
    same = all(each.answer == attempts[judged].answer for each in attempts[judged - 1 : judged])
    return attempts[judged].right if same else None


def _exam(start, ends):
    """Its time is that between two moments of the server's clock."""
    begun = {"started": moment(start.at), "minutes_allowed": int(start.answer)}
    return begun | ({"ended": moment(ends[0].at), "points": int(ends[0].answer)} if ends else {"ended": None, "points": None})

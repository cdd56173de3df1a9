"""By a ticket, a tab learns the secrets of its browser, which came after the tab was opened and which no script can read."""

import secrets
import threading
import time

SECONDS = 30.0  # that a ticket is valid
MOST = 10_000

_tickets: dict[str, tuple[float, str | None, str | None]] = {}
_lock = threading.Lock()


def new_ticket(member: str | None, teacher: str | None) -> str:
    """Return a ticket, valid once, for the secrets of a student and of a teacher."""
    ticket, now = secrets.token_urlsafe(24), time.monotonic()
    with _lock:
        for old in [each for each, (until, *_) in _tickets.items() if until < now or len(_tickets) >= MOST]:
            del _tickets[old]
        _tickets[ticket] = now + SECONDS, member, teacher
    return ticket


def redeemed(ticket: str) -> tuple[str | None, str | None] | None:
    """Return the secrets of (student, teacher) for a ticket, None if it is not valid."""
    with _lock:
        until, member, teacher = _tickets.pop(ticket, (0.0, None, None))
    return (member, teacher) if until > time.monotonic() else None

"""The routes by which browsers open, join, watch and leave a class. No client is trusted.

Each is a POST of a JSON object, answered by another one: {"error": sentence} where it was refused. Who asks is in two cookies,
which no script can read. The database is opened, and SQLAlchemy imported, when the first browser asks.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from nnlib.classroom import texts
from nnlib.classroom.assignment import read_token
from nnlib.classroom.cookies import MEMBER, TEACHER
from nnlib.classroom.errors import ClassError, DatabaseUnusable, NotAllowed
from nnlib.classroom.rate_limit import RateLimit
from nnlib.classroom.term import class_days
from nnlib.classroom.tickets import new_ticket
from nnlib.support.extras import missing_extra

if TYPE_CHECKING:
    from nnlib.classroom.store import Store

LONGEST = 16_384  # bytes of a request
AT_ONCE = 8  # requests that wait for the database, so that Streamlit's threads stay free
COOKIE_SECONDS = 400 * 86400  # the longest that browsers allow; the class may be deleted before
SEEN_SECONDS = 20  # between two notes that a member's page is open
TIDY_SECONDS = 600.0  # between two looks for classes whose term is over
NO_STORE = {"Cache-Control": "no-store"}


@dataclass
class Call:
    """A request: what was sent, who sent it, and the cookies of the answer, None for one to delete."""

    sent: dict[str, Any]
    member: str | None
    teacher: str | None
    runs: int
    cookies: dict[str, str | None] = field(default_factory=dict)

    def store(self, create: bool = False) -> "Store":
        """The classes. Raises ClassError."""
        if missing := missing_extra("sqlalchemy"):
            raise DatabaseUnusable(missing)
        from nnlib.classroom.store import open_store

        return open_store(create)


class ClassRoutes:
    """The routes.

    Parameters
    ----------
    base : path under which all routes are served, such as "/lab"
    refusal : returns why a page of the request's origin may not ask, None if it may
    going_on : returns how many runs of the browser are going on
    set_cookie : sets one that no script can read, of a response to a request: name, value, path=, max_age=

    Raises
    ------
    ValueError
        If NNLIB_CLASS_DAYS is not valid.
    """

    def __init__(
        self,
        base: str,
        refusal: Callable[[HTTPConnection], str | None],
        going_on: Callable[[HTTPConnection], int],
        set_cookie: Callable[..., None],
    ) -> None:
        class_days()  # an invalid setting is noticed now, and not when the first class is opened
        self._path = base or "/"
        self._refusal, self._going_on, self._set_cookie = refusal, going_on, set_cookie
        self._guesses, self._openings = RateLimit(60, 5.0), RateLimit(20, 60.0)
        self._threads = anyio.CapacityLimiter(AT_ONCE)
        self.routes = [
            Route(f"{base}/class/{action.__name__}", partial(self._answer, action), methods=["POST"])
            for action in (open, join, teach, leave, state, ticket, vote, invite, close)
        ]

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """From the server's start to its end, during which classes whose term is over are deleted."""
        tidying = asyncio.create_task(self._tidy())
        try:
            yield
        finally:
            tidying.cancel()

    async def _tidy(self):
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            with suppress(ClassError):
                await anyio.to_thread.run_sync(delete_expired, limiter=self._threads)

    async def _answer(self, action: Callable[[Call], dict], request: Request) -> JSONResponse:
        address = request.client.host if request.client else ""
        try:
            if why := self._refusal(request):
                raise NotAllowed(why)
            call = Call(
                await _object(request), request.cookies.get(MEMBER), request.cookies.get(TEACHER), self._going_on(request)
            )
            with self._limited(action, address):
                content = await anyio.to_thread.run_sync(action, call, limiter=self._threads)
        except ClassError as error:
            return JSONResponse({"error": str(error)}, error.status, NO_STORE)
        response = JSONResponse(content, headers=NO_STORE)
        for name, value in call.cookies.items():
            seconds = 0 if value is None else COOKIE_SECONDS
            self._set_cookie(response, request, name, value or "", path=self._path, max_age=seconds)
        return response

    @contextmanager
    def _limited(self, action, address):
        """Of the tries to join, and to come by a teacher's link, those count that were wrong."""
        if action is open:
            self._openings.spend(address)
        if action not in (join, teach):
            yield
            return
        self._guesses.spend(address)
        wrong = False
        try:
            yield
        except NotAllowed:
            wrong = True
            raise
        finally:
            if not wrong:
                self._guesses.refund(address)


def delete_expired() -> None:
    """Delete the classes whose term is over. Raises ClassError."""
    if not missing_extra("sqlalchemy"):
        from nnlib.classroom.store import open_store

        open_store().delete_expired()


async def _object(request: Request) -> dict:
    """The JSON object that was sent. Raises ClassError."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST:
            raise ClassError("This is too long.")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ClassError("This is not a JSON object.")
    return found


# The actions: the last part of the path is the name. They wait for the database, and run in threads.


def open(call: Call) -> dict:
    """A teacher opens a class: {"name"}."""
    call.cookies[TEACHER] = call.store(create=True).open_class(call.sent.get("name"))
    return {}


def teach(call: Call) -> dict:
    """A teacher comes by the secret link: {"secret"}."""
    secret = call.sent.get("secret")
    call.store().lesson(secret)
    call.cookies[TEACHER] = secret
    return {}


def join(call: Call) -> dict:
    """A student joins: {"code", "pseudonym"}, or {"assignment", "pseudonym"} by the link of an assignment until its date."""
    sent, store = call.sent, call.store()
    if "assignment" not in sent:
        call.cookies[MEMBER] = store.join(sent.get("code"), sent.get("pseudonym"))
        return {}
    assignment = read_token(sent["assignment"])
    if time.time() > assignment.due:
        raise NotAllowed("The date of this assignment is over: join with a code of your teacher.")
    call.cookies[MEMBER] = store.join_for_assignment(assignment.class_key, sent.get("pseudonym"))
    return {}


def leave(call: Call) -> dict:
    """A student leaves, and has all of theirs deleted."""
    call.store().leave(call.member)
    call.cookies[MEMBER] = None
    return {}


def vote(call: Call) -> dict:
    """A student answers the open question: {"poll", "choice"}."""
    call.store().vote(call.member, call.sent.get("poll"), call.sent.get("choice"))
    return {}


def invite(call: Call) -> dict:
    """The teacher invites the class to a page: {"address", "title"}; no address withdraws the invitation."""
    call.store().invite(call.teacher, call.sent.get("address"), call.sent.get("title"))
    return {}


def close(call: Call) -> dict:
    """The teacher closes the vote."""
    call.store().close_poll(call.teacher)
    return {}


def state(call: Call) -> dict:
    """What the page shows of the class now: {"page"} is the one on view.

    A cookie that is not valid any more is deleted.
    """
    return {"member": _if_valid(_member, call, MEMBER), "teacher": _if_valid(_lesson, call, TEACHER)}


def ticket(call: Call) -> dict:
    """A tab that was opened before its browser came into a class, or left it, asks who it is now."""
    return {"ticket": new_ticket(call.member, call.teacher)}


def _if_valid(part, call, cookie):
    try:
        return part(call)
    except NotAllowed:
        call.cookies[cookie] = None
        return None


def _member(call):
    if call.member is None:
        return None
    store = call.store()
    member = store.membership(call.member)
    page = texts.address(call.sent.get("page", ""))[: texts.PAGE]
    if page != member.page or call.runs != member.runs or time.time() - member.seen_at > SEEN_SECONDS:
        store.see(call.member, page, call.runs)
    poll = member.poll and asdict(member.poll) | {"mine": member.vote}
    return {
        "pseudonym": member.pseudonym,
        "name": member.name,
        "open": member.is_open,
        "invitation": member.invitation,
        "poll": poll,
    }


def _lesson(call):
    if call.teacher is None:
        return None
    store = call.store()
    lesson, tallies = store.lesson(call.teacher), store.tallies(call.teacher)
    return {
        "name": lesson.name,
        "code": lesson.code,
        "open": lesson.is_open,
        "members": lesson.members,
        "invitation": lesson.invitation,
        "votes": tallies[-1].votes if tallies and tallies[-1].is_open else None,
    }

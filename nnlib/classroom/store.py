"""What teachers and students do in a class, one method for each. Whatever a method returns is stored for good.

Every method is one short transaction, and may be called in any thread. Who acts is shown by a secret: a teacher's, or that of
a student's browser. Several servers may share one database.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine, case, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from nnlib.classroom import codes, texts
from nnlib.classroom.database import database_url, engine_of, exists, unusable
from nnlib.classroom.errors import ClassError, Conflict, NotAllowed, TooMany
from nnlib.classroom.models import Attempt, Classroom, Member, Poll, Vote
from nnlib.classroom.records import Leader, Lesson, Membership, OpenPoll, Slip, Student, Tally, Work
from nnlib.classroom.term import class_days

LESSON_SECONDS = 12 * 3600  # after which a lesson that nobody ended ends by itself
MOST_MEMBERS = 500  # of a class
MOST_ATTEMPTS = 5000  # of a member: more are not typed in a term

NO_CLASS = "There is no class with this code now: look at the projector again, or ask your teacher."
NOT_THE_TEACHER = "This teacher's link is not valid: the class may have been deleted."
NOT_A_MEMBER = "You are not in a class any more: it may have been deleted."
OVER = "The lesson is over: your teacher has closed the class."


def open_store(create: bool = False) -> "Store":
    """Return the store of the database that is set.

    Parameters
    ----------
    create : whether to make a SQLite file that does not exist

    Raises
    ------
    NotAllowed
        If there is no such file, and so no class.
    DatabaseUnusable
    """
    url = database_url()
    if not (create or exists(url)):
        raise NotAllowed(NO_CLASS)
    return Store(engine_of(url))


class Store:
    """The classes in one database. Every method raises a ClassError with a sentence for the one who asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writes=True)

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
        except IntegrityError:  # what this was about has been deleted meanwhile
            raise Conflict("Something in the class has just changed: try again.") from None
        except SQLAlchemyError as error:
            raise unusable(engine.url, error) from error

    def _read(self):
        return self._session(self._engine)

    def _write(self):
        return self._session(self._writing)

    # The teacher's class

    def open_class(self, name: object) -> str:
        """Make a class, whose lesson begins now. Return the teacher's secret."""
        checked = texts.one_line("The name of the class", name, texts.NAME)
        now, secret = time.time(), codes.new_secret()
        with self._write() as session:
            session.add(
                Classroom(
                    name=checked,
                    code=_unused_code(session),
                    secret=codes.digest(secret),
                    opened_at=now,
                    open_until=now + LESSON_SECONDS,
                    expires_at=now + 86400 * class_days(),
                )
            )
        return secret

    def delete_expired(self) -> None:
        """Delete the classes whose term is over."""
        with self._write() as session:
            session.execute(delete(Classroom).where(Classroom.expires_at < time.time()))

    def lesson(self, secret: object) -> Lesson:
        """Return the class of a teacher."""
        with self._read() as session:
            return _lesson(session, _taught(session, secret))

    def begin_lesson(self, secret: object) -> None:
        """Begin a lesson, with a new code."""
        with self._write() as session:
            taught = _taught(session, secret, lock=True)
            taught.code, taught.opened_at = _unused_code(session), time.time()
            taught.open_until = taught.opened_at + LESSON_SECONDS

    def end_lesson(self, secret: object) -> None:
        """End the lesson: nobody joins, votes are closed, and the invitation is withdrawn."""
        with self._write() as session:
            taught = _taught(session, secret, lock=True)
            taught.open_until = min(taught.open_until, time.time())
            taught.invitation = None
            _close_polls(session, taught)

    def delete_class(self, secret: object) -> None:
        """Delete a class with all that belongs to it."""
        with self._write() as session:
            session.execute(delete(Classroom).where(Classroom.id == _taught(session, secret).id))

    def remove_member(self, secret: object, member: int) -> None:
        """Remove a student from the class, with all their data."""
        with self._write() as session:
            taught = _taught(session, secret)
            session.execute(delete(Member).where(Member.id == member, Member.classroom_id == taught.id))

    def invite(self, secret: object, address: object, title: object) -> None:
        """Invite the class to a page of the app; no address withdraws the invitation."""
        place = None
        if address is not None:
            title = texts.one_line("The title of the page", title, texts.TITLE)
            place = {"address": texts.address(address), "title": title, "at": time.time()}
        with self._write() as session:
            taught = _taught(session, secret)
            if place and not _is_open(taught):
                raise Conflict(OVER)
            taught.invitation = place

    # A student's membership

    def join(self, code: object, pseudonym: object) -> str:
        """Add a student to the class with this code, while its lesson goes on. Return the secret for the student's browser."""
        return self._join(Classroom.code == codes.read_code(code), pseudonym, in_lesson=True)

    def join_for_assignment(self, class_key: str, pseudonym: object) -> str:
        """Add a student to the class of an assignment, whose link allows that. Return the secret for the student's browser."""
        number, _, expires = class_key.partition("-")
        same = (Classroom.id == int(number)) & Classroom.expires_at.between(int(expires), int(expires) + 1)
        return self._join(same, pseudonym, in_lesson=False)

    def _join(self, which, pseudonym, in_lesson):
        name = texts.one_line("A pseudonym", pseudonym, texts.PSEUDONYM)
        now, token = time.time(), codes.new_secret()
        with self._write() as session:
            joined = session.scalar(select(Classroom).where(which, Classroom.expires_at >= now))
            if joined is None or in_lesson and not _is_open(joined):
                raise NotAllowed(NO_CLASS if in_lesson else "The class of this assignment has been deleted.")
            if _count(session, Member.classroom_id == joined.id) >= MOST_MEMBERS:
                raise TooMany(f"This class has {MOST_MEMBERS} members, the most that a class may have.")
            row = {"classroom_id": joined.id, "pseudonym": name, "spelling": texts.spelling(name)}
            row |= {"token": codes.digest(token), "joined_at": now, "seen_at": now, "moved_at": now, "page": "", "runs": 0}
            try:
                session.execute(insert(Member).values(row))
            except IntegrityError:
                raise Conflict("Somebody in this class has this pseudonym: choose another.") from None
        return token

    def class_number(self, secret: object, token: object) -> tuple[int | None, bool]:
        """Return the number of the class of a teacher, or else of a member, or None, and whether it is the teacher's."""
        with self._read() as session:
            with suppress(NotAllowed):
                return _taught(session, secret).id, True
            with suppress(NotAllowed):
                return _membership(session, token)[1].id, False
        return None, False

    def membership(self, token: object) -> Membership:
        """Return a member, with what the class is to see now."""
        with self._read() as session:
            member, joined = _membership(session, token)
            is_open = _is_open(joined)
            poll = _open_poll(session, joined) if is_open else None
            own = select(Vote.choice).where(Vote.member_id == member.id, Vote.poll_id == poll.id) if poll else None
            return Membership(
                member.id,
                member.pseudonym,
                joined.name,
                _key(joined),
                member.page,
                member.seen_at,
                member.runs,
                is_open,
                joined.invitation,
                poll and OpenPoll(poll.id, poll.question, poll.is_markdown, poll.choices, poll.first_id is not None),
                None if own is None else session.scalar(own),
            )

    def see(self, token: object, page: object, runs: int) -> None:
        """Record that a member's browser shows a page of the app, and how many runs of it are going on."""
        shown, now = texts.address(page)[: texts.PAGE], time.time()
        with self._write() as session:
            member, _ = _membership(session, token)
            if shown != member.page:
                member.page, member.moved_at = shown, now
            member.seen_at, member.runs = now, runs

    def leave(self, token: object) -> None:
        """Remove a member from the class, with all their data. Who is not a member has left."""
        with self._write() as session:
            session.execute(delete(Member).where(Member.token == codes.digest(token)))

    def record(self, token: object, kind: str, item: str, answer: str, right: bool | None, message: str = "") -> None:
        """Record an answer that the server has judged."""
        with self._write() as session:
            member, joined = _membership(session, token)
            if _count(session, Attempt.member_id == member.id) >= MOST_ATTEMPTS:
                raise TooMany(f"The class stores {MOST_ATTEMPTS:,} answers of a student, and no more.")
            attempt = Attempt(classroom_id=joined.id, member_id=member.id, kind=kind, item=item, right=right, at=time.time())
            attempt.answer, attempt.message = answer[: texts.ANSWER], message[: texts.MESSAGE]
            session.add(attempt)

    def attempts(self, token: object) -> list[Attempt]:
        """Return all answers of a member, in their order."""
        with self._read() as session:
            member, _ = _membership(session, token)
            return list(session.scalars(select(Attempt).where(Attempt.member_id == member.id).order_by(Attempt.id)))

    # Votes

    def open_poll(
        self, secret: object, question: object, choices: object, answer: int | None = None, is_markdown: bool = False
    ) -> int:
        """Put a question to the class. Return the id of the poll. Another one that is open is closed.

        Parameters
        ----------
        secret : the teacher's
        question, choices : Markdown of the app's own, or plain text
        answer : the number of the right choice, from 0, if there is one
        is_markdown
        """
        asked, offered = texts.question(question), texts.choices(choices)
        with self._write() as session:
            taught = _taught(session, secret, lock=True)
            return _put(session, taught, question=asked, choices=offered, answer=answer, first_id=None, is_markdown=is_markdown)

    def open_again(self, secret: object) -> int:
        """Put the last question to the class again. Return the id of the poll."""
        with self._write() as session:
            taught = _taught(session, secret, lock=True)
            last = _last_poll(session, taught)
            if last is None:
                raise Conflict("The class has not voted yet.")
            same = {name: getattr(last, name) for name in ("question", "choices", "answer", "is_markdown")}
            return _put(session, taught, **same, first_id=last.first_id or last.id)

    def close_poll(self, secret: object) -> None:
        """Close the vote. No answer changes afterwards."""
        with self._write() as session:
            _close_polls(session, _taught(session, secret, lock=True))

    def vote(self, token: object, poll: object, choice: object) -> None:
        """Store a member's answer, in the place of an earlier one, as long as the vote is open."""
        now = time.time()
        with self._write() as session:
            member, joined = _membership(session, token)
            number = poll if type(poll) is int and abs(poll) < 2**31 else -1
            found = session.scalar(
                select(Poll).where(Poll.id == number, Poll.classroom_id == joined.id).with_for_update(read=True)
            )
            if found is None or found.closed_at is not None or not _is_open(joined):
                raise Conflict("The vote is closed: your answer came too late and does not count.")
            if type(choice) is not int or not 0 <= choice < len(found.choices):
                raise ClassError("Choose one of the answers.")
            mine = (Vote.poll_id == found.id, Vote.member_id == member.id)
            if not session.execute(update(Vote).where(*mine).values(choice=choice, at=now)).rowcount:
                try:
                    with session.begin_nested():
                        session.add(Vote(poll_id=found.id, member_id=member.id, choice=choice, at=now))
                except IntegrityError:  # from another tab of the same browser, at the same time
                    session.execute(update(Vote).where(*mine).values(choice=choice, at=now))

    def tallies(self, secret: object) -> list[Tally]:
        """Return how the class voted on its last question: the polls in which it was put, the first one first.

        Of one that is open, only the number of votes is given.
        """
        with self._read() as session:
            taught = _taught(session, secret)
            last = _last_poll(session, taught)
            if last is None:
                return []
            first = last.first_id or last.id
            polls = session.scalars(select(Poll).where((Poll.id == first) | (Poll.first_id == first)).order_by(Poll.id)).all()
            counts = session.execute(
                select(Vote.poll_id, Vote.choice, func.count())
                .where(Vote.poll_id.in_([poll.id for poll in polls]))
                .group_by(Vote.poll_id, Vote.choice)
            ).all()
        return [_tally(poll, {choice: count for of, choice, count in counts if of == poll.id}) for poll in polls]

    # Who is stuck

    def students(self, secret: object) -> list[Student]:
        """Return every member with the work on exercises since the lesson began."""
        with self._read() as session:
            taught = _taught(session, secret)
            members = session.scalars(select(Member).where(Member.classroom_id == taught.id).order_by(Member.id)).all()
            tries = _tries(taught, Attempt.member_id, Attempt.item)
            last = func.max(Attempt.id).label("last")
            counted = tries.add_columns(func.count().label("tries"), _rights.label("rights"), last).subquery()
            rows = session.execute(
                select(counted, Attempt.message, Attempt.at).join(Attempt, Attempt.id == counted.c.last)
            ).all()
        works: dict[int, list[Work]] = {}
        for row in rows:
            works.setdefault(row.member_id, []).append(Work(row.item, row.tries, row.rights, row.message, row.at))
        return [
            Student(each.id, each.pseudonym, each.seen_at, each.page, each.moved_at, each.runs, works.get(each.id, []))
            for each in members
        ]

    def slips(self, secret: object) -> list[Slip]:
        """Return the wrong answers to exercises since the lesson began, by the checker's sentence, the usual ones first."""
        with self._read() as session:
            tries = _tries(_taught(session, secret), Attempt.item, Attempt.message).where(Attempt.right.is_(False))
            students = func.count(Attempt.member_id.distinct())
            rows = session.execute(tries.add_columns(students).order_by(students.desc())).all()
        return [Slip(*row) for row in rows]

    # The leaderboard

    def leaders(self, secret: object) -> list[Leader]:
        """Return who has won missions in this round: the most first, and of as many, who had them first."""
        with self._read() as session:
            taught = _taught(session, secret)
            won = (Attempt.classroom_id == taught.id, Attempt.kind == "mission", Attempt.at >= (taught.round_at or 0.0))
            first = func.min(Attempt.at)
            rows = session.execute(
                select(Member.pseudonym, Attempt.item)
                .join(Member, Member.id == Attempt.member_id)
                .where(*won, Attempt.right.is_(True))
                .group_by(Member.id, Member.pseudonym, Attempt.item)
                .order_by(first)
            ).all()
        missions: dict[str, list[str]] = {}
        for pseudonym, item in rows:
            missions.setdefault(pseudonym, []).append(item)
        ended = {pseudonym: place for place, (pseudonym, _) in enumerate(rows)}
        found = [Leader(pseudonym, won) for pseudonym, won in missions.items()]
        return sorted(found, key=lambda each: (-len(each.missions), ended[each.pseudonym]))

    def begin_round(self, secret: object) -> None:
        """Begin a round of the leaderboard, which is empty then."""
        with self._write() as session:
            _taught(session, secret, lock=True).round_at = time.time()


_rights = func.sum(case((Attempt.right.is_(True), 1), else_=0))


def _tries(taught, *columns):
    """The attempts at exercises since the lesson began, grouped by these columns."""
    of_lesson = (Attempt.classroom_id == taught.id, Attempt.kind == "exercise", Attempt.at >= taught.opened_at)
    return select(*columns).where(*of_lesson).group_by(*columns)


def _taught(session: Session, secret: object, lock: bool = False) -> Classroom:
    """The class of a teacher. Raises NotAllowed."""
    query = select(Classroom).where(Classroom.secret == codes.digest(secret), Classroom.expires_at >= time.time())
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotAllowed(NOT_THE_TEACHER)
    return found


def _membership(session: Session, token: object) -> tuple[Member, Classroom]:
    """A member and the class. Raises NotAllowed."""
    query = select(Member, Classroom).join(Classroom, Classroom.id == Member.classroom_id)
    found = session.execute(query.where(Member.token == codes.digest(token), Classroom.expires_at >= time.time())).first()
    if found is None:
        raise NotAllowed(NOT_A_MEMBER)
    return found[0], found[1]


def _lesson(session, taught):
    members = _count(session, Member.classroom_id == taught.id)
    return Lesson(taught.name, taught.code, _is_open(taught), taught.expires_at, taught.invitation, members, _key(taught))


def _key(classroom):
    """What distinguishes a class: SQLite may give the id of a deleted one again."""
    return f"{classroom.id}-{int(classroom.expires_at)}"


def _is_open(classroom):
    return time.time() < classroom.open_until


def _unused_code(session):
    while session.scalar(select(Classroom.id).where(Classroom.code == (code := codes.new_code()))):
        pass
    return code


def _count(session, condition):
    return session.scalar(select(func.count()).where(condition))


def _last_poll(session, classroom):
    return session.scalar(select(Poll).where(Poll.classroom_id == classroom.id).order_by(Poll.id.desc()).limit(1))


def _open_poll(session, classroom):
    last = _last_poll(session, classroom)
    return last if last and last.closed_at is None else None


def _close_polls(session, classroom):
    open_polls = (Poll.classroom_id == classroom.id, Poll.closed_at.is_(None))
    session.execute(update(Poll).where(*open_polls).values(closed_at=time.time()))


def _put(session, taught, **columns):
    """Open a poll in a class whose row is locked, so that one alone is open."""
    if not _is_open(taught):
        raise Conflict(OVER)
    _close_polls(session, taught)
    poll = Poll(classroom_id=taught.id, opened_at=time.time(), **columns)
    session.add(poll)
    session.flush()
    return poll.id


def _tally(poll, counts):
    is_open = poll.closed_at is None
    each = None if is_open else [counts.get(number, 0) for number in range(len(poll.choices))]
    return Tally(
        poll.question, poll.is_markdown, poll.choices, poll.answer, poll.opened_at, is_open, sum(counts.values()), each
    )

"""The tables of the classes. A class is deleted with all that belongs to it, a member with all their data."""

from sqlalchemy import JSON, Double, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Times are Unix times in seconds."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map = {float: Double}


def _belongs_to(table, **options):
    return mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"), **options)


class Classroom(Base):
    """A class.

    code : by which students join, while the lesson goes on
    secret : digest of the teacher's secret
    opened_at, open_until : of the present lesson, or of the last one
    expires_at : when the class is deleted
    invitation : {"address", "title", "at"} of the page to which the teacher has invited, or None
    round_at : when the present round of the leaderboard began, None in the first one
    """

    __tablename__ = "classroom"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(12), unique=True)
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    opened_at: Mapped[float]
    open_until: Mapped[float]
    expires_at: Mapped[float] = mapped_column(index=True)
    invitation: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    round_at: Mapped[float | None]


class Member(Base):
    """A student in a class.

    spelling : of the pseudonym, in which capitals and forms of a letter do not differ
    token : digest of the secret that the student's browser has
    seen_at, page, moved_at, runs : when an open page last reported, which page, since when, and the runs going on there
    """

    __tablename__ = "classroom_member"
    __table_args__ = (UniqueConstraint("classroom_id", "spelling"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    classroom_id: Mapped[int] = _belongs_to("classroom")
    pseudonym: Mapped[str] = mapped_column(String(40))
    spelling: Mapped[str] = mapped_column(String(600))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    joined_at: Mapped[float]
    seen_at: Mapped[float]
    moved_at: Mapped[float]
    page: Mapped[str] = mapped_column(String(120))
    runs: Mapped[int]


class Attempt(Base):
    """One answer of a member, as the server judged it.

    kind, item : "exercise" and its id, "prediction" and its key
    answer : as it was typed or chosen
    right : None where there is no right answer, or the student did not know
    message : the sentence of the checker
    """

    __tablename__ = "classroom_attempt"
    __table_args__ = (Index(None, "classroom_id", "member_id", "item"), Index(None, "member_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    classroom_id: Mapped[int] = _belongs_to("classroom")
    member_id: Mapped[int] = _belongs_to("classroom_member")
    kind: Mapped[str] = mapped_column(String(20))
    item: Mapped[str] = mapped_column(String(80))
    answer: Mapped[str] = mapped_column(Text)
    right: Mapped[bool | None]
    message: Mapped[str] = mapped_column(Text)
    at: Mapped[float]


class Poll(Base):
    """A question that was put to the class once. Put again, it is another poll.

    question, choices : Markdown where the app has written them, plain text where the teacher has
    answer : the number of the right one, from 0, or None
    first_id : of the poll in which the question was put first, None in that one
    closed_at : None while the class votes
    """

    __tablename__ = "classroom_poll"

    id: Mapped[int] = mapped_column(primary_key=True)
    classroom_id: Mapped[int] = _belongs_to("classroom", index=True)
    question: Mapped[str] = mapped_column(Text)
    is_markdown: Mapped[bool]
    choices: Mapped[list] = mapped_column(JSON)
    answer: Mapped[int | None]
    first_id: Mapped[int | None] = _belongs_to("classroom_poll", index=True)
    opened_at: Mapped[float]
    closed_at: Mapped[float | None]


class Vote(Base):
    """A member's answer in a poll: one each."""

    __tablename__ = "classroom_vote"
    __table_args__ = (UniqueConstraint("poll_id", "member_id"), Index(None, "member_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = _belongs_to("classroom_poll")
    member_id: Mapped[int] = _belongs_to("classroom_member")
    choice: Mapped[int]
    at: Mapped[float]

"""To which class a browser belongs: for the limits of runs, and for the log. Without a class, no database is opened."""

from collections.abc import Mapping

from nnlib.classroom.cookies import MEMBER, TEACHER
from nnlib.classroom.errors import ClassError
from nnlib.support.extras import missing_extra


def class_of(cookies: Mapping[str, str]) -> tuple[int | None, bool]:
    """Return the number of a browser's class, None if it is in none, and whether the browser is the teacher's.

    Waits for the database. Where that cannot be used, a browser is in no class.
    """
    teacher, member = cookies.get(TEACHER), cookies.get(MEMBER)
    if not (teacher or member) or missing_extra("sqlalchemy"):
        return None, False
    from nnlib.classroom.store import open_store

    try:
        return open_store().class_number(teacher, member)
    except ClassError:
        return None, False

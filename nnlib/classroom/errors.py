"""The errors of classes. Their messages are sentences for a teacher or a student."""


class ClassError(ValueError):
    """What was asked cannot be done. `status` is the code of the answer over HTTP."""

    status = 400


class NotAllowed(ClassError):
    """The code, the teacher's secret or the membership is not, or no longer, valid."""

    status = 403


class Conflict(ClassError):
    """It cannot be done now, as when a vote is closed or a pseudonym is taken."""

    status = 409


class TooMany(ClassError):
    """A limit is reached."""

    status = 429


class DatabaseUnusable(ClassError):
    """The database cannot be used."""

    status = 503

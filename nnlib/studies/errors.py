"""The errors of studies. Their messages are sentences for the learner."""


class StudyError(ValueError):
    """An invalid name, address or setting, which the user can correct."""


class StudyFailed(Exception):
    """A study cannot continue. Finished trials stay stored, and the study resumes from them."""

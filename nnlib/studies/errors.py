"""What can be wrong with a study."""


class StudyError(ValueError):
    """Something that whoever asked can put right: a name, an address, a setting. One sentence that says what."""


class StudyFailed(Exception):
    """A study cannot go on. One sentence; what is finished is kept, and it goes on where it stopped when begun again."""

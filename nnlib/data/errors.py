"""The one error of this package."""


class DataError(ValueError):
    """A file is missing, damaged or not what it claims to be. The message is one sentence that says what to do."""

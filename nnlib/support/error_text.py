"""Exceptions of other libraries, quoted in the app's own sentences."""

LONGEST = 120  # characters


def first_line(error: BaseException) -> str:
    """Return the beginning of the first line of the error's text, or its type where it has no text."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"

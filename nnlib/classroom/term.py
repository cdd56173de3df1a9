"""How long a class is stored."""

from nnlib.support.validation import whole_from_environment

TERM_DAYS = 180


def class_days() -> int:
    """Return after how many days a class is deleted: $NNLIB_CLASS_DAYS. Raises ValueError for an invalid value."""
    return whole_from_environment("NNLIB_CLASS_DAYS", TERM_DAYS)

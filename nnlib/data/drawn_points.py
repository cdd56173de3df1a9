"""A learner's own points as they were drawn in a browser: nothing that the browser sends is trusted."""

import unicodedata

import numpy as np

from nnlib.data.errors import DataError
from nnlib.data.point_rules import MAX_CLASSES, MAX_COORDINATE, MAX_ROWS, checked_points, is_label
from nnlib.data.points import Points
from nnlib.support.validation import integer, number

UNREADABLE = "The drawing could not be read. Reload the page, and draw it again."


def drawn_points(drawing: object) -> Points:
    """Check a drawing.

    Parameters
    ----------
    drawing
        {"points": [[x, y, class], …], "classes": [name, …]}, where a class is a place in `classes`.

    Returns
    -------
    Points
        The classes that have points, in the order of `classes`.

    Raises
    ------
    DataError
        With what to change. The rules are those for a file of points.
    """
    match drawing:
        case {"points": list(rows), "classes": list(names)}:
            pass
        case _:
            raise DataError(UNREADABLE)
    if len(rows) > MAX_ROWS:
        raise DataError(f"There are {len(rows):,} points: keep at most {MAX_ROWS:,}.")
    if not 1 <= len(names) <= MAX_CLASSES or len(set(map(repr, names))) < len(names) or not all(map(_is_name, names)):
        raise DataError(UNREADABLE)
    try:
        X = [[number("coordinate", value, -MAX_COORDINATE, MAX_COORDINATE) for value in (x, y)] for x, y, _ in rows]
        labels = [names[integer("class", k, 0, len(names) - 1)] for *_, k in rows]
    except (TypeError, ValueError, OverflowError):
        raise DataError(UNREADABLE) from None
    return checked_points(np.array(X).reshape(-1, 2), labels, names)


def _is_name(name: object) -> bool:
    return isinstance(name, str) and is_label(name) and name == unicodedata.normalize("NFC", name).strip()

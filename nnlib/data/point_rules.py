"""The rules for a learner's own points, however they were made: from a file, drawn, or by a function."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from nnlib.data.errors import DataError
from nnlib.data.points import Points

MIN_ROWS, MAX_ROWS = 10, 20_000
MIN_CLASSES, MAX_CLASSES = 2, 10
MIN_ROWS_OF_CLASS = 3
MAX_LABEL = 40
MAX_COORDINATE = 1e9
MIN_EXTENT = 1e-9


def is_label(text: str) -> bool:
    """Whether a text can name a class."""
    return 1 <= len(text) <= MAX_LABEL and text.isprintable()


def checked_points(
    X: np.ndarray, labels: Sequence[str], class_names: Sequence[str], lines: Sequence[int] | None = None,
    columns: tuple[str, ...] = (), note: str = "",
) -> Points:  # fmt: skip
    """Check the rules that concern all points together, and number the classes.

    Parameters
    ----------
    X : (n, 2) array of float
    labels : the class of each point
    class_names : all of `labels` in the order of the classes. Names that are not in `labels` are left out.
    lines : for messages, the line of each point in its file; None if there is no file
    columns, note : see Points

    Raises
    ------
    DataError
        With what to change.
    """
    count = Counter(labels)
    if len(labels) < MIN_ROWS:
        subject = f"The file has {len(labels)} points" if lines else f"{len(labels)} points are too few"
        raise DataError(f"{subject}: add some, {MIN_ROWS} is the least.")
    if len(labels) > MAX_ROWS:
        raise DataError(f"There are {len(labels):,} points: keep at most {MAX_ROWS:,}.")
    all_points = f"Lines {lines[0]} to {lines[-1]}" if lines else "The points"
    if len(count) < MIN_CLASSES:
        raise DataError(f"{all_points} all have the label {labels[0]!r}: use at least {MIN_CLASSES} labels.")
    if len(count) > MAX_CLASSES:
        extra = list(count)[MAX_CLASSES]  # labels stand in the order of their first points
        what = f"Line {lines[labels.index(extra)]} has" if lines else "There is"
        raise DataError(f"{what} one label too many, {extra!r}: use at most {MAX_CLASSES} different labels.")
    last = dict(zip(labels, lines or [], strict=False))
    for label, points in count.items():
        if points < MIN_ROWS_OF_CLASS:
            subject = f"Line {last[label]}: class {label!r}" if lines else f"Class {label!r}"
            raise DataError(f"{subject} has {points} point{'s' * (points > 1)}, {MIN_ROWS_OF_CLASS} is the least: add some.")
    if np.ptp(X, axis=0).max() < MIN_EXTENT:
        raise DataError(f"{all_points} are all at one place: move some of the points.")
    used = [name for name in class_names if name in count]
    number = {name: k for k, name in enumerate(used)}
    return Points(X, np.array([number[label] for label in labels], dtype=np.int64), tuple(used), columns, note)

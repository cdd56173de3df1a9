"""A learner's own points: read from a CSV file, and stored under a name made from their content."""

import csv
import hashlib
import json
import os
import re
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlib.data.errors import DataError
from nnlib.support.atomic import write_atomically
from nnlib.support.folders import runs_folder

MAX_BYTES = 2_000_000
MIN_ROWS, MAX_ROWS = 10, 20_000
MIN_CLASSES, MAX_CLASSES = 2, 10
MIN_ROWS_OF_CLASS = 3
MAX_LABEL = 40
MAX_COORDINATE = 1e9
MIN_EXTENT = 1e-9
MOST_SETS = 200  # in the store; the set that was unused for longest is removed first
COLUMNS = ("x", "y", "label")

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")  # no nan, no inf, no 1_000


@dataclass(frozen=True, eq=False)
class Points:
    """X (n, 2) float64 as the learner wrote them; labels (n,) int64, 0 to K - 1; class_names K texts in sorted order."""

    X: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]


def parse_points(data: bytes) -> Points:
    """Read a CSV file with the columns x, y, label.

    UTF-8, with or without a byte order mark; columns separated by comma, semicolon or tab. A first line with names is
    optional: x, y, label may stand in any order, other names mean them in this one. Where commas do not separate, a number
    may have a decimal comma, as spreadsheets write it in much of Europe. A label is any text of 1 to 40 printable
    characters. 10 to 20,000 points; 2 to 10 classes with at least 3 points each; coordinates from -1e9 to 1e9, not all
    within 1e-9.
    Errors: DataError, naming the line and what to change.
    """
    if len(data) > MAX_BYTES:
        raise DataError(f"The file has {len(data):,} bytes: cut it down to at most {MAX_BYTES:,}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.split(rb"\r\n|\n|\r", data[: error.start]))
        raise DataError(f"Line {line} is not UTF-8 text: save the file as CSV with the encoding UTF-8.") from error
    lines = [(n, line) for n, line in enumerate(re.split(r"\r\n|\n|\r", text), 1) if line.strip(" \t,;")]
    if not lines:
        raise DataError("The file has no points: give each point a line with x, y, label, such as 0.5,-0.2,red.")
    separator, order = _layout(*lines[0])
    rows = [_row(n, line, separator, order or COLUMNS) for n, line in (lines[1:] if order else lines)[: MAX_ROWS + 1]]
    if len(rows) > MAX_ROWS:
        line = lines[MAX_ROWS + bool(order)][0]
        raise DataError(f"Line {line} is point {MAX_ROWS + 1:,}: keep at most {MAX_ROWS:,} points.")
    return _checked(rows)


def _layout(n: int, line: str) -> tuple[str, tuple[str, ...] | None]:
    """The separator, and the order of the columns if the first line names them."""
    for separator in "\t;,":
        with suppress(csv.Error):
            fields = _fields(line, separator)
            names = tuple(field.lower() for field in fields)
            if sorted(names) == sorted(COLUMNS):
                return separator, names
            if len(fields) == 3:
                numbers = [bool(NUMBER.fullmatch(_dotted(field, separator))) for field in fields[:2]]
                if all(numbers):
                    return separator, None
                if not any(numbers) and all(fields):
                    return separator, COLUMNS
    raise DataError(f"Line {n} does not have three columns, two numbers and a label: separate them by comma, semicolon or tab.")


def _row(n: int, line: str, separator: str, order: tuple[str, ...]) -> tuple[int, float, float, str]:
    try:
        fields = _fields(line, separator)
    except csv.Error as error:
        raise DataError(f"Line {n} cannot be read ({error}): check its quotation marks.") from error
    if len(fields) != 3:
        raise DataError(f"Line {n} has {len(fields)} columns: give it three, x, y and label.")
    row = dict(zip(order, fields, strict=True))
    x, y = (_coordinate(n, name, row[name], separator) for name in ("x", "y"))
    label = row["label"]
    if not label:
        raise DataError(f"Line {n} has no label: give its point a class.")
    if len(label) > MAX_LABEL or not label.isprintable():
        raise DataError(f"Line {n} has a label that is not 1 to {MAX_LABEL} printable characters: shorten or retype it.")
    return n, x, y, label


def _fields(line: str, separator: str) -> list[str]:
    return [field.strip() for field in next(csv.reader([line], delimiter=separator, strict=True), [])]


def _dotted(text: str, separator: str) -> str:
    return text if separator == "," else text.replace(",", ".", 1)


def _coordinate(n: int, name: str, text: str, separator: str) -> float:
    written = text if len(text) <= 20 else text[:20] + "…"
    if not NUMBER.fullmatch(_dotted(text, separator)):
        raise DataError(f"Line {n}: {name} is {written!r}: write a number such as -0.25.")
    value = float(_dotted(text, separator))
    if abs(value) > MAX_COORDINATE:
        raise DataError(f"Line {n}: {name} is {written}: use a number from -1e9 to 1e9.")
    return value


def _checked(rows: list[tuple[int, float, float, str]]) -> Points:
    """Check the rules that concern all lines together."""
    last = {label: n for n, _, _, label in rows}
    count = dict.fromkeys(last, 0)
    for *_, label in rows:
        count[label] += 1
    if len(rows) < MIN_ROWS:
        raise DataError(f"The file has {len(rows)} points: add some, {MIN_ROWS} is the least.")
    all_lines = f"Lines {rows[0][0]} to {rows[-1][0]}"
    if len(count) < MIN_CLASSES:
        raise DataError(f"{all_lines} all have the label {rows[0][3]!r}: use at least {MIN_CLASSES} labels.")
    if len(count) > MAX_CLASSES:
        extra = list(count)[MAX_CLASSES]  # labels stand in the order of their first lines
        line = next(n for n, _, _, label in rows if label == extra)
        raise DataError(f"Line {line} brings one label too many, {extra!r}: use at most {MAX_CLASSES} different labels.")
    for label, points in count.items():
        if points < MIN_ROWS_OF_CLASS:
            least = f"{MIN_ROWS_OF_CLASS} is the least"
            raise DataError(f"Line {last[label]}: class {label!r} has {points} points, {least}: add some.")
    X = np.array([(x, y) for _, x, y, _ in rows])
    if np.ptp(X, axis=0).max() < MIN_EXTENT:
        raise DataError(f"{all_lines} put every point in one place: move some of them.")
    class_names = tuple(sorted(count))
    number = {name: k for k, name in enumerate(class_names)}
    return Points(X, np.array([number[label] for *_, label in rows], dtype=np.int64), class_names)


def to_square(X: np.ndarray) -> np.ndarray:
    """Shift and scale points (n, 2) into [-1, 1] x [-1, 1], centred, both coordinates by one factor: shapes stay as drawn."""
    low, high = X.min(axis=0), X.max(axis=0)
    return (X - (low + high) / 2) / ((high - low).max() / 2)


# The store: one .npz for each set of points, named by the SHA-256 of its content.


def save_points(points: Points) -> str:
    """Store the points, and return their digest, 64 hexadecimal digits. The same points have the same digest.

    The store holds the 200 sets that were saved or loaded last. Errors: DataError, where it cannot be written.
    """
    digest = _digest(points)
    path = _path(digest)
    try:
        with write_atomically(path) as file:
            np.savez_compressed(file, X=points.X, labels=points.labels, class_names=np.array(points.class_names))
        by_age = sorted(path.parent.glob("*.npz"), key=_last_used, reverse=True)
        for old in by_age[MOST_SETS:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"{path.parent} cannot be written ({error.strerror or error}): make room or allow it there, "
            "or set NNLIB_RUNS to another folder."
        ) from error
    return digest


def load_points(digest: str | None) -> Points:
    """Load the points with this digest. Errors: DataError, if there are none, or they are damaged."""
    if not isinstance(digest, str) or not re.fullmatch("[0-9a-f]{64}", digest):
        raise DataError("points must be the 64 hexadecimal digits that name an uploaded file: upload it again.")
    path = _path(digest)
    try:
        with np.load(path, allow_pickle=False) as file:
            points = Points(file["X"], file["labels"], tuple(str(name) for name in file["class_names"]))
        if _digest(points) != digest:
            raise ValueError("the content does not match its name")
    except FileNotFoundError as error:
        raise DataError("These points are no longer stored: upload the file again.") from error
    except (OSError, EOFError, ValueError, TypeError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} is damaged: upload the file of points again.") from error
    with suppress(OSError):
        os.utime(path)
    return points


def _digest(points: Points) -> str:
    content = [points.X.tolist(), points.labels.tolist(), points.class_names]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _path(digest: str) -> Path:
    return runs_folder() / "uploads" / f"{digest}.npz"


def _last_used(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # another process has just removed it
        return 0

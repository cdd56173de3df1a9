"""Reading a learner's own points from a text file, as spreadsheets and programs write them, and writing them.

What a file leaves open is decided once, from all of its lines: the separator, which column is which, and whether the comma
or the point is the decimal mark. Where the lines do not decide it, the file is refused.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np

from nnlib.data.errors import DataError
from nnlib.data.point_rules import MAX_CLASSES, MAX_COORDINATE, MAX_LABEL, MAX_ROWS, checked_points, is_label
from nnlib.data.points import Points

MAX_BYTES = 2_000_000

SEPARATORS = "\t;|, "  # where two of them make equally many points, the first counts
SAMPLE = 1000  # lines that decide the separator, and the most that may stand above the points
LABEL_NAMES = {
    "label", "labels", "class", "classes", "target", "species", "category", "group", "kind", "type", "colour", "color",
    "cluster", "variety", "outcome", "klasse",
}  # fmt: skip
COORDINATE_NAMES = (("x", "y"), ("x1", "x2"), ("x0", "x1"))
INDEX_NAMES = {"", "index", "id", "nr", "no", "row", "unnamed0"}

NUMBER = re.compile(  # digits, or groups of three with commas between them; no nan, no inf, no 1_000
    r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+|[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?)([eE][+-]?[0-9]+)?"
)
SWAP_MARKS = str.maketrans(".,", ",.")
SPACED_GROUP = re.compile(r"(?<=[0-9])[\s'’](?=[0-9]{3}(?![0-9]))")  # 1 000 and 1'000

Row = tuple[int, list[str]]  # the number of the line, and its fields


def parse_points(data: bytes) -> Points:
    """Read a file with two columns of numbers and one of labels.

    Parameters
    ----------
    data : bytes
        UTF-8, or UTF-16 with a byte order mark; columns separated by comma, semicolon, tab, pipe or space. Titles, comments
        (#) and a line of names may come first. Columns are found by their names, in any case and order; without names the
        label is the column of words, or else the last. A column that counts the rows is ignored. 10 to 20,000 points; 2 to
        10 classes with at least 3 points each; labels of 1 to 40 printable characters; coordinates from -1e9 to 1e9, not all
        within 1e-9.

    Returns
    -------
    Points

    Raises
    ------
    DataError : with the line and what to change.
    """
    separator, names, rows = _table(_lines(data))
    x, y, label = _roles(names, [fields for _, fields in rows], separator)
    mark = _decimal_mark([(n, fields[i]) for n, fields in rows for i in (x, y)], separator)
    X = [[_coordinate(n, name, fields[i], mark) for name, i in (("x", x), ("y", y))] for n, fields in rows]
    labels = _one_spelling([_label(n, fields[label]) for n, fields in rows], mark)
    columns = tuple(names[i] if names else f"column {i + 1}" for i in (x, y, label))
    n, first = rows[0]
    note = f"Line {n} ({', '.join(first)}) was read as a point, not as numbers of the columns." if _counts(first) else ""
    lines = [n for n, _ in rows]
    return checked_points(np.array(X), labels, _in_order(set(labels)), lines, columns=columns, note=note)


def points_as_csv(points: Points) -> str:
    """The points as a file that parse_points reads, with every digit."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["x", "y", "label"])
    labels = [points.class_names[k] for k in points.labels]
    writer.writerows([*map(repr, row), label] for row, label in zip(points.X.tolist(), labels, strict=True))
    return file.getvalue()


# From bytes to rows of fields


def _lines(data: bytes) -> list[tuple[int, str]]:
    """The lines that hold more than separators and dashes, with their numbers. An accented letter is one character."""
    if len(data) > MAX_BYTES:
        raise DataError(f"The file has {len(data):,} bytes: cut it down to at most {MAX_BYTES:,}.")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = unicodedata.normalize("NFC", data.decode(encoding))
    except UnicodeDecodeError as error:
        line = len(re.split(rb"\r\n|\n|\r", data[: error.start]))
        raise DataError(f"Line {line} is not UTF-8 text: save the file as CSV with the encoding UTF-8.") from error
    lines = [(n, line) for n, line in enumerate(re.split(r"\r\n|\n|\r", text), 1) if line.strip(" \t,;|-+=:")]
    if not lines:
        raise DataError("The file has no points: give each point a line with x, y, label, such as 0.5,-0.2,red.")
    if len(lines) > MAX_ROWS + SAMPLE:
        raise DataError(f"The file has {len(lines):,} lines: keep at most {MAX_ROWS:,} points.")
    return lines


def _table(lines: list[tuple[int, str]]) -> tuple[str, list[str] | None, list[Row]]:
    """The separator, the names of the columns if a line gives them, and the rows of points, all of one length."""
    named = re.fullmatch('"?sep=([\t;|,])"?', lines[0][1].strip(" "))  # Excel's
    sample = [line for _, line in lines[:SAMPLE]]
    separator = named[1] if named else max(SEPARATORS, key=lambda each: sum(_is_point(line, each) for line in sample))

    first = next((i for i, line in enumerate(sample) if _is_point(line, separator)), None)
    head = [(n, line, _fields(line.lstrip("# "), separator)) for n, line in lines[bool(named) : first]]
    unclear = [n for n, line, fields in head if any(map(_is_number, fields)) and not line.startswith("#")]
    if first is None or unclear:
        n = unclear[0] if unclear else lines[0][0]
        what = "three columns, two numbers and a label: separate them by comma, semicolon or tab"
        raise DataError(f"Line {n} does not have {what}.")
    rows = [(n, _fields(line, separator)) for n, line in lines[first:] if line[0] != "#" or _is_point(line, separator)]
    names, rows = _even([fields for *_, fields in head], rows)
    if len(rows) > MAX_ROWS:
        raise DataError(f"Line {rows[MAX_ROWS][0]} is point {MAX_ROWS + 1:,}: keep at most {MAX_ROWS:,} points.")
    return separator, names, rows


def _fields(line: str, separator: str) -> list[str]:
    """The fields of a line; none if it cannot be read, as with a quotation mark that is not closed."""
    try:
        reader = csv.reader([line.strip(" ")], delimiter=separator, strict=True, skipinitialspace=True)
        return [field.strip() for field in next(reader, [])]
    except csv.Error:
        return []


def _is_point(line: str, separator: str) -> bool:
    """Whether the line has two numbers and a label. A # with a space after it begins a comment, not a colour."""
    fields = _fields(line, separator)
    return len(fields) >= 3 and sum(map(_is_number, fields)) >= 2 and not line.startswith("# ")


def _even(head: list[list[str]], rows: list[Row]) -> tuple[list[str] | None, list[Row]]:
    """The last line of the head that names the columns, and the rows; both without columns that are empty or count the rows."""
    width = Counter(len(_without_empty_end(fields)) for _, fields in rows).most_common(1)[0][0]
    for n, fields in rows:
        if not fields:
            raise DataError(f"Line {n} cannot be read: check its quotation marks and its length.")
        if len(fields) < width or any(fields[width:]):
            count = len(_without_empty_end(fields))
            raise DataError(f"Line {n} has {count} column{'s' * (count != 1)}, and most lines have {width}: correct it.")
    names = next(filter(None, (_as_names(fields, width) for fields in reversed(head))), None)
    if names is None and _numbers_columns(*(fields[:width] for _, fields in rows)):
        names, rows = rows[0][1], rows[1:]
    columns = list(zip(*(fields[:width] for _, fields in rows), strict=True))
    wanted = [i for i, column in enumerate(columns) if any(column)]
    if len(wanted) > 3 and (_plain(names[wanted[0]]) in INDEX_NAMES if names else _counts(columns[wanted[0]])):
        del wanted[0]
    return names and [names[i] for i in wanted], [(n, [fields[i] for i in wanted]) for n, fields in rows]


def _without_empty_end(fields: list[str]) -> list[str]:
    return fields[: max((i for i, field in enumerate(fields, 1) if field), default=0)]


def _as_names(fields: list[str], width: int) -> list[str] | None:
    """A line as the names of `width` columns, or None. R's write.table gives its column of row names no name."""
    named = sum(map(bool, fields[:width]))
    if len(_without_empty_end(fields)) > width or named < max(2, width - 1):
        return None
    return fields[:width] if len(fields) >= width else ["", *fields]


def _numbers_columns(first: list[str], *others: list[str]) -> bool:
    """Whether the first line has the numbers of all columns, as pandas writes them, and no point: its label is no other's."""
    if not others or len(first) < 3 or not _counts(first[first[0] == "" :]):  # the index has no number
        return False
    points = [fields[-3:] for fields in (first, *others)]
    label = _label_column([], points[1:])
    own, *labels = _one_spelling([fields[label] for fields in points], ".")
    return own not in labels


def _counts(fields: Sequence[str]) -> bool:
    """Whether the fields are 0, 1, 2, … or 1, 2, 3, …"""
    return any(list(fields) == [str(i + start) for i in range(len(fields))] for start in (0, 1))


# The meaning of the columns


def _roles(names: list[str] | None, rows: list[list[str]], separator: str) -> tuple[int, int, int]:
    """The columns of x, y and label."""
    plain = [_plain(name) for name in names or []]
    labels = [i for i, name in enumerate(plain) if name in LABEL_NAMES]
    pair = next((pair for pair in COORDINATE_NAMES if set(pair) <= set(plain)), None)
    if pair and len(labels) == 1:
        return plain.index(pair[0]), plain.index(pair[1]), labels[0]
    width = len(rows[0])
    if width != 3:
        listed = f" ({', '.join(names)[:80]})" if names else ""
        what = "keep two of numbers and one of labels, or name three of them x, y and label in the first line"
        if separator == "," and width == 5 and not names:
            what += "; where the comma is a decimal mark, separate the columns by semicolons"
        raise DataError(f"The file has {width} columns{listed}: {what}.")
    if pair:
        x, y = plain.index(pair[0]), plain.index(pair[1])
        return x, y, 3 - x - y
    label = labels[0] if len(labels) == 1 else _label_column(plain, rows)
    x, y = (i for i in range(3) if i != label)
    return x, y, label


def _label_column(plain: list[str], rows: list[list[str]]) -> int:
    """Which of three columns has the labels, if none is named so: the only one of words, or named y, or of few values."""
    columns = list(zip(*rows, strict=True))
    words = [i for i in range(3) if 2 * sum(map(_is_number, columns[i])) < len(rows)]
    targets = [i for i, name in enumerate(plain) if name == "y"]
    few = [i for i in range(3) if len(set(columns[i])) <= MAX_CLASSES]
    for found in (words, targets, few):
        if len(found) == 1:
            return found[0]
    if plain and len(few) > 1:
        raise DataError("The names of the columns do not say which one is the label: call it label.")
    return 2


def _plain(name: str) -> str:
    """A column's name without case, unit and marks: "X₁ (cm)" and "x_1" are x1."""
    return re.sub(r"\W|_", "", unicodedata.normalize("NFKC", name).partition("(")[0].casefold())


# Numbers and labels


def _value(text: str, mark: str) -> float | None:
    """The number, or None; `mark` is the decimal mark, and the other one of "." and "," groups thousands."""
    text = SPACED_GROUP.sub("", text.replace("\u2212", "-"))
    if mark == ",":
        text = text.translate(SWAP_MARKS)
    return float(text.replace(",", "")) if NUMBER.fullmatch(text) else None


def _is_number(text: str) -> bool:
    return _value(text, ".") is not None or _value(text, ",") is not None


def _decimal_mark(cells: list[tuple[int, str]], separator: str) -> str:
    """The decimal mark of the whole file. 1,010 is 1.01 or 1010: the other numbers decide, or else the file is refused."""
    readings = [(n, text, _value(text, "."), _value(text, ",")) for n, text in cells]
    point, comma = (sum(reading[i] is not None for reading in readings) for i in (2, 3))
    if point != comma:
        return "." if point > comma else ","
    commas, all_points = any("," in text for _, text in cells), all("." in text for _, text in cells)
    if not commas and (separator == "," or all_points):  # 1.250 everywhere is how programs write three decimals
        return "."
    for n, text, as_point, as_comma in readings:
        if as_point is not None and as_comma is not None and as_point != as_comma:
            either = f"{min(as_point, as_comma):g} or {max(as_point, as_comma):g}"
            raise DataError(f"Line {n}: {text} may be {either}: write all numbers without marks between thousands.")
    return "."


def _coordinate(n: int, name: str, text: str, mark: str) -> float:
    written = text if len(text) <= 20 else text[:20] + "…"
    value = _value(text, mark)
    if value is None:
        raise DataError(f"Line {n}: {name} is {written!r}: write a number such as -0.25.")
    if abs(value) > MAX_COORDINATE:
        raise DataError(f"Line {n}: {name} is {written}: use a number from -1e9 to 1e9.")
    return value


def _label(n: int, label: str) -> str:
    if not label:
        raise DataError(f"Line {n} has no label: give its point a class.")
    if not is_label(label):
        raise DataError(f"Line {n} has a label that is not 1 to {MAX_LABEL} printable characters: shorten or retype it.")
    return label


def _one_spelling(labels: list[str], mark: str) -> list[str]:
    """1, 1.0 and 1e0 as one label, where all labels are numbers."""
    values = {label: _value(label, mark) for label in set(labels)}
    spelling = {label: f"{value + 0.0:.15g}" for label, value in values.items() if value is not None and abs(value) < 1e15}
    return [spelling[label] for label in labels] if len(spelling) == len(values) else labels


def _in_order(labels: set[str]) -> list[str]:
    """Numbers by their value, other labels as a reader would sort them: class 2 before class 10."""
    try:
        return sorted(labels, key=float)
    except ValueError:
        return sorted(labels, key=lambda label: ([*map(_part, re.split("([0-9]+)", label))], label))


def _part(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isascii() and text.isdigit() else (0, text.casefold())

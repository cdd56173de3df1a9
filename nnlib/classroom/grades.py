"""Checks hand-ins, and writes what they contain as one CSV for the gradebook of a class."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nnlib.classroom.errors import ClassError
from nnlib.classroom.hand_in import read_hand_in
from nnlib.support.csv_cell import as_text

# Canvas imports a file that begins with these columns. Moodle lets a teacher map any of them to a username or an ID number.
STUDENT = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
COUNTS = ("Exercises solved", "Exercise tries", "Predictions right", "Predictions", "Missions", "Best exam", "Runs")
LAST = ("Handed in", "File", "Remark")


@dataclass(frozen=True)
class Checked:
    """
    name : of the file
    content : of the hand-in, {} if it is refused
    problem : why, in one sentence, or ""
    """

    name: str
    content: dict[str, Any]
    problem: str = ""


def check(name: str, data: bytes, is_of_class: str | None = None) -> Checked:
    """Check one file. is_of_class: the key or the name of the class that it has to be of, if that matters."""
    try:
        content = read_hand_in(data)
    except ClassError as error:
        return Checked(name, {}, str(error))
    if is_of_class not in (None, content["class_key"], content["class"]):
        return Checked(name, {}, f"This hand-in is of another class, “{content['class']}”.")
    return Checked(name, content)


@dataclass(frozen=True)
class Grade:
    """One student: the newest hand-in of each assignment, by its title, and the newest of all."""

    newest: Checked
    assignments: dict[str, dict[str, Any]]


def grades(files: Iterable[Checked]) -> list[Grade]:
    """Return one grade for each student, by class and name. Of several hand-ins, the newest counts."""
    found: dict[tuple[str, int], Grade] = {}
    for each in sorted((each for each in files if each.content), key=lambda each: each.content["made"]):
        content = each.content
        student = (content["class_key"], content["member"])
        before = found[student].assignments if student in found else {}
        this = {content["assignment"]["title"]: content["assignment"]} if content["assignment"] else {}
        found[student] = Grade(each, before | this)
    return sorted(found.values(), key=lambda grade: (grade.newest.content["class"], grade.newest.content["student"].casefold()))


def points(assignment: dict[str, Any]) -> tuple[int, int, int]:
    """Return how many of its items were done in time, how many late, and how many there are."""
    items = assignment["items"]
    in_time = sum(item["in_time"] for item in items)
    return in_time, sum(item["done"] is not None for item in items) - in_time, len(items)


def to_csv(files: Sequence[Checked]) -> str:
    """Return one row for each student, and one for each file that was refused, with the reason."""
    found = grades(files)
    titles = list(dict.fromkeys(title for grade in found for title in grade.assignments))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*STUDENT, *map(as_text, titles), *COUNTS, *LAST])
    for grade in found:
        content = grade.newest.content
        name, given = as_text(content["student"]), grade.assignments
        row: list[object] = [name, "", "", name, as_text(content["class"])]
        row += [points(given[title])[0] if title in given else "" for title in titles]
        table.writerow([*row, *_counts(content), content["made"], as_text(grade.newest.name), as_text(_remark(given))])
    for each in files:
        if each.problem:
            table.writerow([""] * (len(STUDENT) + len(titles) + len(COUNTS) + 1) + [as_text(each.name), each.problem])
    return text.getvalue()


def _counts(content):
    exercises, predictions = content["exercises"], content["predictions"]
    exams = [exam["points"] for exam in content["exams"] if exam["points"] is not None]
    return [
        sum(each["solved"] for each in exercises),
        sum(each["tries"] for each in exercises),
        sum(each["right"] is True for each in predictions),
        len(predictions),
        len(content["missions"]),
        max(exams, default=""),
        len(content["runs"]),
    ]


def _remark(assignments):
    """How many items each assignment has, which the points alone do not say, and what was late."""
    parts = []
    for title, each in assignments.items():
        in_time, late, count = points(each)
        parts.append(f"{title}: {in_time} of {count} in time" + (f", {late} late" if late else ""))
    return "; ".join(parts)

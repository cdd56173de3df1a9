"""What a student of a class has done: of each item of an assignment, and altogether.

All of it is what the server itself has recorded or stored. The progress in the browser counts for nothing here: it could have
been edited.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import streamlit as st

from nnlib.classroom.assignment import Assignment, Done, result
from nnlib.classroom.hand_in import content_of, moment, tries_of
from nnlib.classroom.models import Attempt
from nnlib.classroom.records import Membership
from nnlib.practice import number_exercises, own_exercise
from nnlib.practice.number_exercise import NumberExercise
from nnlib.runs.protocol import ENDS
from nnlib.runs.store import RunFolder, all_runs
from nnlib.symbolic import exercises
from nnlib.symbolic.exercise.exercise import Exercise
from nnlib.teaching.missions import MISSIONS
from pages.hand_in.experiments import is_run_of, label_of
from pages.lesson.progress import NumberWork, Work, progress

MOST_RUNS = 100  # in a hand-in, the newest


@dataclass(frozen=True)
class Student:
    """A member of a class, all that the class has recorded of them, and the name under which the server knows the browser."""

    member: Membership
    attempts: Sequence[Attempt]
    browser: str | None

    @cached_property
    def runs(self) -> list[RunFolder]:
        """The runs of the browser, the newest first. Reads them all."""
        return [run for run in all_runs() if self.browser and run.about.get("session") == self.browser]

    def of(self, kind: str, item: str) -> list[Attempt]:
        """Return the attempts at one item."""
        return [each for each in self.attempts if (each.kind, each.item) == (kind, item)]

    def own(self, assignment: Assignment, exercise: str) -> Exercise | NumberExercise:
        """Return the form of an exercise that the student has in an assignment."""
        return own_exercise(exercise, assignment.seed(self.member.id))

    def done(self, assignment: Assignment) -> list[Done]:
        """Return what is done of an assignment: its exercises, missions and experiments."""
        forms = [self.own(assignment, each) for each in assignment.exercises]
        found = [_done("exercise", form.title, self.of("exercise", form.id)) for form in forms]
        found += [_done("mission", title_of(each), self.of("mission", each)) for each in assignment.missions]
        return found + [self._experiment(address) for address in assignment.experiments]

    def _experiment(self, address):
        ended = [run.changed for run in self.runs if run.status[0] in ENDS and is_run_of(address, run.about)]
        return Done("experiment", label_of(address), len(ended), min(ended, default=None))


def title_of(item: str) -> str:
    """The title of an exercise, also of a form of it, or of a mission."""
    name = item.partition("~")[0]
    return MISSIONS[name].title if name in MISSIONS else _titles().get(name, name)


@st.cache_data(show_spinner=False)
def _titles():
    return {each.id: each.title for each in (*exercises(), *number_exercises())}


def _done(kind, title, attempts):
    return Done(kind, title, tries_of(attempts), next((each.at for each in attempts if each.right), None))


def restore(exercise: Exercise | NumberExercise, attempts: Sequence[Attempt]) -> None:
    """Show the answers that the class has recorded, in a browser that does not have them."""
    work = progress().number_work(exercise.id) if isinstance(exercise, NumberExercise) else progress().work(exercise.id)
    if not attempts or work.text:
        return
    solution = next((each.answer for each in attempts if each.right), "")
    text, tries = attempts[-1].answer, tries_of(attempts)
    if isinstance(work, NumberWork):
        work.text, work.attempts, work.solution = text, tries, solution
    else:
        progress().exercises[exercise.id] = Work(text, tries, solution)


def not_seen_by_the_class(student: Student) -> list[str]:
    """The titles of exercises that are solved in this browser, and that the class has not recorded as solved."""
    seen = {each.item for each in student.attempts if each.right}
    works = [*progress().exercises.items(), *progress().numbers.items()]
    return [title_of(item) for item, work in works if work.solved_once and item not in seen]


def content(student: Student, assignment: Assignment | None, not_seen: Sequence[str]) -> dict[str, Any]:
    """Return what a student hands in now. It waits for the disk."""
    of_assignment = result(assignment, student.done(assignment)) if assignment else None
    runs = [_run(each) for each in student.runs[:MOST_RUNS]]
    return content_of(student.member, student.attempts, title_of, runs, not_seen, of_assignment, time.time())


def _run(run):
    about = run.about
    accuracy = next((each["val_accuracy"] for each in reversed(list(run.events())) if each["event"] == "evaluation"), None)
    return {
        "run": run.id,
        "kind": about["kind"],
        "label": run.label(),
        "name": run.marks["name"],
        "started": moment(about["created"]),
        "state": run.status[0],
        "val_accuracy": accuracy,
    }

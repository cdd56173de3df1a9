"""The progress of one learner: predictions, answers to exercises, found bugs, and the parts they have seen.

It is one object in the session, shared by all pages. browser_storage.py also stores it in the learner's browser.
"""

import json
from dataclasses import asdict, dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

STATE = "progress"


@dataclass
class Prediction:
    """The first answer to a question. right: None if the learner chose "I do not know yet"."""

    lesson: str
    question: str
    choice: str
    right: bool | None


@dataclass
class Work:
    """
    text : the answer to an exercise that was checked last
    attempts : how many answers were valid formulas
    solution : the first right answer, or ""
    """

    text: str = ""
    attempts: int = 0
    solution: str = ""

    @property
    def solved(self) -> bool:
        return bool(self.solution)


@dataclass
class Progress:
    """
    predictions, exercises : by key
    bugs : ids of the bugs found in the bug lab
    parts : slugs of the parts opened, by lesson
    done : slugs of the parts whose essentials were seen, by lesson
    at : slug of the part viewed last, by lesson; the lesson viewed last is the last entry
    """

    predictions: dict[str, Prediction] = field(default_factory=dict)
    exercises: dict[str, Work] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=dict)
    done: dict[str, list[str]] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)

    def work(self, exercise: str) -> Work:
        """The learner's work on an exercise."""
        return self.exercises.get(exercise, Work())

    def record_answer(self, exercise: str, text: str, correct: bool, valid: bool):
        """Record a checked answer. valid: whether it is a formula; a typing error does not count as an attempt."""
        work = self.exercises.setdefault(exercise, Work())
        work.text, work.attempts = text, work.attempts + valid
        if correct and not work.solved:
            work.solution = text

    def record_bug(self, bug: str):
        """Record that a bug of the bug lab was found."""
        if bug not in self.bugs:
            self.bugs.append(bug)

    def record_visit(self, lesson: str, part: str):
        """Record that a part of a lesson was on view."""
        _append(self.parts, lesson, part)

    def record_done(self, lesson: str, part: str):
        """Record that the essentials of a part were seen."""
        _append(self.done, lesson, part)

    def record_place(self, lesson: str, part: str):
        """Record where the learner is."""
        self.at.pop(lesson, None)
        self.at[lesson] = part

    def add(self, newer: "Progress"):
        """Add the progress in `newer`. If both have an entry for the same question, the newer one replaces the older."""
        self.predictions.update(newer.predictions)
        self.exercises.update(newer.exercises)
        for bug in newer.bugs:
            self.record_bug(bug)
        for lesson, parts in newer.parts.items():
            for part in parts:
                self.record_visit(lesson, part)
        for lesson, parts in newer.done.items():
            for part in parts:
                self.record_done(lesson, part)
        for lesson, part in newer.at.items():
            self.record_place(lesson, part)

    @property
    def empty(self) -> bool:
        return not (self.predictions or self.exercises or self.bugs or self.parts or self.done)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def _append(parts, lesson, part):
    of_lesson = parts.setdefault(lesson, [])
    if part not in of_lesson:
        of_lesson.append(part)


def progress() -> Progress:
    """The progress of this visit."""
    return st.session_state.setdefault(STATE, Progress())


def reset_progress():
    """Delete everything. Every question becomes a new one."""
    replace_progress(Progress())
    st.session_state["progress_resets"] = resets() + 1


def resets() -> int:
    """How often the learner has deleted the progress: part of the key of each question's widget."""
    return st.session_state.get("progress_resets", 0)


def replace_progress(new: Progress):
    """Make `new` the progress of this visit. Every widget that shows an old answer is replaced."""
    st.session_state[STATE] = new
    st.session_state["progress_generation"] = generation() + 1


def generation() -> int:
    """Part of the key of each widget that shows an answer."""
    return st.session_state.get("progress_generation", 0)


def save_progress():
    """Write the progress into the browser. If only a fragment runs, this needs a run of the whole page."""
    context = get_script_run_ctx()
    if context and context.fragment_ids_this_run:
        st.rerun()

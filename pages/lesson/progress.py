"""What one learner has done in this visit: what they predicted, what they answered, which parts they have seen.

One object in the session, so that it survives the way from page to page. memory.py keeps it in the learner's browser as well.
"""

import json
from dataclasses import asdict, dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

STATE = "progress"


@dataclass
class Prediction:
    """The first answer to a question: right is None where the learner did not know."""

    lesson: str
    question: str
    choice: str
    right: bool | None


@dataclass
class Work:
    """On an exercise: the text last checked, how many could be read as a formula, and the first one found right, if any."""

    text: str = ""
    attempts: int = 0
    solution: str = ""

    @property
    def solved(self) -> bool:
        return bool(self.solution)


@dataclass
class Progress:
    """predictions, exercises: by key; bugs: ids solved in the bug lab; parts: slugs seen, by lesson."""

    predictions: dict[str, Prediction] = field(default_factory=dict)
    exercises: dict[str, Work] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=dict)

    def work(self, exercise: str) -> Work:
        """The learner's work on an exercise."""
        return self.exercises.get(exercise, Work())

    def checked(self, exercise: str, text: str, correct: bool, read: bool):
        """An answer was checked; read: whether it could be read as a formula, since a slip of the finger is no attempt."""
        work = self.exercises.setdefault(exercise, Work())
        work.text, work.attempts = text, work.attempts + read
        if correct and not work.solved:
            work.solution = text

    def solve_bug(self, bug: str):
        """A bug of the bug lab was found."""
        if bug not in self.bugs:
            self.bugs.append(bug)

    def visit(self, lesson: str, part: str):
        """A part of a lesson was on view."""
        seen = self.parts.setdefault(lesson, [])
        if part not in seen:
            seen.append(part)

    def add(self, newer: "Progress"):
        """Take over what `newer` holds; where both say something of the same question, the newer stands."""
        self.predictions.update(newer.predictions)
        self.exercises.update(newer.exercises)
        for bug in newer.bugs:
            self.solve_bug(bug)
        for lesson, parts in newer.parts.items():
            for part in parts:
                self.visit(lesson, part)

    @property
    def empty(self) -> bool:
        return not (self.predictions or self.exercises or self.bugs or self.parts)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def progress() -> Progress:
    """The progress of this visit."""
    return st.session_state.setdefault(STATE, Progress())


def start_afresh():
    """Forget everything. Every question becomes a new one."""
    replace_progress(Progress())
    st.session_state["beginnings"] = beginnings() + 1


def beginnings() -> int:
    """How often the learner has started afresh: part of the key of each question's widget."""
    return st.session_state.get("beginnings", 0)


def replace_progress(new: Progress):
    """Make `new` the progress of this visit. Every widget that shows an answer of the old one becomes a new one."""
    st.session_state[STATE] = new
    st.session_state["progress_generation"] = generation() + 1


def generation() -> int:
    """Part of the key of each widget that shows an answer."""
    return st.session_state.get("progress_generation", 0)


def keep():
    """Have what was just done written into the browser. Where only a fragment runs, that takes a run of the page."""
    context = get_script_run_ctx()
    if context and context.fragment_ids_this_run:
        st.rerun()

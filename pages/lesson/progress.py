"""The progress of one learner: predictions, answers to exercises, found bugs, and the parts they have seen.

It is one object in the session, shared by all pages. browser_storage.py also stores it in the learner's browser.
"""

import json
import math
import random
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

STATE = "progress"
SEEDS = 1_000_000  # a seed of a numeric exercise, or of an exam, is 0 … SEEDS − 1
LONGEST_LISTING = 3000  # characters
EXAM_MINUTES = (20, 30, 40, 0)  # a learner chooses one of them; 0 is no limit
MOST_EXAMS = 10  # stored; a new one replaces the oldest
TASKS = GRAPH_WALKED, LISTING_AGREES = "graph-walked", "listing-agrees"


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
    attempts : how many answers were valid formulas, up to the first right one
    solution : the first right answer, or ""
    """

    text: str = ""
    attempts: int = 0
    solution: str = ""

    @property
    def solved(self) -> bool:
        return bool(self.solution)

    @property
    def solved_once(self) -> bool:
        return self.solved

    def record(self, text: str, correct: bool, valid: bool) -> None:
        """Record a checked answer. valid: whether it can be read; a typing error does not count as an attempt.

        The same answer again, as by Enter and then Check, is no other attempt. What is tried after the first right answer
        counts no more.
        """
        again, self.text = text == self.text, text
        if not self.solved:
            self.attempts += valid and not again
            self.solution = text if correct else ""


@dataclass
class NumberWork(Work):
    """The work on a numeric exercise with the numbers on view.

    seed : draws the numbers
    earlier : how many questions with other numbers were solved before
    """

    seed: int = 0
    earlier: int = 0

    @property
    def solved_once(self) -> bool:
        """Whether it was solved with these numbers or with others."""
        return self.solved or self.earlier > 0

    @classmethod
    def with_new_numbers(cls, earlier: int = 0) -> "NumberWork":
        return cls(seed=random.randrange(SEEDS), earlier=earlier)


@dataclass
class Review:
    """
    card : of nnlib.practice.review, which says when the exercise is due
    times : how often it has been reviewed
    """

    card: str
    times: int = 0


@dataclass
class Derived:
    """The work on a derivation.

    title, lesson : of the derivation, and of the page that it is on
    mode : the mode that it is in; see derivation_modes.py
    lines : by mode, the lines that the learner has written
    text, attempts : what was checked last and is not one of them, and how many such lines could be read
    helped : the modes in which a line was shown
    done : the modes in which the last line was reached
    line : how many lines are on view while it is read
    """

    title: str
    lesson: str
    mode: str = "read"
    lines: dict[str, list[str]] = field(default_factory=dict)
    text: str = ""
    attempts: int = 0
    helped: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    line: int = 1

    def choose(self, mode: str) -> None:
        """Go on in another mode."""
        self.mode, self.text, self.attempts = mode, "", 0

    def record_line(self, text: str) -> None:
        """Add a right line."""
        self.lines.setdefault(self.mode, []).append(text)
        self.text, self.attempts = "", 0

    def remove_lines(self, count: int) -> None:
        """Remove the last `count` lines."""
        kept = self.lines.get(self.mode, [])[:-count]
        self.lines[self.mode] = kept
        if not kept and self.mode in self.helped:
            self.helped.remove(self.mode)
        self.text, self.attempts = "", 0

    def record_done(self) -> None:
        """Record that the last line was reached, unless with help."""
        if self.mode not in self.done and self.mode not in self.helped:
            self.done.append(self.mode)


@dataclass
class Exam:
    """An exam. It ends by itself, so that a browser that is closed does not stop the clock.

    seed : draws its bugs
    started : Unix time
    handed_in : Unix time, or 0 if it was not handed in before its end
    listing : the backward pass that the learner wrote
    lines, corrections : by id of a bug, the number of the line that the learner named, and the line written in its place
    minutes : one of EXAM_MINUTES
    """

    seed: int
    started: int
    handed_in: int = 0
    listing: str = ""
    lines: dict[str, int] = field(default_factory=dict)
    corrections: dict[str, str] = field(default_factory=dict)
    minutes: int = EXAM_MINUTES[0]

    @property
    def seconds_left(self) -> float:
        """Until its end; 0 after it, infinite without a limit."""
        end = self.started + 60 * self.minutes if self.minutes else math.inf
        return 0 if self.handed_in else max(0.0, end - time.time())

    @property
    def seconds_taken(self) -> int:
        """From its start to its end."""
        return self.handed_in - self.started if self.handed_in else 60 * self.minutes


@dataclass
class Ordering:
    """The task of putting lines in order that the learner is working on.

    seed : draws its lines
    order : the lines that were chosen, in the learner's order
    removed : the false lines that were taken away, as help
    checked : the order that was checked last
    attempts : how often an order was checked since the last help
    solved : whether the right order was found
    """

    seed: int = 0
    order: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    attempts: int = 0
    solved: bool = False


@dataclass
class Progress:
    """
    predictions, exercises, numbers, derivations : by key; numbers are the numeric exercises
    reviews : by exercise, formula or numeric, once it was answered wrong, or right by a guess
    bugs : ids of the bugs found in the bug lab
    ordered : how often the backward pass was put in order
    listing : the backward pass that the learner wrote in lesson 4
    exams : by the time when they started
    ordering : the lines of the backward pass as far as they are in order
    tasks : those of TASKS that were done: the graph walked back to the weights of the first layer, and a backward pass of the
        learner's own that agrees with central differences
    missions : by id of a mission that was won, with which run
    done : slugs of the parts whose essentials were seen, by lesson
    at : slug of the part viewed last, by lesson; the lesson viewed last is the last entry
    """

    predictions: dict[str, Prediction] = field(default_factory=dict)
    exercises: dict[str, Work] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)
    done: dict[str, list[str]] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, NumberWork] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    derivations: dict[str, Derived] = field(default_factory=dict)
    ordered: int = 0
    listing: str = ""
    exams: dict[str, Exam] = field(default_factory=dict)
    ordering: Ordering = field(default_factory=Ordering)
    tasks: list[str] = field(default_factory=list)
    missions: dict[str, str] = field(default_factory=dict)

    def work(self, exercise: str) -> Work:
        """The learner's work on an exercise."""
        return self.exercises.get(exercise, Work())

    def record_answer(self, exercise: str, text: str, correct: bool, valid: bool) -> None:
        """Record a checked answer to an exercise, as `Work.record` does."""
        self._record(exercise, self.exercises.setdefault(exercise, Work()), text, correct, valid)

    def record_number(self, exercise: str, text: str, correct: bool, valid: bool) -> None:
        """Record a checked answer to a numeric exercise, as `Work.record` does."""
        self._record(exercise, self.number_work(exercise), text, correct, valid)

    def _record(self, exercise, work, text, correct, valid):
        """An exercise that was answered wrong before it was solved comes back. Variants are asked in reviews."""
        wrong = valid and not correct and not work.solved
        work.record(text, correct, valid)
        if wrong and exercise not in self.reviews and "~" not in exercise:
            self.start_review(exercise)

    def start_review(self, exercise: str) -> None:
        """Let an exercise come back that was answered wrong, or right by a guess."""
        from nnlib.practice.review import first_card

        self.reviews[exercise] = Review(first_card(datetime.now(UTC)))

    def record_review(self, exercise: str, known: bool) -> None:
        """Record that an exercise was reviewed. known: whether the first attempt was right, and no guess."""
        from nnlib.practice.review import next_card

        before = self.reviews[exercise]
        self.reviews[exercise] = Review(next_card(before.card, known, datetime.now(UTC)), before.times + 1)

    def number_work(self, exercise: str) -> NumberWork:
        """The learner's work on a numeric exercise. The first call draws its numbers, unless its id names them."""
        if exercise not in self.numbers:
            seed = exercise.partition("~")[2]
            self.numbers[exercise] = NumberWork(seed=int(seed)) if seed else NumberWork.with_new_numbers()
        return self.numbers[exercise]

    def draw_numbers(self, exercise: str) -> None:
        """Give a numeric exercise new numbers."""
        work = self.number_work(exercise)
        self.numbers[exercise] = NumberWork.with_new_numbers(work.earlier + work.solved)

    def record_bug(self, bug: str) -> None:
        """Record that a bug of the bug lab was found."""
        if bug not in self.bugs:
            self.bugs.append(bug)

    def record_task(self, task: str) -> None:
        """Record that one of TASKS was done."""
        if task not in self.tasks:
            self.tasks.append(task)

    def start_exam(self, minutes: int = EXAM_MINUTES[0]) -> Exam:
        """Start an exam now. minutes: one of EXAM_MINUTES."""
        started = int(time.time())
        exam = self.exams[str(started)] = Exam(random.randrange(SEEDS), started, minutes=minutes)
        self.exams = dict(sorted(self.exams.items())[-MOST_EXAMS:])
        return exam

    @property
    def latest_exam(self) -> Exam | None:
        """The exam that started last."""
        return max(self.exams.values(), key=lambda exam: exam.started, default=None)

    def record_done(self, lesson: str, part: str) -> None:
        """Record that the essentials of a part were seen."""
        of_lesson = self.done.setdefault(lesson, [])
        if part not in of_lesson:
            of_lesson.append(part)

    def record_place(self, lesson: str, part: str) -> None:
        """Record where the learner is."""
        self.at.pop(lesson, None)
        self.at[lesson] = part

    def add(self, newer: "Progress") -> None:
        """Add the progress in `newer`. If both have an entry for the same question, the newer one replaces the older."""
        self.predictions.update(newer.predictions)
        self.exercises.update(newer.exercises)
        self.derivations.update(newer.derivations)
        for key, work in newer.numbers.items():
            if work.text or key not in self.numbers:  # numbers that were only shown do not replace those of earlier work
                self.numbers[key] = work
        self.reviews.update(newer.reviews)
        self.ordered = max(self.ordered, newer.ordered)
        self.exams = dict(sorted({**self.exams, **newer.exams}.items())[-MOST_EXAMS:])
        self.listing = newer.listing or self.listing
        if newer.ordering != Ordering():
            self.ordering = newer.ordering
        for bug in newer.bugs:
            self.record_bug(bug)
        self.missions.update(newer.missions)
        for task in newer.tasks:
            self.record_task(task)
        for lesson, parts in newer.done.items():
            for part in parts:
                self.record_done(lesson, part)
        for lesson, part in newer.at.items():
            self.record_place(lesson, part)

    @property
    def empty(self) -> bool:
        return self == Progress()

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def progress() -> Progress:
    """The progress of this visit."""
    return st.session_state.setdefault(STATE, Progress())


def reset_progress() -> None:
    """Delete everything. Every question becomes a new one."""
    replace_progress(Progress())
    st.session_state["progress_resets"] = resets() + 1


def resets() -> int:
    """How often the learner has deleted the progress: part of the key of each question's widget."""
    return st.session_state.get("progress_resets", 0)


def replace_progress(new: Progress) -> None:
    """Make `new` the progress of this visit. Every widget that shows an old answer is replaced."""
    st.session_state[STATE] = new
    st.session_state["progress_generation"] = generation() + 1


def generation() -> int:
    """Part of the key of each widget that shows an answer."""
    return st.session_state.get("progress_generation", 0)


def save_progress() -> None:
    """Write the progress into the browser. If only a fragment runs, this needs a run of the whole page."""
    context = get_script_run_ctx()
    if context and context.fragment_ids_this_run:
        st.rerun()

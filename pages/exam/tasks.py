"""The tasks of an exam that runs: a backward pass from memory, and ten bugs. Each answer is stored as it is given."""

import time

import streamlit as st

from nnlib.teaching.exam import BUG_COUNT, bugs_for
from nnlib.teaching.listing import GIVEN, PARAMETERS
from pages.exam.timer import timer
from pages.lesson.answer_keys import answer_keys
from pages.lesson.listing_editor import NAMES, SYNTAX, listing_editor
from pages.lesson.part_on_view import choose_part, part_on_view, show_part
from pages.lesson.progress import Exam, generation
from pages.lesson.scroll import ask_to_scroll
from pages.lesson.stored_progress import LONGEST

PAGE, LISTING_PART = "exam", "backward-pass"
ON_VIEW = "exam_on_view"  # key of the container of the page's content
PARTS = {LISTING_PART: "Backward pass", **{f"bug-{number}": f"Bug {number}" for number in range(1, BUG_COUNT + 1)}}


def tasks(exam: Exam) -> None:
    """Draw the time left and the task on view."""
    part = part_on_view(PAGE, list(PARTS), lambda former: [former.replace("slip-", "bug-")])
    bugs = dict(zip(list(PARTS)[1:], bugs_for(exam.seed)))
    answered = _answered(exam, bugs)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="exam_time"):
        if exam.minutes:
            timer(exam.seconds_left)
        else:
            st.markdown("No time limit")
        _hand_in(exam, len(PARTS) - len(answered))
    titles = {each: f"{name}: answered" if each in answered else name for each, name in PARTS.items()}
    choose_part(PAGE, part, titles, "Task of the exam")
    with st.container(key=f"part_exam_{part}"):
        st.header(PARTS[part], anchor=False)
        if part == LISTING_PART:
            _backward_pass(exam)
        else:
            _bug(exam, bugs[part])
        _next(part)


def _hand_in(exam, left):
    with st.popover("Hand in", icon=":material/done_all:"):
        st.markdown(f"**{left or 'None'} of {len(PARTS)} tasks {'is' if left == 1 else 'are'} without a full answer.**")
        st.markdown("This ends the exam. You see your points, and cannot change your answers any more.")
        st.button("Hand in now", type="primary", key="hand_in_exam", on_click=_end, args=(exam,))


def _end(exam):
    if exam.seconds_left:
        exam.handed_in = int(time.time())
        ask_to_scroll(ON_VIEW)


def _answered(exam, bugs):
    """The tasks that have a full answer: a bug its line and what this line should be, the backward pass all four gradients."""
    answered = {part for part, bug in bugs.items() if bug.id in exam.lines and exam.corrections.get(bug.id, "").strip()}
    return answered | ({LISTING_PART} if all(f"d{name}" in exam.listing for name in PARAMETERS) else set())


def _backward_pass(exam):
    st.markdown(
        "Write the backward pass of the two-layer network with the penalty $\\lambda(\\lVert W^{(1)} \\rVert^2 + "
        "\\lVert W^{(2)} \\rVert^2)$. Known before line 1: "
        f"{', '.join(f'`{name}`' for name in GIVEN)}. Begin with the probabilities `psi`, and end with `dW1`, `db1`, `dW2` and "
        "`db2`. Each of the four counts."
    )

    def record(text):
        if exam.seconds_left:
            exam.listing = text

    listing_editor(f"listing_exam_{exam.started}_{generation()}", exam.listing, record)


def _bug(exam, bug):
    place = f"{exam.started}_{bug.id}_{generation()}"
    chosen, field = f"exam_line_{place}", f"exam_correction_{place}"

    def record_line():
        if exam.seconds_left:
            exam.lines[bug.id] = st.session_state[chosen]

    def record_correction(text):
        if exam.seconds_left:
            exam.corrections[bug.id] = text

    numbers = list(range(1, len(bug.listing) + 1))
    with st.container(key="bug_listing"):
        st.radio(
            "One line is wrong. Which one?",
            numbers,
            numbers.index(exam.lines[bug.id]) if bug.id in exam.lines else None,
            lambda line: f"{line}  `{bug.listing[line - 1]}`",
            chosen,
            on_change=record_line,
        )
        st.text_input(
            "What should this line be?",
            exam.corrections.get(bug.id, ""),
            LONGEST["text"],
            field,
            help=SYNTAX,
            autocomplete="off",
            on_change=lambda: record_correction(st.session_state[field]),
        )
    answer_keys(field, NAMES, exam.corrections.get(bug.id, ""), on_typed=record_correction, longest=LONGEST["text"])


def _next(part):
    parts = list(PARTS)
    if part != parts[-1]:
        to = parts[parts.index(part) + 1]
        st.button(f"Next: {PARTS[to]}", key="next_task", on_click=_go, args=(to,))


def _go(part):
    show_part(PAGE, part)
    ask_to_scroll(ON_VIEW)

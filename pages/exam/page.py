"""The exam: a time that the learner chooses, without any verdict before its end, and then the result."""

import streamlit as st

from nnlib.teaching.exam import BUG_COUNT, BUG_POINTS, LISTING_POINTS
from pages.classroom.membership import record as record_for_class
from pages.exam.result import earlier_exams, result
from pages.exam.tasks import LISTING_PART, ON_VIEW, PAGE, tasks
from pages.lesson.browser_storage import store_in_browser
from pages.lesson.exam_marks import in_one_line, marks_of
from pages.lesson.lesson import WIDTH
from pages.lesson.part_on_view import PARAMETER, show_part
from pages.lesson.progress import EXAM_MINUTES, progress
from pages.lesson.progress_tools import progress_tools
from pages.lesson.scroll import ask_to_scroll, scroll_to
from pages.ui.address import notes, unknown_in_address
from pages.ui.messages import show_messages

RULES = f"""
- Write the backward pass of the two-layer network from memory, into an empty field: {LISTING_POINTS} points.
- In each of {BUG_COUNT} backward passes, name the wrong line and write the right one: {BUG_POINTS} points.

You get no feedback before the end. Your answers are stored while you type, so you can close the page and come back, but the
clock keeps running. When the time is up, or when you hand in early, you see your points, your mistakes, the right answers, and
the time limit that you chose. The lessons stay open: whether you look something up is up to you.
"""


def _offer(label):
    st.markdown(RULES)
    minutes = st.segmented_control(
        "Time", EXAM_MINUTES, default=EXAM_MINUTES[0], format_func=_time, required=True, key="exam_minutes"
    )
    st.button(label, icon=":material/timer:", type="primary", key="start_exam", on_click=_start, args=(minutes,))


def _time(minutes):
    return f"{minutes} minutes" if minutes else "No limit"


def _start(minutes):
    exam = progress().start_exam(minutes)
    record_for_class("exam start", str(exam.started), str(minutes), None)
    show_part(PAGE, LISTING_PART)
    ask_to_scroll(ON_VIEW)


def _record_for_class(exam):
    """Its points, once a visit: of several records, the first counts."""
    recorded = st.session_state.setdefault("exams_recorded", set())
    if exam.started not in recorded:
        recorded.add(exam.started)
        record_for_class("exam", str(exam.started), str(marks_of(exam).points), None, in_one_line(exam))


with st.container(key="header_progress"):
    progress_tools()
with st.container(width=WIDTH):
    st.title("Exam", anchor=False)
    show_messages([*notes(), *unknown_in_address(PARAMETER)])
    exam = progress().latest_exam
    with st.container(key=ON_VIEW):
        if exam is None:
            _offer("Start the exam")
        elif exam.seconds_left:
            tasks(exam)
        else:
            _record_for_class(exam)
            result(exam)
            st.header("Another exam", anchor=False)
            _offer("Start another exam")
            earlier_exams(exam)
scroll_to(ON_VIEW)
store_in_browser()

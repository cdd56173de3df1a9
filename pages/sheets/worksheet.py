"""A worksheet: exercises with room for answers, and their solutions on pages of their own."""

import random

import streamlit as st

from nnlib.practice.worksheet import MOST, SEEDS, Task, worksheet
from pages.lesson.lessons import LESSONS
from pages.ui.bound_widget import bound
from pages.ui.formula_line import formula_line

PARAMETERS = "worksheet|from_lesson|how_many|solutions"
ALL = "all"
TO_FILL_IN = '<p class="only_printed">Name: ________________________________ &emsp; Date: ________________</p>'


def worksheet_part() -> None:
    """Draw the part."""
    seed, lesson, count, with_solutions = _choices()
    tasks = _tasks(seed, count, "" if lesson == ALL else LESSONS[int(lesson) - 1].key)
    about = "All lessons" if lesson == ALL else f"Lesson {lesson}, {LESSONS[int(lesson) - 1].title}"
    st.header(f"Worksheet {seed}", anchor=False)
    st.caption(
        f"Backprop Lab. {about}, {len(tasks)} exercises. Numbers are rounded to four decimals where "
        "they are shown: in a solution, the last digit of a result may differ from what these give."
    )
    st.html(TO_FILL_IN)
    for number, task in enumerate(tasks, 1):
        with st.container(key=f"sheet_task_{number}", gap="xsmall"):
            st.markdown(f"**{number} {task.title}**\n\n{task.prompt}")
            st.html(f'<div class="room {"for_numbers" if task.numeric else ""}"></div>')
    if with_solutions:
        _solutions(seed, tasks)


def _choices():
    """Draw the controls. They stand in the address, so that a link leads to the same worksheet."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="not_printed_choices"):
        seed = bound(
            st.number_input,
            "Number",
            0,
            SEEDS - 1,
            1,
            key="worksheet",
            width=140,
            help="Each number is a worksheet of its own, with other exercises and other numbers in them.",
        )
        st.button("New worksheet", icon=":material/casino:", key="new_worksheet", on_click=_draw)
        lesson = bound(
            st.segmented_control,
            "Lesson",
            (ALL, *map(str, range(1, len(LESSONS) + 1))),
            default=ALL,
            required=True,
            key="from_lesson",
        )
        count = bound(st.slider, "Exercises", 2, MOST, 8, key="how_many", width=200)
        with_solutions = bound(st.toggle, "With solutions", key="solutions", help="They begin on a page of their own.")
    return seed, lesson, count, with_solutions


def _draw():
    st.session_state["worksheet"] = random.randrange(SEEDS)


@st.cache_data(max_entries=100, show_spinner=False)
def _tasks(seed: int, count: int, lesson: str) -> tuple[Task, ...]:
    return worksheet(seed, count, lesson)


def _solutions(seed, tasks):
    with st.container(key="sheet_solutions"):
        st.header(f"Solutions of worksheet {seed}", anchor=False)
        for number, task in enumerate(tasks, 1):
            with st.container(key=f"sheet_solution_{number}", gap="xsmall"):
                st.markdown(f"**{number} {task.title}.** {task.first_step}")
                for line in task.solution:
                    formula_line(line)

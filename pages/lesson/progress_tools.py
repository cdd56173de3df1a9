"""What a learner can do with their progress: see it, take it along, begin again."""

from datetime import date

import streamlit as st

from nnlib.symbolic import exercises
from pages.lesson.browser_storage import forget
from pages.lesson.hand_in import as_markdown, counted
from pages.lesson.lessons import BESIDE, LESSONS
from pages.lesson.progress import progress

KEPT = "Your progress stays in this browser. Nobody else sees it unless you hand it in."
SURE = "Delete your predictions and answers, here and in this browser? Download them first if you need them."
ASKED = "afresh_asked"  # in the session's state while the question stands


def progress_tools():
    """A button that opens all of it."""
    with st.popover("Progress", icon=":material/checklist:", type="tertiary", key="progress_table"):
        st.markdown(_table())
        st.caption(KEPT)
        download("header")
        if st.session_state.get(ASKED):
            _confirm()
        else:
            st.button("Start afresh", icon=":material/restart_alt:", key="afresh", on_click=_ask, args=(True,))


def download(place: str):
    """The button that saves it as a file; place: where on the page, "header" or another."""
    seen = progress()
    st.download_button(
        "Download my progress",
        lambda: as_markdown(seen, date.today()),
        "backprop-lab.md",
        "text/markdown",
        icon=":material/download:",
        key=f"download_{place}",
        on_click="ignore",
    )


def _table():
    rows = ["| lesson | predictions | exercises solved |", "|---|---|---|"]
    done = progress()
    for number, lesson in enumerate(LESSONS, 1):
        ids = [each.id for each in exercises() if each.lesson == lesson.key]
        solved = sum(done.work(each).solved for each in ids)
        rows.append(f"| {number} {lesson.title} | {_made(lesson.key)} | {solved} of {len(ids)} |")
    return "\n".join([*rows, *(f"| {each.title} | {_made(each.key)} | |" for each in BESIDE)])


def _made(lesson):
    made = [each for each in progress().predictions.values() if each.lesson == lesson]
    return counted(made) if made else "none made yet"


def _ask(asked):
    st.session_state[ASKED] = asked


def _confirm():
    """In place: a dialog would open behind what the button opened."""
    st.markdown(SURE)
    with st.container(horizontal=True):
        st.button("Keep them", key="afresh_no", on_click=_ask, args=(False,))
        st.button("Delete them", type="primary", key="afresh_yes", on_click=_start_afresh)


def _start_afresh():
    _ask(False)
    forget()

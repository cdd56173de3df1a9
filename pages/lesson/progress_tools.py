"""Tools for a learner's progress: a table, a download, and a button that deletes it."""

from datetime import date

import streamlit as st

from nnlib.teaching.missions import MISSIONS
from pages.classroom.membership import member
from pages.lesson.browser_storage import delete_progress
from pages.lesson.exercise_count import exercise_count
from pages.lesson.hand_in import as_markdown, counted
from pages.lesson.lessons import HAND_IN, LESSONS, LIVE_PAGES
from pages.lesson.progress import progress

PRIVATE = "Your progress is stored in this browser only. Nobody else can see it unless you hand it in."
IN_CLASS = "Your progress is stored in this browser. While you are in a class, your teacher sees your answers to exercises."
SURE = "Delete your predictions and answers, here and in this browser? Download them first if you need them."
CONFIRMING = "confirm_delete"  # in the session's state while the confirmation is on view


def progress_tools() -> None:
    """Draw the button that opens them."""
    with st.popover("Progress", icon=":material/checklist:", type="tertiary", key="progress_table"):
        st.markdown(_table())
        st.caption(IN_CLASS if member() else PRIVATE)
        if member():
            st.page_link(HAND_IN.script, label="Hand in to your class", icon=HAND_IN.icon)
        download("header")
        if st.session_state.get(CONFIRMING):
            _confirm()
        else:
            st.button("Delete my progress", icon=":material/delete:", key="delete", on_click=_confirming, args=(True,))


def download(place: str) -> None:
    """Draw the button that saves the progress as a file. place: part of its key."""
    current = progress()
    st.download_button(
        "Download my progress",
        lambda: as_markdown(current, date.today()),
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
        rows.append(f"| {number} {lesson.title} | {_predictions(lesson.key)} | {exercise_count(done, lesson.key)} |")
    rows += [f"| {each.title} | {_predictions(each.key)} | |" for each in LIVE_PAGES]
    return "\n".join([*rows, f"| Missions | | {len(done.missions)} of {len(MISSIONS)} |"])


def _predictions(lesson):
    made = [each for each in progress().predictions.values() if each.lesson == lesson]
    return counted(made) if made else "none yet"


def _confirming(confirming):
    st.session_state[CONFIRMING] = confirming


def _confirm():
    """Ask inside the popover, because a dialog would open behind it."""
    st.markdown(SURE)
    with st.container(horizontal=True):
        st.button("Keep them", key="delete_no", on_click=_confirming, args=(False,))
        st.button("Delete them", type="primary", key="afresh_yes", on_click=_delete)


def _delete():
    _confirming(False)
    delete_progress()

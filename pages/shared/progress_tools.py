"""What a learner can do with their progress: see it, take it along, begin again."""

from datetime import date

import streamlit as st

from nnlib.symbolic import exercises
from pages.shared.hand_in import as_markdown
from pages.shared.lessons import LESSONS
from pages.shared.memory import forget
from pages.shared.progress import progress

KEPT = "Your progress stays in this browser. Nobody else sees it unless you hand it in."


def progress_tools():
    """A button that opens all of it."""
    with st.popover("Progress", icon=":material/checklist:", type="tertiary", key="progress_table"):
        st.markdown(_table())
        st.caption(KEPT)
        with st.container(horizontal=True):
            download("header")
            st.button("Start afresh", icon=":material/restart_alt:", key="afresh", on_click=_ask)
    if st.session_state.pop("afresh_asked", False):
        _start_afresh()


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
    rows = ["| lesson | predictions right | exercises solved |", "|---|---|---|"]
    done = progress()
    for number, lesson in enumerate(LESSONS, 1):
        made = [each for each in done.predictions.values() if each.lesson == lesson.key]
        ids = [each.id for each in exercises() if each.lesson == lesson.key]
        right, solved = sum(each.right is True for each in made), sum(done.work(each).solved for each in ids)
        told = f"{right} of {len(made)}" if made else "none made yet"
        rows.append(f"| {number} {lesson.title} | {told} | {solved} of {len(ids)} |")
    return "\n".join(rows)


def _ask():
    st.session_state["afresh_asked"] = True


@st.dialog("Start afresh?")
def _start_afresh():
    st.markdown("Your predictions and answers are deleted, here and in this browser. Download them first if you need them.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep them"):
            st.rerun()
        if st.button("Delete them", type="primary", on_click=forget):
            st.rerun()

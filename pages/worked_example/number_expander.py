"""The fields for the small network's numbers, above what is made of them, so that every change is seen at once."""

import streamlit as st

from pages.worked_example.number_editor import number_editor


def number_expander():
    """The editor behind a line that unfolds it. It stands before what it changes; the fields are drawn once unfolded."""
    unfolded = st.expander("Change the numbers", icon=":material/edit:", key="number_expander", on_change="rerun")
    if unfolded.open:
        with unfolded:
            number_editor()

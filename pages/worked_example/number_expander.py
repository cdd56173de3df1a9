"""The fields for the numbers of the small network in an expander, above the results, so that every change shows at once."""

import streamlit as st

from pages.worked_example.number_editor import number_editor


def number_expander():
    """An expander with the editor, which is drawn when the expander is open."""
    expander = st.expander("Change the numbers", icon=":material/edit:", key="number_expander", on_change="rerun")
    if expander.open:
        with expander:
            number_editor()

"""The fields for the numbers of the small network in an expander, above the results, so that every change shows at once."""

import streamlit as st

from pages.worked_example.number_editor import number_editor
from pages.worked_example.worked_network import chosen_numbers

DRAWN = "number_expander_starts"  # in the session's state: of the numbers that the page was drawn with


def number_expander() -> None:
    """An expander with the editor, which is drawn when the expander is open.

    Other sizes change the whole page, also where the expander is in a fragment.
    """
    starts = chosen_numbers().starts
    if st.session_state.setdefault(DRAWN, starts) != starts:
        st.session_state[DRAWN] = starts
        st.rerun()
    expander = st.expander("Change the numbers", icon=":material/edit:", key="number_expander", on_change="rerun")
    if expander.open:
        with expander:
            number_editor()

"""Pieces of the softmax lesson that Streamlit runs alone when a control in them changes, so that the numbers follow at once."""

from collections.abc import Callable
from functools import wraps

import streamlit as st

from pages.softmax.state import SoftmaxState, write_choices


def fragment(piece: Callable[[SoftmaxState], None]) -> Callable[[SoftmaxState], None]:
    """A Streamlit fragment that also writes the choices into the address. A fragment may contain others."""

    @st.fragment
    @wraps(piece)
    def draw(state):
        write_choices(state)
        piece(state)

    return draw

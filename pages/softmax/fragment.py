"""Pieces of the softmax lesson that run alone when something in them is moved: the less runs, the sooner its numbers are
there."""

from functools import wraps

import streamlit as st

from pages.softmax.state import write_address


def alone(piece):
    """`piece(state)` as a fragment that also keeps the address in step. A fragment may hold others."""

    @st.fragment
    @wraps(piece)
    def draw(state):
        write_address(state)
        piece(state)

    return draw

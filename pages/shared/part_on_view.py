"""Which part of a lesson is on view: in the address as ?part=…, and in the session for the way back from another page.

The address is the source when a link, a reload or the browser's back button brought the learner here; at every other run
of the page the session is, and the address that the browser sends along may be older.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

PARAMETER = "part"


def part_on_view(lesson: str, parts: list[str]) -> str:
    """One of `parts`: the one asked for, else the one left last, else the first. Has the address say so."""
    asked, left = st.query_params.get(PARAMETER), st.session_state.get(_state(lesson))
    arrivals = st.session_state.get("arrivals")
    arrived = st.session_state.get(f"{_state(lesson)}_arrivals") != arrivals
    st.session_state[f"{_state(lesson)}_arrivals"] = arrivals
    if getattr(get_script_run_ctx(), "is_history_navigation", False) or (arrived and asked is not None):
        left = asked
    part = left if left in parts else parts[0]
    show_part(lesson, part)
    wanted = None if part == parts[0] else part
    if wanted is None and asked is not None:
        del st.query_params[PARAMETER]
    elif wanted != asked:
        st.query_params[PARAMETER] = wanted
    return part


def show_part(lesson: str, part: str):
    """Have the next run of the page show this part."""
    st.session_state[_state(lesson)] = part


def _state(lesson):
    return f"part_on_view_{lesson}"

"""Which part of a lesson is on view: in the address as ?part=…, and in the session for the way back from another page.

The address is the source when a link, a reload or the browser's back button brought the learner here; at every other run
of the page the session is, and the address that the browser sends along may be older.
"""

from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

PARAMETER = "part"


def part_on_view(lesson: str, parts: list[str]) -> str:
    """One of `parts`: the one asked for, else the one left last, else the first. Has the address say so."""
    part = asked_part(lesson, parts)
    if part == parts[0]:
        st.query_params.pop(PARAMETER, None)
    elif st.query_params.get(PARAMETER) != part:
        st.query_params[PARAMETER] = part
    return part


def asked_part(lesson: str, parts: list[str]) -> str:
    """The same for a page that writes all of its address itself."""
    asked, left = st.query_params.get(PARAMETER), st.session_state.get(_state(lesson))
    arrivals = st.session_state.get("arrivals")
    arrived = st.session_state.get(f"{_state(lesson)}_arrivals") != arrivals
    st.session_state[f"{_state(lesson)}_arrivals"] = arrivals
    if getattr(get_script_run_ctx(), "is_history_navigation", False) or (arrived and asked is not None):
        left = asked
    part = left if left in parts else parts[0]
    show_part(lesson, part)
    return part


def show_part(lesson: str, part: str):
    """Have the next run of the page show this part."""
    st.session_state[_state(lesson)] = part


def choose_part(lesson: str, part: str, names: Mapping[str, str], label: str):
    """The parts as pills, `part` chosen. names: part → what is read; label: for screen readers."""
    widget = f"part_{lesson}"
    st.session_state[widget] = part
    st.pills(
        label,
        list(names),
        format_func=names.get,
        key=widget,
        required=True,
        wrap=True,
        label_visibility="collapsed",
        on_change=lambda: show_part(lesson, st.session_state[widget]),
    )


def _state(lesson):
    return f"part_on_view_{lesson}"

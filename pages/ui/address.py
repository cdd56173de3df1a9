"""Choices that the address names beside a page's settings: `?part=…`, `?K=4&i=2`, `?n=3`.

The address is the source when a link, a reload, or the browser's back button opened the page. In every other run the session
is the source: the address that the browser sends with a run may be older.
"""

from collections.abc import Iterable, Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

PAGE, OPENINGS = "page", "page_openings"  # keys of the session's state


def record_page(path: str):
    """Record which page this run draws. Call it before the page runs."""
    if st.session_state.get(PAGE) != path:
        st.session_state[PAGE] = path
        st.session_state[OPENINGS] = st.session_state.get(OPENINGS, 0) + 1


def page_opened(reader: str) -> bool:
    """Whether the visitor has opened a page since `reader` last asked. True once for each opening."""
    openings, key = st.session_state.get(OPENINGS), f"{OPENINGS}_{reader}"
    last = st.session_state.get(key)
    st.session_state[key] = openings
    return last != openings


def went_through_history() -> bool:
    """Whether the browser's back or forward button caused this run."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


def named_in_address(reader: str, names: Iterable[str]) -> dict[str, str] | None:
    """The parameters `names` of the address, or None where the session is the source.

    A page that is opened without any of them, as by its link in the menu, keeps what the session holds.
    """
    named = {name: st.query_params[name] for name in names if name in st.query_params}
    opened = page_opened(reader)
    return named if went_through_history() or (opened and named) else None


def write_address(values: Mapping[str, str | None]):
    """Write these parameters into the address, and remove those that are None. Other parameters stay.

    A parameter that does not change is not written: each change is one step of the browser's back button.
    """
    for name, value in values.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value

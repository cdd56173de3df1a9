"""Choices that the address names beside a page's settings: `?part=…`, `?K=4&i=2`, `?n=3`.

The address is the source when a link, a reload, or the browser's back button opened the page. In every other run the session
is the source: the address that the browser sends with a run may be older.
"""

import re
from collections.abc import Iterable, Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.ui.plain_text import clip

# Keys of the session's state.
PAGE, OPENINGS, WRITTEN, NOTE = "page", "page_openings", "address_written", "address_note"


def record_page(path: str) -> None:
    """Record which page this run draws. Call it before the page runs."""
    opened = st.session_state.get(PAGE) != path
    if opened or went_through_history():
        st.session_state[WRITTEN] = {}  # the browser shows another address than the page wrote last
    if opened:
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


def write_address(values: Mapping[str, str | None]) -> None:
    """Write these parameters into the address, and remove those that are None. Other parameters stay.

    Parameters that do not change are not written: each change is one step of the browser's back button. "Changed" is measured
    against the address that the browser sent and against what the page wrote last: after a fast second click the browser may
    have sent the address from before the first.
    """
    written = st.session_state.setdefault(WRITTEN, {})
    if all(st.query_params.get(name) == value == written.get(name, value) for name, value in values.items()):
        return
    written |= values
    removed = [name for name, value in values.items() if value is None and name in st.query_params]
    for name in removed:
        del st.query_params[name]
    present = {name: value for name, value in values.items() if value is not None}
    if present or not removed:  # an update sends the address even where it changes nothing
        st.query_params.update(present)


def unknown(name: str) -> str:
    """A sentence about a parameter of the address that the page does not have."""
    return f"“{clip(name)}” in the link is not known here and was left out."


def unknown_in_address(known: str = "") -> list[str]:
    """A sentence about each parameter that does not match the regular expression `known`. Streamlit's own are none of these."""
    return [unknown(name) for name in st.query_params if not re.fullmatch(known, name)]


def note(message: str | None) -> None:
    """Remember a message about the address until another page is opened. None: forget it."""
    st.session_state[NOTE] = (st.session_state.get(OPENINGS), message)


def notes() -> list[str]:
    """The message about the address, if there is one."""
    opening, message = st.session_state.get(NOTE, (None, None))
    return [message] if message and opening == st.session_state.get(OPENINGS) else []

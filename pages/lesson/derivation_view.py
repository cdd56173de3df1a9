"""Draws a derivation: to read, line by line or all at once, or to write, more and more of it."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from pages.lesson.derivation_line import derivation_line
from pages.lesson.derivation_modes import ABOUT, MODES, following
from pages.lesson.derivation_writing import write_lines
from pages.lesson.progress import Derived, generation, progress, save_progress
from pages.lesson.scroll import ask_to_scroll, scroll_to

if TYPE_CHECKING:
    from nnlib.symbolic.derivation.derivation import Derivation  # imports SymPy, which takes half a second

PEEK = "Show what follows in this part"
CHANGED = "derivation_changed"  # in the session's state if progress was made that is not saved yet


@st.fragment
def derivation_view(derivation: "Derivation", key: str, after: Callable[[], None] = lambda: None) -> None:
    """Draw it.

    Parameters
    ----------
    derivation : what to draw
    key : unique among the views of the app
    after : draws what follows and gives the last line away: while the learner writes the lines, only if asked
    """
    with st.container(key=f"derivation_{_slug(key)}"):  # for the focus, when the mode has changed
        open_end = _view(derivation, key)
    if not open_end or st.toggle(PEEK, key=f"peek_{key}_{_id(derivation)}", help="It gives the last line away."):
        after()


def _view(derivation, key):
    """Draw the lines. Whether the learner is writing them, and has not reached the last."""
    work = progress().derivations.get(_id(derivation)) or Derived(derivation.title, st.session_state.get("lesson", ""))

    def change():
        progress().derivations[_id(derivation)] = work
        st.session_state[CHANGED] = True

    st.subheader(derivation.title, anchor=False)
    place = f"derivation_mode_{key}_{_id(derivation)}_{generation()}"
    can_be_written = any(derivation.texts[1:])
    if can_be_written:
        _choose(work, place, change)
    if work.mode == "read" or not can_be_written:
        finished = _read(derivation, work, key, change)
    else:
        finished = write_lines(derivation, work, _slug(f"{key} {_id(derivation)}"), change)
    if finished:
        if work.mode not in (*work.done, *work.helped):
            work.record_done()
            progress().derivations[_id(derivation)] = work
            st.session_state[CHANGED] = True
        if can_be_written:
            _suggest(work, place, change)
    if st.session_state.pop(CHANGED, False):
        save_progress()
    return work.mode != "read" and not finished


def _id(derivation):
    """The key of a derivation in the progress. Derivations of one kind, such as all entries, differ in their titles."""
    return _slug(f"{derivation.name} {derivation.title}".lower())[:60]


def _slug(text):
    return re.sub(r"[^A-Za-z0-9_]+", "-", text)  # also part of a CSS selector


def _choose(work, place, change):
    def chosen():
        work.choose(st.session_state[place])
        change()

    st.session_state.setdefault(place, work.mode)
    st.segmented_control(
        "Read or write the lines",
        MODES,
        format_func=MODES.get,
        key=place,
        required=True,
        on_change=chosen,
        label_visibility="collapsed",
    )
    if work.mode in ABOUT:
        st.caption(ABOUT[work.mode])


def _suggest(work, place, change):
    """After the end of one mode, offer the next."""
    mode = following(work.mode)

    def go():
        st.session_state[place] = mode
        work.choose(mode)
        change()

    if mode and mode not in work.done:
        st.button(f"Now you: {MODES[mode].lower()}", key=f"{place}_next", icon=":material/edit:", type="primary", on_click=go)


def _read(derivation, work, key, change):
    """Draw the lines to read. Whether all are on view."""
    count, controls = len(derivation.steps), f"derivation_buttons_{key}"
    shown = min(work.line, count)

    def go(lines):
        """Count from the current line: a button may be pressed twice before the page runs."""
        work.line = max(1, min(work.line + lines, count))
        change()
        ask_to_scroll(controls)

    with st.container():  # of its own, so that a new line does not move the buttons: their old copies would stay for a moment
        for number, step in enumerate(derivation.steps[:shown], 1):
            derivation_line(step, key, number)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=controls):
        start, end = shown == 1, shown == count
        st.button("Previous line", key=f"derivation_{key}_back", disabled=start, on_click=go, args=(-1,))
        st.button(
            "Next line", key=f"derivation_{key}_next", icon=":material/arrow_downward:", disabled=end, on_click=go, args=(1,)
        )
        st.button("All lines", key=f"derivation_{key}_all", type="tertiary", disabled=end, on_click=go, args=(count,))
        st.caption(f"Line {shown} of {count}", width="content")
    scroll_to(controls, "nearest")
    return end

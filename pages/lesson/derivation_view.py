"""Draws a derivation line by line or all at once. Each line has its rule, its reason, and its check."""

from typing import TYPE_CHECKING

import streamlit as st

from pages.lesson.scroll import ask_to_scroll, scroll_to

if TYPE_CHECKING:
    from nnlib.symbolic.derivation.derivation import Derivation  # imports SymPy, which takes half a second


@st.fragment
def derivation_view(derivation: "Derivation", key: str):
    """Draw it. key: unique among the views of the app.

    Every line is compared with the line before when it is first shown. The step stores the result, for all learners.
    """
    count, state, controls = len(derivation.steps), f"derivation_{key}", f"derivation_buttons_{key}"
    shown = min(st.session_state.get(state, 1), count)

    def go(lines):
        """Count from the current line: a button may be pressed twice before the page runs."""
        st.session_state[state] = max(1, min(st.session_state.get(state, 1) + lines, count))
        ask_to_scroll(controls)

    st.subheader(derivation.title, anchor=False)
    with st.container():  # of its own, so that a new line does not move the buttons: their old copies would stay for a moment
        for number, step in enumerate(derivation.steps[:shown], 1):
            _draw(step, key, number)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=controls):
        start, end = shown == 1, shown == count
        st.button("Previous line", key=f"{state}_back", disabled=start, on_click=go, args=(-1,))
        st.button("Next line", key=f"{state}_next", icon=":material/arrow_downward:", disabled=end, on_click=go, args=(1,))
        st.button("All lines", key=f"{state}_all", type="tertiary", disabled=end, on_click=go, args=(count,))
        st.caption(f"Line {shown} of {count}", width="content")
    scroll_to(controls, "nearest")


def _draw(step, key, number):
    with st.container(border=True, key=f"derivation_line_{key}_{number}"):
        formula, reason = st.columns([3, 2], vertical_alignment="center")
        formula.latex(step.latex, width="content")
        with reason.container(gap="xxsmall"):
            st.markdown(f":blue-badge[{step.rule}] {step.why}")
            if step.verify():
                before = "the left side" if number == 1 else "the line before"
                st.caption(f":green[:material/check:] equal to {before}: {step.verified}")
            else:
                st.error("This line is not equal to the line before. Do not use it.", icon=":material/close:")

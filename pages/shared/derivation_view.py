"""Draws any derivation of nnlib.symbolic: line by line or all at once, each with its rule, its reason, and its check."""

from dataclasses import dataclass, field
from functools import lru_cache

import streamlit as st

from pages.shared.scroll import ask_to_scroll, scroll_to

LINES_KEPT = 2000  # lines whose LaTeX and verdict are kept for all learners


@st.fragment
def derivation_view(derivation, key: str):
    """derivation: a nnlib.symbolic Derivation; key names this view among those of the app.

    Every line is compared with the line before when it is shown, once for all learners.
    """
    count, state, controls = len(derivation.steps), f"derivation_{key}", f"derivation_ways_{key}"
    shown = min(st.session_state.get(state, 1), count)

    def go(to):
        st.session_state[state] = to
        ask_to_scroll(controls)

    st.subheader(derivation.title, anchor=False)
    for number, step in enumerate(derivation.steps[:shown], 1):
        _draw(_Line(derivation.name, step.before, step.expression, step), key, number)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=controls):
        start, end = shown == 1, shown == count
        st.button("Back", key=f"{state}_back", icon=":material/arrow_back:", disabled=start, on_click=go, args=(shown - 1,))
        st.button("Next line", key=f"{state}_next", type="primary", disabled=end, on_click=go, args=(shown + 1,))
        st.button("All lines", key=f"{state}_all", type="tertiary", disabled=end, on_click=go, args=(count,))
        st.caption(f"Line {shown} of {count}", width="content")
    scroll_to(controls, "nearest")


@dataclass(frozen=True)
class _Line:
    """Two lines of the same derivation are the same where they state the same: step is not compared."""

    name: str
    before: object
    expression: object
    step: object = field(compare=False)


@lru_cache(LINES_KEPT)
def _worked_out(line: _Line) -> tuple[str, str]:
    """The line's LaTeX, and how it was found equal to the line before: empty where it was not."""
    step = line.step
    return step.latex, step.verified if step.verify() else ""


def _draw(line, key, number):
    latex, verified = _worked_out(line)
    with st.container(border=True, key=f"derivation_line_{key}_{number}"):
        formula, reason = st.columns([3, 2], vertical_alignment="center")
        formula.latex(latex, width="content")
        with reason.container(gap="xxsmall"):
            st.markdown(f":blue-badge[{line.step.rule}] {line.step.why}")
            if verified:
                before = "the left side" if number == 1 else "the line before"
                st.caption(f":green[:material/check:] equal to {before}: {verified}")
            else:
                st.error("This line is not equal to the line before. Do not rely on it.", icon=":material/close:")

"""One line of a derivation as it is drawn: the formula, and beside it the rule, the reason, and the check."""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from nnlib.symbolic.derivation.derivation import Step  # imports SymPy, which takes half a second


def derivation_line(step: "Step", key: str, number: int) -> None:
    """Draw a line of a derivation. It is compared with the line before when it is first drawn; the step stores the result."""
    with st.container(border=True, key=f"derivation_line_{key}_{number}"):
        formula, reason = st.columns([3, 2], vertical_alignment="center")
        formula.latex(step.latex, width="content")
        with reason.container(gap="xxsmall"):
            st.markdown(f":blue-badge[{step.rule}] {step.why}")
            if step.verify():
                before = "the left side" if number == 1 else "the line before"
                st.caption(f":green[:material/check:] equal to {before}, checked {step.verified}")
            else:
                st.error("This line is not equal to the line before. Do not use it.", icon=":material/close:")

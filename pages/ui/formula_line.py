"""A formula on a line of its own that a narrow screen breaks, where st.latex would only scroll."""

import streamlit as st


def formula_line(latex: str) -> None:
    """Draw it."""
    st.markdown(f"$\\displaystyle {latex}$", text_alignment="center")

"""Draws any derivation of nnlib.symbolic: line by line or all at once, each with its rule, its reason, and its check."""

import streamlit as st


def derivation_view(derivation, key: str):
    """derivation: a nnlib.symbolic Derivation; key names this view among those of the app."""
    st.subheader(derivation.title)
    for step in derivation.steps:
        st.latex(step.latex)
        st.markdown(f"**{step.rule}** {step.why}")

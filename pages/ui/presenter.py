"""Presenter mode, for a projector: everything larger and with more contrast, and keys. `#presenter` in a link begins it."""

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "backprop_lab_presenter", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def presenter() -> None:
    """Draw the component, which shows nothing until presenter mode begins."""
    with st.container(key="unseen_presenter"):
        _component(key="presenter")

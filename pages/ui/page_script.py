"""What Streamlit's page itself leaves out for a phone and a keyboard, on every page."""

from pathlib import Path

import streamlit as st

_component = st.components.v2.component("backprop_lab_page", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"))


def page_script() -> None:
    """Draw the component, which shows nothing."""
    with st.container(key="unseen_page_script"):
        _component(key="page_script")

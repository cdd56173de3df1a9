"""The guide for teachers: docs/classroom.md, which stands beside pages/ in a clone and in an installed package."""

import re
from pathlib import Path

import streamlit as st

GUIDE = Path(__file__).parents[2] / "docs" / "classroom.md"
LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]*\)")  # to other documents, which the app does not have


@st.cache_data(show_spinner=False)
def _text():
    """Without its title."""
    return LINK.sub(r"\1", GUIDE.read_text(encoding="utf-8").partition("\n")[2])


def guide() -> None:
    """Draw it."""
    with st.container(key="guide"):
        st.markdown(_text())

"""A clock that counts down in the browser."""

from pathlib import Path

import streamlit as st

HTML = '<div class="clock"><span role="timer" aria-label="Time left"></span> left</div><div class="spoken" role="status"></div>'

CSS = """
.clock { font: 600 1.1rem var(--st-font); color: var(--st-text-color); font-variant-numeric: tabular-nums; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
"""

_component = st.components.v2.component(
    "backprop_lab_timer", html=HTML, css=CSS, js=(Path(__file__).parent / "timer.js").read_text(encoding="utf-8")
)


def timer(seconds: float) -> None:
    """Draw it. When the seconds are over, the page runs again."""
    _component(key="timer", data={"seconds": seconds}, on_over_change=lambda: None)

"""Sliders that send their values while they are dragged. Streamlit's own sliders send them when they are released.

The values from the browser are checked: invalid ones are ignored, and the sliders return to the last valid ones.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from pages.ui.component_message import sent

FOLDER = Path(__file__).parent

_component = st.components.v2.component(
    "backprop_lab_sliders",
    html='<div class="sliders"></div>',
    css=(FOLDER / "sliders.css").read_text(encoding="utf-8"),
    js=(FOLDER / "sliders.js").read_text(encoding="utf-8"),
)


def live_sliders(
    labels: Sequence[str],
    values: Sequence[float],
    low: float,
    high: float,
    digits: int,
    key: str,
    on_move: Callable[[list[float], bool], None],
) -> None:
    """Draw a slider for each label.

    Parameters
    ----------
    labels, values : of each slider
    low, high : the range of all of them
    digits : decimals of a value; a step is one of the last
    key : of the component
    on_move : called before the next run with all values, and whether the slider has been released. While it has not, more
        moves follow soon, so expensive work such as a new address can wait.
    """

    def moved():
        message = read_moved(sent(key, "moved"), len(labels), low, high, digits)
        if message:
            on_move(*message)

    _component(
        key=key,
        data={
            "number": _number(st.session_state.get(key)),
            "sliders": [{"label": label, "value": value} for label, value in zip(labels, values)],
            "low": low,
            "high": high,
            "step": 10.0**-digits,
            "digits": digits,
        },
        on_moved_change=moved,
    )


def read_moved(message: object, count: int, low: float, high: float, digits: int) -> tuple[list[float], bool] | None:
    """The values in a message from the browser and whether the slider has been released. None for an invalid message."""
    values = message.get("values") if isinstance(message, dict) else None
    if not isinstance(values, list) or len(values) != count:
        return None
    if not all(isinstance(each, int | float) and math.isfinite(each) and low <= each <= high for each in values):
        return None
    return [round(float(each), digits) for each in values], message.get("released") is True


def _number(component_state) -> int:
    """The number of the last message, by which the browser knows that it was received."""
    message = component_state.get("moved") if component_state else None
    number = message.get("number") if isinstance(message, dict) else None
    return number if isinstance(number, int) else 0

"""Sliders whose numbers arrive while they are dragged; Streamlit's own tell theirs when they are let go.

What the browser sends is measured before it is believed: values that do not fit are not taken, and the sliders spring back.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

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
):
    """Draw a slider for each label, from `low` to `high` in steps of the last of `digits` decimals.

    on_move(values, rest) is called before the next run: all values, and whether the learner has let go. Where not, another
    move follows at once: what is costly, such as a new address, can wait for it.
    """

    def moved():
        said = read_moved(st.session_state[key].get("moved"), len(labels), low, high, digits)
        if said:
            on_move(*said)

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


def read_moved(said, count: int, low: float, high: float, digits: int) -> tuple[list[float], bool] | None:
    """The values and whether they are at rest, or None where that is not what `said` holds."""
    values = said.get("values") if isinstance(said, dict) else None
    if not isinstance(values, list) or len(values) != count:
        return None
    if not all(isinstance(each, int | float) and math.isfinite(each) and low <= each <= high for each in values):
        return None
    return [round(float(each), digits) for each in values], said.get("rest") is True


def _number(component_state) -> int:
    """The number of the last message, which tells the browser that it was heard."""
    said = component_state.get("moved") if component_state else None
    number = said.get("number") if isinstance(said, dict) else None
    return number if isinstance(number, int) else 0

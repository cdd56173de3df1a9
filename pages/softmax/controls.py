"""The controls of the softmax lesson. A part draws those that it needs; their values go into the lesson's state."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from nnlib.support.number_text import number_text
from pages.softmax.link import LEAST_K, LOGIT, MOST_K, SHIFT
from pages.softmax.live_sliders import live_sliders
from pages.softmax.state import SoftmaxState

SUBSCRIPTS = "₁₂₃₄₅₆"


def choice(
    state: SoftmaxState, name: str, label: str, options: Sequence, help: str, format_func: Callable[[Any], str] = str
) -> None:
    """A row of buttons, one of them pressed."""
    st.segmented_control(
        label, options, default=state.values[name], format_func=format_func, required=True, **_options(state, name, help)
    )


def stops(
    state: SoftmaxState, name: str, label: str, options: Sequence, help: str, format_func: Callable[[Any], str] = str
) -> None:
    """A slider over a short list of values."""
    st.select_slider(label, options, state.values[name], format_func=format_func, **_options(state, name, help))


def shift(state: SoftmaxState) -> None:
    """The number that is added to every logit."""

    def moved(values, released):
        state.drag("c", int(values[0]), released)

    live_sliders(["Add c to every logit"], [state.values["c"]], -SHIFT, SHIFT, 0, state.key("c"), moved)


def classes(state: SoftmaxState) -> None:
    """The number of classes."""
    choice(state, "K", "Classes K", range(LEAST_K, MOST_K + 1), "The number of classes. There is one logit for each.")


def entry(state: SoftmaxState) -> None:
    """The entry of the Jacobian: row i and column j."""
    choice(state, "i", "Row i", range(1, state.K + 1), "The probability ψᵢ.")
    choice(state, "j", "Column j", range(1, state.K + 1), "The logit zⱼ.")


def logits(state: SoftmaxState) -> None:
    """A slider for each logit."""
    labels = [f"Logit z{SUBSCRIPTS[k]}" for k in range(state.K)]
    live_sliders(labels, state.z.tolist(), -LOGIT, LOGIT, 1, state.key(f"z_{state.K}"), state.move_logits)


def logits_in_use(state: SoftmaxState) -> None:
    """A sentence on the logits, where their sliders are not on view."""
    z = ", ".join(map(number_text, state.z))
    st.markdown(f"The logits are $z = ({z})$, as you set them with the sliders of this lesson.")


def _options(state, name, help):
    key = state.key(name)
    return {"key": key, "help": help, "on_change": lambda: state.choose(name, st.session_state[key])}

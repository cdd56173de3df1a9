"""The softmax lesson's controls, each drawn wherever a part needs it: what they hold goes into the lesson's state."""

import streamlit as st

from pages.softmax.link import LEAST_K, LOGIT, MOST_K, SHIFT
from pages.softmax.live_sliders import live_sliders
from pages.softmax.state import SoftmaxState

SUBSCRIPTS = "₁₂₃₄₅₆"


def choice(state: SoftmaxState, name: str, label: str, options, help: str, format_func=str):
    """A row of buttons of which one is pressed."""
    st.segmented_control(
        label, options, default=state.values[name], format_func=format_func, required=True, **_kept(state, name, help)
    )


def stops(state: SoftmaxState, name: str, label: str, options, help: str, format_func=str):
    """A slider over a few values."""
    st.select_slider(label, options, state.values[name], format_func=format_func, **_kept(state, name, help))


def shift(state: SoftmaxState):
    """What is added to every logit."""

    def moved(values, rest):
        state.drag("c", int(values[0]), rest)

    live_sliders(["Add c to every logit"], [state.values["c"]], -SHIFT, SHIFT, 0, state.key("c"), moved)


def classes(state: SoftmaxState):
    """How many classes."""
    choice(state, "K", "Classes K", range(LEAST_K, MOST_K + 1), "How many classes, and so how many logits.")


def entry(state: SoftmaxState):
    """Which entry of the Jacobian: row i and column j."""
    choice(state, "i", "Row i", range(1, state.K + 1), "Which probability ψᵢ is looked at.")
    choice(state, "j", "Column j", range(1, state.K + 1), "Which logit zⱼ is moved.")


def logits(state: SoftmaxState):
    """A slider for each logit, as many in a row as there is room for."""
    labels = [f"Logit z{SUBSCRIPTS[k]}" for k in range(state.K)]
    live_sliders(labels, state.z.tolist(), -LOGIT, LOGIT, 1, state.key(f"z_{state.K}"), state.move_logits)


def _kept(state, name, help):
    key = state.key(name)
    return {"key": key, "help": help, "on_change": lambda: state.choose(name, st.session_state[key])}

"""The softmax lesson's controls, each drawn wherever a part needs it: what they hold goes into the lesson's state."""

import streamlit as st

from pages.shared.softmax.link import LEAST_K, LOGIT, MOST_K
from pages.shared.softmax.state import SoftmaxState, logit_name

SUBSCRIPTS = "₁₂₃₄₅₆"


def choice(state: SoftmaxState, name: str, label: str, options, help: str, format_func=str):
    """A row of buttons of which one is pressed."""
    st.segmented_control(
        label, options, default=state.values[name], format_func=format_func, required=True, **_kept(state, name, help)
    )


def stops(state: SoftmaxState, name: str, label: str, options, help: str, format_func=str):
    """A slider over a few values."""
    st.select_slider(label, options, state.values[name], format_func=format_func, **_kept(state, name, help))


def slider(state: SoftmaxState, name: str, label: str, low, high, step, help: str):
    """A slider over numbers."""
    st.slider(label, low, high, state.values[name], step, **_kept(state, name, help))


def classes(state: SoftmaxState):
    """How many classes."""
    choice(state, "K", "Classes K", range(LEAST_K, MOST_K + 1), "How many classes, and so how many logits.")


def entry(state: SoftmaxState):
    """Which entry of the Jacobian: row i and column j."""
    choice(state, "i", "Row i", range(1, state.K + 1), "Which probability ψᵢ is looked at.")
    choice(state, "j", "Column j", range(1, state.K + 1), "Which logit zⱼ is moved.")


def logits(state: SoftmaxState):
    """A slider for each logit, as many in a row as there is room for."""
    with st.grid(min(state.K, 3), min_column_width=130):
        for k in range(state.K):
            key = state.key(logit_name(k))
            st.slider(
                f"Logit z{SUBSCRIPTS[k]}",
                -LOGIT,
                LOGIT,
                state.values["z"][k],
                0.1,
                format="%.1f",
                key=key,
                help="Arrow keys move it in steps of 0.1." if k == 0 else None,
                on_change=lambda k=k, key=key: state.move_logit(k, st.session_state[key]),
            )


def _kept(state, name, help):
    key = state.key(name)
    return {"key": key, "help": help, "on_change": lambda: state.choose(name, st.session_state[key])}

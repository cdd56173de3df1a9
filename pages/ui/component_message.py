"""What a component in the browser has sent."""

import streamlit as st


def sent(key: str, name: str) -> object:
    """The value `name` that the component `key` has sent. None without one, and if the learner has left its page since."""
    state = st.session_state.get(key)
    return state.get(name) if state else None

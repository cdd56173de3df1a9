"""The derivations of nnlib.symbolic.softmax, each worked out once for all learners."""

import streamlit as st


@st.cache_resource(max_entries=200, show_spinner=False)
def derived(name: str, *arguments):
    """The Derivation that nnlib.symbolic.softmax calls `name`, with these arguments."""
    from nnlib.symbolic import softmax  # SymPy takes a moment to load: only who derives waits for it

    return getattr(softmax, name)(*arguments)

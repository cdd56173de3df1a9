"""What a learner must have seen before a part of a lesson is done: its predictions, and its derivations to the last line.

While a part is drawn, each of them registers itself. One that a prediction still hides is drawn, and registered, later.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from pages.lesson.derivation_view import derivation_view, was_derived
from pages.lesson.progress import progress

if TYPE_CHECKING:
    from nnlib.symbolic.derivation.derivation import Derivation  # imports SymPy, which takes half a second

# In the session's state: page → (part, {key: whether it was seen}), of the part on view once it is drawn to its end.
DRAWING, ESSENTIALS = "essentials_drawing", "essentials"


def begin_part(page: str, part: str):
    """Start the list of a part that is about to be drawn."""
    st.session_state.setdefault(ESSENTIALS, {}).pop(page, None)
    st.session_state.setdefault(DRAWING, {})[page] = (part, {})


def end_part(page: str):
    """The part is drawn: its list is complete."""
    st.session_state[ESSENTIALS][page] = st.session_state[DRAWING][page]


def essential(key: str, seen: Callable[[], bool]):
    """Add to the list of the part that is drawn. seen: whether the learner has seen it by now."""
    _, entries = st.session_state.get(DRAWING, {}).get(st.session_state.get("lesson"), ("", {}))
    entries[key] = seen


def record_done_parts():
    """Record the part drawn last of each lesson if its essentials were seen. Call it before the progress is shown."""
    for page, (part, entries) in st.session_state.get(ESSENTIALS, {}).items():
        if all(seen() for seen in entries.values()):
            progress().record_done(page, part)


def derive(derivation: "Derivation", key: str):
    """Draw a derivation that belongs to the essentials of its part. key: unique among the views of the app."""
    essential(key, lambda: was_derived(derivation))
    derivation_view(derivation, key)

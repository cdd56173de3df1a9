"""Predict, then reveal: a question that is asked before the answer is shown."""

from collections.abc import Sequence

import streamlit as st


def predict(key: str, question: str, choices: Sequence[str], answer: str, because: str) -> bool:
    """Ask, and return whether the learner has answered: what comes after is drawn only then.

    key      names the question among all of the app
    answer   the choice that is right
    because  a sentence or two, shown with the verdict
    """
    chosen = st.radio(question, choices, index=None, key=f"predict_{key}")
    if chosen is not None:
        (st.success if chosen == answer else st.info)(because)
    return chosen is not None

"""A field with line numbers in which a learner writes a backward pass. Its text is recorded while it is typed."""

from collections.abc import Callable

import streamlit as st

from pages.lesson.answer_keys import answer_keys
from pages.lesson.progress import LONGEST_LISTING

NAMES = ("psi", "Delta", "lam")  # those that a keyboard may lack in the form of the lessons
SYNTAX = """
Each line sets a name, as `dW2 = …`, or changes one in place, as `dW2 += …`. `@` multiplies matrices, `*` multiplies entry by
entry, `.T` transposes, `(z2 > 0)` is 1 where it is true, else 0, `sum(x, axis=0)` adds the rows of the batch, and `softmax(z3)`
gives the probabilities of each row. Text after `#` is ignored.
"""


def listing_editor(field: str, text: str, record: Callable[[str], None]) -> None:
    """Draw it.

    Parameters
    ----------
    field : its key, which begins with "listing_"
    text : what is in it at first
    record : called with the text when it has changed
    """
    st.text_area(
        "Your backward pass, one name a line",
        text,
        "content",
        LONGEST_LISTING,
        field,
        help=SYNTAX,
        on_change=lambda: record(st.session_state[field]),
    )
    answer_keys(field, NAMES, text, on_typed=record, longest=LONGEST_LISTING)

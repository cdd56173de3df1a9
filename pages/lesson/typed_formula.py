"""What is in an answer field while it is typed: the keys below it, and the formula that it is read as."""

from collections.abc import Callable, Iterable

import streamlit as st

from nnlib.symbolic import FormulaError
from nnlib.symbolic.answers.messages import NotHere
from pages.lesson.answer_keys import answer_keys

NOT_READ = "Not read yet: something is missing, or can be read in two ways."


@st.fragment
def typed_formula(field: str, names: Iterable[str], stored: str, read: Callable[[str], str], signs: Iterable[str] = ()) -> None:
    """Draw them. A fragment, so that typing does not run the whole page.

    Parameters
    ----------
    field : the key of the text input
    names : those that may be typed
    stored : the text that the field began with
    read : returns the LaTeX of a text, or raises FormulaError
    signs : more keys
    """
    typed = answer_keys(field, names, stored, signs)
    text = stored if typed is None else typed
    if not text.strip():
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"read_{field}"):
        try:
            latex = read(text)
        except FormulaError as error:
            if text != stored:  # else the verdict says it
                st.caption(str(error) if isinstance(error, NotHere) else NOT_READ)
        else:
            st.caption("Read as", width="content")
            st.latex(latex, width="content")

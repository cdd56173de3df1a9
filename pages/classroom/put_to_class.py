"""Beside a question of the app: a teacher's button that puts it to the class."""

from collections.abc import Sequence

import streamlit as st

from pages.classroom.membership import done, show_refusal, teacher

PUT = "Put it to the class"


def put_to_class(key: str, question: str, choices: Sequence[str], answer: str | None = None) -> None:
    """Draw the button, for a teacher alone.

    Parameters
    ----------
    key : unique among the questions on view
    question, choices : Markdown of the app's own
    answer : the right choice, if there is one
    """
    if teacher() is None:
        return
    show_refusal()
    number = list(choices).index(answer) if answer in choices else None
    st.button(
        PUT,
        icon=":material/how_to_vote:",
        key=f"put_{key}",
        help="Every screen of your class shows the question. Close the vote in the bar below. The tally is on Teach.",
        on_click=_put,
        args=(question, list(choices), number),
    )


def _put(question, choices, answer):
    done(lambda store, secret: store.open_poll(secret, question, choices, answer, is_markdown=True))

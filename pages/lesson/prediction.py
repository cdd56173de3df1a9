"""A question that the learner answers before the page shows the result."""

from collections.abc import Sequence

import streamlit as st

from pages.lesson.essentials import essential
from pages.lesson.progress import Prediction, progress, resets, save_progress

UNKNOWN = "I do not know yet: show me"


def predict(key: str, question: str, choices: Sequence[str], answer: str, because: str) -> bool:
    """Ask a question. The page draws the result only if this returns True.

    The first answer is stored. The learner can choose another one afterwards, to read the verdict on it.

    Parameters
    ----------
    key : unique among the questions of the app
    question : Markdown
    choices : possible answers
    answer : the right choice
    because : one or two sentences, shown with the verdict

    Returns
    -------
    Whether the learner has answered.

    Raises
    ------
    ValueError
        If `answer` is not one of `choices`.
    """
    if answer not in choices:
        raise ValueError(f"predict({key!r}): the answer {answer!r} is not one of the choices")
    options = [*choices, UNKNOWN]
    essential(key, lambda: key in progress().predictions)
    first = _first_answer(key, options)
    widget = f"predict_{key}_{resets()}"
    if first and st.session_state.get(widget) is None:  # the key stays the same, so no click is lost
        st.session_state[widget] = first
    with st.container(border=True, key=f"prediction_{key}"):
        chosen = ask(question, options, key=widget)
        if chosen is None:
            return False
        _verdict(chosen, answer, because)
        if first is not None and chosen != first:
            st.caption(f"Your first answer, which is stored: {first}")
    if first is None:
        right = None if chosen == UNKNOWN else chosen == answer
        progress().predictions[key] = Prediction(st.session_state.get("lesson", ""), question, chosen, right)
        save_progress()
    return True


def ask(question: str, options: Sequence[str], **radio) -> str | None:
    """Draw a question, in Markdown, and return the chosen option. `radio`: other arguments of st.radio.

    A screen reader reads the label of a radio group as it is, so the question is not the label.
    """
    st.markdown(f":material/psychology_alt: **Before you see it:** {question}")
    return st.radio("Your prediction", options, **{"index": None, **radio}, label_visibility="collapsed")


def _first_answer(key, options):
    """The stored choice, if it is still one of the options."""
    stored = progress().predictions.get(key)
    return stored.choice if stored and stored.choice in options else None


def _verdict(chosen, answer, because):
    if chosen == answer:
        st.success(f"**Right.** {because}", icon=":material/check_circle:")
    elif chosen == UNKNOWN:
        st.info(f"**{_with_full_stop(answer)}** {because}", icon=":material/lightbulb:")
    else:
        st.warning(f"**Not correct. The answer:** {_with_full_stop(answer)} {because}", icon=":material/cancel:")


def _with_full_stop(answer):
    return answer if answer.endswith((".", "?")) else f"{answer}."

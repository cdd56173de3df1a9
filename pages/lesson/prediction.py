"""Predict, then reveal: a question that is asked before the answer is shown."""

from collections.abc import Sequence

import streamlit as st

from pages.lesson.progress import Prediction, beginnings, keep, progress

UNKNOWN = "I do not know yet: show me"


def predict(key: str, question: str, choices: Sequence[str], answer: str, because: str) -> bool:
    """Ask, and return whether the learner has answered: what comes after is drawn only then.

    key      names the question among all of the app
    answer   the choice that is right
    because  a sentence or two, shown with the verdict

    The first answer is the one that is kept; choosing another afterwards only shows what would have been said.
    ValueError where the answer is none of the choices.
    """
    if answer not in choices:
        raise ValueError(f"predict({key!r}): the answer {answer!r} is none of the choices")
    options = [*choices, UNKNOWN]
    first = _first_answer(key, options)
    widget = f"predict_{key}_{beginnings()}"
    if first and st.session_state.get(widget) is None:  # a click on its way meanwhile still reaches the same widget
        st.session_state[widget] = first
    with st.container(border=True, key=f"prediction_{key}"):
        chosen = st.radio(
            f":material/psychology_alt: **Before you see it:** {question}",
            options,
            index=None,
            key=widget,
        )
        if chosen is None:
            return False
        _verdict(chosen, answer, because)
        if first is not None and chosen != first:
            st.caption(f"Your first answer, which is the one that is kept: {first}")
    if first is None:
        right = None if chosen == UNKNOWN else chosen == answer
        progress().predictions[key] = Prediction(st.session_state.get("lesson", ""), question, chosen, right)
        keep()
    return True


def _first_answer(key, options):
    """The choice that is kept, if it still is one."""
    kept = progress().predictions.get(key)
    return kept.choice if kept and kept.choice in options else None


def _verdict(chosen, answer, because):
    if chosen == answer:
        st.success(f"**Right.** {because}", icon=":material/check_circle:")
    elif chosen == UNKNOWN:
        st.info(f"**{_ended(answer)}** {because}", icon=":material/lightbulb:")
    else:
        st.warning(f"**Not so. The answer:** {_ended(answer)} {because}", icon=":material/cancel:")


def _ended(answer):
    return answer if answer.endswith((".", "?")) else f"{answer}."

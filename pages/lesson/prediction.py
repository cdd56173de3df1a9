"""A question that the learner answers before the page shows the result."""

from collections.abc import Callable, Sequence

import streamlit as st

from pages.classroom.membership import record as record_for_class
from pages.classroom.put_to_class import put_to_class
from pages.lesson.progress import Prediction, progress, resets, save_progress
from pages.lesson.scroll import ask_to_scroll, scroll_to

COMMIT = "This is my answer"
UNKNOWN = "I do not know yet: show me"
UNKNOWN_IN_VOTES = "I do not know yet"


def predict(key: str, question: str, choices: Sequence[str], answer: str, because: str) -> bool:
    """Ask a question. The page draws the result only if this returns True.

    The first answer is stored, and folds away when the learner comes back. The learner can open it and choose another one, to
    read the verdict on it.

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
    place, widget = f"prediction_{key}", f"predict_{key}_{resets()}"
    first = _first_answer(key, options)

    def answered(chosen):
        if _first_answer(key, options) is not None:
            return  # pressed twice, before the page was drawn anew
        right = None if chosen == UNKNOWN else chosen == answer
        commit(key, Prediction(st.session_state.get("lesson", ""), question, chosen, right))
        st.session_state[f"open_{widget}"] = True
        ask_to_scroll(place)

    with st.container(key=place):
        if first is None:
            ask(widget, question, options, answered, answer=answer)
            st.caption("The rest of this part opens when you have answered.")
        else:
            _answered(widget, question, options, first, answer, because)
    scroll_to(place, "nearest")
    return first is not None


def commit(key: str, made: Prediction, by_browser: bool = False) -> None:
    """Store a prediction, and record it for the class if the learner is in one.

    by_browser: whether the browser alone says what is right, which a class does not believe.
    """
    progress().predictions[key] = made
    record_for_class("prediction", key, made.choice, None if by_browser else made.right, made.question)


def ask(
    key: str,
    question: str,
    options: Sequence[str],
    on_answer: Callable[[str], None],
    index: int | None = None,
    answer: str | None = None,
) -> None:
    """Draw a question, in Markdown. The option that the learner commits to goes to `on_answer`, and then the whole page runs.

    In a form, the arrow keys walk the options without choosing one. A screen reader reads the label of a radio group as it is,
    so the question is not the label. A teacher can put the question to the class; `answer` is the right option, if there is
    one.
    """
    with st.form(f"form_{key}"):
        st.markdown(f":material/psychology_alt: **Before you see it:** {question}")
        chosen = st.radio("Your prediction", options, index=index, key=key, label_visibility="collapsed")

        def committed():
            if (choice := st.session_state.get(key)) is not None:
                on_answer(choice)
                save_progress()

        if st.form_submit_button(COMMIT, on_click=committed) and chosen is None:
            st.caption("Choose one of the answers first.")
    _put(key, question, options, answer)


def _put(key, question, options, answer):
    put_to_class(key, question, [UNKNOWN_IN_VOTES if each == UNKNOWN else each for each in options], answer)


def _answered(widget, question, options, first, answer, because):
    """One line, which opens to the question, the options and the verdict."""
    right = first == answer
    icon = ":material/check_circle:" if right else ":material/lightbulb:" if first == UNKNOWN else ":material/cancel:"
    label = f"**{first}** · {question}"
    fold = st.expander(label, icon=icon, key=f"open_{widget}", on_change="rerun")
    if not fold.open:
        return
    with fold:
        another = st.radio(
            "Your prediction", options, index=options.index(first), key=f"again_{widget}", label_visibility="collapsed"
        )
        _verdict(another, answer, because)
        _put(widget, question, options, answer)
        if another != first:
            st.caption(f"Your first answer, which is stored: {first}")


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

"""One exercise: its question, a field for the answer, the answer as a formula, and the verdict of the checker."""

from collections.abc import Callable

import streamlit as st

from nnlib.symbolic import FormulaError, check_answer, read_back
from nnlib.symbolic.answers.grammar import LONGEST
from nnlib.symbolic.exercise.exercise import Exercise
from pages.classroom.membership import record as record_for_class
from pages.lesson.answer_keys import contain_arrays
from pages.lesson.progress import generation, progress, save_progress
from pages.lesson.scroll import ask_to_scroll, feedback
from pages.lesson.typed_formula import typed_formula

SYNTAX = """
Write the formula on one line, as on paper: `2λW2`, `ψ_i(1 - ψ_j)`, `e^x`, `|x|`, `½`. Two matrices side by side, or with `@`,
are multiplied; `*` and `∘` multiply entry by entry; `ᵀ` or `.T` transposes. `sum(x, axis=0)` adds the rows of a batch.
`(x > 0)` is 1 where it is true, else 0. The functions are `exp`, `log` (also `ln`), `sqrt`, `abs`, and `max(0, x)`. NumPy's
names for them are read too.
"""
FUNCTIONS = "functions `exp` `log` `sqrt` `abs` `max`"
OF_ARRAYS = "`sum` `relu` `softmax` `where`"
ATTEMPTS = 3  # after which the learner can see the solution


def exercise_card(exercise: Exercise, opened: bool = True) -> None:
    """Draw it, without its title. opened: False draws the question alone, to be there at once when the card is opened."""
    with st.container(key=f"exercise_{exercise.id}"):
        st.markdown(exercise.prompt)
        if not opened:
            return
        field = f"answer_{exercise.id.replace('~', '-')}_{generation()}"  # the script of the keys finds the field by its class
        empty = _answer(exercise, field)
        stored = progress().work(exercise.id).text
        typed_formula(field, exercise.names, stored, lambda text: read_back(exercise.id, text))
        work = progress().work(exercise.id)
        with feedback(f"verdict_{exercise.id}"):
            if work.text and not empty:
                _verdict(exercise, work)
        st.caption(_can_be_typed(exercise.names))
        _help(exercise, work)


def _answer(exercise, field):
    """Draw the form. True if it was sent empty."""

    def record(text):
        correct, message, latex = _checked(exercise.id, text)
        progress().record_answer(exercise.id, text, correct, valid=bool(latex))
        record_for_class("exercise", exercise.id, text, correct if latex else None, message)

    return answer_form(exercise.id, field, progress().work(exercise.id).text, SYNTAX, record)


def answer_form(exercise: str, field: str, text: str, syntax: str, record: Callable[[str], None]) -> bool:
    """Draw the field of an exercise and its button.

    Parameters
    ----------
    exercise : its id
    field : the key of the text input
    text : what is in it at first
    syntax : its help
    record : called with an answer that is to be checked, before the page is drawn

    Returns
    -------
    Whether it was just sent empty.
    """

    def check():
        if st.session_state[field].strip():
            record(st.session_state[field])
            ask_to_scroll(f"verdict_{exercise}")

    with st.form(f"form_{exercise}", border=False):
        text = st.text_input("Your answer", text, LONGEST, field, help=syntax, autocomplete="off", persist_state="session")
        checked = st.form_submit_button("Check", icon=":material/check:", on_click=check)
    empty = checked and not text.strip()
    if empty:
        st.info("Type an answer first.", icon=":material/edit:")
    elif checked:
        save_progress()
    return empty


def _can_be_typed(names):
    functions = f"{FUNCTIONS} {OF_ARRAYS}" if contain_arrays(names) else FUNCTIONS
    return "You can type " + " · ".join([*(f"`{name}` {meaning}" for name, meaning in names.items()), functions])


def _verdict(exercise, work):
    correct, message, latex = _checked(exercise.id, work.text)
    show_verdict(correct, message, work.attempts, valid=bool(latex))
    if correct:
        offer_review(exercise.id)


def show_verdict(correct: bool, message: str, attempts: int, valid: bool) -> None:
    """Draw the verdict on an answer. attempts: how many answers were valid so far; valid: whether this one could be read."""
    if correct:
        st.success(message, icon=":material/check_circle:")
    elif not valid:
        st.info(message, icon=":material/edit:")
    else:
        st.warning(message, icon=":material/cancel:")
    if attempts:
        st.caption("1 attempt" if attempts == 1 else f"{attempts} attempts")


def offer_review(exercise: str) -> None:
    """After a right answer, let the learner say that it was a guess. Variants belong to an exercise that comes back anyway."""
    if exercise in progress().reviews or "~" in exercise:
        return
    st.button(
        "I guessed",
        icon=":material/casino:",
        type="tertiary",
        key=f"guessed_{exercise}",
        help="The exercise stays solved, and comes back for review on Home.",
        on_click=_guessed,
        args=(exercise,),
    )


def _guessed(exercise):
    progress().start_review(exercise)
    st.toast("It comes back for review on Home, in a few minutes.", icon=":material/replay:")


def _help(exercise, work):
    with st.container(horizontal=True, key=f"help_{exercise.id}"):
        with st.popover("First step", icon=":material/lightbulb:", type="tertiary"):
            st.markdown(exercise.first_step)
        if work.attempts >= ATTEMPTS or work.solved:
            with st.popover("Solution", icon=":material/visibility:", type="tertiary"):
                st.latex(read_back(exercise.id, exercise.solution))
                st.code(exercise.solution, language=None, wrap_lines=True)


@st.cache_data(max_entries=5000, show_spinner=False)
def _checked(exercise_id, text):
    """Whether the answer is right, a message on it, and the answer as LaTeX: "" if it is not a formula."""
    answer = check_answer(exercise_id, text)
    try:
        latex = read_back(exercise_id, text)
    except FormulaError:
        latex = ""
    return answer.correct, answer.message, latex

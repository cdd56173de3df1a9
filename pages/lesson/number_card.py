"""One numeric exercise: its question with the learner's own numbers, a field for the answer, the verdict, and new numbers."""

import streamlit as st

from nnlib.practice import question_for
from nnlib.practice.number_exercise import TOLERANCE, NumberExercise, Question, check_number, read_number
from nnlib.symbolic import FormulaError
from pages.classroom.membership import record as record_for_class
from pages.lesson.exercise_card import ATTEMPTS, answer_form, offer_review, show_verdict
from pages.lesson.progress import NumberWork, generation, progress
from pages.lesson.scroll import feedback
from pages.ui.formula_line import formula_line

ROUNDED = "Numbers are rounded only where they are shown: with those on view, the last digit may come out differently."
SYNTAX = "A decimal number. You can also type the sum itself, as `(0.2 - 1)/2` or `-log(0.35)`."


def number_card(exercise: NumberExercise, opened: bool = True) -> None:
    """Draw it, without its title. opened: False draws the question alone, to be there at once when the card is opened."""
    work = progress().number_work(exercise.id)
    question = question_for(exercise.id, work.seed)
    with st.container(key=f"exercise_{exercise.id}"):
        st.markdown(question.prompt)
        if not opened:
            return
        empty = _answer(exercise, question, work)
        with feedback(f"verdict_{exercise.id}"):
            if work.text and not empty:
                _verdict(exercise, question, work)
        st.caption(f"Given numbers are rounded to four decimals. Your answer counts if it is within {TOLERANCE}.")
        _help(exercise, question, work)


def _answer(exercise, question, work):
    """Draw the form. True if it was sent empty."""

    def record(text):
        answer, valid = check_number(question, text), _is_number(text)
        progress().record_number(exercise.id, text, answer.correct, valid)
        record_for_class("exercise", exercise.id, text, answer.correct if valid else None, answer.message)

    return answer_form(
        exercise.id, f"answer_{exercise.id.replace('~', '-')}_{work.seed}_{generation()}", work.text, SYNTAX, record
    )


def _is_number(text):
    try:
        read_number(text)
    except FormulaError:
        return False
    return True


def _verdict(exercise, question, work):
    answer = check_number(question, work.text)
    show_verdict(answer.correct, answer.message, work.attempts, valid=_is_number(work.text))
    if answer.correct:
        offer_review(exercise.id)


def _help(exercise: NumberExercise, question: Question, work: NumberWork):
    if work.attempts >= ATTEMPTS or work.solved:
        with st.expander("Solution with these numbers", icon=":material/visibility:", expanded=work.solved):
            with st.container(key=f"worked_{exercise.id}"):
                for line in question.worked:
                    formula_line(line)
            st.caption(ROUNDED)
    with st.container(horizontal=True, key=f"help_{exercise.id}"):
        with st.popover("First step", icon=":material/lightbulb:", type="tertiary"):
            st.markdown(exercise.first_step)
        if "~" in exercise.id:  # the numbers are part of the exercise
            return
        st.button(
            "New numbers",
            icon=":material/casino:",
            type="tertiary",
            key=f"new_{exercise.id}",
            help="Ask the same with other numbers.",
            on_click=progress().draw_numbers,
            args=(exercise.id,),
        )

"""The panel below the live view: the example and the weight, the chain of numbers from one to the other, and one line of it.

It stays at the bottom of the window, so that the network and the data can be seen, and clicked, above it.
"""

import streamlit as st

from nnlib.practice.number_exercise import check_number
from nnlib.support.number_text import difference_text, number_text
from nnlib.teaching.step_line import Line
from pages.lesson.exercise_card import ATTEMPTS
from pages.lesson.lessons import LESSONS
from pages.train.one_step.choice import FIRST, Choice, counted_from_one
from pages.train.one_step.explained import Explained
from pages.train.one_step.line_view import given, line_view, question_of, symbol_on_one_line, terms_view
from pages.ui.formula_line import formula_line
from pages.ui.plain_text import plain

LESSON_OF = {lesson.key: (number, lesson) for number, lesson in enumerate(LESSONS, 1)}
HOW = (
    "A click on a point, an image or a mistake chooses the example; on a link of the network, or in a picture of weights, the "
    "weight."
)
NAME = (
    "W1[1,4] is the weight of layer 1 from input 1 to unit 4, b2[6] the bias of unit 6 of layer 2. Both count from 1, as the "
    "formulas do; a link counts from 0, as code does."
)
DIGITS = "Your number: four digits, or the calculation, as 0.5*0.3 + 0.1"
FEW = 2  # terms of a sum that the line itself shows
ASKS = "Hides the numbers from here on, and asks for one after the other."


def one_step_panel(choice: Choice, found: Explained | str | None) -> None:
    """Draw it, if something is to be explained."""
    if found is None:
        return
    with st.container(key="beside_live_one_step", border=True, gap="xsmall"):
        _head(choice, found)
        if isinstance(found, str):
            st.info(plain(found), icon=":material/pause_circle:")
            return
        if choice.moment and found.step.step != choice.moment.step:
            st.caption(
                f"The weights of step {choice.moment.step:,} are not stored: these are those of step {found.step.step:,}."
            )
        lines = found.step.lines
        choice.line = min(choice.line, len(lines) - 1)
        _chain(choice, lines)
        line = lines[choice.line]
        _ways(choice, line, len(lines))
        if choice.asks and line.pattern and not _solved(choice, line):
            _question(choice, line)
        else:
            _worked(choice, found, line)


def _head(choice, found):
    with st.container(horizontal=True, vertical_alignment="center", key="one_step_head", gap="small"):
        title = "**One step explained**"
        if isinstance(found, Explained):
            title = f"**Step {found.step.step + 1:,}**: {plain(found.weight)}"
        st.markdown(title, help=HOW)
        if isinstance(found, Explained):
            if found.picture is not None:
                st.image(found.picture, width=36)
            _example(choice, found)
        _weight(choice)
        st.button("", icon=":material/close:", type="tertiary", key="one_step_close", help="Close", on_click=choice.close)
    if choice.problem:
        st.warning(plain(choice.problem), icon=":material/error:")


def _example(choice, found):
    widget = "one_step_example"
    st.session_state[widget] = found.example

    def chosen():
        choice.example = st.session_state[widget]

    st.selectbox(
        "Example",
        list(found.examples),
        format_func=found.examples.get,
        key=widget,
        label_visibility="collapsed",
        width=270,
        on_change=chosen,
    )


def _weight(choice):
    widget = "one_step_weight"
    st.session_state[widget] = counted_from_one(choice.name)
    st.text_input(
        "Weight or bias",
        key=widget,
        placeholder=counted_from_one(FIRST),
        help=NAME,
        autocomplete="off",
        label_visibility="collapsed",
        width=110,
        on_change=lambda: choice.type_name(st.session_state[widget]),
    )


def _chain(choice, lines):
    """All numbers, in the order in which they are computed. While the learner computes them, those to come are hidden."""
    widget = "one_step_chain"
    st.session_state[widget] = choice.line

    def label(n):
        line = lines[n]
        hidden = choice.asks and (n > choice.line or n == choice.line and line.pattern and not _solved(choice, line))
        stage = f"**{line.stage}** " if not n or lines[n - 1].stage != line.stage else ""
        return f"{stage}${symbol_on_one_line(line)}$ {'?' if hidden else number_text(line.value)}"

    st.pills(
        "The chain, from the example to the weight",
        range(len(lines)),
        format_func=label,
        key=widget,
        required=True,
        wrap=True,
        label_visibility="collapsed",
        on_change=lambda: choice.go(st.session_state[widget]),
    )


def _worked(choice, found, line):
    with st.container(key="one_step_line", gap="xsmall"):
        if choice.asks and (answers := _answers(choice, line)):
            _verdict(line, answers)
        st.markdown(f"**{line.stage}.** {line.about}")
        line_view(line)
        if line.kind == "w":
            difference = abs(line.value - found.step.reached)
            st.caption(
                f"The run's own next step, taken on a copy, gives {number_text(found.step.reached, 7)}. "
                f"Difference by rounding: {difference_text(difference)}."
            )
        if line.terms and len(line.terms.labels) > FEW:
            terms_view(line.terms)


def _ways(choice, line, count):
    with st.container(horizontal=True, vertical_alignment="center", key="one_step_ways"):
        _go(choice, "Back", choice.line - 1, count, ":material/arrow_back:")
        _go(choice, "Next", choice.line + 1, count, ":material/arrow_forward:")
        _toggle(choice)
        if line.lesson:
            key, part = line.lesson
            number, lesson = LESSON_OF[key]
            label = f"Lesson {number}, {lesson.names[part]}"
            st.page_link(lesson.script, label=label, icon=":material/school:", query_params={"part": part}, width="content")


def _go(choice, label, line, count, icon):
    st.button(
        label,
        icon=icon,
        type="tertiary",
        key=f"one_step_{label}",
        disabled=not 0 <= line < count,
        on_click=choice.go,
        args=(line,),
    )


def _toggle(choice):
    def switch():
        choice.asks = st.session_state["one_step_asks"]

    st.session_state["one_step_asks"] = choice.asks
    st.toggle("You compute the next one", key="one_step_asks", help=ASKS, on_change=switch)


# The question


def _answers(choice, line):
    """What was answered to the question of this line so far."""
    return choice.answers.setdefault((choice.moment, choice.name, choice.example, line.symbol, line.kind), [])


def _solved(choice, line):
    """Whether its number may be shown: it was found, or tried often enough."""
    answers = _answers(choice, line)
    return len(answers) >= ATTEMPTS or bool(answers) and check_number(question_of(line), answers[-1]).correct


def _question(choice: Choice, line: Line):
    answers = _answers(choice, line)
    st.markdown(f"**{line.stage}.** {line.about} Compute ${line.symbol}$ from")
    st.markdown(given(line), text_alignment="center")
    if answers:
        _verdict(line, answers)
    field = f"one_step_answer_{choice.line}"

    def check():
        if st.session_state[field].strip():
            answers.append(st.session_state[field])

    with st.form("one_step_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Your number",
            key=field,
            placeholder=DIGITS,
            autocomplete="off",
            label_visibility="collapsed",
            persist_state="session",
        )
        st.form_submit_button("Check", icon=":material/check:", on_click=check)
        with st.popover("Formula", icon=":material/lightbulb:", type="tertiary"):
            formula_line(line.formula)


def _verdict(line, answers):
    """One line: the panel is small."""
    answer = check_number(question_of(line), answers[-1])
    icon, colour = ("check_circle", "green") if answer.correct else ("cancel", "orange")
    st.markdown(f":{colour}[:material/{icon}: **{answer.message}**] Answer {len(answers)} of {ATTEMPTS}: {plain(answers[-1])}")

"""The lines of a derivation that the learner writes: some or all of its own lines, or as many as the learner likes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

from nnlib.symbolic.answers.grammar import LONGEST
from nnlib.symbolic.exercise.names import network_names
from pages.classroom.membership import record
from pages.lesson.derivation_line import derivation_line
from pages.lesson.progress import Derived, generation
from pages.lesson.scroll import ask_to_scroll, feedback
from pages.lesson.typed_formula import typed_formula

if TYPE_CHECKING:
    from nnlib.symbolic.derivation.derivation import Derivation
    from nnlib.symbolic.derivation.line_check import Verdict

ATTEMPTS = 3  # after which the next line can be shown
RULE_WRONG = "The line is right, the rule is not."
NOTE = "derivation_note"  # what was said about the line that was accepted last, by place
EXPLAINED = ("G2", "G3", "ones")  # names of matrices that may be new to who has not read the lines
SYNTAX = """
Write the line as on paper: `ψ_i(δ_ij - ψ_j)`, `e^z_i`, `x/S^2`. A derivative is `d(x)/d(z_j)` or `∂x/∂z_j`, a sum over an
index `sum_k(x)` or `Σ_k x`, a mask `(z > 0)`, two cases `where(i == j, x, y)`. Terms and factors may stand in any order.
"""


@dataclass(frozen=True)
class _Written:
    """The learner's lines that are right, with their verdicts, and the number of the derivation's line that they reach."""

    lines: list[tuple[str, "Verdict"]]
    reached: int


def write_lines(derivation: "Derivation", work: Derived, place: str, change: Callable[[], None]) -> bool:
    """Draw the lines, and a field for the next one. Whether the last line is reached.

    Parameters
    ----------
    derivation : one with lines that can be typed
    work : the learner's, in one of the modes in which lines are written
    place : part of the keys of what is drawn
    change : called when `work` has changed
    """
    written = _written(derivation, work)
    with st.container():
        if work.mode == "free":
            _own_lines(derivation, written, place)
        else:
            _lines(derivation, written.reached, place)
    finished = written.reached == len(derivation.steps)
    note = st.session_state.get(NOTE, {}).get(place, "")
    with st.container(key=f"writing_{place}"):
        with feedback(f"note_{place}"):  # always there, so that the form, which has the focus, does not move
            if finished:
                helped = "Some lines were shown. Begin again, and do without." if work.mode in work.helped else ""
                st.success(f"{note} The last line is reached. {helped}".strip(), icon=":material/check_circle:")
            elif note and written.lines and not work.text:
                st.success(note, icon=":material/check:")
        if not finished:
            _next_line(derivation, work, written, place, change)
        _tools(derivation, work, written, place, change)
    return finished


def _written(derivation, work):
    """The lines that were accepted, checked again: they may come from the browser's storage."""
    reached, before, lines = _given(derivation, work.mode, 0), "", []
    for text in work.lines.get(work.mode, []):
        if reached == len(derivation.steps):
            break
        number = reached + 1
        found = _checked(derivation, number, text, before)
        if not found.accepted:
            break
        lines.append((text, found))
        if work.mode == "free":
            reached = len(derivation.steps) if found.end else found.line
        else:
            reached = _given(derivation, work.mode, max(number, found.line))
        before = text if work.mode == "free" else ""
    return _Written(lines, reached)


def _given(derivation, mode, reached):
    """The number of the last line that is given, once line `reached` is written: what cannot be typed is shown."""
    if mode == "free":
        return reached
    asked = [number for number, text in enumerate(derivation.texts) if number and text]
    if mode == "last":
        asked = [_first_end(derivation)]
    return next((number - 1 for number in asked if number > reached), len(derivation.steps))


@lru_cache(maxsize=5000)
def _checked(derivation, number, text, before) -> "Verdict":
    from nnlib.symbolic.derivation.line_check import check_line

    return check_line(derivation, number, text, before)


def _lines(derivation, reached, place):
    if not reached:
        st.latex(f"{_left(derivation)} =", width="content")
    for number, step in enumerate(derivation.steps[:reached], 1):
        derivation_line(step, place, number)


def _own_lines(derivation, written, place):
    st.latex(_left(derivation), width="content")
    for number, (_, found) in enumerate(written.lines, 1):
        with st.container(border=True, key=f"own_line_{place}_{number}"):
            st.latex(f"= {found.latex}", width="content")
            st.caption(f":green[:material/check:] {found.message} {found.end}")


def _left(derivation):
    from nnlib.symbolic.derivation.printing import latex

    return latex(derivation.left)


def _next_line(derivation, work, written, place, change):
    number = written.reached + 1
    turn = f"{place}_{work.mode}_{len(work.lines.get(work.mode, []))}"  # so that each line begins with an empty field
    field, rule = f"line_{turn}_{generation()}", f"rule_{turn}"
    before = written.lines[-1][0] if work.mode == "free" and written.lines else ""

    def check():
        text = st.session_state[field]
        found = _checked(derivation, number, text, before)
        chosen = st.session_state.get(rule)
        fits = _rule_fits(derivation, work, number, found, chosen)
        counts = found.kind != "not read" and (not found.accepted or chosen or fits)
        if text.strip():
            right = (found.accepted and fits) if counts else None
            message = RULE_WRONG if found.accepted and not fits else found.message
            record("exercise", f"{derivation.title}, line {number}", text, right, message)
        if found.accepted and fits:
            work.record_line(text)
            _say(place, found.message if work.mode != "free" else "")  # there it stands below the line
            ask_to_scroll(f"note_{place}")
        elif text.strip():
            work.text, work.attempts = text, work.attempts + bool(counts)
            ask_to_scroll(f"verdict_{place}")
        change()

    if work.mode == "free" and (lacks := _last_line(derivation, number, before)):
        st.caption(f":material/flag: {lacks}")
    with st.form(f"form_{place}_{work.mode}", border=False):
        label = "Your next line, after the equals sign" if work.mode == "free" else f"Line {number}, after the equals sign"
        st.session_state.setdefault(field, work.text)
        with st.container(key=f"field_{place}"):  # for the focus
            st.text_input(label, max_chars=LONGEST, key=field, help=SYNTAX, autocomplete="off")
        if work.mode == "every":
            st.selectbox("The rule that leads to it", _rules(derivation), None, key=rule, placeholder="Choose a rule")
        st.form_submit_button("Check", icon=":material/check:", on_click=check)
    with feedback(f"verdict_{place}"):
        if work.text:
            _verdict(derivation, number, _checked(derivation, number, work.text, before), work, st.session_state.get(rule))
    reader = derivation.reader
    if short := [name for name in EXPLAINED if name in reader.names]:
        st.caption("You can type " + " · ".join(f"`{name}` {meaning}" for name, meaning in network_names(*short).items()))
    signs = [*(f"sum_{letter}(" for letter in sorted(map(str, reader.summed))), "d(", ")/d("]
    typed_formula(field, reader.names, work.text, lambda text: reader.read(text).latex, signs)


def _first_end(derivation):
    from nnlib.symbolic.derivation.line_check import first_end

    return first_end(derivation)


def _last_line(derivation, number, before):
    from nnlib.symbolic.derivation.line_check import what_the_last_line_lacks

    return what_the_last_line_lacks(derivation, number, before)


def _rules(derivation):
    from nnlib.symbolic.derivation.line_check import rules_to_choose

    return rules_to_choose(derivation)


def _rule_fits(derivation, work, number, found, rule):
    """Whether the chosen rule leads to the line, or to one of several that were written at once."""
    steps = derivation.steps[number - 1 : max(number, found.line)]
    return work.mode != "every" or rule in [step.rule for step in steps]


def _verdict(derivation, number, found, work, rule):
    if found.accepted and not rule:
        st.info("The line is right. Now choose the rule that leads to it.", icon=":material/edit:")
    elif found.accepted:
        st.warning(f"{RULE_WRONG} {derivation.steps[number - 1].why}", icon=":material/cancel:")
    elif found.kind == "not read":
        st.info(found.message, icon=":material/edit:")
    elif found.kind == "no nearer":
        st.info(found.message, icon=":material/sync:")
    else:
        st.warning(found.message, icon=":material/cancel:")
    if work.attempts:
        st.caption("1 attempt" if work.attempts == 1 else f"{work.attempts} attempts")


def _tools(derivation, work, written, place, change):
    count = len(work.lines.get(work.mode, []))
    number = next((each for each in range(written.reached + 1, len(derivation.steps) + 1) if derivation.texts[each]), None)

    def show():
        work.record_line(derivation.texts[number])
        work.helped.append(work.mode)
        _say(place, "That was the line. It has been written for you.")
        change()

    def remove(lines):
        work.remove_lines(lines)
        _say(place, "")
        change()

    with st.container(horizontal=True, key=f"tools_{place}"):
        if number and work.attempts >= ATTEMPTS:
            st.button("Show this line", icon=":material/visibility:", type="tertiary", key=f"show_{place}", on_click=show)
        if count and work.mode == "free":
            key = f"remove_{place}"
            st.button("Remove my last line", icon=":material/undo:", type="tertiary", key=key, on_click=remove, args=(1,))
        if count:
            key = f"again_{place}"
            st.button("Begin again", icon=":material/restart_alt:", type="tertiary", key=key, on_click=remove, args=(count,))


def _say(place, note):
    st.session_state.setdefault(NOTE, {})[place] = note

"""An equation of matrices in which the learner changes numbers in place."""

from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from nnlib.support.number_text import number_text
from pages.ui.arrow_keys import ARROW_KEYS
from pages.ui.component_message import sent
from pages.ui.html_table import Html
from pages.ui.matrix_view import equation_html, matrix_html
from pages.worked_example.worked_network import Chosen
from pages.worked_example.worked_numbers import entry_text, with_text

FOLDER = Path(__file__).parent
CHANGED, NEWEST, MESSAGE = "in_place_changed", "in_place_newest", "in_place_message"  # in the session

_component = st.components.v2.component(
    "backprop_lab_editable_equation",
    html='<div class="editable"></div>',
    css=(FOLDER / "editable_equation.css").read_text(encoding="utf-8"),
    js=ARROW_KEYS + (FOLDER / "editable_equation.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def editable_html(chosen: Chosen, name: str, letters: str = "", title: str = "", **options: Any) -> str:
    """One matrix of the chosen numbers as HTML, with a field for each entry.

    Parameters
    ----------
    chosen : the numbers
    name : of the matrix
    letters, options : as for matrix_html
    title : HTML above a matrix that is not in SYMBOLS
    """

    def field(entry, value):
        index = entry[-array.ndim :]
        place = "_".join([name, *(str(i + 1) for i in index)])
        text = number_text(value)
        return Html(f'<input name="{place}" value="{text}" size="{len(text)}" aria-label="{escape(entry_text(name, index))}">')

    array = chosen.numbers[name]
    return matrix_html(title or name, array, letters, content=field, **options)


def editable_equation(chosen: Chosen, *parts: str, key: str) -> None:
    """Draw matrices and the signs between them, as equation_view does. Those from editable_html can be changed."""
    if st.session_state.pop(CHANGED, False):
        st.rerun()  # the whole page, also where this is in a fragment
    key = f"{key}_{chosen.preset}"

    def changed():
        newest = st.session_state.get(NEWEST, 0)
        st.session_state[NEWEST], st.session_state[MESSAGE] = take_changes(chosen, sent(key, "changes"), newest)
        st.session_state[CHANGED] = True

    st.caption(
        "Choose an underlined number to change it. "
        '<span class="keyboard">Tab reaches them, and the arrow keys move from number to number. Enter confirms a new number, '
        "Escape restores the old one.</span>",
        unsafe_allow_html=True,
    )
    _component(key=key, data={"html": equation_html(*parts)}, on_changes_change=changed)
    if message := st.session_state.pop(MESSAGE, None):
        st.error(message, icon=":material/edit_off:")


def take_changes(chosen: Chosen, changes: object, since: float) -> tuple[float, str | None]:
    """Make the changes that are new.

    Parameters
    ----------
    chosen : what is changed
    changes : all changes in the browser since the equation was drawn: entry → [time, text]
    since : the time of the last change that was made

    Returns
    -------
    The time of the last change, and a message on the last text that is not a valid number
    """
    message = None
    for time, entry, text in sorted(_read(changes)):
        if time > since:
            since = time
            try:
                chosen.use(with_text(chosen.numbers, entry, text))
            except ValueError as error:
                message = str(error)
    return since, message


def _read(changes):
    """Each change as (time, entry, text)."""
    for entry, change in changes.items() if isinstance(changes, dict) else ():
        match change:
            case [int(time), str(text)] if isinstance(entry, str):
                yield time, entry, text

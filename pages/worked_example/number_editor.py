"""Fields for every number of the small network, its presets, and a button that resets the numbers."""

from pathlib import Path

import numpy as np
import streamlit as st

from nnlib.symbolic.symbols import SYMBOLS, symbol_parts
from pages.ui.arrow_keys import ARROW_KEYS
from pages.ui.component_message import sent
from pages.ui.matrix_view import shape_text
from pages.worked_example.worked_network import Chosen, chosen_numbers
from pages.worked_example.worked_numbers import LARGEST, PRESETS, with_change

FOLDER = Path(__file__).parent
TITLES = {"2-3-2": "2-3-2, by hand", "3-4-3": "3-4-3", "4-10-3": "4-10-3"}
TABLES = ("X", "y", "W1", "b1", "W2", "b2", "lam")

_component = st.components.v2.component(
    "backprop_lab_numbers",
    html='<div class="numbers" data-testid="numbers"></div><p class="keyboard">The arrow keys move from number to number. '
    "Page Up and Page Down change a number by 0.5. Space opens a list of classes.</p>",
    css=(FOLDER / "editor.css").read_text(encoding="utf-8"),
    js=ARROW_KEYS + (FOLDER / "editor.js").read_text(encoding="utf-8"),
)


def number_editor() -> None:
    """Draw the editor, at most once on a page."""
    chosen = chosen_numbers()
    _preset(chosen)
    key = f"numbers_{chosen.starts}"
    _component(
        key=key,
        data={"tables": [_table(chosen.numbers, name) for name in TABLES]},
        on_fields_change=lambda: take_fields(chosen, sent(key, "fields")),
    )


def take_fields(chosen: Chosen, fields: object) -> None:
    """Store the values of the browser's fields, name → entries row by row. Invalid values are ignored."""
    if not isinstance(fields, dict):
        return
    for name, array in chosen.numbers.items():
        values = fields.get(name)
        if not isinstance(values, list) or len(values) != array.size:
            continue
        for index, before, value in zip(np.ndindex(array.shape), array.ravel().tolist(), values):
            try:
                if value != before:
                    chosen.numbers = with_change(chosen.numbers, name, index, value)
            except ValueError:
                continue


def _preset(chosen):
    """The presets, and a button that resets the numbers. Its key changes with each start, as the key of the fields does."""
    key = f"preset_{chosen.starts}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Start with",
            list(PRESETS),
            default=chosen.preset,
            format_func=TITLES.get,
            key=key,
            required=True,
            on_change=lambda: chosen.begin(st.session_state[key]),
            help="Inputs, hidden units and classes of the network. A preset replaces all numbers.",
        )
        st.button(
            "Reset the numbers",
            icon=":material/restart_alt:",
            on_click=chosen.begin,
            args=(chosen.preset,),
            help="Go back to the first numbers of this network.",
        )


def _table(numbers, name):
    """The data of one table for editor.js."""
    array, shape = numbers[name], SYMBOLS[name].shape
    letter, layer = symbol_parts(name)
    rows, columns = array.shape if array.ndim == 2 else (1, array.size)
    if name == "y":
        rows, columns = array.size, 1  # beside X: a label for each row
    return {
        "name": name,
        "letter": letter,
        "layer": layer,
        "shape": shape_text(shape, array.shape) if shape else "",
        "rows": rows,
        "columns": columns,
        "values": array.ravel().tolist(),
        "least": 0 if name == "lam" else -LARGEST,
        "most": LARGEST,
        "classes": numbers["b2"].size if name == "y" else 0,
    }

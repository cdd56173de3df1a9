"""Which example and which column of a matrix the lesson shows: chosen with buttons, and named in the address.

The session stores the places, not the buttons. So "Next entry" continues from the last press, even if the browser has not
received its result yet. The page then draws new buttons, because what the old ones hold is out of date.
"""

from dataclasses import dataclass, field

import streamlit as st

from pages.ui.address import named_in_address, write_address

KEY = "entry_choice"
LETTERS = "nhk"  # of the indices: an example, a hidden unit, a class
INVALID = "A position in the link is invalid: the first is shown."


@dataclass
class EntryChoice:
    """places: letter of an index → its value, from 1. revision: how often the page itself has changed them."""

    places: dict[str, int] = field(default_factory=dict)
    revision: int = 0

    def at(self, letter: str, count: int) -> int:
        """The place on an index of `count` values. A place of a larger network becomes the last one."""
        return min(max(self.places.get(letter, 1), 1), count)

    def move(self, places: dict[str, int]) -> None:
        """Change some places from the page."""
        self.places |= places
        self.revision += 1


def choose_example(count: int) -> int:
    """Draw the buttons of `count` examples, and return the chosen one, counted from 0."""
    return _choose(_entry_choice(), "n", "Example", count)


def choose_entry(rows: int, columns: int, letter: str, label: str) -> tuple[int, int]:
    """Draw the buttons for one entry of a matrix, and one that goes through the entries row by row.

    Parameters
    ----------
    rows, columns : the matrix's shape
    letter : of the column's index, which is also its name in the address
    label : what a column is

    Returns
    -------
    (row, column), counted from 0
    """
    choice = _entry_choice()

    def next_entry():
        at = (choice.at("n", rows) - 1) * columns + choice.at(letter, columns)
        choice.move({"n": at // columns % rows + 1, letter: at % columns + 1})

    with st.container(horizontal=True, vertical_alignment="bottom"):
        n = _choose(choice, "n", "Example", rows)
        column = _choose(choice, letter, label, columns)
        st.button("Next entry", icon=":material/skip_next:", on_click=next_entry, key=f"next_entry_{letter}")
    return n, column


def _entry_choice():
    choice = st.session_state.setdefault(KEY, EntryChoice())
    named = named_in_address(KEY, LETTERS)
    if named is not None:
        choice.move({letter: int(named[letter]) if _is_place(named.get(letter)) else 1 for letter in LETTERS})
        if not all(_is_place(text) for text in named.values()):
            st.toast(INVALID, icon=":material/link_off:", duration="long")
    return choice


def _is_place(text):
    return text is not None and text.isascii() and text.isdigit() and len(text) < 4 and int(text) > 0


def _choose(choice, letter, label, count):
    at, key = choice.at(letter, count), f"entry_{letter}_{choice.revision}"

    def chosen():
        choice.places[letter] = st.session_state[key]

    st.segmented_control(f"{label} {letter}", range(1, count + 1), default=at, key=key, required=True, on_change=chosen)
    write_address({letter: None if at == 1 else str(at)})
    return at - 1

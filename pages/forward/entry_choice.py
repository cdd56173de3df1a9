"""Which example and which column of a matrix a lesson looks at: chosen by buttons, kept over its parts and in the address.

The places are kept here and not by the buttons, so that "Next entry" goes on from where the last press went, even if the
browser has not yet heard of it. Places that it has moved are told to new buttons: what the old ones say then means nothing.
"""

from dataclasses import dataclass, field

import streamlit as st

KEY = "entry_choice"


@dataclass
class EntryChoice:
    """places: letter of an index → its value, from 1. moves: how often "Next entry" was pressed."""

    places: dict[str, int] = field(default_factory=dict)
    moves: int = 0

    def at(self, letter, count):
        """The place on an index of `count` values; one from a larger network is brought inside."""
        if letter not in self.places:
            asked = st.query_params.get(letter, "")
            self.places[letter] = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
        return min(max(self.places[letter], 1), count)


def choose_example(count: int) -> int:
    """One of `count` examples, counted from 0."""
    return _choose("n", "Example", count)


def choose_entry(rows: int, columns: int, letter: str, label: str) -> tuple[int, int]:
    """One entry of a matrix (rows, columns), counted from 0, with a button that walks through them row by row.

    letter  of the column's index: also its name in the address
    label   what a column is
    """

    def walk():
        choice = _choice()
        at = (choice.at("n", rows) - 1) * columns + choice.at(letter, columns)
        choice.places |= {"n": at // columns % rows + 1, letter: at % columns + 1}
        choice.moves += 1

    with st.container(horizontal=True, vertical_alignment="bottom"):
        n = choose_example(rows)
        column = _choose(letter, label, columns)
        st.button("Next entry", icon=":material/skip_next:", on_click=walk, key=f"next_entry_{letter}")
    return n, column


def _choice() -> EntryChoice:
    return st.session_state.setdefault(KEY, EntryChoice())


def _choose(letter, label, count):
    choice = _choice()
    at = choice.at(letter, count)
    key = f"entry_{letter}_{choice.moves}"

    def chosen():
        choice.places[letter] = st.session_state[key]

    st.segmented_control(
        f"{label} ${letter}$",
        range(1, count + 1),
        default=at,
        key=key,
        required=True,
        on_change=chosen,
    )
    if str(at) != st.query_params.get(letter, "1"):
        st.query_params[letter] = str(at)
    return at - 1

"""All formulas of the lessons, on one page when it is printed."""

import streamlit as st

from nnlib.symbolic.symbols import SYMBOLS, symbol_latex
from pages.lesson.lessons import LESSONS

DEFINED = ("J", "R1", "R2", "dz3", "dz2")  # by the formulas above


def summary_sheet() -> None:
    """Draw the part."""
    st.header("All formulas", anchor=False)
    with st.container(key="summary"):  # two columns, which the symbols and the lessons fill evenly
        st.markdown(f"##### Symbols\n\n{_symbols()}")
        for lesson in _tables():
            st.markdown(lesson)


def _symbols():
    """What the symbols stand for that no formula defines."""
    given = {name: each for name, each in SYMBOLS.items() if not each.formula and name not in DEFINED}
    return " · ".join(f"${{{symbol_latex(name)}}}$ {each.meaning}" for name, each in given.items())


@st.cache_data(show_spinner=False)
def _tables():
    """A heading and a table for each lesson, as Markdown."""
    from nnlib.symbolic.summary import summary  # SymPy takes half a second to import

    formulas = summary()
    return [f"##### {number} {each.title}\n\n{_table(formulas[each.key])}" for number, each in enumerate(LESSONS, 1)]


def _table(formulas):
    rows = [f"| {each.about[:1].upper()}{each.about[1:]} | $\\displaystyle {_in_a_cell(each.latex)}$ |" for each in formulas]
    return "\n".join(["| what | formula |", "|---|---|", *rows])


def _in_a_cell(latex):
    """A bar would end the cell."""
    return latex.replace("|", r"\vert ")

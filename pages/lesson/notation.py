"""The notation of all lessons as one table, behind a button in the header of every page."""

import streamlit as st

from nnlib.symbolic.symbols import SYMBOLS, symbol_latex

NOT_LISTED = ("dz2", "R1", "R2")  # like dz3, and a part of J~
NOT_TYPED = ("J", "J_tilde")
TIMES = r" \times "

RULES = """
- A number in brackets names a layer. It is not an exponent: $z^{(2)}$ belongs to layer 2.
- Each row of a batch is one example, so $X W$ computes all examples at once.
- A gradient has the shape of its variable.
- $\\circ$ multiplies entry by entry; $\\mathbf 1[\\cdot]$ is 1 where the condition holds, else 0.
- The penalty in $\\tilde J$ has no factor ½.
"""


def notation():
    """The button, and the table that it opens without a request to the server."""
    with st.popover("Notation", icon=":material/menu_book:", type="tertiary", key="notation_table"):
        st.markdown(_table())
        st.markdown(RULES)


def _table():
    rows = ["| symbol | typed | meaning | shape |", "|---|---|---|---|"]
    for name, symbol in SYMBOLS.items():
        if name in NOT_LISTED:
            continue
        typed = "" if name in NOT_TYPED else f"`{name}`"
        formula = f": ${symbol.formula}$" if symbol.formula else ""
        shape = f"${{{TIMES.join(symbol.shape)}}}$" if symbol.shape else ""
        # Braces keep a symbol on one line; a formula may break, so that the table fits on a phone.
        rows.append(f"| ${{{symbol_latex(name)}}}$ | {typed} | {symbol.meaning}{formula} | {shape} |")
    return "\n".join(rows)

"""One line of an explained step: its formula, with the numbers put in, and the question that asks for its number."""

import re

import numpy as np
import streamlit as st

from nnlib.practice.number_exercise import NumberSlip, Question
from nnlib.support.number_text import number_text
from nnlib.teaching.step_line import Line, Terms
from pages.ui.formula_line import formula_line
from pages.ui.number_latex import digits_for, equals, factor_latex, number_latex

ROWS = 12  # of a sum that are listed one by one
FRACTION = re.compile(r"\\frac\{\\partial (.+?)\}\{\\partial (.+)\}")
CHANGES = ("w", "v", "m", "s")  # kinds of lines whose formula holds their own old value


def symbol_on_one_line(line: Line) -> str:
    """The symbol without a fraction, for a button."""
    return FRACTION.sub(r"\\partial \1 / \\partial \2", line.symbol) + (r" \leftarrow" if line.kind == "w" else "")


def line_view(line: Line) -> None:
    """Draw the formula in symbols, and below it in numbers."""
    if not line.pattern:
        formula_line(rf"{line.symbol} {equals(line.value)} \mathbf{{{number_latex(line.value)}}}")
        return
    digits = digits_for(line.compute, *line.numbers)
    sign = equals(*line.numbers, digits=digits)
    value = rf"{equals(line.value)} \mathbf{{{number_latex(line.value)}}}"
    is_now = r"\leftarrow" if line.kind in CHANGES else "="
    formula_line(f"{line.symbol} {is_now} {line.formula}")
    formula_line(rf"{sign} {line.filled([_figure(each, digits) for each in line.numbers])} {value}")


def given(line: Line) -> str:
    """The numbers that the line is computed from, as Markdown."""
    digits = digits_for(line.compute, *line.numbers)
    numbers = dict(zip(line.names, line.numbers))
    return " &emsp; ".join(
        f"${{{name} {equals(value, digits=digits)} {number_latex(value, digits)}}}$" for name, value in numbers.items()
    )


def question_of(line: Line) -> Question:
    """What is asked for a line."""
    slips = tuple(NumberSlip(*slip) for slip in line.slips if np.isfinite(slip.value))
    return Question("", line.value, (line.formula,), line.value, slips, any_size=True)


def terms_view(terms: Terms) -> None:
    """Draw the terms of a sum: the one on the path, the largest others, and all others together."""
    sizes = np.abs(terms.columns[:, -1])
    order = [n for n in np.argsort(-sizes, kind="stable") if n != terms.own]
    listed = sorted(order[:ROWS])
    rest = order[ROWS:]
    own = [] if terms.own is None else [terms.own]
    with st.expander(f"All {len(sizes):,} terms of the sum" if not rest else f"The largest of {len(sizes):,} terms"):
        rows = [[f"${head}$" for head in terms.heads], ["---:"] * len(terms.heads)]
        for n in [*own, *listed]:
            cells = [str(terms.labels[n]), *map(number_text, terms.columns[n])]
            rows.append([f"**{cell}**" for cell in cells] if n == terms.own else cells)
        if rest:
            blank = [""] * (len(terms.heads) - 2)
            rows.append([f"{len(rest):,} others", *blank, number_text(terms.columns[rest, -1].sum())])
        st.markdown("\n".join(f"| {' | '.join(row)} |" for row in rows))


def _figure(value, digits):
    """A number that is put in: a count with all its digits."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e9 else factor_latex(value, digits)

"""The relative errors of a gradient as tables: wrong entries are bold, with a stronger red for a larger error."""

import math
from collections.abc import Mapping

import numpy as np
import streamlit as st

from nnlib.support.number_text import number_text, percent, scientific
from nnlib.symbolic.symbols import symbol_html
from nnlib.teaching.listing import AGREES, Checked
from pages.ui.html_table import Cell, Html, Row, html_table, strong

WRONG = "213,94,0"
STRONGEST = 0.6  # opacity at an error of 100 %: the number on it stays readable
CELL = "min-width:50px;height:30px;padding:0 4px;text-align:center;font-size:14px;border:1px solid rgba(128,128,128,.35)"


def error_tables(checked: Mapping[str, Checked]) -> None:
    """Draw one table for each parameter, as many beside each other as fit."""
    tables = "".join(_table(name, each) for name, each in checked.items())
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:14px 22px">{tables}</div>')


def verdict(checked: Checked) -> str:
    """The verdict on the gradient of a parameter in a few words."""
    if not checked.shape_fits:
        return f"{_shape(np.shape(checked.gradient))} instead of {_shape(checked.numeric.shape)}"
    wrong = int((checked.errors > AGREES).sum())
    if not wrong:
        return "agrees"
    infinite = ~np.isfinite(checked.gradient)
    what = "wrong"
    if infinite.sum() == wrong:
        what = " or ".join(sorted({number_text(abs(each)) for each in checked.gradient[infinite]}, reverse=True))
    return f"{what} in {wrong} of {checked.errors.size} entries" if wrong < checked.errors.size else f"{what} in every entry"


def error_text(error: float) -> str:
    """75 %, 0.3 %, 0.07 %: one significant digit below 10 %. "≈ 0 %" for an error that counts as agreement."""
    if error <= AGREES:
        return "≈ 0\u00a0%"
    digits = 0 if error >= 0.0995 else max(1, -math.floor(math.log10(100 * error)))
    return percent(error, digits)


def _shape(shape):
    """(4, 2) as 4×2; (4,) as 4 numbers."""
    if not shape:
        return "one number"
    return "×".join(map(str, shape)) if len(shape) > 1 else f"{shape[0]} numbers"


def _table(name, checked):
    errors = np.atleast_2d(checked.errors)
    gradient = np.atleast_2d(checked.gradient) if checked.shape_fits else np.zeros(errors.shape)
    rows = [
        Row(i + 1 if checked.errors.ndim > 1 else "", [_cell(error, entry, checked) for error, entry in zip(row, gradient[i])])
        for i, row in enumerate(errors)
    ]
    heads = ["", *range(1, errors.shape[1] + 1)]
    caption = Html(f"{symbol_html(name)} {strong('✓ agrees' if checked.agrees else verdict(checked))}")
    return html_table(f"errors-{name}", rows, heads, caption=caption, kind="grid")


def _cell(error, entry, checked):
    if error <= AGREES:  # as the other cells of the table are written: where all agree, how well they do
        return Cell(scientific(error, 0) if checked.agrees else error_text(error), f"{CELL};opacity:.75")
    strength = STRONGEST * min(1.0, 0.25 + 0.75 * min(error, 1.0))
    text = "–" if not checked.shape_fits else error_text(error) if np.isfinite(entry) else number_text(entry)
    return Cell(text, f"{CELL};font-weight:700;background:rgba({WRONG},{strength:.2f})")

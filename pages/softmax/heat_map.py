"""Matrices as tables whose cells are coloured by sign and size: green above zero, magenta below, as on the live page.

The colours are transparent, so that light and dark both work. Each cell shows its number, so the colour is not needed to read
the table.
"""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from nnlib.support.number_text import decimal, telling
from pages.ui.html_table import Cell, Html, Row, html_table, strong

JACOBIAN = Html("<strong>∂ψ/∂z</strong>")  # title of the softmax Jacobian
STEEPEST = 0.25  # no entry of it is larger: ψ(1 − ψ) at ψ = ½
SIGNS = (
    '<p class="signs"><i class="positive"></i>positive<i class="negative"></i>negative</p>'  # the legend, as on the live page
)
STRONGEST = 40  # per cent of the colour at `scale` and beyond: the number on it stays readable


def heat_map(
    title: object,
    matrix: np.ndarray,
    name: str,
    scale: float | None = 1.0,
    text: Callable[[float], str] = telling,
    chosen: tuple[int, int] | None = None,
    sums: bool = False,
) -> Html:
    """One square matrix with its title; `side_by_side` draws several.

    Parameters
    ----------
    title : text or Html above it
    matrix : (K, K)
    name : by which a test finds it
    scale : the absolute value at which a colour is strongest; None for no colours
    text : makes the text of a number
    chosen : (row, column) of the entry with a frame, counted from 0
    sums : whether the sum of each row follows it
    """
    size = 44 if len(matrix) > 4 else 54  # pixels; six columns just fit on a phone
    heads = ["", *range(1, len(matrix) + 1), *(["sum"] if sums else [])]
    rows = []
    for i, row in enumerate(matrix):
        cells = [_cell(value, text(value), scale, size, chosen == (i, j)) for j, value in enumerate(row)]
        if sums:
            cells.append(Cell(strong(decimal(row.sum())), "padding:0 6px;text-align:center"))
        rows.append(Row(i + 1, cells))
    return html_table(name, rows, heads, caption=title, kind="grid")


def side_by_side(tables: Sequence[Html], signs: str = "") -> None:
    """Draw tables beside each other if there is space, else below each other, and below them what their colours mean.

    signs : a sign in front of each table but the first, such as "−="
    """
    items = "".join(_item(table, sign) for table, sign in zip(tables, ["", *signs] if signs else [""] * len(tables)))
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:12px 20px">{items}</div>{SIGNS}')


def _item(table, sign):
    sign = f'<span style="font-size:22px;padding:30px 14px 0 0">{sign}</span>' if sign else ""
    return f'<div style="display:flex;align-items:center;max-width:100%">{sign}{table}</div>'


def _cell(value, text, scale, size, chosen):
    style = f"width:{size}px;min-width:{size}px;height:34px;padding:0;text-align:center;border:2px solid "
    style += "currentColor" if chosen else "transparent"
    style += f";font-size:{13 if size < 50 else 14}px"
    if scale is not None:
        strength = STRONGEST * min(1.0, abs(value) / scale)
        sign = "positive" if value > 0 else "negative"
        colour = f"light-dark(var(--{sign}-light), var(--{sign}-dark))"
        style += f";background:color-mix(in srgb, {colour} {strength:.1f}%, transparent)"
    return Cell(text, style, current=chosen)

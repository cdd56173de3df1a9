"""Matrices as tables whose cells are coloured by sign and size: purple below zero, orange above, as on the live page.

Plain HTML, so that it is drawn at once and can be read aloud. The colours are see-through, so light and dark both work, and
each cell shows its number: nothing is told by colour alone.
"""

from collections.abc import Callable

import numpy as np
import streamlit as st

from nnlib.support.number_text import decimal, telling

POSITIVE, NEGATIVE = "224,130,20", "128,115,172"
JACOBIAN = "<strong>∂ψ/∂z</strong>"  # title of the softmax Jacobian, HTML
STEEPEST = 0.25  # no entry of it is larger: ψ(1 − ψ) at ψ = ½
STRONGEST = 0.65  # opacity of the colour at `scale` and beyond: the number on it stays readable
TITLE = "text-align:left;height:30px;line-height:22px;caption-side:top;color:inherit"
LABEL = "padding:2px 6px 2px 0;font-weight:400;opacity:.75;border:0;text-align:right"


def heat_map(
    title: str,
    matrix,
    name: str,
    scale: float | None = 1.0,
    text: Callable = telling,
    chosen: tuple | None = None,
    sums: bool = False,
) -> str:
    """HTML of one matrix (K, K) with its title; `side_by_side` draws several.

    title   above it, HTML
    name    for tests and programs that read the page aloud
    scale   the absolute value at which a colour is strongest; None: no colours
    text    what writes a number
    chosen  (row, column) of the entry to frame, counted from 0
    sums    whether each row's sum stands after it
    """
    matrix = np.asarray(matrix)
    size = 44 if len(matrix) > 4 else 54  # pixels; six columns just fit a phone
    columns = "".join(f'<th scope="col" style="{LABEL};text-align:center">{j + 1}</th>' for j in range(matrix.shape[1]))
    columns += f'<th scope="col" style="{LABEL};text-align:center">sum</th>' if sums else ""
    rows = ""
    for i, row in enumerate(matrix):
        cells = "".join(_cell(value, text(value), scale, size, chosen == (i, j)) for j, value in enumerate(row))
        if sums:
            cells += f'<td style="border:0;padding:0 6px;text-align:center"><strong>{decimal(row.sum())}</strong></td>'
        rows += f'<tr><th scope="row" style="{LABEL}">{i + 1}</th>{cells}</tr>'
    return (
        f'<table data-testid="{name}" style="border-collapse:separate;border-spacing:2px;font-size:{13 if size < 50 else 14}px;'
        f'font-variant-numeric:tabular-nums"><caption style="{TITLE}">{title}</caption>'
        f'<thead><tr><td style="border:0"></td>{columns}</tr></thead><tbody>{rows}</tbody></table>'
    )


def side_by_side(tables, signs=()):
    """Draw tables beside each other where there is room, below each other where there is none.

    signs   what stands before each table but the first, such as − and =, if anything
    """
    items = "".join(_item(table, sign) for table, sign in zip(tables, ["", *signs] if signs else [""] * len(tables)))
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:12px 20px">{items}</div>')


def _item(table, sign):
    sign = f'<span style="font-size:22px;padding:30px 14px 0 0">{sign}</span>' if sign else ""
    return f'<div class="scrolls" style="display:flex;align-items:center;overflow-x:auto;max-width:100%">{sign}{table}</div>'


def _cell(value, text, scale, size, framed):
    style = f"width:{size}px;min-width:{size}px;height:34px;padding:0;text-align:center;border-radius:4px;border:2px solid "
    style += "currentColor" if framed else "transparent"
    if scale is not None:
        strength = STRONGEST * min(1.0, abs(value) / scale)
        style += f";background:rgba({POSITIVE if value > 0 else NEGATIVE},{strength:.3f})"
    return f'<td style="{style}"{" aria-current=true" if framed else ""}>{text}</td>'

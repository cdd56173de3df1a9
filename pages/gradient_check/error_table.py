"""The relative errors of a gradient as small tables: figures in every cell, wrong ones in bold and the redder the larger.

Plain HTML, so that it is drawn at once and can be read aloud. The colour is see-through, so light and dark both work.
"""

import math
from collections.abc import Mapping

import numpy as np
import streamlit as st

from nnlib.support.number_text import number_text, percent, scientific
from nnlib.teaching.listing import AGREES, Checked

WRONG = "213,94,0"
STRONGEST = 0.6  # opacity at an error of 100 %: the figure on it stays readable
NAMES = {name: f"<i>{name[0]}</i><sup>({name[1]})</sup>" for name in ("W1", "b1", "W2", "b2")}
CELL = "min-width:50px;height:30px;padding:0 4px;text-align:center;border-radius:4px;border:1px solid rgba(128,128,128,.35)"
HEAD = "padding:0 6px 0 0;font-weight:400;font-size:12px;opacity:.75;border:0;text-align:center"


def error_tables(checked: Mapping[str, Checked]):
    """Draw one table for each parameter, as many beside each other as fit."""
    tables = "".join(_table(name, each) for name, each in checked.items())
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:14px 22px">{tables}</div>')


def told(checked: Checked) -> str:
    """The verdict on a parameter in a few words."""
    if not checked.shape_fits:
        return f"{_shape(np.shape(checked.gradient))} instead of {_shape(checked.numeric.shape)}"
    wrong = int((checked.errors > AGREES).sum())
    if not wrong:
        return "agrees"
    no_numbers = ~np.isfinite(checked.gradient)
    what = "wrong"
    if no_numbers.sum() == wrong:
        what = " or ".join(sorted({number_text(abs(each)) for each in checked.gradient[no_numbers]}, reverse=True))
    return f"{what} in {wrong} of {checked.errors.size} entries" if wrong < checked.errors.size else f"{what} in every entry"


def error_text(error: float) -> str:
    """75 %, 0.3 %, 0.07 %: one digit that matters below 10 %. "≈ 0 %" for one that agrees."""
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
    columns = "".join(f'<th scope="col" style="{HEAD}">{j + 1}</th>' for j in range(errors.shape[1]))
    rows = "".join(
        f'<tr><th scope="row" style="{HEAD}">{i + 1 if checked.errors.ndim > 1 else ""}</th>'
        + "".join(_cell(error, entry, checked) for error, entry in zip(row, gradient[i]))
        + "</tr>"
        for i, row in enumerate(errors)
    )
    verdict = "✓ agrees" if checked.agrees else told(checked)
    return (
        f'<div style="overflow-x:auto;max-width:100%" tabindex="0"><table data-testid="errors-{name}" '
        'style="border-collapse:separate;border-spacing:2px;font-size:14px;font-variant-numeric:tabular-nums">'
        '<caption style="caption-side:top;text-align:left;color:inherit;padding-bottom:2px;white-space:nowrap">'
        f"{NAMES[name]} <strong>{verdict}</strong></caption>"
        f'<thead><tr><td style="border:0"></td>{columns}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _cell(error, entry, checked):
    if error <= AGREES:  # in the unit of the table: where all agree, how well they do
        text = scientific(error, 0) if checked.agrees else error_text(error)
        return f'<td style="{CELL};opacity:.75">{text}</td>'
    strength = STRONGEST * min(1.0, 0.25 + 0.75 * min(error, 1.0))
    text = "–" if not checked.shape_fits else error_text(error) if np.isfinite(entry) else number_text(entry)
    return f'<td style="{CELL};font-weight:700;background:rgba({WRONG},{strength:.2f})">{text}</td>'

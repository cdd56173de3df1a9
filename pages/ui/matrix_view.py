"""A small matrix as a table: its name, its shape in letters and numbers, and its entries, some of them marked."""

from collections.abc import Callable, Collection, Sequence
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from nnlib.support.colours import BLUE
from nnlib.support.number_text import number_text
from nnlib.symbolic.symbols import SYMBOLS, symbol_html
from pages.ui.html_table import Cell, Row, html_table

STYLE = """<style>
.matrices { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; }
.matrices .term { display: flex; align-items: center; gap: 14px; max-width: 100%; }
.matrices .sign { font-size: 20px; padding-top: 22px; }
.matrices .matrix { min-width: 0; }
.matrix { margin: 0; max-width: 100%; }
.matrix figcaption { font-size: 15px; padding-bottom: 2px; white-space: nowrap; }
.matrix .shape { font-size: 13px; opacity: .8; padding-left: 6px; }
@media (max-width: 640px) { .matrices, .matrices .term { column-gap: 6px; } }
figure.matrix table { font-size: 16px; }
figure.matrix td { text-align: right; padding: 2px 7px; white-space: nowrap; border: 1px solid rgba(128, 128, 128, .35); }
figure.matrix td.marked { scroll-initial-target: nearest; font-weight: 700; border: 2px solid var(--mark); padding: 1px 6px;
  background: color-mix(in srgb, var(--mark) 18%, transparent); }
figure.matrix td.off { opacity: .7; text-decoration: line-through; }
figure.matrix thead td { border: 0; }
</style>"""


def shape_text(letters: Sequence[str], shape: Sequence[int]) -> str:
    """("N", "D"), (4, 2) → "N×D = 4×2"."""
    return f"{'×'.join(letters)} = {'×'.join(map(str, shape))}"


def matrix_view(name: str, values: ArrayLike, letters: Sequence[str] = (), **options: Any) -> None:
    """Draw one matrix. The arguments are those of matrix_html."""
    st.html(STYLE + matrix_html(name, values, letters, **options))


def equation_view(*parts: str) -> None:
    """Draw matrices (from matrix_html) and the signs between them side by side: M, "·", M, "=", M."""
    st.html(equation_html(*parts))


def equation_html(*parts: str) -> str:
    """What equation_view draws."""
    terms, sign = "", ""
    for part in parts:
        if part.startswith("<"):  # on a phone a sign begins a line, beside the matrix that it applies to
            terms, sign = f'{terms}<div class="term">{sign}{part}</div>', ""
        else:
            sign = f'<span class="sign">{escape(part)}</span>'
    return f'{STYLE}<div class="matrices">{terms}</div>'


def matrix_html(
    name: str,
    values: ArrayLike,
    letters: Sequence[str] = (),
    *,
    marked: Collection[tuple[int, int]] = (),
    colour: str = BLUE,
    off: Collection[tuple[int, int]] = (),
    rows: Sequence | None = None,
    columns: Sequence | None = None,
    content: Callable[[tuple[int, int], float], object] = lambda entry, value: number_text(value),
) -> str:
    """One matrix as HTML, without the style: for equation_view.

    Parameters
    ----------
    name : a key of SYMBOLS, or HTML of the app's own
    values : (rows, columns), or a vector (columns,), which is drawn as one row
    letters : names of its sizes, as ("N", "D"); shown with the sizes themselves
    marked : entries (row, column), counted from 0, that are framed in `colour` and bold
    colour : of the marked entries
    off : entries that are struck out, such as those that a ReLU set to 0
    rows, columns : headings; the default is 1, 2, 3, …, and no row heading for a vector
    content : (entry, value) → what its cell shows, text or Html
    """
    values = np.asarray(values)
    table = np.atleast_2d(values)
    symbol = symbol_html(name) if name in SYMBOLS else name
    shape = f'<span class="shape">{escape(shape_text(letters, values.shape))}</span>' if letters else ""
    if rows is None:
        rows = [""] if values.ndim == 1 else range(1, len(table) + 1)
    body = [
        Row(heading, [Cell(content((r, c), value), classes=_classes((r, c), marked, off)) for c, value in enumerate(row)])
        for r, (heading, row) in enumerate(zip(rows, table))
    ]
    heads = ["", *(columns or range(1, table.shape[1] + 1))]
    return (
        f'<figure class="matrix" style="--mark:{colour}"><figcaption>{symbol}{shape}</figcaption>'
        f"{html_table('', body, heads, kind='grid')}</figure>"
    )


def _classes(entry, marked, off):
    return " ".join(name for name, entries in (("marked", marked), ("off", off)) if entry in entries)

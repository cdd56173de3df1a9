"""A small matrix as a table: its name, its shape in letters and numbers, its entries, some of them marked.

Plain HTML: a screen reader reads it as a table, a phone scrolls it inside its own box, and the text takes the page's colour.
"""

from collections.abc import Callable, Collection, Sequence
from html import escape

import numpy as np
import streamlit as st

from nnlib.support.number_text import number_text
from nnlib.symbolic.symbols import SYMBOLS, symbol_html

BLUE, ORANGE, GREEN = "#0072b2", "#e69f00", "#009e73"  # Okabe and Ito

STYLE = """<style>
.matrices { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; }
.matrices .term { display: flex; align-items: center; gap: 14px; max-width: 100%; }
.matrices .sign { font-size: 20px; padding-top: 22px; }
.matrices .matrix { min-width: 0; }
.matrix { margin: 0; max-width: 100%; }
.matrix figcaption { font-size: 15px; padding-bottom: 2px; white-space: nowrap; }
.matrix .shape { font-size: 13px; opacity: .8; padding-left: 6px; }
.matrix .box { overflow-x: auto; max-width: 100%; }
.matrix table { border-collapse: separate; border-spacing: 2px; font-variant-numeric: tabular-nums; font-size: 16px; }
.matrix th { font-weight: 400; font-size: 13px; opacity: .75; text-align: center; padding: 0 4px; border: 0; }
.matrix td { text-align: right; padding: 2px 7px; white-space: nowrap; border: 1px solid rgba(128, 128, 128, .35);
  border-radius: 4px; }
.matrix td.marked { scroll-initial-target: nearest; font-weight: 700; border: 2px solid var(--mark); padding: 1px 6px;
  background: color-mix(in srgb, var(--mark) 18%, transparent); }
.matrix td.off { opacity: .7; text-decoration: line-through; }
</style>"""


def shape_text(letters: Sequence[str], shape: Sequence[int]) -> str:
    """("N", "D"), (4, 2) → "N×D = 4×2"."""
    return f"{'×'.join(letters)} = {'×'.join(map(str, shape))}"


def matrix_view(name: str, values, letters: Sequence[str] = (), **options):
    """Draw one matrix. The arguments are those of matrix_html."""
    st.html(STYLE + matrix_html(name, values, letters, **options))


def equation_view(*parts: str):
    """Draw matrices (from matrix_html) and the signs between them side by side, as many on a line as fit: M, "·", M, "=", M."""
    terms, sign = "", ""
    for part in parts:
        if part.startswith("<"):  # on a phone a sign begins a line, beside the matrix that it applies to
            terms, sign = f'{terms}<div class="term">{sign}{part}</div>', ""
        else:
            sign = f'<span class="sign">{escape(part)}</span>'
    st.html(f'{STYLE}<div class="matrices">{terms}</div>')


def matrix_html(
    name: str,
    values,
    letters: Sequence[str] = (),
    *,
    marked: Collection[tuple[int, int]] = (),
    colour: str = BLUE,
    off: Collection[tuple[int, int]] = (),
    rows: Sequence | None = None,
    columns: Sequence | None = None,
    tell: Callable[[object], str] = number_text,
) -> str:
    """One matrix as HTML, without the style: for equation_view.

    name      a key of SYMBOLS, or HTML of your own
    values    (rows, columns), or a vector (columns,), which is drawn as one row
    letters   what its sizes are called, as ("N", "D"); shown with the sizes themselves
    marked    entries (row, column), counted from 0, that stand out in `colour` and in bold
    off       entries that are struck out, such as those that a ReLU set to 0
    rows, columns   headings; 1, 2, 3, … where none are given, and no row heading for a vector
    tell      makes the text of an entry
    """
    values = np.asarray(values)
    table = np.atleast_2d(values)
    symbol = symbol_html(name) if name in SYMBOLS else name
    shape = f'<span class="shape">{escape(shape_text(letters, values.shape))}</span>' if letters else ""
    if rows is None:
        rows = [""] if values.ndim == 1 else range(1, len(table) + 1)
    columns = columns or range(1, table.shape[1] + 1)
    head = "".join(f'<th scope="col">{escape(str(each))}</th>' for each in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(str(heading))}</th>'
        + "".join(f"<td{_classes((r, c), marked, off)}>{escape(tell(value))}</td>" for c, value in enumerate(row))
        + "</tr>"
        for r, (heading, row) in enumerate(zip(rows, table))
    )
    return (
        f'<figure class="matrix" style="--mark:{colour}"><figcaption>{symbol}{shape}</figcaption>'
        f'<div class="box scrolls"><table><thead><tr><td style="border:0"></td>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></figure>"
    )


def _classes(entry, marked, off):
    names = [name for name, entries in (("marked", marked), ("off", off)) if entry in entries]
    return f' class="{" ".join(names)}"' if names else ""

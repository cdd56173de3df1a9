"""Probabilities as bars with their numbers, class by class."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from nnlib.support.colours import CLASSES
from nnlib.support.number_text import decimal, signed, telling
from pages.ui.html_table import Cell, Html, Row, html_table, strong

STYLE = """<style>
.table.bars table { width: 100%; border-collapse: collapse; font-size: 14px; }
.table.bars :is(th, td) { padding: 4px 8px 4px 0; text-align: right; white-space: nowrap; }
.table.bars .bar { width: 100%; text-align: left; }
.table.bars .bar > span { display: flex; align-items: center; gap: 8px; }
.table.bars .bar i { flex: none; height: 22px; border-radius: 4px; }
.table.bars tfoot tr { border-top: 1px solid color-mix(in srgb, currentColor 30%, transparent); }
</style>"""
NUMBER_WIDTH = 52  # pixels that the number beside a bar takes


def probability_bars(
    psi: np.ndarray, columns: Mapping[str, Sequence[str]], sums: Mapping[str, str], change: np.ndarray | None = None
) -> None:
    """Draw the table on the page.

    Parameters
    ----------
    psi : (K,) probabilities
    columns : heading → K texts in front of the bars, one for each class
    sums : heading → text below that column; the sum of the probabilities is added
    change : (K,) change of each probability by the last move, or None
    """
    changes = [] if change is None else [Cell(signed(each), testid=f"change-{k}") for k, each in enumerate(change, start=1)]
    rows = [
        Row(k + 1, [*(texts[k] for texts in columns.values()), _bar(k, psi[k]), *changes[k : k + 1]]) for k in range(len(psi))
    ]
    total = [] if change is None else [signed(change.sum())]
    foot = Row("sum", [*(sums.get(each, "") for each in columns), Cell(strong(decimal(psi.sum())), classes="bar"), *total])
    heads = ["class", *columns, Cell("probability ψ", classes="bar"), *(["change"] if changes else [])]
    st.html(STYLE + html_table("probabilities", rows, heads, foot=foot, kind="bars"))


def _bar(k, probability):
    width = f"calc((100% - {NUMBER_WIDTH}px) * {probability:.4f})"
    bar = f'<i aria-hidden="true" style="width:{width};background:{CLASSES[k]}"></i>'
    number = f'<strong data-testid="psi-{k + 1}">{telling(probability)}</strong>'
    return Cell(Html(f"<span>{bar}{number}</span>"), classes="bar")

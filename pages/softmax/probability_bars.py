"""Probabilities as bars with their numbers, class by class.

A plain HTML table, so that it is drawn at once and can be read aloud. Text takes the page's colour, so light and dark both
work.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

from nnlib.support.number_text import decimal, signed, telling

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9")  # of the classes, as on the live page
CELL = "padding:4px 8px 4px 0;text-align:right;white-space:nowrap;border:0"
NARROW = "font-size:14px;font-variant-numeric:tabular-nums"
LINE = "border-top:1px solid color-mix(in srgb, currentColor 30%, transparent)"
ROOM = 52  # pixels that the number beside a bar takes


def probability_bars(psi, columns: Mapping[str, Sequence[str]], sums: Mapping[str, str], change=None):
    """Draw the table on the page.

    psi      (K,) probabilities
    columns  heading, as HTML → K texts that stand before the bars, one for each class
    sums     heading → text below that column; the probabilities' own sum is added
    change   (K,) what each probability has gained since the last move, or None
    """
    st.html(_html(psi, columns, sums, change))


def _html(psi, columns, sums, change):
    headings = [
        *("class", *columns),
        '<span style="float:left">probability ψ</span>',
        *(["change"] if change is not None else []),
    ]
    head = "".join(f'<th scope="col" style="{CELL}">{each}</th>' for each in headings)
    rows = "".join(
        _row(k, psi[k], [texts[k] for texts in columns.values()], None if change is None else change[k])
        for k in range(len(psi))
    )
    foot = "".join(f'<td style="{CELL}">{sums.get(each, "")}</td>' for each in columns)
    foot += f'<td style="{CELL};text-align:left"><strong>{decimal(psi.sum())}</strong></td>'
    foot += "" if change is None else f'<td style="{CELL}">{signed(change.sum())}</td>'
    return (
        f'<table data-testid="probabilities" style="width:100%;border-collapse:collapse;{NARROW}">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
        f'<tfoot><tr style="{LINE}"><th scope="row" style="{CELL}">sum</th>{foot}</tr></tfoot></table>'
    )


def _row(k, probability, texts, change):
    cells = "".join(f'<td style="{CELL}">{text}</td>' for text in texts)
    bar = (
        f'<span aria-hidden="true" style="flex:none;width:calc((100% - {ROOM}px) * {probability:.4f});height:22px;'
        f'border-radius:4px;background:{COLOURS[k]}"></span>'
    )
    return (
        f'<tr><th scope="row" style="{CELL}">{k + 1}</th>{cells}<td style="{CELL};width:100%">'
        f'<span style="display:flex;align-items:center;gap:8px">{bar}'
        f'<strong data-testid="psi-{k + 1}">{telling(probability)}</strong></span></td>'
        + (f'<td style="{CELL}" data-testid="change-{k + 1}">{signed(change)}</td>' if change is not None else "")
        + "</tr>"
    )

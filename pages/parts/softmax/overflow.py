"""Softmax as the formula is written, and as nnlib computes it, for logits that no longer fit: what NumPy really answers."""

import numpy as np
import streamlit as st

from nnlib.losses import softmax
from pages.shared.number_text import compact, decimal

SIZES = (-1000, -750, -100, 0, 10, 50, 88, 89, 100, 500, 709, 710, 1000)  # of the largest logit; exp gives up among them
GAPS = np.array([0.0, -1.0, -2.0])  # the other logits, below the largest: the right answer is always the same
RIGHT = softmax(GAPS[np.newaxis])[0]
LINE = "border-top:1px solid color-mix(in srgb, currentColor 30%, transparent)"
CELL = f"padding:4px 5px;text-align:right;border:0;{LINE}"
BROKEN = "color-mix(in srgb, #d55e00 30%, transparent)"


def naive_softmax(z):
    """ψ = exp(z) / Σ exp(z) as the formula is written. z (N, K) → ψ (N, K), or nan where exp leaves the range of its type."""
    exp = np.exp(z)
    return exp / exp.sum(axis=1, keepdims=True)


def answers(size):
    """What each of the four gives for the logits `size` + GAPS: [(name, type, exp of the largest, ψ (3,)), …]."""
    found = []
    with np.errstate(all="ignore"):  # the page itself shows what NumPy would warn of
        for dtype in (np.float32, np.float64):
            z = (size + GAPS).astype(dtype)[np.newaxis]
            found.append(("as written", dtype.__name__, np.exp(z[0, 0]), naive_softmax(z)[0]))
            found.append(("shifted", dtype.__name__, np.exp(z[0, 0] - z.max()), softmax(z)[0]))
    return found


def overflow_table(size):
    """Draw the four answers below each other."""
    headings = ("", "largest exp", "ψ<sub>1</sub>", "ψ<sub>2</sub>", "ψ<sub>3</sub>", "")
    head = "".join(f'<th scope="col" style="{CELL};border-top:0">{each}</th>' for each in headings)
    rows = "".join(_row(*answer) for answer in answers(size))
    st.html(
        '<div class="scrolls" style="overflow-x:auto"><table data-testid="overflow" style="border-collapse:collapse;'
        f'font-size:14px;font-variant-numeric:tabular-nums"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _row(name, dtype, largest, psi):
    right = bool(np.allclose(psi, RIGHT, atol=5e-4))
    cells = f'<td style="{CELL};white-space:nowrap">{compact(float(largest))}</td>'
    cells += "".join(f'<td style="{CELL}">{decimal(float(each))}</td>' for each in psi)
    verdict = "right" if right else "wrong"
    background = "" if right else f' style="background:{BROKEN}"'
    return (
        f'<tr{background} data-testid="{name.replace(" ", "-")}-{dtype}"><th scope="row" style="{CELL};text-align:left;'
        f'font-weight:400">{dtype}, {name}</th>{cells}<td style="{CELL}"><strong>{verdict}</strong></td></tr>'
    )

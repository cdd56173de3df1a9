"""Softmax by the original formula and as nnlib computes it, for very large logits: a table of what NumPy computes."""

import numpy as np
import streamlit as st

from nnlib.losses import softmax
from nnlib.support.colours import VERMILION
from nnlib.support.number_text import compact, decimal
from pages.ui.html_table import Html, Row, html_table, strong

SIZES = (-1000, -750, -100, 0, 10, 50, 88, 89, 100, 500, 709, 710, 1000)  # of the largest logit; exp overflows for some of them
GAPS = np.array([0.0, -1.0, -2.0])  # logits minus the largest: the right answer is always the same
RIGHT = softmax(GAPS[np.newaxis])[0]
BROKEN = f"background:color-mix(in srgb, {VERMILION} 30%, transparent)"


def naive_softmax(z: np.ndarray) -> np.ndarray:
    """ψ = exp(z) / Σ exp(z), the original formula. z (N, K) → ψ (N, K), nan where exp overflows."""
    exp = np.exp(z)
    return exp / exp.sum(axis=1, keepdims=True)


def answers(size: int) -> list[tuple[str, str, float, np.ndarray]]:
    """The results of both formulas in both types for the logits `size` + GAPS: [(name, type, exp of the largest, ψ (3,)), "
    "…]."""
    found = []
    with np.errstate(all="ignore"):  # the page itself shows these errors
        for dtype in (np.float32, np.float64):
            z = (size + GAPS).astype(dtype)[np.newaxis]
            found.append(("original", dtype.__name__, np.exp(z[0, 0]), naive_softmax(z)[0]))
            found.append(("shifted", dtype.__name__, np.exp(z[0, 0] - z.max()), softmax(z)[0]))
    return found


def overflow_table(size: int) -> None:
    """Draw the four results below each other."""
    headings = ("", "largest exp", *(Html(f"ψ<sub>{k}</sub>") for k in (1, 2, 3)), "")
    st.html(html_table("overflow", [_row(*answer) for answer in answers(size)], headings))


def _row(name, dtype, largest, psi):
    right = bool(np.allclose(psi, RIGHT, atol=5e-4))
    figures = [compact(float(largest)), *(decimal(float(each)) for each in psi)]
    verdict = strong("right" if right else "wrong")
    return Row(f"{dtype}, {name}", [*figures, verdict], "" if right else BROKEN, f"{name}-{dtype}")

"""Part 3: the Jacobian in numbers, against central differences, by its rows, and as one matrix minus another."""

import numpy as np
import streamlit as st

from nnlib.finite_differences import numerical_jacobian
from nnlib.losses import softmax, softmax_jacobian
from nnlib.support.number_text import scientific
from nnlib.symbolic.derivation import softmax as softmax_derivations
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict
from pages.softmax.controls import choice, classes, entry, logits
from pages.softmax.fragment import fragment
from pages.softmax.heat_map import JACOBIAN, STEEPEST, heat_map, side_by_side
from pages.softmax.link import VIEWS
from pages.softmax.state import SoftmaxState
from pages.ui.html_table import Html, strong
from pages.ui.number_latex import digits_for, equals, number_latex

VIEW_NAMES = dict(zip(VIEWS, ("Entry by entry", "Sum of a row", "As a matrix")))


@fragment
def jacobian(state: SoftmaxState):
    st.markdown(
        r"All $K \times K$ derivatives make up the **Jacobian** $\partial \psi / \partial z$. Row $i$ tells how $\psi_i$ "
        "answers to each logit; column $j$ tells what moving $z_j$ does to each probability."
    )
    with st.container(horizontal=True, gap="medium"):
        classes(state)
        choice(state, "view", "Look at it", VIEWS, "Three things to see in the same matrix.", VIEW_NAMES.get)
    {"entries": _entries, "rows": _rows, "matrix": _matrix}[state.values["view"]](state)


@fragment
def _entries(state):
    logits(state)
    analytic, numeric = softmax_jacobian(state.z), _central_differences(state.z)
    difference, chosen = analytic - numeric, (state.i - 1, state.j - 1)
    formula = Html("<strong>ψ<sub>i</sub>(δ<sub>ij</sub> − ψ<sub>j</sub>)</strong>, the formula")
    side_by_side(
        [
            heat_map(formula, analytic, "analytic", STEEPEST, chosen=chosen),
            heat_map(Html("<strong>Central differences</strong>, h = 1e−5"), numeric, "numeric", STEEPEST, chosen=chosen),
            heat_map(Html("<strong>Difference</strong> of the two"), difference, "difference", None, _one_digit, chosen),
        ]
    )
    st.caption(
        f"Purple is negative, orange positive. The largest difference is {scientific(np.abs(difference).max())}. It belongs to "
        "the central differences, whose step is not 0 and whose numbers are rounded, not to the formula."
    )
    with st.container(horizontal=True, gap="medium"):
        entry(state)
        st.latex(_with_numbers(state.psi, state.i, state.j, analytic[chosen]), width="content")


def _one_digit(value):
    return scientific(value, 0)


def _central_differences(z):
    """(K, K): the Jacobian at z (K,) from values of softmax alone."""
    return numerical_jacobian(lambda each: softmax(each[np.newaxis])[0], z)


def _with_numbers(psi, i, j, value):
    """LaTeX of ∂ψ_i/∂z_j = value, first in symbols, then in numbers. psi (K,); i and j from 1."""
    mine, other = psi[i - 1], psi[j - 1]
    digits = digits_for(lambda mine, other: mine * (1 - other) if i == j else mine * other, mine, other)
    left, right = number_latex(mine, digits), number_latex(other, digits)
    if i == j:
        symbols, numbers = rf"\psi_{i} (1 - \psi_{i})", rf"{left} \cdot (1 - {right})"
    else:
        symbols, numbers = rf"-\psi_{i} \psi_{j}", rf"-{left} \cdot {right}"
    sign = equals(mine, other, digits=digits)
    last = sign if equals(value) == "=" else r"\approx"
    lines = rf"&= {symbols} \\ &{sign} {numbers} \\ &{last} {number_latex(value)}"
    return rf"\begin{{aligned}} \frac{{\partial \psi_{i}}}{{\partial z_{j}}} {lines} \end{{aligned}}"


def _rows(state):
    if not predict(
        "softmax_row_sum",
        r"Add up the derivatives of one row: $\sum_j \partial \psi_i / \partial z_j$. What comes out?",
        ["0", "1", r"$\psi_i$"],
        "0",
        r"The sum of a row says what happens to $\psi_i$ when all logits rise alike: nothing, because each exponential grows "
        "by the same factor.",
    ):
        return
    _with_sums(state)
    st.markdown(
        "The columns sum to 0 too, because the probabilities always add up to 1: what one gains, the others lose. And the "
        r"Jacobian is **symmetric**: in $-\psi_i \psi_j$ it does not matter which comes first. So $\psi_1$ answers to $z_2$ "
        r"exactly as $\psi_2$ answers to $z_1$."
    )
    derivation_view(softmax_derivations.row_sum(), key="softmax_row_sum")


@fragment
def _with_sums(state):
    logits(state)
    title = Html(f"{JACOBIAN}, with the sum of each row")
    side_by_side([heat_map(title, softmax_jacobian(state.z), "analytic", STEEPEST, sums=True)])


def _matrix(state):
    st.markdown(
        r"Every entry holds $-\psi_i \psi_j$; on the diagonal there is one $\psi_i$ more. So the whole Jacobian is a diagonal "
        "matrix minus a column times a row:"
    )
    st.latex(r"\frac{\partial \psi}{\partial z} = \mathrm{diag}(\psi) - \psi \psi^\top")
    _difference(state)
    derivation_view(softmax_derivations.jacobian(state.K), key="softmax_jacobian")


@fragment
def _difference(state):
    logits(state)
    psi, chosen = state.psi, (state.i - 1, state.j - 1)
    side_by_side(
        [
            heat_map(strong("diag(ψ)"), np.diag(psi), "diagonal", chosen=chosen),
            heat_map(Html("<strong>ψψ<sup>T</sup></strong>"), np.outer(psi, psi), "outer", chosen=chosen),
            heat_map(JACOBIAN, softmax_jacobian(state.z), "analytic", STEEPEST, chosen=chosen),
        ],
        signs="−=",
    )

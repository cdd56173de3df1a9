"""The Jacobian in numbers, compared with central differences, as rows, and as one matrix minus another."""

import numpy as np
import streamlit as st

from nnlib.finite_differences import numerical_jacobian
from nnlib.losses import softmax, softmax_jacobian
from nnlib.support.number_text import scientific
from nnlib.symbolic.derivation import softmax as softmax_derivations
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict
from pages.softmax.controls import choice, classes, entry, logits
from pages.softmax.entry_numbers import entry_with_numbers
from pages.softmax.fragment import fragment
from pages.softmax.heat_map import JACOBIAN, STEEPEST, heat_map, side_by_side
from pages.softmax.link import VIEWS
from pages.softmax.state import SoftmaxState
from pages.ui.html_table import Html, strong

VIEW_NAMES = dict(zip(VIEWS, ("Entry by entry", "Sum of a row", "As a matrix")))


@fragment
def jacobian(state: SoftmaxState) -> None:
    """Draw the part."""
    st.markdown(
        r"The **Jacobian** $\partial \psi / \partial z$ is the matrix of all $K \times K$ derivatives. Row $i$ shows how "
        r"$\psi_i$ changes with each logit; column $j$ shows how $z_j$ changes each probability."
    )
    with st.container(horizontal=True, gap="medium"):
        classes(state)
        choice(state, "view", "View", VIEWS, "Three views of the same matrix.", VIEW_NAMES.get)
    {"entries": _entries, "rows": _rows, "matrix": _matrix}[state.values["view"]](state)


def _entries(state):
    derivation_view(softmax_derivations.jacobian(state.K), "softmax_jacobian", after=lambda: _with_numbers(state))


@fragment
def _with_numbers(state):
    st.subheader("With numbers", anchor=False)
    logits(state)
    analytic, numeric = softmax_jacobian(state.z), _central_differences(state.z)
    difference, chosen = analytic - numeric, (state.i - 1, state.j - 1)
    formula = Html("<strong>ψ<sub>i</sub>(δ<sub>ij</sub> − ψ<sub>j</sub>)</strong>, the formula")
    st.markdown(
        "**Central differences** use no derivative: each logit is moved by a small step $s$, here 1e−5, to both sides, and the "
        "change of ψ is divided by $2s$."
    )
    side_by_side(
        [
            heat_map(formula, analytic, "analytic", STEEPEST, chosen=chosen),
            heat_map(Html("<strong>Central differences</strong>"), numeric, "numeric", STEEPEST, chosen=chosen),
            heat_map(Html("<strong>Difference</strong> of the two"), difference, "difference", None, _one_digit, chosen),
        ]
    )
    st.caption(
        f"The largest difference of the two is {scientific(np.abs(difference).max())}. It is an error of the central "
        "differences, because their step is not 0 and their numbers are rounded."
    )
    with st.container(horizontal=True, gap="medium"):
        entry(state)
        st.latex(entry_with_numbers(state.psi, state.i, state.j), width="content")


def _one_digit(value):
    return scientific(value, 0)


def _central_differences(z):
    """(K, K): the Jacobian at z (K,), from values of softmax only."""
    return numerical_jacobian(lambda each: softmax(each[np.newaxis])[0], z)


def _rows(state):
    if not predict(
        "softmax_row_sum",
        r"Add up the derivatives of one row: $\sum_j \partial \psi_i / \partial z_j$. What is the sum?",
        ["0", "1", r"$\psi_i$"],
        "0",
        r"The sum of a row is the change of $\psi_i$ when all logits rise by the same amount. It is 0, because each "
        r"exponential "
        "grows by the same factor.",
    ):
        return
    derivation_view(softmax_derivations.row_sum(), "softmax_row_sum", after=lambda: _with_sums(state))


@fragment
def _with_sums(state):
    st.markdown(
        "Each column also adds up to 0, because the probabilities always add up to 1. The Jacobian is **symmetric**, because "
        r"$-\psi_i \psi_j = -\psi_j \psi_i$. So $\psi_1$ changes with $z_2$ exactly as $\psi_2$ changes with $z_1$."
    )
    logits(state)
    title = Html(f"{JACOBIAN}, with the sum of each row")
    side_by_side([heat_map(title, softmax_jacobian(state.z), "analytic", STEEPEST, sums=True)])


def _matrix(state):
    derivation_view(softmax_derivations.jacobian(state.K), "softmax_jacobian", after=lambda: _difference(state))


@fragment
def _difference(state):
    st.markdown(
        r"Every entry contains $-\psi_i \psi_j$; an entry on the diagonal also contains $+\psi_i$. So the whole Jacobian is a "
        "diagonal matrix minus a column times a row:"
    )
    st.latex(r"\frac{\partial \psi}{\partial z} = \mathrm{diag}(\psi) - \psi \psi^\top")
    logits(state)
    psi, chosen = state.psi, (state.i - 1, state.j - 1)
    side_by_side(
        [
            heat_map(strong("diag(ψ)"), np.diag(psi), "diagonal", chosen=chosen),
            heat_map(Html("<strong>ψψᵀ</strong>"), np.outer(psi, psi), "outer", chosen=chosen),
            heat_map(JACOBIAN, softmax_jacobian(state.z), "analytic", STEEPEST, chosen=chosen),
        ],
        signs="−=",
    )

"""The loss of the small network in its steps: each example's, their mean, the penalty, and the same from net.loss."""

import numpy as np
import streamlit as st

from nnlib.losses import cross_entropy, penalty, softmax
from nnlib.support.number_text import difference_text
from pages.ui.matrix_view import matrix_view
from pages.ui.number_latex import equals, number_latex, sum_latex
from pages.worked_example.worked_network import WorkedNetwork


def each_loss(work: WorkedNetwork):
    """For each example its class, the probability of it, and the loss."""
    logits = work.net.logits(work.X)
    rows = range(len(work.y))
    of_class = softmax(logits)[rows, work.y]
    each = [cross_entropy(logits[n : n + 1], work.y[n : n + 1]) for n in rows]
    table = np.column_stack([work.y + 1, of_class, each])
    matrix_view("Each example’s loss", table, columns=("class y", "ψ of class y", "−log ψ"))
    J = cross_entropy(logits, work.y)
    sign = equals(*each, J)
    st.markdown(f"Their mean: $J {sign} \\tfrac1{{{len(each)}}} ({sum_latex(each)}) {sign} \\mathbf{{{number_latex(J)}}}$")
    guess = np.log(work.sizes["K"])
    verdict = "better" if J < guess else "no better"
    st.markdown(
        f"Guessing would cost $\\log {work.sizes['K']} \\approx {number_latex(guess)}$: this network does {verdict} than that."
    )


def total_loss(work: WorkedNetwork):
    """The penalty added, and the same from net.loss."""
    norms = [penalty(work.net.penalty, work.net.params[name]) for name in ("W1", "W2")]
    J = mean_loss(work)
    total = penalised_loss(work)
    sign = equals(J, work.reg, *norms, total)
    st.markdown(
        f"With the penalty: $\\tilde J {sign} {number_latex(J)} + {number_latex(work.reg)}\\,({sum_latex(norms)}) "
        f"{sign} \\mathbf{{{number_latex(total)}}}$"
    )
    difference = abs(J + work.reg * sum(norms) - total)
    st.markdown(
        f"`net.loss(X, y, reg)` of nnlib says {total:.12g}. Difference from these steps: {difference_text(difference)}."
    )


def mean_loss(work: WorkedNetwork) -> float:
    """J, without the penalty."""
    return cross_entropy(work.net.logits(work.X), work.y)


def penalised_loss(work: WorkedNetwork) -> float:
    """J~, from net.loss."""
    return work.net.loss(work.X, work.y, work.reg)[0]

"""Part 5: the loss of each example, their mean, the penalty, and the same numbers from net.loss."""

import numpy as np
import streamlit as st

from nnlib.losses import cross_entropy, penalty, softmax
from nnlib.support.number_text import difference_text
from pages.forward.reasons import why_a_logarithm, why_a_penalty
from pages.lesson.prediction import predict
from pages.ui.matrix_view import matrix_view
from pages.ui.number_latex import digits_for, equals, number_latex, sum_latex
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import WorkedNetwork, worked_network


def loss() -> None:
    """Draw the part."""
    st.markdown("The loss of an example is $-\\log$ of the probability that the network gives to its true class $y$.")
    st.latex(r"J = -\frac1N \sum_{n=1}^{N} \log \psi_{n,\,y_n}")
    st.markdown(
        "**Why $-\\log$?** A confident mistake must cost much. $\\log$ is the natural logarithm; the unit of the loss is then "
        "called the **nat**."
    )
    why_a_logarithm()
    st.markdown(
        "A **penalty** for large weights can be added: $\\lambda$ times the sum of all squared weights. Large weights let a "
        "network follow single examples; with the penalty, a weight stays large only where it lowers $J$ by more than it costs."
    )
    st.latex(r"\tilde J = J + \lambda \left( \lVert W^{(1)} \rVert^2 + \lVert W^{(2)} \rVert^2 \right)")
    why_a_penalty()
    if not predict(
        "forward_uniform",
        "The network gives all $K$ classes the same probability. How large is $J$?",
        ("0", "1/K", "log K", "It depends on the labels"),
        "log K",
        "Every probability is $1/K$, also that of the true class, and $-\\log(1/K) = \\log K$. A larger loss is worse than "
        "guessing.",
    ):
        return
    number_expander()
    work = worked_network()
    _loss_of_each_example(work)
    _penalty_added(work)


def mean_loss(work: WorkedNetwork) -> float:
    """J, without the penalty."""
    return cross_entropy(work.net.logits(work.X), work.y)


def penalised_loss(work: WorkedNetwork) -> float:
    """J~, from net.loss."""
    return work.net.loss(work.X, work.y, work.reg)[0]


def _loss_of_each_example(work):
    logits = work.net.logits(work.X)
    rows = range(len(work.y))
    of_class = softmax(logits)[rows, work.y]
    each = [cross_entropy(logits[n : n + 1], work.y[n : n + 1]) for n in rows]
    table = np.column_stack([work.y + 1, of_class, each])
    matrix_view("Loss of each example", table, columns=("class y", "ψ of class y", "−log ψ"))
    J = mean_loss(work)
    sign, digits = equals(*each, J), digits_for(lambda *losses: sum(losses) / len(losses), *each)
    terms = sum_latex(each, digits)
    st.markdown(f"Their mean: $J {sign} \\tfrac1{{{len(each)}}} ({terms}) {sign} \\mathbf{{{number_latex(J)}}}$")
    guess = np.log(work.sizes["K"])
    verdict = "is better than guessing" if J < guess else "is not better than guessing"
    st.markdown(f"Guessing costs $\\log {work.sizes['K']} \\approx {number_latex(guess)}$, so this network {verdict}.")


def _penalty_added(work):
    norms = [penalty(work.net.penalty, work.net.params[name]) for name in ("W1", "W2")]
    J, total = mean_loss(work), penalised_loss(work)
    sign = equals(J, work.reg, *norms, total)
    digits = digits_for(lambda J, reg, *norms: J + reg * sum(norms), J, work.reg, *norms)
    st.markdown(
        f"With the penalty: $\\tilde J {sign} {number_latex(J, digits)} + {number_latex(work.reg, digits)}\\,"
        f"({sum_latex(norms, digits)}) "
        f"{sign} \\mathbf{{{number_latex(total)}}}$"
    )
    difference = abs(J + work.reg * sum(norms) - total)
    st.markdown(
        f"`net.loss(X, y, reg)` of nnlib returns {total:.12g}. Difference from these steps: {difference_text(difference)}."
    )

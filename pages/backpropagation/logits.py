"""The gradient of the logits: from a logarithm and softmax to ∂J/∂z(3) = (ψ − Δ)/N, in letters and in numbers."""

import numpy as np
import streamlit as st

from nnlib.losses import one_hot
from nnlib.symbolic.derivation.cross_entropy import batch_gradient, log_derivative, logit_gradient, logit_gradient_general
from nnlib.teaching.node_differences import node_differences
from pages.backpropagation.backward_pass import DELTA3, network_and_trace
from pages.backpropagation.choices import choose, count
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict
from pages.ui.matrix_view import equation_view, matrix_html
from pages.ui.number_latex import number_latex
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import worked_network

NONE, A_LOGARITHM, CLASS_BY_CLASS = "nothing more", "a logarithm", "class by class"


def logits() -> None:
    """Draw the part: ∂J/∂z(3) = (ψ − Δ)/N."""
    st.markdown(
        r"""
You need two facts. **(1)** The derivative of a logarithm: $\;(\log f)' = f'/f$. **(2)** The derivative of softmax, from
lesson 2: $\;\partial\psi_i/\partial z_j = \psi_i(\delta_{ij} - \psi_j)$. The loss of one example with label $y$ is
$J = -\log\psi_y$. How does it change with the logits?

In the result, $\delta_{yj}$ is 1 for the logit of the label, $j = y$, and 0 for the others. These numbers, one for each class,
are the **one-hot label** $\Delta$: $\;\Delta_j = \delta_{yj}$.
"""
    )
    if not predict(
        "logit_sign",
        r"The label is class 1, and its probability is $\psi_1 = 0.7$. What is $\partial J/\partial z_1$?",
        [r"$+0.7$", r"$+0.3$", r"$0$", r"$-0.3$"],
        r"$-0.3$",
        r"It is $\psi_1 - 1$. A larger $z_1$ makes the right class more probable, so the loss falls: the slope is negative. "
        r"The closer $\psi_1$ is to 1, the closer the slope is to 0.",
    ):
        return
    derivation_view(logit_gradient_general(), "logit_general", after=_whole_batch)
    st.subheader("To look again", anchor=False)
    _more_derivations()


def _whole_batch():
    st.markdown(
        r"**Most mistakes happen in the sign step**: $(-1/\psi)\cdot\psi(\Delta - \psi)$ is $\psi - \Delta$. Without the "
        r"minus of $-\log$ the result is $\Delta - \psi$: the same numbers with opposite signs. A small step against "
        r"this gradient, as training takes it, then increases the loss."
    )
    derivation_view(batch_gradient(), "logit_batch", after=_with_numbers)


def _with_numbers():
    st.subheader("With the numbers of your network", anchor=False)
    number_expander()
    worked, trace = network_and_trace()
    psi, gradient = trace["psi"].value, trace["z3"].gradient
    Delta = one_hot(worked.y, psi.shape[1])
    labels = [(row, label) for row, label in enumerate(worked.y)]
    equation_view(
        matrix_html("psi", psi, "NK", marked=labels),
        "−",
        matrix_html("Delta", Delta, "NK", marked=labels),
        "=",
        matrix_html("<i>ψ</i> − <i>Δ</i>", psi - Delta, "NK", marked=labels),
    )
    st.markdown(
        f"The right class of each example is marked. Only there, the gradient is negative. Every row adds up to 0, because the "
        f"probabilities of a row always add up to 1. $J$ is a mean over $N = {len(psi)}$ examples, so divide by {len(psi)}:"
    )
    numeric = node_differences(worked.net, worked.X, worked.y, worked.reg, "z3")
    equation_view(
        matrix_html(f"∂<i>J</i>/∂<i>z</i><sup>(3)</sup> = {DELTA3}", gradient, "NK", marked=labels),
        matrix_html("by central differences", numeric, "NK", marked=labels),
    )
    difference = number_latex(float(np.abs(gradient - numeric).max()), digits=2)
    st.caption(f"Largest difference: ${difference}$. Central differences move each logit a little to both sides.")


@st.fragment
def _more_derivations():
    classes = worked_network().sizes["K"]
    which = choose("Derive", (NONE, A_LOGARITHM, CLASS_BY_CLASS), "derive")
    if which == A_LOGARITHM:
        derivation_view(log_derivative(), "logit_log")
    if which == CLASS_BY_CLASS:
        with st.container(horizontal=True):
            label, column = count("Label $y$", classes, "logit_label"), count("Logit $j$", classes, "logit_column")
        derivation_view(logit_gradient(classes, label, column), f"logit_{classes}_{label}_{column}")

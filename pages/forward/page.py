"""Lesson 1, the forward pass: one small network, every number of it worked out step by step and the same as nnlib's."""

import numpy as np
import streamlit as st

from nnlib import MLP
from nnlib.losses import cross_entropy, softmax
from nnlib.support.number_text import number_text
from pages.forward.code import code_of, printed_by
from pages.forward.entry_choice import choose_example
from pages.forward.layer_walk import layer_walk
from pages.forward.loss_steps import each_loss, mean_loss, penalised_loss, total_loss
from pages.forward.network_picture import network_picture
from pages.forward.what_if import EXPERIMENTS
from pages.lesson.lesson import lesson
from pages.lesson.prediction import predict
from pages.ui.matrix_view import ORANGE, equation_view, matrix_html, matrix_view
from pages.ui.number_latex import equals, number_latex
from pages.ui.source_view import source_view
from pages.worked_example.number_editor import number_editor, number_popover
from pages.worked_example.worked_network import worked_network


def network():
    st.markdown(
        "Two layers of weights, with a ReLU between them and a softmax at the end. A **batch** $X$ holds $N$ examples, "
        "one a row, and the network handles all of them at once."
    )
    work = worked_network()
    picture, numbers = st.columns([5, 6], gap="large")
    with picture:
        network_picture(work, choose_example(work.sizes["N"]))
    with numbers:
        seen = predict(
            "forward_shape",
            "$X$ is $N×D$. Which shape must $W^{(1)}$ have, so that $X W^{(1)}$ has one row for each example and one column "
            "for each of the $H$ hidden units?",
            ("D×H", "H×D", "N×H"),
            "D×H",
            "The inner sizes meet and vanish, the outer ones stay: N×**D** times **D**×H gives N×H.",
        )
    if not seen:
        return
    st.subheader("Its numbers", anchor=False)
    st.markdown("Change any of them: the picture, what comes out, and everything else in the lessons follows.")
    number_editor()
    st.subheader("What comes out", anchor=False)
    J = penalised_loss(work)
    cost = f"$\\tilde J {equals(J)} {number_latex(J)}$"
    st.markdown(f"The probabilities $\\psi$ of each example, and with the labels $y$ a loss of {cost}.")
    matrix_view("psi", work.net.probabilities(work.X), "NK", columns=[f"class {k + 1}" for k in range(work.sizes["K"])])


def hidden_layer():
    work = worked_network()
    st.markdown("Each hidden unit adds up the inputs, each times its own weight, and its bias.")
    st.latex(
        r"\underset{N \times H}{z^{(2)}} = \underset{N \times \textcolor{#1487c9}{\mathbf D}}{a^{(1)}}\;"
        r"\underset{\textcolor{#1487c9}{\mathbf D} \times H}{W^{(1)}} + \underset{H}{b^{(1)}}, \qquad a^{(1)} = X"
    )
    _shapes(work, "N", "D", "H")
    if not predict(
        "forward_row",
        "Change one number in row 1 of $X$. Which entries of $z^{(2)}$ can change?",
        ("Those of row 1", "Those of column 1", "All of them"),
        "Those of row 1",
        "Row 1 of $z^{(2)}$ is made from row 1 of $X$ alone: in the forward pass examples never meet.",
    ):
        return
    layer_walk(1)
    number_popover()


def relu():
    work = worked_network()
    st.markdown("The ReLU keeps what is positive and sets the rest to 0, entry by entry.")
    st.latex(r"a^{(2)} = \max(0, z^{(2)}), \qquad \text{both } N \times H")
    if not predict(
        "forward_relu",
        "One entry of $z^{(2)}$ moves from −3 to −1. What becomes of the loss?",
        ("It stays as it is", "It grows", "It falls"),
        "It stays as it is",
        "Both become 0, so nothing after them can tell the difference. On the way back this unit passes on no gradient either.",
    ):
        return
    z, a = work.net.forward(work.X)
    below = {tuple(index) for index in np.argwhere(z[2] <= 0).tolist()}
    equation_view(matrix_html("z2", z[2], "NH", marked=below, colour=ORANGE), "→", matrix_html("a2", a[2], "NH", off=below))
    st.markdown(f"**{len(below)} of {z[2].size} entries are set to 0**: framed in $z^{{(2)}}$, struck out in $a^{{(2)}}$.")
    st.markdown(_silent_told(a[2]))
    number_popover()


def output():
    work = worked_network()
    st.markdown(
        "The second layer does the same with the hidden units. Its sums are the **logits**, and softmax makes "
        "probabilities of them."
    )
    st.latex(
        r"\underset{N \times K}{z^{(3)}} = \underset{N \times \textcolor{#1487c9}{\mathbf H}}{a^{(2)}}\;"
        r"\underset{\textcolor{#1487c9}{\mathbf H} \times K}{W^{(2)}} + \underset{K}{b^{(2)}}"
    )
    _shapes(work, "N", "H", "K")
    st.latex(r"\psi_{n,k} = \frac{e^{z^{(3)}_{n,k}}}{\sum_j e^{z^{(3)}_{n,j}}}")
    if not predict(
        "forward_shift",
        "All logits of a row grow by 5. What becomes of its probabilities?",
        ("They stay as they are", "They all grow", "The largest grows, the others shrink"),
        "They stay as they are",
        "Each $e^z$ becomes $e^5$ times as large, and so does their sum: $e^5$ cancels.",
    ):
        return
    layer_walk(2)
    number_popover()


def loss():
    work = worked_network()
    st.markdown("The loss of an example is $-\\log$ of the probability that the network gave to its true class $y$.")
    st.latex(r"J = -\frac1N \sum_{n=1}^{N} \log \psi_{n,\,y_n}")
    st.markdown("A penalty on large weights may be added: $\\lambda$ times the sum of all their squares.")
    st.latex(r"\tilde J = J + \lambda \left( \lVert W^{(1)} \rVert^2 + \lVert W^{(2)} \rVert^2 \right)")
    if not predict(
        "forward_uniform",
        "The network gives all $K$ classes the same probability. How large is $J$?",
        ("log K", "1/K", "0", "It depends on the labels"),
        "log K",
        "Every probability is $1/K$, that of the true class too, and $-\\log(1/K) = \\log K$. A loss above it is worse than "
        "guessing.",
    ):
        return
    each_loss(work)
    total_loss(work)
    number_popover()


def what_if():
    st.markdown("Change the network in your head first. Then see what nnlib computes.")
    titles = list(EXPERIMENTS)
    title = st.segmented_control("Experiment", titles, default=titles[0], key="what_if", required=True, bind="query-params")
    experiment = EXPERIMENTS[title]
    if not predict(experiment.key, experiment.question, experiment.choices, experiment.answer, experiment.because):
        return
    before, after = worked_network(), experiment.changed(worked_network())
    equation_view(
        matrix_html("ψ before, ", before.net.probabilities(before.X), "NK"),
        "→",
        matrix_html("ψ after, ", after.net.probabilities(after.X), "NK"),
    )
    losses = [mean_loss(work) for work in (before, after)]
    st.markdown(
        f"$J$ was {number_text(losses[0])} and is {number_text(losses[1])}. "
        f"For comparison, $\\log K$ is {number_text(np.log(before.sizes['K']))}."
    )
    number_popover()


def in_code():
    work = worked_network()
    st.markdown("All numbers of this lesson come from these functions of nnlib.")
    with st.container(horizontal=True):
        source_view(MLP.forward, r"z^{(l+1)} = a^{(l)} W^{(l)} + b^{(l)}, \quad a^{(l)} = \max(0, z^{(l)})")
        source_view(softmax, r"\psi = e^z / \sum e^z")
        source_view(cross_entropy, r"J = -\tfrac1N \sum_n \log \psi_{n,\,y_n}")
    if not predict(
        "forward_code",
        "`z, a = net.forward(X)`: what does `z[3]` hold?",
        ("The logits, N×K", "The sums of the hidden units, N×H", "The row of example 3"),
        "The logits, N×K",
        "`z` is a dictionary by layer: `z[2]` belongs to the hidden units, `z[3]` to the output, as in $z^{(3)}$.",
    ):
        return
    st.markdown("With your numbers, in a notebook or a Python shell. In code, counting starts at 0: class 1 is label 0.")
    st.code(code_of(work), language="python")
    st.markdown("It prints:")
    st.code(printed_by(work), language=None)
    number_popover()


def _shapes(work, rows, inner, columns):
    """The product's shapes with this network's sizes."""
    left, middle, right = (work.sizes[letter] for letter in (rows, inner, columns))
    st.markdown(
        f"With these numbers: {left}×**{middle}** times **{middle}**×{right} gives {left}×{right}.", text_alignment="center"
    )


def _silent_told(a2):
    """Which hidden units pass nothing on, if any."""
    silent = [str(h + 1) for h in np.flatnonzero(~(a2 > 0).any(axis=0))]
    if not silent:
        return "Every hidden unit passes something on for at least one example."
    return f"Silent for every example, as if not there: hidden unit{'s' * (len(silent) > 1)} {', '.join(silent)}."


lesson(
    "forward",
    "The forward pass",
    able=(
        "compute every number of a small network by hand, from the inputs to the loss",
        "tell the shape of each matrix, and say why two shapes fit",
        "say what a ReLU, a softmax and a penalty do to the numbers",
    ),
    parts={
        "The network": network,
        "Hidden layer": hidden_layer,
        "ReLU": relu,
        "Output and softmax": output,
        "Loss": loss,
        "What if": what_if,
        "In code": in_code,
    },
    remember=(
        "Each layer is one matrix product and one addition; the inner sizes must match, and each row is one example.",
        "A ReLU passes on what is positive and nothing else; softmax turns any logits into probabilities, and only their "
        "differences count.",
        "The loss is the mean of $-\\log \\psi_y$, and guessing costs $\\log K$; the penalty adds $\\lambda$ times the sum of "
        "all squared weights.",
    ),
    onward=("softmax/page.py", "Next: the derivative of softmax"),
)

"""Part 1: from logits to probabilities, and what moving one logit does to all of them."""

import numpy as np
import streamlit as st

from nnlib.support.number_text import decimal
from pages.lesson.prediction import predict
from pages.softmax.controls import classes, logits
from pages.softmax.fragment import fragment
from pages.softmax.probability_bars import probability_bars
from pages.softmax.state import SoftmaxState
from pages.ui.html_table import Html

LOGIT, EXP = Html("z<sub>i</sub>"), Html("e<sup>z<sub>i</sub></sup>")


@fragment
def probabilities(state: SoftmaxState):
    st.markdown(
        "The last layer of a network gives each class $i$ a number, its **logit** $z_i$. It may be any number, also a negative "
        "one. Softmax makes the $K$ logits into $K$ probabilities:"
    )
    st.latex(r"\psi_i = \frac{e^{z_i}}{\sum_{k=1}^{K} e^{z_k}}")
    st.markdown("The exponential makes each number positive. Dividing by their sum makes them add up to 1.")
    shrinks = r"$\psi_1$ grows, each of the others shrinks"
    if predict(
        "softmax_one_logit",
        "You raise $z_1$ and leave the other logits as they are. What do the probabilities do?",
        [r"$\psi_1$ grows, the others stay as they are", shrinks, "All of them grow"],
        shrinks,
        "Every probability has all $K$ exponentials below the line. Raise one logit, and that sum grows for all of them.",
    ):
        _play(state)


@fragment
def _play(state):
    classes(state)
    logits(state)
    exp = np.exp(state.z)
    change = None if state.before is None else state.psi - state.before
    probability_bars(
        state.psi,
        {LOGIT: [decimal(each, 1) for each in state.z], EXP: [decimal(each) for each in exp]},
        {EXP: decimal(exp.sum())},
        change,
    )
    if change is None:
        st.caption("Move one logit: a column will say what each probability gained or lost.")
    else:
        st.caption("The changes add up to 0: what one probability gains, the others lose.")

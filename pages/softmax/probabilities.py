"""From logits to probabilities, and the effect of one logit on all of them."""

import numpy as np
import streamlit as st

from nnlib.support.number_text import decimal
from pages.lesson.prediction import predict
from pages.softmax.controls import classes, logits
from pages.softmax.fragment import fragment
from pages.softmax.probability_bars import probability_bars
from pages.softmax.state import SoftmaxState
from pages.softmax.why_exponential import why_exponential
from pages.ui.html_table import Html

LOGIT, EXP = Html("z<sub>i</sub>"), Html("e<sup>z<sub>i</sub></sup>")


@fragment
def probabilities(state: SoftmaxState) -> None:
    """Draw the part."""
    st.markdown(
        "The last layer of a network computes a number for each class $i$, its **logit** $z_i$. It can be any number, also a "
        "negative one. Softmax turns the $K$ logits into $K$ probabilities:"
    )
    st.latex(r"\psi_i = \frac{e^{z_i}}{\sum_{k=1}^{K} e^{z_k}}")
    st.markdown(
        r"**Why the exponential?** It is positive for every number, and turns a difference of logits into a ratio of "
        r"probabilities: $\psi_i/\psi_j = e^{z_i - z_j}$, so 1 more in a logit is $e \approx 2.7$ times as much. Dividing by "
        r"the sum makes the probabilities add up to 1."
    )
    why_exponential()
    shrinks = r"$\psi_1$ grows, each of the others shrinks"
    if predict(
        "softmax_one_logit",
        "You raise $z_1$ and do not change the other logits. What happens to the probabilities?",
        [r"$\psi_1$ grows, the others stay as they are", shrinks, "All of them grow"],
        shrinks,
        "The denominator of every probability is the sum of all $K$ exponentials. If one logit rises, this sum grows.",
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
        st.caption("Move one logit. A new column then shows the change of each probability.")
    else:
        st.caption("The changes add up to 0, because the probabilities always add up to 1.")

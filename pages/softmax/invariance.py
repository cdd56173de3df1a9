"""Part 4: a shift of all logits changes nothing, which cures overflow; a temperature changes how sharp softmax is."""

import numpy as np
import streamlit as st

from nnlib.finite_differences import numerical_jacobian
from nnlib.losses import entropy, softmax, softmax_jacobian
from nnlib.support.number_text import compact, decimal, difference_text
from nnlib.symbolic.derivation import softmax as softmax_derivations
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict
from pages.softmax.controls import choice, entry, shift, stops
from pages.softmax.fragment import fragment
from pages.softmax.heat_map import JACOBIAN, STEEPEST, heat_map, side_by_side
from pages.softmax.link import IDEAS, TEMPERATURES
from pages.softmax.overflow import SIZES, naive_softmax, overflow_table
from pages.softmax.probability_bars import probability_bars
from pages.softmax.state import SoftmaxState
from pages.ui.html_table import Html
from pages.ui.source_view import source_view

IDEA_NAMES = dict(zip(IDEAS, ("Shift", "Overflow", "Temperature")))


@fragment
def invariance(state: SoftmaxState):
    choice(state, "idea", "What to try", IDEAS, "Three things that happen to all logits at once.", IDEA_NAMES.get)
    {"shift": _shift, "overflow": _overflow, "temperature": _temperature}[state.values["idea"]](state)


def _shift(state):
    stays = "Every entry stays as it is"
    if not predict(
        "softmax_shifted_jacobian",
        r"Add the same number $c$ to every logit, and $\psi$ stays as it is: the factor $e^c$ cancels. What becomes of the "
        r"Jacobian $\partial \psi / \partial z$?",
        [r"Every entry is multiplied by $e^c$", stays, "Every entry becomes 0"],
        stays,
        r"$\psi_i (\delta_{ij} - \psi_j)$ is made of probabilities alone, and they are the same. Only the exponentials "
        r"change: each is multiplied by $e^c$.",
    ):
        return
    _shifted(state)
    derivation_view(softmax_derivations.shift_invariance(), key="softmax_shift")


@fragment
def _shifted(state):
    shift(state)
    moved = state.z + state.values["c"]
    exp, psi = np.exp(moved), _softmax(moved)
    probability_bars(
        psi,
        {Html("z<sub>i</sub> + c"): [decimal(each, 1) for each in moved], "exp": [compact(each) for each in exp]},
        {"exp": compact(exp.sum())},
    )
    jacobian = softmax_jacobian(moved)
    side_by_side([heat_map(JACOBIAN, jacobian, "analytic", STEEPEST)])
    changes = np.abs(psi - state.psi).max(), np.abs(jacobian - softmax_jacobian(state.z)).max()
    st.caption(_compared(state.values["c"], *changes))


def _compared(c, of_psi, of_jacobian):
    """What became of the numbers. of_psi, of_jacobian: the largest change of a probability and of an entry."""
    if c == 0:
        return "This is without a shift. Move the slider, and see which of these numbers follow."
    if of_psi == of_jacobian == 0:
        return "Against c = 0 no probability and no entry of the Jacobian has changed, to the last digit."
    return (
        f"Largest change against c = 0: of a probability {difference_text(of_psi)}, of an entry of the Jacobian "
        f"{difference_text(of_jacobian)}. In theory there is none; what is left is rounding, because a computer keeps about 16 "
        "digits of each number."
    )


def _overflow(state):
    nan = "nan, which stands for no number"
    if not predict(
        "softmax_overflow",
        r"The type float32 ends at $3.4 \cdot 10^{38}$, and $e^{100} \approx 2.7 \cdot 10^{43}$. What does the formula, "
        "computed as it is written, give for the logits 100, 99, 98?",
        ["The right probabilities", "1, 0, 0", nan],
        nan,
        "$e^{100}$ becomes inf, the sum too, and inf divided by inf is nan. Nothing stops the program: one step later every "
        "weight is nan as well.",
    ):
        return
    stops(state, "size", "Largest logit m", SIZES, "The three logits are m, m − 1 and m − 2.", lambda m: decimal(m, 0))
    m = state.values["size"]
    st.markdown(f"What NumPy answers for the logits {decimal(m, 0)}, {decimal(m - 1, 0)}, {decimal(m - 2, 0)}:")
    overflow_table(m)
    st.markdown(
        "The logits differ from each other by the same amounts whatever m is, so the right answer stays the same. float32 ends "
        "at $e^{88.7}$, float64 at $e^{709.8}$; far below zero every exponential becomes 0, and 0 divided by 0 is nan as "
        "well.\n\n"
        r"**Shifted** subtracts the largest logit first, which changes nothing in $\psi$. The largest exponential is then "
        "$e^0 = 1$, and nothing can overflow."
    )
    with st.container(horizontal=True):
        source_view(naive_softmax, containing="np.exp(z)")
        source_view(softmax, containing="z.max")


def _temperature(state):
    if not predict(
        "softmax_temperature",
        "You divide every logit by a temperature $T = 100$. What do the probabilities look like?",
        ["Almost equal", "Almost all on one class", "As before"],
        "Almost equal",
        "Divided by 100, the logits hardly differ, and equal logits mean equal probabilities. A low temperature does the "
        "opposite.",
    ):
        return
    _tempered(state)
    derivation_view(softmax_derivations.temperature(), key="softmax_temperature")


@fragment
def _tempered(state):
    stops(state, "T", "Temperature T", TEMPERATURES, "Low: sharp. High: uniform. 1 changes nothing.", lambda T: f"{T:g}")
    T, i, j = state.values["T"], state.i, state.j
    psi = _softmax(state.z / T)
    probability_bars(psi, {Html("z<sub>i</sub> / T"): [decimal(each, 2) for each in state.z / T]}, {})
    st.caption(
        f"Entropy: {decimal(entropy(psi))} nats. 0 would be certainty; the most that {state.K} classes allow, when all are "
        f"equally likely, is log {state.K} ≈ {decimal(np.log(state.K))}."
    )
    analytic = softmax_jacobian(state.z / T)[i - 1, j - 1] / T
    numeric = numerical_jacobian(lambda z: _softmax(z / T), state.z)[i - 1, j - 1]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        entry(state)
        st.markdown(
            rf"$\partial \psi_{i} / \partial z_{j}$ is **{compact(analytic)}** by the formula below, and {compact(numeric)} by "
            "central differences.",
            width="content",
        )


def _softmax(z):
    """ψ (K,) of one example's logits z (K,)."""
    return softmax(z[np.newaxis])[0]

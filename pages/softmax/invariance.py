"""A shift of all logits changes no probability and prevents overflow; a temperature changes how sharp softmax is."""

import numpy as np
import streamlit as st

from nnlib.finite_differences import numerical_jacobian
from nnlib.losses import entropy, softmax, softmax_jacobian
from nnlib.support.number_text import compact, decimal, difference_text
from nnlib.symbolic.derivation import softmax as softmax_derivations
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict
from pages.softmax.controls import choice, entry, logits_in_use, shift, stops
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
def invariance(state: SoftmaxState) -> None:
    """Draw the part."""
    choice(state, "idea", "Experiment", IDEAS, "Three changes of all logits at once.", IDEA_NAMES.get)
    {"shift": _shift, "overflow": _overflow, "temperature": _temperature}[state.values["idea"]](state)


def _shift(state):
    stays = "Every entry stays as it is"
    if not predict(
        "softmax_shifted_jacobian",
        r"If you add the same number $c$ to every logit, $\psi$ does not change: the factor $e^c$ cancels. What happens to the "
        r"Jacobian $\partial \psi / \partial z$?",
        [r"Every entry is multiplied by $e^c$", stays, "Every entry becomes 0"],
        stays,
        r"$\psi_i (\delta_{ij} - \psi_j)$ contains only probabilities, and they stay the same. Only the exponentials change: "
        r"each is multiplied by $e^c$.",
    ):
        return
    _shifted(state)
    derivation_view(softmax_derivations.shift_invariance(), key="softmax_shift")


@fragment
def _shifted(state):
    logits_in_use(state)
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
    """A sentence on the largest change of a probability, of_psi, and of an entry of the Jacobian, of_jacobian."""
    if c == 0:
        return "There is no shift yet. Move the slider, and see which numbers change."
    if of_psi == of_jacobian == 0:
        return "Compared with c = 0, no probability and no entry of the Jacobian has changed, in any digit."
    return (
        f"Largest change compared with c = 0: {difference_text(of_psi)} in a probability, {difference_text(of_jacobian)} in an "
        "entry of the Jacobian. In theory nothing changes. The difference is a rounding error, because a computer stores about "
        "16 digits of each number."
    )


def _overflow(state):
    nan = "nan, which stands for no number"
    if not predict(
        "softmax_overflow",
        r"The largest number of the type float32 is $3.4 \cdot 10^{38}$, and $e^{100} \approx 2.7 \cdot 10^{43}$. What does "
        "the original formula give for the logits 100, 99, 98?",
        ["The right probabilities", "1, 0, 0", nan],
        nan,
        "$e^{100}$ becomes inf, and so does the sum; inf divided by inf is nan. The program does not stop, and after one step "
        "of training every weight is nan.",
    ):
        return
    stops(state, "size", "Largest logit m", SIZES, "The three logits are m, m − 1 and m − 2.", lambda m: decimal(m, 0))
    m = state.values["size"]
    st.markdown(f"NumPy computes for the logits {decimal(m, 0)}, {decimal(m - 1, 0)}, {decimal(m - 2, 0)}:")
    overflow_table(m)
    st.markdown(
        "The differences between the logits do not depend on m, so the right probabilities are always the same. The largest "
        "number of float32 is $e^{88.7}$, that of float64 is $e^{709.8}$. For large negative logits, every exponential becomes "
        "0, and 0 divided by 0 is nan as well.\n\n"
        r"**Shifted** means: the largest logit is subtracted first, which does not change $\psi$. The largest exponential is "
        "then $e^0 = 1$, and nothing can overflow."
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
        "Divided by 100, the logits are almost equal, and equal logits give equal probabilities. A low temperature does the "
        "opposite.",
    ):
        return
    _tempered(state)
    derivation_view(softmax_derivations.temperature(), key="softmax_temperature")


@fragment
def _tempered(state):
    logits_in_use(state)
    stops(
        state,
        "T",
        "Temperature T",
        TEMPERATURES,
        "A low temperature makes softmax sharp, a high one makes it uniform, and 1 changes nothing.",
        lambda T: f"{T:g}",
    )
    T, i, j = state.values["T"], state.i, state.j
    psi = _softmax(state.z / T)
    probability_bars(psi, {Html("z<sub>i</sub> / T"): [decimal(each, 2) for each in state.z / T]}, {})
    st.caption(
        f"Entropy: {decimal(entropy(psi))} nats. It is 0 if one class has the probability 1. With {state.K} classes, the "
        f"maximum is log {state.K} ≈ {decimal(np.log(state.K))}, if all have the same probability."
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

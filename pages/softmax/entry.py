"""The derivative: of one entry, then in its two cases, and then as one formula for any number of classes."""

import numpy as np
import streamlit as st

from nnlib.losses import softmax
from nnlib.support.number_text import signed
from nnlib.symbolic.derivation import softmax as softmax_derivations
from nnlib.symbolic.derivation import softmax_cases
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict
from pages.softmax.controls import classes, entry, logits_in_use
from pages.softmax.entry_numbers import entry_with_numbers
from pages.softmax.fragment import fragment
from pages.softmax.state import SoftmaxState

NUDGE = 0.01  # of one logit


@fragment
def one_entry(state: SoftmaxState) -> None:
    """Draw the part: what one entry means, and its derivation with the numbers of the indices."""
    st.markdown(
        r"How much does the probability $\psi_i$ change when the logit $z_j$ changes a little? The change of $\psi_i$, divided "
        r"by the small change of $z_j$, is the derivative $\partial \psi_i / \partial z_j$. There is one for each pair "
        r"$(i, j)$. Training needs it to know in which direction each logit must move."
    )
    falls = r"$\psi_1$ falls, by about 0.0016"
    if predict(
        "softmax_one_entry",
        r"The logits are 2, 1 and 0, so $S = e^2 + e^1 + e^0 \approx 11.11$ and $\psi_1 = e^2/S \approx 0.665$. You raise "
        r"$z_2$ from 1 to 1.01. What happens to $\psi_1$?",
        [r"$\psi_1$ rises, by about 0.0016", r"$\psi_1$ stays as it is", falls],
        falls,
        r"The top $e^2$ stays. $e^{z_2}$, and with it the sum $S$, grows by about 0.027, or 0.25 %. So $\psi_1$ shrinks "
        r"by 0.25 %, from 0.6652 to 0.6636. Divided by the change of $z_2$: $-0.0016/0.01 = -0.16$."
        r" This is nearly the derivative.",
    ):
        _one_entry(state)


def _one_entry(state):
    with st.container(horizontal=True, gap="medium"):
        classes(state)
        entry(state)
    derivation = softmax_derivations.softmax_derivative(state.K, state.i, state.j)
    derivation_view(derivation, "softmax_entry", after=lambda: _with_numbers(state))


def _with_numbers(state):
    st.subheader("With numbers", anchor=False)
    moved = state.z + NUDGE * (np.arange(state.K) == state.j - 1)
    change = softmax(moved[np.newaxis])[0, state.i - 1] - state.psi[state.i - 1]
    logits_in_use(state)
    st.latex(entry_with_numbers(state.psi, state.i, state.j))
    st.markdown(
        rf"The same by trying: raise $z_{state.j}$ by {NUDGE}, and $\psi_{state.i}$ changes by {signed(change, 6)}. Divided by "
        rf"{NUDGE}, that is {signed(change / NUDGE, 4)}. A smaller step comes closer to the derivative."
    )


def same_class(state: SoftmaxState) -> None:
    """Draw the part: i = j."""
    st.markdown("First the entries with $i = j$: a probability, and the logit of the same class. $K$ can be any number.")
    hardly = "Hardly at all"
    if predict(
        "softmax_own_logit",
        r"$\psi_i$ is already 0.999. How much does it still change when you raise its own logit $z_i$?",
        [hardly, "As much as at 0.5", "More than at 0.5"],
        hardly,
        r"$\psi_i$ cannot grow beyond 1. The derivation shows how the slope depends on $\psi_i$.",
    ):
        numbers = (
            r"**With numbers:** for $\psi_i = 0.5$ the slope is $0.5 \cdot 0.5 = 0.25$, its largest value; for "
            r"$\psi_i = 0.999$ it is $0.999 \cdot 0.001 \approx 0.001$."
        )
        derivation_view(softmax_cases.same_class(), "softmax_same_class", after=lambda: st.markdown(numbers))


def other_class(state: SoftmaxState) -> None:
    """Draw the part: i ≠ j."""
    st.markdown(r"Now the entries with $i \ne j$: a probability, and the logit of another class.")
    if predict(
        "softmax_other_logit",
        r"Take two different classes, $i \ne j$. Which sign does $\partial \psi_i / \partial z_j$ have?",
        ["Positive", "Negative", "It depends on the logits"],
        "Negative",
        r"If the logit of another class rises, only the sum in the denominator grows. So $\psi_i$ shrinks, for any logits. "
        "The derivation below shows by how much.",
    ):
        numbers = (
            r"**With numbers:** the logits 2, 1 and 0 give the first two classes the probabilities 0.665 and 0.245. For "
            r"$\psi_i = 0.665$ and $\psi_j = 0.245$ the slope is $-0.665 \cdot 0.245 \approx -0.163$. "
            r"Class $j$ gains what $\psi_i$ and all other classes lose."
        )
        derivation_view(softmax_cases.other_class(), "softmax_other_class", after=lambda: st.markdown(numbers))


def any_k(state: SoftmaxState) -> None:
    """Draw the part: one formula for both cases."""
    st.markdown(
        r"The two cases can be written as one formula. The **Kronecker delta** $\delta_{ij}$ is a short way to write a case: "
        r"$\delta_{ij} = 1$ where $i = j$, and $\delta_{ij} = 0$ where $i \ne j$."
    )
    compact = r"$\psi_i(\delta_{ij} - \psi_j)$"
    if predict(
        "softmax_both_cases",
        r"Which formula gives $\psi_i(1 - \psi_i)$ for $i = j$ and $-\psi_i\psi_j$ for $i \ne j$?",
        [r"$\delta_{ij} - \psi_i\psi_j$", compact, r"$\psi_i\delta_{ij}(1 - \psi_j)$"],
        compact,
        r"Where $i = j$, the bracket is $1 - \psi_i$; where $i \ne j$, it is $-\psi_j$.",
    ):
        derivation_view(softmax_derivations.softmax_derivative_general(), key="softmax_general")

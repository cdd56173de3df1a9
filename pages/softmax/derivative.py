"""Part 2: the derivative, line by line, for one entry or for all of them."""

import streamlit as st

from nnlib.symbolic.derivation import softmax as softmax_derivations
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict
from pages.softmax.controls import choice, classes, entry
from pages.softmax.fragment import fragment
from pages.softmax.link import SCOPES
from pages.softmax.state import SoftmaxState

SCOPE_NAMES = dict(zip(SCOPES, ("One entry", "Any K, i and j")))


@fragment
def derivative(state: SoftmaxState):
    """Draw the part."""
    st.markdown(
        r"How much does the probability $\psi_i$ change when the logit $z_j$ changes a little? The answer is the derivative "
        r"$\partial \psi_i / \partial z_j$. There is one for each pair $(i, j)$."
    )
    if predict(
        "softmax_other_logit",
        r"Take two different classes, $i \ne j$. Which sign does $\partial \psi_i / \partial z_j$ have?",
        ["Positive", "Negative", "It depends on the logits"],
        "Negative",
        r"If the logit of another class rises, only the sum in the denominator grows. So $\psi_i$ shrinks, for any logits. "
        "The derivation below shows by how much.",
    ):
        _derive(state)


def _derive(state):
    one = state.values["scope"] == "entry"
    with st.container(horizontal=True, gap="medium"):
        choice(state, "scope", "Derive", SCOPES, "With the numbers chosen here, or with letters.", SCOPE_NAMES.get)
        if one:
            classes(state)
            entry(state)
    if one:
        derivation_view(softmax_derivations.softmax_derivative(state.K, state.i, state.j), key="softmax_entry")
    else:
        derivation_view(softmax_derivations.softmax_derivative_general(), key="softmax_general")

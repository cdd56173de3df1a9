"""The lines of nnlib that compute softmax and its Jacobian."""

import inspect

import streamlit as st

from nnlib.finite_differences import numerical_jacobian
from nnlib.losses import softmax, softmax_jacobian
from pages.lesson.prediction import predict
from pages.softmax.fragment import fragment
from pages.softmax.state import SoftmaxState
from pages.ui.source_view import source_view


@fragment
def in_code(state: SoftmaxState) -> None:
    """Draw the part."""
    st.markdown("Every network in this app uses these lines. Each row of `z` is one example.")
    st.code(inspect.getsource(softmax), language="python", wrap_lines=True)
    shift = "`- z.max(axis=1, keepdims=True)`"
    if not predict(
        "softmax_code",
        "Which part of these lines prevents an overflow of `exp`?",
        ["`np.exp`", shift, "`/ exp.sum(axis=1, keepdims=True)`"],
        shift,
        "Afterwards, the largest logit of each row is 0, so the largest exponential is 1.",
    ):
        return
    st.markdown("The Jacobian of one example, and the central differences that check it:")
    with st.container(horizontal=True):
        source_view(softmax_jacobian, r"\frac{\partial \psi}{\partial z} = \mathrm{diag}(\psi) - \psi \psi^\top")
        source_view(numerical_jacobian, r"\frac{\partial f_i}{\partial z_j} \approx \frac{f_i(z + s e_j) - f_i(z - s e_j)}{2s}")
    st.markdown(
        "Training never computes this matrix. Multiplied by the derivative of the cross-entropy, it becomes much simpler, as "
        "the next lesson shows."
    )

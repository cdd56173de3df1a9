"""The lines of nnlib that compute these gradients."""

import streamlit as st

from nnlib import MLP
from pages.backpropagation.ordering import ordering
from pages.lesson.prediction import predict
from pages.ui.source_view import source_view

# Formula of the lesson, and the line of MLP.loss that computes it, for any number of layers.
LINES = (
    (r"\frac{\partial J}{\partial z^{(3)}} = \frac{\psi - \Delta}{N}", "dz = ((psi - Delta) / N).astype(self.dtype)"),
    (
        r"\frac{\partial\tilde J}{\partial W^{(l)}} = a^{(l)\top}\,\frac{\partial J}{\partial z^{(l+1)}} + 2\lambda W^{(l)}",
        'grads[f"W{l}"] = a[l].T @ dz + reg * penalty_gradient(self.penalty, W)',
    ),
    (
        r"\frac{\partial J}{\partial b^{(l)}} = \sum_n \Bigl(\frac{\partial J}{\partial z^{(l+1)}}\Bigr)_n",
        'grads[f"b{l}"] = dz.sum(axis=0)',
    ),
    (
        r"\frac{\partial J}{\partial z^{(l)}} = \Bigl[\frac{\partial J}{\partial z^{(l+1)}}\,W^{(l)\top}\Bigr] \circ "
        r"f'(z^{(l)})",
        "dz = self.activations[l].multiply_by_derivative(dz @ W.T, a[l])",
    ),
)


def in_code():
    """Draw the part."""
    if predict(
        "lines_of_code",
        "How many lines of NumPy does the whole backward pass take, for any number of layers?",
        ["About 4", "About 40", "About 400"],
        "About 4",
        "One line starts at the loss. Three more are repeated for every layer, from the last to the first.",
    ):
        for formula, line in LINES:
            st.latex(formula)
            st.code(line, language="python", wrap_lines=True)
        st.markdown("The first line runs once. The others are in a loop over the layers, from the last to the first.")
        st.markdown(
            "The last line uses `a[l]`, where the formula has $z^{(l)}$. For every activation in nnlib, the derivative can be "
            "computed from the output. For the ReLU, $a > 0$ exactly where $z > 0$, so $f'(z) = \\mathbf 1[a > 0]$; for tanh, "
            "$f'(z) = 1 - a^2$. So the network does not need to store $z$."
        )
        source_view(MLP.loss, LINES[0][0])
        ordering()

"""Part 6: the lines of nnlib that do it."""

import streamlit as st

from nnlib import MLP
from pages.lesson.prediction import predict
from pages.ui.source_view import source_view

# What the lesson derives → the line of MLP.loss that says it, for any number of layers.
LINES = (
    (r"\frac{\partial J}{\partial z^{(3)}} = \frac{\psi - \Delta}{N}", "delta = ((psi - Delta) / N).astype(self.dtype)"),
    (
        r"\frac{\partial\tilde J}{\partial W^{(l)}} = a^{(l)\top}\,\frac{\partial J}{\partial z^{(l+1)}} + 2\lambda W^{(l)}",
        'grads[f"W{l}"] = a[l].T @ delta + reg * penalty_gradient(self.penalty, W)',
    ),
    (
        r"\frac{\partial J}{\partial b^{(l)}} = \sum_n \Bigl(\frac{\partial J}{\partial z^{(l+1)}}\Bigr)_n",
        'grads[f"b{l}"] = delta.sum(axis=0)',
    ),
    (
        r"\frac{\partial J}{\partial z^{(l)}} = \Bigl[\frac{\partial J}{\partial z^{(l+1)}}\,W^{(l)\top}\Bigr] \circ "
        r"f'(z^{(l)})",
        "delta = self.activation.multiply_by_derivative(delta @ W.T, a[l])",
    ),
)


def in_code():
    """The four lines of nnlib that do it."""
    if predict(
        "lines_of_code",
        "How many lines of NumPy does the whole backward pass take, for any number of layers?",
        ["About 4", "About 40", "About 400"],
        "About 4",
        "One line starts at the loss, three are repeated for every layer, from the last to the first.",
    ):
        for formula, line in LINES:
            st.latex(formula)
            st.code(line, language="python", wrap_lines=True)
        st.markdown("The first runs once. The others stand in a loop over the layers, from the last one back.")
        st.markdown(
            "The last one is given `a[l]`, where the formula has $z^{(l)}$. Every activation here lets its derivative be "
            "written in terms of what it puts out: for ReLU, $a > 0$ exactly where $z > 0$, so $f'(z) = \\mathbf 1[a > 0]$; "
            "for tanh $f'(z) = 1 - a^2$. So $z$ need not be kept."
        )
        source_view(MLP.loss, LINES[0][0])

"""The lines of nnlib that compute these gradients."""

import streamlit as st

from nnlib import MLP
from pages.backpropagation.ordering import ordering
from pages.lesson.prediction import predict
from pages.ui.source_view import source_view

# Formula of the lesson, the plain line for two layers, the line of MLP.loss for any number of layers, and what differs in it.
LINES = (
    (
        r"\frac{\partial J}{\partial z^{(3)}} = \frac{\psi - \Delta}{N}",
        "dz3 = (psi - Delta) / N",
        "dz = ((psi - Delta) / N).astype(self.dtype)",
        "`.astype(self.dtype)` keeps the numbers in the network's precision, float32 or float64.",
    ),
    (
        r"\frac{\partial\tilde J}{\partial W^{(l)}} = a^{(l)\top}\,\frac{\partial J}{\partial z^{(l+1)}} + 2\lambda W^{(l)}",
        "dW2 = a2.T @ dz3 + 2*lam*W2",
        'grads[f"W{l}"] = a[l].T @ dz + reg * penalty_gradient(self.penalty, W)',
        "`reg` is $\\lambda$. `penalty_gradient` returns `2*W`, or another derivative if another penalty was chosen.",
    ),
    (
        r"\frac{\partial J}{\partial b^{(l)}} = \sum_n \Bigl(\frac{\partial J}{\partial z^{(l+1)}}\Bigr)_n",
        "db2 = dz3.sum(axis=0)",
        'grads[f"b{l}"] = dz.sum(axis=0)',
        '`grads` collects the gradients by name: `grads["b2"]` is `db2`.',
    ),
    (
        r"\frac{\partial J}{\partial z^{(l)}} = \Bigl[\frac{\partial J}{\partial z^{(l+1)}}\,W^{(l)\top}\Bigr] \circ "
        r"f'(z^{(l)})",
        "dz2 = dz3 @ W2.T * (z2 > 0)",
        "dz = self.activations[l].multiply_by_derivative(dz @ W.T, a[l])",
        "`multiply_by_derivative` multiplies by $f'(z)$, here the mask, for any activation $f$.",
    ),
)


def in_code() -> None:
    """Draw the part."""
    if predict(
        "lines_of_code",
        "How many lines of NumPy does the whole backward pass take, for any number of layers?",
        ["About 4", "About 40", "About 400"],
        "About 4",
        "One line starts at the loss. Three more are repeated for every layer, from the last to the first.",
    ):
        st.markdown(
            "Each formula, its line for the two layers of the lesson, as an exam asks for it, and the same line in nnlib:"
        )
        for formula, plain, line, difference in LINES:
            st.latex(formula)
            st.code(plain, language="python", wrap_lines=True)
            st.caption(f"In nnlib: {difference}")
            st.code(line, language="python", wrap_lines=True)
        st.markdown(
            "For the first layer, the second and third line are `dW1 = X.T @ dz2 + 2*lam*W1` and `db1 = dz2.sum(axis=0)`. In "
            "nnlib, the first line runs once. The others are in a loop over the layers, from the last to the first."
        )
        st.markdown(
            "The last line uses `a[l]`, where the formula has $z^{(l)}$. For every activation in nnlib, the derivative can be "
            "computed from the output. For the ReLU, $a > 0$ exactly where $z > 0$, so $f'(z) = \\mathbf 1[a > 0]$; for tanh, "
            "$f'(z) = 1 - a^2$. So the network does not need to store $z$."
        )
        source_view(MLP.loss, LINES[0][0])
        ordering()

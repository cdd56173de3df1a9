"""Back through the ReLU: the gradients of all logits that a hidden unit feeds are added, and the mask is applied."""

import streamlit as st

from nnlib.support.colours import GREEN, ORANGE
from nnlib.symbolic.derivation.layers import hidden_gradient
from nnlib.symbolic.derivation.matrices import hidden_matrix
from pages.backpropagation.backward_pass import DELTA2, DELTA3
from pages.backpropagation.one_gradient import derived_and_computed, sum_table
from pages.lesson.prediction import predict
from pages.ui.matrix_view import equation_view, matrix_html
from pages.ui.number_latex import number_latex


def hidden_sums() -> None:
    """Draw the part on z(2)."""
    st.markdown(
        r"From the logits, the gradient goes on to the hidden layer: through $W^{(2)}$ to $a^{(2)}$, and through the ReLU to "
        r"$z^{(2)}$. The ReLU's local gradient is the **mask**: 1 where $z^{(2)} > 0$, else 0."
    )
    if not predict(
        "gradient_behind_the_mask",
        r"A hidden unit has $z^{(2)}_{nh} = -0.1$, and the gradient that comes back to its $a^{(2)}_{nh}$ is 5. What is "
        r"$\partial J/\partial z^{(2)}_{nh}$?",
        ["$5$", "$0$", "$-0.5$"],
        "$0$",
        r"$\max(0, z)$ is 0 for every $z$ near $-0.1$, so a small change of $z$ changes nothing: the local gradient is 0.",
    ):
        return
    derived_and_computed("z2", hidden_gradient(), hidden_matrix(), "nh", _hidden_unit)


def _hidden_unit(worked, trace, n, h):
    to_logits, to_mask = trace["a2"].arrows[0], trace["z2"].arrows[0]
    dz, W2 = to_logits.upstream[n], trace["W2"].value[h]
    st.markdown(
        f"Unit {h + 1} changes all $K$ logits of example {n + 1}. Add the gradients that come back from these {len(W2)} logits:"
    )
    heads = ("$k$", f"$(\\psi - \\Delta)_{{{n + 1},k}}/N$", f"$W^{{(2)}}_{{{h + 1},k}}$", "product")
    sum_table(heads, [(g, w, g * w) for g, w in zip(dz, W2)], to_logits.downstream[n, h])
    z2, on = trace["z2"].value[n, h], to_mask.local[n, h]
    st.markdown(
        f"Here $z^{{(2)}}_{{{n + 1},{h + 1}}} = {number_latex(z2)}$, so the ReLU is **{'on' if on else 'off'}** and the sum is "
        f"multiplied by {on:.0f}. The mask depends on $z^{{(2)}}$, not on the gradient. All entries at once:"
    )
    entry = [(n, h)]
    off = [(row, unit) for row, units in enumerate(to_mask.local) for unit, each in enumerate(units) if not each]
    equation_view(
        matrix_html("[" + DELTA3 + "] <i>W</i><sup>(2)</sup>ᵀ", to_logits.downstream, "NH", marked=entry, off=off),
        "∘",
        matrix_html("<b>1</b>[<i>z</i><sup>(2)</sup> &gt; 0]", to_mask.local, "NH", marked=entry, colour=ORANGE),
        "=",
        matrix_html(DELTA2, to_mask.downstream, "NH", marked=entry, colour=GREEN),
    )

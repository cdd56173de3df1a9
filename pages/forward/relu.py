"""Part 3: the ReLU, entry by entry."""

import numpy as np
import streamlit as st

from nnlib.support.colours import ORANGE
from pages.forward.reasons import why_a_bend
from pages.lesson.prediction import predict
from pages.ui.matrix_view import equation_view, matrix_html
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import worked_network


def relu() -> None:
    """Draw the part."""
    st.markdown("The ReLU leaves positive entries as they are, and sets all others to 0.")
    st.latex(r"a^{(2)} = \max(0, z^{(2)}), \qquad \text{both } N \times H")
    st.markdown(
        r"**Why a bend?** Without it, two layers are one: $(XW^{(1)} + b^{(1)})W^{(2)} + b^{(2)}$ is $X$ times the single "
        r"matrix $W^{(1)}W^{(2)}$, plus a single bias, and separates classes by straight lines only."
    )
    why_a_bend()
    if not predict(
        "forward_relu",
        "One entry of $z^{(2)}$ changes from −3 to −1. What happens to the loss?",
        ("It falls", "It stays as it is", "It grows"),
        "It stays as it is",
        "The ReLU turns both into 0, so all later numbers stay the same. In the backward pass, the gradient at this entry is "
        "0 as well.",
    ):
        return
    number_expander()
    work = worked_network()
    z, a = work.net.forward(work.X)
    off = {tuple(index) for index in np.argwhere(z[2] <= 0).tolist()}
    equation_view(matrix_html("z2", z[2], "NH", marked=off, colour=ORANGE), "→", matrix_html("a2", a[2], "NH", off=off))
    st.markdown(
        f"**The ReLU sets {len(off)} of {z[2].size} entries to 0.** They have a frame in $z^{{(2)}}$, and a line through them "
        "in $a^{(2)}$."
    )
    st.markdown(_inactive_units(a[2]))


def _inactive_units(a2):
    """A sentence on the hidden units that are 0 for every example."""
    inactive = [str(h + 1) for h in np.flatnonzero(~(a2 > 0).any(axis=0))]
    if not inactive:
        return "Every hidden unit is positive for at least one example."
    if len(inactive) == 1:
        return f"Hidden unit {inactive[0]} is 0 for every example, so it has no effect."
    return f"Hidden units {', '.join(inactive)} are 0 for every example, so they have no effect."

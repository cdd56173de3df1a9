"""Part 2: the sums of the hidden units, as one matrix product."""

import streamlit as st

from pages.forward.layer_walk import layer_walk, product_shapes
from pages.lesson.prediction import predict
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import worked_network


def hidden_layer() -> None:
    """Draw the part."""
    st.markdown("Each hidden unit multiplies each input by a weight of its own, adds the products, and adds its bias.")
    st.latex(
        r"\underset{N \times H}{z^{(2)}} = \underset{N \times \textcolor{#1487c9}{\mathbf D}}{a^{(1)}}\;"
        r"\underset{\textcolor{#1487c9}{\mathbf D} \times H}{W^{(1)}} + \underset{H}{b^{(1)}}, \qquad a^{(1)} = X"
    )
    product_shapes(worked_network(), "N", "D", "H")
    if not predict(
        "forward_row",
        "Change one number in row 1 of $X$. Which entries of $z^{(2)}$ can change?",
        ("Those of row 1", "Those of column 1", "All of them"),
        "Those of row 1",
        "Row 1 of $z^{(2)}$ depends on row 1 of $X$ only. In the forward pass, examples do not influence each other.",
    ):
        return
    number_expander()
    layer_walk(1)

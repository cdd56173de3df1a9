"""Part 4: the logits, and softmax row by row."""

import streamlit as st

from pages.forward.layer_walk import layer_walk, product_shapes
from pages.lesson.prediction import predict
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import worked_network


def output() -> None:
    """Draw the part."""
    st.markdown(
        "The second layer does the same with the hidden units. Its sums are the **logits**. Softmax turns them into "
        "probabilities."
    )
    st.latex(
        r"\underset{N \times K}{z^{(3)}} = \underset{N \times \textcolor{#1487c9}{\mathbf H}}{a^{(2)}}\;"
        r"\underset{\textcolor{#1487c9}{\mathbf H} \times K}{W^{(2)}} + \underset{K}{b^{(2)}}"
    )
    product_shapes(worked_network(), "N", "H", "K")
    st.latex(r"\psi_{n,k} = \frac{e^{z^{(3)}_{n,k}}}{\sum_j e^{z^{(3)}_{n,j}}}")
    if not predict(
        "forward_shift",
        "All logits of a row grow by 5. What happens to its probabilities?",
        ("They all grow", "The largest grows, the others shrink", "They stay as they are"),
        "They stay as they are",
        "Each $e^z$ is multiplied by $e^5$, and so is their sum. The factor $e^5$ cancels.",
    ):
        return
    number_expander()
    layer_walk(2)

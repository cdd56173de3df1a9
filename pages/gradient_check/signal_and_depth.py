"""Part 6: a right gradient that is too small to learn from, in short. The page Depth shows it layer by layer."""

import streamlit as st


def signal_and_depth():
    """Draw the part."""
    st.markdown(
        "A gradient can pass every check and still be too small to learn from. In the report on CIFAR-10, networks with one or "
        r"two hidden layers learned. With three, the loss stayed at $\log 10$. The first weights were random numbers with the "
        r"standard deviation $\sigma = 0.001$, and the first biases were 0."
    )
    st.markdown(
        "These gradients were right, but far too small, and so was the signal in the forward pass. The page Depth derives the "
        "factor by which each layer changes both, compares it with measurements, and lets you fix the network. Then come back: "
        "the last three exercises of this lesson use this factor."
    )
    st.page_link(
        "depth/page.py",
        label="Depth: why it collapses",
        icon=":material/arrow_forward:",
        query_params={"part": "why-it-collapses"},
    )

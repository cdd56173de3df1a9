"""Part 6: a right gradient that is too small to learn from. In short: Depth derives it, and shows it layer by layer."""

import streamlit as st


def signal_and_depth():
    st.markdown(
        "A gradient can pass every check and be of no use. In the report on CIFAR-10, networks with one and two hidden layers "
        r"learned; with a third nothing did, and the loss stayed at $\log 10$. All weights began as random numbers of standard "
        r"deviation $\sigma = 0.001$, all biases at 0."
    )
    st.markdown(
        "The gradients there were right to the last digit. They were only far too small, as was the signal they come from. "
        "The page Depth derives by which factor a layer changes both, compares it with what is measured, layer by layer, and "
        "lets you repair it. Then come back: the last three exercises of this lesson ask for that factor."
    )
    st.page_link(
        "depth/page.py",
        label="Depth: why it collapses",
        icon=":material/arrow_forward:",
        query_params={"part": "why-it-collapses"},
    )

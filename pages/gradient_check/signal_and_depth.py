"""Part 6: a right gradient that is too small to learn from, in short. The page Depth shows it layer by layer."""

import streamlit as st

from pages.lesson.prediction import predict


def signal_and_depth() -> None:
    """Draw the part."""
    st.markdown(
        "A gradient can pass every check and still be too small to learn from. In a student's report on CIFAR-10 from 2020, "
        r"networks with one or two hidden layers learned. With three, the accuracy was 8.7 %, that of guessing; repeated with "
        r"this program, the loss stays at $\log 10$. In the exercise's starter code, the initial weights are random numbers "
        r"with the standard deviation $\sigma = 0.001$, the "
        "biases start at 0, and each step also moves every weight a little towards 0: a **weight decay** of 0.001."
    )
    if not predict(
        "signal_left",
        "Suppose that each layer makes the signal 200 times smaller. How much of it is left after three layers?",
        ["1/200", "1/600", "1/8,000,000"],
        "1/8,000,000",
        "The factors of the layers multiply: 200 · 200 · 200 = 8,000,000. The gradient is multiplied by such a factor too, in "
        "each layer that it comes back through.",
    ):
        return
    st.markdown(
        "These gradients were right, but far too small, and so was the signal in the forward pass. With three layers, weight "
        "decay adds more to each gradient than the images do, so the optimiser moves the weights towards zero; without "
        "weight decay, three layers learn. The page Depth derives the factor by which each layer changes signal and "
        "gradient, compares it with measurements, and lets you fix the network. Then come back: the last three exercises of "
        "this lesson use this factor."
    )
    st.page_link(
        "depth/page.py",
        label="Depth: why it collapses",
        icon=":material/arrow_forward:",
        query_params={"part": "why-it-collapses"},
    )

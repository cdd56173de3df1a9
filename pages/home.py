"""Home: what this is, the way through it, what there is to find out, and the door to the live page.

Imports Streamlit alone, so that the first thing a visitor sees comes at once.
"""

from pathlib import Path

import streamlit as st

from pages.shared.depth_chart import depth_chart

WAY = (
    (":material/tune:", "Choose", "A data set, a network, a learning rate. Or take a preset, and change one thing."),
    (":material/psychology_alt:", "Expect", "Say what you think will happen, before you press Start. Being wrong is where it gets interesting."),
    (":material/play_circle:", "Watch and steer", "See every step of the loss and what the network would answer. Turn the learning rate while it runs."),
    (":material/compare_arrows:", "Compare", "Earlier runs stay behind the new one as faint curves. Find out which change made the difference."),
)
VANISHING = {"hidden": "30,30,30", "init": "normal", "std": "0.001"}  # the preset of that name

with st.container(width=1040):
    words, picture = st.columns([5, 6], gap="large", vertical_alignment="center")
    with words:
        st.title("See how a neural network learns")
        st.markdown(
            "At first its weights are random numbers, and so are its answers. Show it examples, measure how wrong it is, and move every "
            "weight a little to where it would have been less wrong. A few thousand such steps later it tells spirals, digits and "
            "photographs apart. **Here you watch each of those steps, and change them while they happen.**"
        )
        if st.button("Train a network", type="primary", icon=":material/play_arrow:", key="open_train"):
            st.switch_page("train.py")
    with picture:
        st.image(
            Path(__file__).parent / "images" / "learning.png",
            caption="One hidden layer of 50 units on three spiral arms: untrained, after 150 steps, and after 20,000.",
            alt="Three pictures of the same plane of points. At first the coloured regions have nothing to do with the points; after 150 steps "
            "they follow them roughly; after 20,000 steps each spiral arm lies in its own region.",
        )

    st.header("The way through it")
    with st.grid(4, min_column_width=200):
        for icon, title, text in WAY:
            st.markdown(f"{icon} **{title}**  \n{text}")

    st.header("What there is to find out")
    st.markdown(
        "A student's report from 2020 trained fully connected networks on CIFAR-10, 60,000 small photographs of ten kinds of things, "
        "where guessing is right one time in ten. These are its results; every one can be repeated here."
    )
    chart, results = st.columns([6, 5], gap="large")
    with chart:
        depth_chart()
        st.markdown(
            "All weights started tiny, σ = 0.001. Each layer shrinks the signal, and on the way back the gradient; after three of them "
            "nothing is left to learn from. Another way to draw the first weights, and the same network learns."
        )
        st.page_link("train.py", label="See it happen on the spiral", icon=":material/arrow_forward:", query_params=VANISHING)
    with results:
        st.metric("Right on the test images: the report's final network", "55.4 %")
        st.markdown(
            "One hidden layer of 180 units, learning rate 0.002, 20,000 steps. How it got there:\n"
            "- **Size.** From 10 to 340 hidden units: the larger, the better.\n"
            "- **Learning rate.** Best between 0.0005 and 0.002; far smaller and far larger are both bad.\n"
            "- **Both at once.** 0.002 wins for almost every size, with 160 to 230 units or above 300.\n"
            "- **Time.** Longer training still helps at 20,000 steps, but less and less, while the loss keeps jumping about."
        )

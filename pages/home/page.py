"""Home: what this is, the lessons in their order, the live pages, and what there is to find out.

Imports nothing heavy beside Streamlit, so that a visitor's first page appears at once.
"""

import streamlit as st

from pages.home.depth_chart import depth_chart
from pages.lesson.lessons import LESSONS
from pages.live.base_path import base_path

# Drawn by pages/home/home_picture.py, and served as it is: Streamlit would keep its own copies, one for each visit.
PICTURE = f"{base_path()}/home-picture.webp"
VANISHING = {"hidden": "30,30,30", "init": "normal", "std": "0.001"}  # the preset of that name, as a link

PROMISE = """
At first its weights are random numbers, and so are its answers. Show it examples, measure how wrong it is, and move every
weight a little to where it would have been less wrong. A few thousand such steps later it tells spirals, digits and
photographs apart. **Here you watch each of those steps, and change them while they happen.**
"""

CAPTION = "One hidden layer of 50 units on three spiral arms: untrained, after 150 steps, after 20,000."
PICTURE_TOLD = (
    "Three pictures of the same plane of points. At first the coloured regions have nothing to do with the points; after 150 "
    "steps they follow them roughly; after 20,000 steps each spiral arm lies in its own region."
)

LESSONS_PROMISE = """
Four lessons take the network apart, one idea at a time. You predict before you see, every line of a derivation is checked
while you read it, and exercises take the formulas as you would write them.
"""

TRAINING = {
    ":material/tune: **Choose**": "A data set, a network, a learning rate. Or take a preset, and change one thing.",
    ":material/psychology_alt: **Expect**": "Say what you think will happen, before you press Start. Being wrong is where it "
    "gets interesting.",
    ":material/play_circle: **Watch and steer**": "See the loss of every step, and what the network would answer. Turn the "
    "learning rate while it runs.",
    ":material/compare_arrows: **Compare**": "Earlier runs stay behind the new one as faint curves. Find out which change "
    "made the difference.",
}

REPORT = """
A student's report from 2020 trained fully connected networks on CIFAR-10: 60,000 small photographs of ten kinds of things,
so that guessing is right one time in ten. These are its results. You can try each of them here, and look at why.
"""

DEPTH = """
All weights started tiny, with σ = 0.001. Each layer shrinks the signal, and on the way back the gradient; after three of
them nothing is left to learn from. Draw the first weights another way, and the same network learns.
"""

RESULTS = """
One hidden layer of 180 units, learning rate 0.002, 20,000 steps. How it got there:
- **Size.** From 10 to 340 hidden units: the larger, the better.
- **Learning rate.** Best between 0.0005 and 0.002; far smaller and far larger are both bad.
- **Both at once.** 0.002 wins for almost every size, with 160 to 230 units or above 300.
- **Time.** At 20,000 steps longer training still helps, though less and less, while the loss keeps jumping about.
"""

with st.container(width=1040):
    words, picture = st.columns([5, 6], gap="large", vertical_alignment="center")
    with words:
        st.title("See how a neural network learns")
        st.markdown(PROMISE)
        with st.container(horizontal=True):
            if st.button("Begin with lesson 1", type="primary", icon=":material/school:", key="open_lessons"):
                st.switch_page(LESSONS[0].script)
            if st.button("Train a network", icon=":material/play_arrow:", key="open_train"):
                st.switch_page("train/page.py")
    with picture:
        size = 'width="948" height="300" style="width:100%;height:auto;border-radius:8px"'
        st.html(f'<img src="{PICTURE}" alt="{PICTURE_TOLD}" {size}>')
        st.caption(CAPTION, text_alignment="center")

    st.header("Understand it")
    st.markdown(LESSONS_PROMISE)
    with st.grid(4, min_column_width=200):
        for number, lesson in enumerate(LESSONS, 1):
            with st.container(gap="xxsmall"):
                st.page_link(lesson.script, label=f"**{number} {lesson.title}**", icon=":material/arrow_forward:")
                st.markdown(lesson.about)

    st.header("Watch it learn")
    with st.grid(4, min_column_width=200):
        for step, text in TRAINING.items():
            st.markdown(f"{step}  \n{text}")

    st.header("What there is to find out")
    st.markdown(REPORT)
    chart, results = st.columns([6, 5], gap="large")
    with chart:
        depth_chart()
        st.markdown(DEPTH)
        slider = {"part": "experiment"}  # whatever part of the page was left last
        st.page_link(
            "depth/page.py", label="Move the depth slider yourself", icon=":material/arrow_forward:", query_params=slider
        )
        st.page_link(
            "train/page.py", label="See it happen on the spiral", icon=":material/arrow_forward:", query_params=VANISHING
        )
    with results:
        st.metric("Right on the test images: the report's final network", "55.4 %")
        st.markdown(RESULTS)
        st.page_link("tuning/page.py", label="Repeat the search, and check these claims", icon=":material/arrow_forward:")

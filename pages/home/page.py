"""Home: what the app is, the lessons in their order, the live pages, and the results of the report.

Imports nothing heavy besides Streamlit, so that the first page opens fast.
"""

import streamlit as st

from nnlib.teaching.missions import MISSIONS
from pages.home.depth_chart import depth_chart
from pages.home.review import review
from pages.lesson.browser_storage import store_in_browser
from pages.lesson.lessons import LESSONS, titled
from pages.lesson.part_on_view import show_part
from pages.lesson.practise import practise
from pages.lesson.progress import progress
from pages.lesson.whereabouts import done_text, next_live_page, next_part
from pages.ui.address import unknown_in_address
from pages.ui.base_path import base_path
from pages.ui.messages import show_messages

# Drawn by pages/home/home_picture.py. It is not an st.image, because Streamlit would store a copy for each visit.
PICTURE = f"{base_path()}/home-picture.webp"
VANISHING = {"hidden": "30,30,30", "init": "normal", "std": "0.001"}  # the preset of that name, as a link

PROMISE = """
At first, the weights of a network are random numbers, and so are its predictions. Training shows it examples, measures the
error, and changes every weight a little so that the error falls. After a few thousand such steps, the network can classify
spirals, digits and photographs. **Here you watch each of these steps, and change them while they happen.**
"""

CAPTION = "One hidden layer of 50 units on three spiral arms: untrained, after 150 steps, and after 20,000 steps."
PICTURE_ALT = (
    "Three pictures of the same plane of points. Before training, the coloured regions do not match the points. After 150 "
    "steps, they match roughly. After 20,000 steps, each spiral arm lies in its own region."
)

LESSONS_PROMISE = """
Five lessons explain the network, one idea at a time. You predict each result before you see it. The app checks every line of a
derivation, and you type the answers to exercises as formulas.
"""

TRAINING = {
    ":material/tune: **Choose**": "Choose a data set, a network, and a learning rate. Or choose a preset, and change one "
    "setting.",
    ":material/psychology_alt: **Predict**": "Predict what will happen before you press Start. A wrong prediction shows you "
    "something new.",
    ":material/play_circle: **Watch and control**": "See the loss of every step, and the predictions of the network. Change "
    "the learning rate while it runs.",
    ":material/compare_arrows: **Compare**": "The chart also shows earlier runs, as dashed curves. Find out which change made "
    "the difference.",
}

REPORT = """
For a report from 2020, a student trained fully connected networks on CIFAR-10: 60,000 small photographs in ten classes, so
guessing is right one time in ten. These are the results. Here you can repeat each of them, and find the reasons.
"""

DEPTH = """
The report's explanation is that the initial weights no longer matter in such a network. They do: with σ = 0.001, as in
the exercise's starter code, each layer shrinks the signal, and also the gradient in the backward pass. With three layers,
weight decay adds more to the gradient than the images do, and Adam moves all weights towards zero. With other initial weights,
or without weight decay, three layers learn.
"""

RESULTS = """
This network has one hidden layer of 180 units. It was trained with the learning rate 0.002 for 20,000 steps. The report does
not state λ; 0.25, the default of its exercise, gives about the same accuracy here. It found the other values in several
searches:
- **Size.** With the other settings fixed, a larger network is better, from 10 to 340 hidden units.
- **Learning rate.** The best values lie between 0.0005 and 0.002. Much smaller and much larger ones are worse.
- **Both together.** In a second search, 0.002 is best for almost every size; the best sizes are 160 to 230 and more than 300.
- **Time.** In the report, accuracy is still growing at the end of 20,000 steps, but less and less. A run of ours with its
  settings does not show that: in the second half the accuracy grew by 0.01 points in 1,000 steps (95 % interval −0.09 to 0.11).
  The loss varies strongly from step to step.
"""

with st.container(width=1040):
    show_messages(unknown_in_address())
    words, picture = st.columns([5, 6], gap="large", vertical_alignment="center")
    with words:
        st.title("See how a neural network learns")
        st.markdown(PROMISE)
        with st.container(horizontal=True):
            number, target, part = next_part() or (1, LESSONS[0], "")
            label = f"Continue: lesson {number}, {target.names[part]}" if part else "Start with lesson 1"
            if page := next_live_page():
                label, target = f"Continue: {page.title}", page
            if st.button(label, type="primary", icon=":material/school:", key="open_lessons"):
                if part:
                    show_part(target.key, part)
                st.switch_page(target.script)
            if st.button("Train a network", icon=":material/play_arrow:", key="open_train"):
                st.switch_page("train/page.py")
    with picture:
        size = 'width="948" height="300" style="width:100%;height:auto;border-radius:8px"'
        st.html(f'<img src="{PICTURE}" alt="{PICTURE_ALT}" {size}>')
        st.caption(CAPTION, text_alignment="center")

    review()

    st.header("Understand the network")
    st.markdown(LESSONS_PROMISE)
    with st.grid(len(LESSONS), min_column_width=170):
        for lesson in LESSONS:
            with st.container(gap="xxsmall"):
                st.page_link(lesson.script, label=f"**{titled(lesson)}**", icon=":material/arrow_forward:")
                st.markdown(lesson.about)
                if done := done_text(lesson):
                    st.caption(f":material/check: {done}")

    practise()

    st.header("Watch the network learn")
    if won := progress().missions:
        st.caption(f":material/check: {len(won)} of {len(MISSIONS)} missions won")
    with st.grid(4, min_column_width=200):
        for step, text in TRAINING.items():
            st.markdown(f"{step}  \n{text}")

    st.header("Results of a report")
    st.markdown(REPORT)
    chart, results = st.columns([6, 5], gap="large")
    with chart:
        depth_chart()
        st.markdown(DEPTH)
        slider = {"part": "experiment"}  # also if another part of the page was viewed last
        st.page_link("depth/page.py", label="Change the depth yourself", icon=":material/arrow_forward:", query_params=slider)
        st.page_link(
            "train/page.py", label="Train such a network on the spiral", icon=":material/arrow_forward:", query_params=VANISHING
        )
    with results:
        st.metric("Test accuracy of the report's final network", "55.4 %")
        st.markdown(RESULTS)
        st.page_link("tuning/page.py", label="Repeat the search, and check these results", icon=":material/arrow_forward:")
store_in_browser()

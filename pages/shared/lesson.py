"""The frame of a lesson: what you will be able to do, one part at a time, exercises, what to remember, and the way onward."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st


def lesson(
    key: str,
    title: str,
    able: Sequence[str],
    parts: Mapping[str, Callable[[], None]],
    remember: Sequence[str],
    onward: tuple[str, str],
):
    """Draw a lesson.

    key       "forward", "softmax", "backpropagation" or "gradient_check": also its path, and what its exercises call it
    able      what the learner will be able to do, one sentence each
    parts     name of a part → the function that draws it; one is on view at a time, the exercises come after the last
    remember  three sentences
    onward    the script of the next page and the words of its link
    """
    st.title(title)
    for sentence in able:
        st.markdown(f"- {sentence}")
    part = st.segmented_control("Part", list(parts), default=next(iter(parts)), key="part", required=True)
    parts[part]()
    for sentence in remember:
        st.markdown(f"- {sentence}")
    st.page_link(onward[0], label=onward[1])

"""The two networks of the lesson, trained once in each process of the app, and pictures of digits."""

import numpy as np
import streamlit as st

from nnlib.support.number_text import percent
from nnlib.teaching.moved_digits import FilterNet, FlatNet, accuracies, trained_filter_net, trained_flat_net
from pages.ui.html_table import Row, html_table
from pages.ui.svg_figure import svg_figure

MLP_NAME, FILTERS_NAME = "MLP", "filters"
SPACE = 2  # pixels between two pictures


@st.cache_resource(show_spinner="Training an MLP on 1,400 digits")
def flat_net() -> tuple[FlatNet, dict[int, float]]:
    """The MLP, and its accuracy on the test digits by the pixels that they are moved."""
    net = trained_flat_net()
    return net, accuracies(net)


@st.cache_resource(show_spinner="Training sixteen filters on 1,400 digits")
def filter_net() -> tuple[FilterNet, dict[int, float]]:
    """The convolutional network, and its accuracies."""
    net = trained_filter_net()
    return net, accuracies(net)


def accuracy_table(networks: dict[str, dict[int, float]]) -> None:
    """Draw the accuracies of networks: name → by the pixels that all test digits are moved."""
    moves = next(iter(networks.values()))
    rows = [Row(_moved_text(right), [percent(shares[right], 0) for shares in networks.values()]) for right in moves]
    st.html(html_table("accuracy-when-moved", rows, ["all digits", *networks]))


def _moved_text(right):
    if right == 0:
        return "in the middle"
    return f"{abs(right)} pixel{'s' * (abs(right) > 1)} to the {'right' if right > 0 else 'left'}"


def pictures(left: np.ndarray, right: np.ndarray, words: str, caption: str, width: int, key: str) -> None:
    """Draw two images (R, R) side by side. Green: positive, magenta: negative, the largest strongest.

    Parameters
    ----------
    left, right : the images
    words : both of them in words, for screen readers
    caption : below them
    width : of both together, in pixels, where there is room
    key : unique among the figures of the app
    """
    wide, high = len(left) + SPACE + len(right), max(len(left), len(right))
    svg_figure(
        f'<svg role="img" aria-label="{words}" viewBox="-0.1 -0.1 {wide + 0.2} {high + 0.2}" style="max-width:{width}px">'
        f"{_pixels(left, 0)}{_pixels(right, len(left) + SPACE)}</svg>",
        caption,
        key,
    )


def _pixels(image, x):
    largest = max(float(abs(image).max()), 1e-12)
    frame = (
        f'<rect x="{x}" y="0" width="{len(image)}" height="{len(image)}" fill="none" stroke="currentColor" stroke-width="0.1"/>'
    )
    return frame + "".join(
        f'<rect x="{x + column}" y="{row}" width="1" height="1" fill="{_colour(value)}" opacity="{abs(value) / largest:.2f}"/>'
        for (row, column), value in np.ndenumerate(image)
        if value
    )


def _colour(value):
    sign = "positive" if value > 0 else "negative"
    return f"light-dark(var(--{sign}-light), var(--{sign}-dark))"

"""The two networks of the lesson, trained once in each process of the app, and pictures of digits."""

from html import escape

import numpy as np
import streamlit as st

from nnlib.support.number_text import percent
from nnlib.teaching.moved_digits import FilterNet, FlatNet, accuracies, trained_filter_net, trained_flat_net
from pages.ui.html_table import Row, html_table

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


def accuracy_table(networks: dict[str, dict[int, float]]):
    """Draw the accuracies of networks: name → by the pixels that all test digits are moved."""
    moves = next(iter(networks.values()))
    rows = [Row(_moved_text(right), [percent(shares[right], 0) for shares in networks.values()]) for right in moves]
    st.html(html_table("accuracy-when-moved", rows, ["all digits", *networks]))


def _moved_text(right):
    if right == 0:
        return "in the middle"
    return f"{abs(right)} pixel{'s' * (abs(right) > 1)} to the {'right' if right > 0 else 'left'}"


def pixels_svg(images: dict[str, np.ndarray], width: int) -> str:
    """Pictures side by side: name → an image (R, R). Green: positive, magenta: negative, the largest strongest."""
    drawn, left, tall = "", 0, max(len(image) for image in images.values())
    for name, image in images.items():
        largest = max(float(abs(image).max()), 1e-12)
        drawn += f'<text x="{left + image.shape[1] / 2}" y="-0.6" text-anchor="middle" font-size="1.1">{escape(name)}</text>'
        drawn += "".join(
            f'<rect x="{left + c}" y="{r}" width="1" height="1" fill="{_colour(value)}" opacity="{abs(value) / largest:.2f}"/>'
            for (r, c), value in np.ndenumerate(image)
            if value
        )
        drawn += (
            f'<rect x="{left}" y="0" width="{image.shape[1]}" height="{len(image)}" fill="none" stroke="currentColor" '
            'stroke-width="0.1"/>'
        )
        left += image.shape[1] + SPACE
    label = escape("; ".join(images))
    return (
        f'<svg role="img" aria-label="{label}" viewBox="-0.1 -2 {left - SPACE + 0.2} {tall + 2.2}" style="max-width:{width}px" '
        f'fill="currentColor">{drawn}</svg>'
    )


def _colour(value):
    sign = "positive" if value > 0 else "negative"
    return f"light-dark(var(--{sign}-light), var(--{sign}-dark))"

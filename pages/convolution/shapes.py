"""Part 4: what padding, stride, channels and the number of filters do to shapes and to the number of weights."""

import streamlit as st

from nnlib.convolution import output_size
from nnlib.support.colours import BLUE, ORANGE
from pages.lesson.prediction import predict
from pages.ui.bound_widget import bound
from pages.ui.html_table import Row, html_table
from pages.ui.svg_figure import svg_figure

IMAGE, FILTER, CHANNELS, FILTERS = 32, 5, 3, 16  # of the example: a photograph of CIFAR-10
RESULT_SIZE = r"R' = \left\lfloor \frac{R + 2 \cdot \text{padding} - Q}{\text{stride}} \right\rfloor + 1"


def stride_and_padding() -> None:
    """Draw the part."""
    st.markdown(
        "An image of $R×R$ pixels and a filter of $Q×Q$ give fewer sums than there are pixels. **Padding** puts rows and "
        "columns of zeros around the image, so that the filter reaches its edge. The **stride** is the number of pixels that "
        "the filter moves on: with a stride of 2, it leaves out every second position."
    )
    if not predict(
        "convolution_size",
        f"An image of {IMAGE}×{IMAGE}, a filter of {FILTER}×{FILTER}, a padding of 2 on each side, and a stride of 1. How "
        "large is the result?",
        ["28×28", "32×32", "36×36"],
        "32×32",
        "With its padding, a row has 36 pixels. Five of them are below the filter at first, and it can move on 31 times. So an "
        "odd filter with a padding of $(Q - 1)/2$ leaves the size as it is.",
    ):
        return
    st.latex(RESULT_SIZE)
    _row_of_pixels()
    st.subheader("Channels and filters", anchor=False)
    _weights()


@st.fragment
def _row_of_pixels():
    with st.container(horizontal=True):
        R = bound(st.slider, "Pixels R", 3, 12, 7, key="pixels", width=200)
        Q = bound(st.slider, "Filter Q", 1, 5, 3, key="filter", width=200)
        padding = bound(st.slider, "Padding", 0, 3, 0, key="padding", width=200)
        stride = bound(st.slider, "Stride", 1, 3, 1, key="stride", width=200)
    try:
        size = output_size(R, Q, stride, padding)
    except ValueError:
        st.error(
            "The filter is larger than the row with its padding. Choose a smaller filter, or more padding.",
            icon=":material/error:",
        )
        return
    left = R + 2 * padding - Q
    st.latex(
        rf"R' = \left\lfloor \frac{{{R} + 2 \cdot {padding} - {Q}}}{{{stride}}} \right\rfloor + 1 = {left // stride} + 1 = "
        rf"\mathbf{{{size}}}"
    )
    unused = left % stride
    svg_figure(
        _picture(R, Q, padding, stride, size),
        "A row of the image, with its padding dashed, and below it the filter at each of its positions."
        + (f" It does not reach the last {unused} pixel{'s' * (unused > 1)}." if unused else ""),
        key="row_of_pixels",
    )


def _picture(R, Q, padding, stride, size):
    whole, high = R + 2 * padding, 1.6 + 0.5 * size
    pixels = "".join(
        f'<rect x="{at + 0.06}" y="0.1" width="0.88" height="0.88" rx="0.1" stroke-width="0.06" '
        + (
            f'fill="{BLUE}" fill-opacity="0.35" stroke="{BLUE}"/>'
            if padding <= at < padding + R
            else 'fill="none" stroke="currentColor" stroke-dasharray="0.15 0.12"/>'
        )
        for at in range(whole)
    )
    positions = "".join(
        f'<rect x="{n * stride + 0.1}" y="{1.3 + 0.5 * n}" width="{Q - 0.2}" height="0.32" rx="0.16" fill="{ORANGE}"/>'
        for n in range(size)
    )
    words = f"{R} pixels, {padding} of padding on each side, and {size} positions of a filter of {Q}, {stride} apart."
    style = f"max-width:{36 * whole}px"
    return f'<svg role="img" aria-label="{words}" viewBox="0 0 {whole} {high}" style="{style}">{pixels}{positions}</svg>'


def _weights():
    size = output_size(IMAGE, FILTER)
    one, sums = CHANNELS * FILTER**2, size**2 * FILTERS
    st.markdown(
        "A colour image has three **channels**. A filter has $Q×Q$ weights for each channel, and adds up all of them. A layer "
        "has many filters, and each gives a map of its own: these are the channels of the next layer. A filter of the next "
        "layer sees all maps, so it can combine edges to corners, and corners to shapes."
    )
    rows = [
        Row("convolution", [f"({CHANNELS} · {FILTER}² + 1) · {FILTERS}", f"{(one + 1) * FILTERS:,}"]),
        Row("fully connected", [f"({CHANNELS} · {IMAGE}² + 1) · {sums:,}", f"{(CHANNELS * IMAGE**2 + 1) * sums:,}"]),
    ]
    st.html(html_table("conv-weights", rows, ["layer", "weights and biases", "count"]))
    st.caption(
        f"{FILTERS} filters of {FILTER}×{FILTER} on a photograph of {IMAGE}×{IMAGE} in three colours, and a fully connected "
        f"layer with as many results, {size} · {size} · {FILTERS} = {sums:,}."
    )

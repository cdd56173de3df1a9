"""Part 2: a filter slides over a small image, sum by sum."""

import numpy as np
import streamlit as st

from nnlib.convolution import convolve
from nnlib.support.colours import GREEN, ORANGE
from nnlib.support.number_text import number_text
from nnlib.teaching.moved_digits import digits
from pages.convolution.small_image import FILTER, FILTERS, SUMS, batch, chosen_image, patch_at, position, small_image
from pages.convolution.trained import pictures
from pages.lesson.prediction import predict
from pages.ui.html_table import Html
from pages.ui.matrix_view import matrix_html
from pages.ui.number_latex import digits_for, equals, number_latex, products_latex, sum_latex
from pages.worked_example.editable_equation import editable_equation, editable_html


def a_filter_slides() -> None:
    """Draw the part."""
    st.markdown(
        "A **filter** $w$ is a small square of weights. It is laid on the image: each weight is multiplied by the pixel under "
        "it, the products are added, and so is one bias $b$. Then the filter moves on by one pixel, **with the same weights**. "
        "This is a **convolution**."
    )
    if not predict(
        "convolution_sums",
        "A filter of 2×2 slides over an image of 4×4 pixels, and never leaves it. How many sums does it give?",
        ["4", "9", "16"],
        "9",
        "In a row of four pixels, a filter of two has three positions. So it has three times three positions in the image.",
    ):
        return
    with st.container(horizontal=True):
        for name, weights in FILTERS.items():
            st.button(name, key=f"filter_{name}", on_click=_use, args=(weights,), help="Use this filter.")
    _by_hand()
    st.subheader("The same filter on a digit", anchor=False)
    _on_a_digit()


@st.fragment
def _by_hand():
    chosen, image = chosen_image(), small_image()
    row, column = position()
    until = row * SUMS + column
    editable_equation(
        chosen,
        editable_html(chosen, "x", title="<i>x</i>, the image", marked=patch_at(row, column)),
        "∗",
        editable_html(chosen, "w", title="<i>w</i>, the filter", marked=patch_at(0, 0), colour=ORANGE),
        "+",
        editable_html(chosen, "b", title="<i>b</i>", colour=ORANGE),
        "=",
        matrix_html(
            "<i>z</i>, the sums so far",
            image.z,
            marked=[(row, column)],
            colour=GREEN,
            content=lambda entry, value: _sum_so_far(value, entry[0] * SUMS + entry[1] <= until),
        ),
        key="sliding",
    )
    st.markdown(f"The sum in row {row + 1} and column {column + 1}:")
    st.markdown(_written_out(image, row, column))


def _sum_so_far(value, reached):
    """The sum, which takes its room before it is reached too, so that nothing moves."""
    return number_text(value) if reached else Html(f'<span style="visibility:hidden">{number_text(value)}</span>')


def _use(weights):
    chosen = chosen_image()
    chosen.use(chosen.numbers | {"w": np.array(weights, float)})


def _written_out(image, row, column):
    """One sum, as inline mathematics, so that a phone can break the line between products."""
    pixels, weights = image.x[row : row + FILTER, column : column + FILTER].ravel(), image.w.ravel()
    value = image.z[row, column]
    sign = equals(*pixels, *weights, image.b, value)
    count = len(pixels)
    figures = digits_for(lambda *each: np.dot(each[:count], each[count:-1]) + each[-1], *pixels, *weights, image.b)
    return (
        f"$z_{{{row + 1},{column + 1}}} {sign} {products_latex(pixels, weights, figures)} + {sum_latex([image.b], figures)} "
        f"{sign} \\mathbf{{{number_latex(value)}}}$"
    )


def _on_a_digit():
    image, (known, _) = small_image(), digits()
    digit = known.images[known.labels == 0][0]
    z = convolve(batch(digit), batch(image.w), np.array([image.b]))[0, 0]
    pictures(
        digit,
        z,
        "A digit, and the sums that the filter makes of it.",
        "Left: the digit. Right: the sums z. Green: positive. Magenta: negative. The strongest colour is farthest from 0.",
        420,
        "filter_on_a_digit",
    )
    st.markdown(
        "“Left minus right” is large where an image is brighter on the left: at the right side of every stroke. Nobody has to "
        "choose these weights: they are learned like all others. The result of a filter is called a **feature map**."
    )

"""Part 3: all positions at once, as one product with a matrix whose weights are shared, and as one product of patches."""

import numpy as np
import streamlit as st

from nnlib.support.colours import BLUE, GREEN, ORANGE
from nnlib.support.number_text import difference_text, number_text
from pages.convolution.small_image import FILTER, SIDE, SUMS, SmallImage, patch_at, position, small_image
from pages.lesson.prediction import predict
from pages.ui.matrix_view import equation_view, matrix_html, matrix_view


def one_matrix() -> None:
    """Draw the part."""
    st.markdown(
        "Write the image as one row of 16 pixels, and the nine sums as one row too. Then a convolution is a layer of lesson 1, "
        "$z = xA + b$, with a matrix $A$ of 16×9 weights. Column $n$ of $A$ has the weights of the filter at position $n$."
    )
    if not predict(
        "convolution_shared",
        "$A$ has 16 · 9 = 144 entries. How many weights does the layer learn, without its bias?",
        ["144", "36, four for each of the nine positions", "4"],
        "4",
        "All columns have the same four weights, moved. The other entries are 0, and stay 0: a sum does not depend on pixels "
        "that the filter does not cover.",
    ):
        return
    _matrices()


@st.fragment
def _matrices():
    image = small_image()
    row, column = position()
    n = row * SUMS + column
    A = shared_weights(image)
    shared, covered = st.columns([3, 2], gap="medium")
    with shared:
        matrix_view(
            "<i>A</i>, the shared weights",
            A,
            marked=[(r * SIDE + c, n) for r, c in patch_at(row, column)],
            colour=ORANGE,
            content=lambda entry, value: number_text(value) if _covers(*entry) else "·",
        )
    with covered:
        matrix_view("<i>x</i>, and the filter on it", image.x, marked=patch_at(row, column))
        matrix_view("<i>w</i>", image.w, marked=patch_at(0, 0), colour=ORANGE)
        st.caption(
            "A row of $A$ is a pixel of $x$, counted as one reads. A column is a position of the filter. A point is a 0 that "
            "is not learned."
        )
    st.subheader("The same sums from patches", anchor=False)
    st.markdown(
        "Most of $A$ is 0, so nobody computes with it. Instead, copy what the filter covers at each position into a row: the "
        "matrix of **patches** $P$ has $N = 9$ rows of $D = 4$ pixels. Now each patch is an example, as in a batch $X$, and "
        "the filter is a hidden unit: $z = P\\,w + b$. With several filters, "
        "there is a column for each, as for each hidden unit in lesson 1: $z^{(2)} = P^{(1)}W^{(1)} + b^{(1)}$."
    )
    equation_view(
        matrix_html("<i>P</i>", image.P, "ND", marked=[(n, d) for d in range(FILTER**2)], colour=BLUE),
        "·",
        matrix_html("<i>w</i>", image.w.reshape(-1, 1), marked=[(d, 0) for d in range(FILTER**2)], colour=ORANGE, columns=[""]),
        f"+ {number_text(image.b)} =",
        matrix_html("<i>z</i>", image.z.reshape(-1, 1), marked=[(n, 0)], colour=GREEN, columns=[""]),
    )
    difference = max(
        abs(image.x.ravel() @ A + image.b - image.z.ravel()).max(),
        abs(image.P @ image.w.ravel() + image.b - image.z.ravel()).max(),
    )
    st.markdown(f"Largest difference between the three ways to compute $z$: {difference_text(difference)}.")


def shared_weights(image: SmallImage) -> np.ndarray:
    """A (16, 9): the weight that lies on each pixel, at each position of the filter."""
    A = np.zeros((SIDE**2, SUMS**2))
    for n in range(SUMS**2):
        for (r, c), weight in zip(patch_at(*divmod(n, SUMS)), image.w.flat):
            A[r * SIDE + c, n] = weight
    return A


def _covers(pixel, n):
    return divmod(pixel, SIDE) in patch_at(*divmod(n, SUMS))

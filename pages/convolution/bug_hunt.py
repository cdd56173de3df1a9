"""Part 8, the bug lab of this lesson: two backward passes with a bug each, and what the gradient check shows."""

import inspect

import streamlit as st

from nnlib.teaching.convolution_bugs import (
    B,
    Backward,
    W,
    X,
    backward,
    check,
    with_patches_overwritten,
    with_positions_averaged,
)
from pages.lesson.error_table import error_tables
from pages.lesson.prediction import predict
from pages.ui.source_view import source_view


def bug_lab() -> None:
    """Draw the part."""
    st.markdown(
        "Two backward passes of a convolution, for one image and one filter, each with a common bug. The tables have the "
        "relative error of each entry, compared with central differences, on an image of 4×4. Which line is wrong?"
    )
    st.subheader("Bug 1", anchor=False)
    _pattern(with_patches_overwritten)
    if predict(
        "convolution_bug_pixels",
        "The gradients of $w$ and $b$ are right. The gradient of $x$ is right in the corners only. Which line is wrong?",
        [
            "`dw, db, dx = np.zeros_like(w), dz.sum(), np.zeros_like(x)`",
            "`dw += dz[i, j] * x[patch]`",
            "`dx[patch] = dz[i, j] * w`",
        ],
        "`dx[patch] = dz[i, j] * w`",
        "Patches overlap, and `=` overwrites what an earlier patch has left in a pixel: it must be `+=`. Only one "
        "patch writes to a corner, so nothing overwrites it. The same happens in NumPy if you assign to overlapping windows of "
        "an array.",
    ):
        st.code("dx[patch] += dz[i, j] * w", language="python")
    st.subheader("Bug 2", anchor=False)
    _pattern(with_positions_averaged)
    if predict(
        "convolution_bug_weights",
        "Every entry of $w$ has the same error, 89 %. Which line is wrong?",
        [
            "`dw += dz[i, j] * x[patch] / dz.size`",
            "`dx[patch] += dz[i, j] * w`",
            "`patch = slice(i, i + len(w)), slice(j, j + len(w))`",
        ],
        "`dw += dz[i, j] * x[patch] / dz.size`",
        "The gradients of a shared weight add up over the nine positions; this line takes their mean. So each is 9 times too "
        "small, and its error 1 − 1/9. Only the batch is averaged, and the upstream gradient already contains that 1/batch.",
    ):
        st.code("dw += dz[i, j] * x[patch]", language="python")
        source_view(backward)


def _pattern(faulty: Backward):
    errors, listing = st.columns([5, 6], gap="medium")
    with errors:
        error_tables(check(faulty, X, W, B))
    with listing:
        st.code(code_of(faulty), language="python", wrap_lines=True)


def code_of(function: Backward) -> str:
    """The lines of a backward pass, without types, and without its name and docstring, which say what is wrong."""
    return "\n".join(["def backward(x, w, dz):", *inspect.getsource(function).splitlines()[2:]])

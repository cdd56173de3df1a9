"""Parts 6 and 7: the gradient of a shared weight and of a pixel, in symbols and in numbers, checked by central differences."""

import numpy as np
import streamlit as st

from nnlib.convolution import convolve, convolve_backward
from nnlib.support.colours import GREEN, ORANGE
from nnlib.support.number_text import difference_text
from nnlib.symbolic.derivation.convolution import one_pixel, shared_weight
from nnlib.teaching.convolution_bugs import numeric_gradients
from pages.convolution.one_matrix import shared_weights
from pages.convolution.small_image import FILTER, SIDE, SUMS, batch, chosen_image, patch_at, small_image
from pages.lesson.derivation_view import derivation_view
from pages.lesson.prediction import predict
from pages.ui.bound_widget import bound
from pages.ui.matrix_view import equation_view, matrix_html
from pages.ui.number_latex import digits_for, equals, number_latex, products_latex
from pages.worked_example.editable_equation import editable_equation, editable_html

LOSS = (
    r"Take the loss $J = \tfrac12 \sum z^2$, so that the upstream gradient of each sum is the sum itself: "
    r"$\partial J/\partial z = z$."
)
ROW_OF_PIXELS = (
    "To have one index instead of two, the image is here a row of pixels $x_1, x_2, \\dots$, and the filter has the weights "
    "$w_1, \\dots, w_D$. At position $n$ it gives $z_n$. In an image of rows and columns, the same holds with "
    "two indices for each position."
)


def weights_of_the_filter() -> None:
    """Draw the part on the weights."""
    st.markdown(
        r"Backpropagation asks for every node: what comes back, and what is the local gradient? What comes back to a "
        r"convolution is $\partial J/\partial z$, a number for each position."
    )
    if not predict(
        "convolution_weight",
        "A weight of the filter is used at nine positions. Each position gives it a gradient. What is the "
        "gradient of this weight?",
        ["Their sum", "Their mean", "The largest of them"],
        "Their sum",
        "When the weight grows by a little, all nine sums change at once, and all their changes of $J$ add up. It is the same "
        "rule as for a bias, which is used by every example of a batch.",
    ):
        return
    st.markdown(ROW_OF_PIXELS)
    derivation_view(shared_weight(), "convolution_weight", after=_weights_in_numbers)


def back_to_the_pixels() -> None:
    """Draw the part on the pixels."""
    st.markdown(
        "The inputs of a second convolution are not pixels, but the sums of the first. To go back to the first filter, "
        r"backpropagation needs the gradient of what a filter sees: $\partial J/\partial x$."
    )
    if not predict(
        "convolution_patches",
        "A filter of 2×2 slides over 4×4 pixels. In how many patches does a pixel lie that is not at the edge?",
        ["In one", "In two", "In four", "In nine"],
        "In four",
        "Each of the four weights lies on it once. So four paths lead back to it, one from each of these positions. A pixel in "
        "a corner has a single path.",
    ):
        return
    st.markdown(ROW_OF_PIXELS)
    derivation_view(one_pixel(), "convolution_pixel", after=_pixels_in_numbers)


@st.fragment
def _weights_in_numbers():
    st.subheader("With numbers", anchor=False)
    st.markdown(LOSS)
    chosen, image = chosen_image(), small_image()
    d = _choose("Weight d", FILTER**2, 1, "weight")
    _, dw, db = _gradients(image)
    editable_equation(
        chosen,
        editable_html(chosen, "x", title="<i>x</i>"),
        editable_html(chosen, "w", title="<i>w</i>", marked=[divmod(d, FILTER)], colour=ORANGE),
        "→",
        matrix_html("∂<i>J</i>/∂<i>z</i>", image.z),
        key="weights_in_numbers",
    )
    st.markdown("The patches as rows of $P$: this weight meets the numbers of one column. All gradients at once:")
    equation_view(
        matrix_html("<i>P</i>ᵀ", image.P.T, "DN", marked=[(d, n) for n in range(SUMS**2)]),
        "·",
        matrix_html(
            "∂<i>J</i>/∂<i>z</i>", image.z.reshape(-1, 1), marked=[(n, 0) for n in range(SUMS**2)], colour=ORANGE, columns=[""]
        ),
        "=",
        matrix_html("∂<i>J</i>/∂<i>w</i>", dw.reshape(-1, 1), marked=[(d, 0)], colour=GREEN, columns=[""]),
    )
    _written_out(f"w_{d + 1}", image.P[:, d], image.z.ravel(), dw.flat[d])
    differences = numeric_gradients(image.x, image.w, image.b)
    difference = max(abs(dw - differences["w"]).max(), abs(db[0] - differences["b"]))
    st.markdown(f"Largest difference from central differences, all weights and the bias: {difference_text(difference)}.")


@st.fragment
def _pixels_in_numbers():
    st.subheader("With numbers", anchor=False)
    st.markdown(LOSS)
    image = small_image()
    m = _choose("Pixel m", SIDE**2, SIDE + 2, "pixel")  # at first one that lies in four patches
    A, (dx, _, _) = shared_weights(image), _gradients(image)
    met = [n for n in range(SUMS**2) if divmod(m, SIDE) in patch_at(*divmod(n, SUMS))]
    equation_view(
        matrix_html("<i>x</i>", image.x, marked=[divmod(m, SIDE)]),
        matrix_html("<i>w</i>", image.w),
        matrix_html("∂<i>J</i>/∂<i>z</i>", image.z, marked=[divmod(n, SUMS) for n in met], colour=ORANGE),
        "→",
        matrix_html("∂<i>J</i>/∂<i>x</i>", dx, marked=[divmod(m, SIDE)], colour=GREEN),
    )
    _written_out(f"x_{{{m + 1}}}", A[m, met], image.z.flat[met], dx.flat[m])
    st.markdown(
        "The first patch that contains an inner pixel multiplies it by the last weight, and the last patch by the first "
        "weight: the order is reversed. So the way back is a convolution too, of $\\partial J/\\partial z$, with padding, "
        "and with the filter turned by 180°."
    )
    turned = convolve(batch(image.z), batch(image.w[::-1, ::-1]), np.zeros(1), 1, FILTER - 1)
    differences = numeric_gradients(image.x, image.w, image.b)["x"]
    st.markdown(
        f"Largest difference from that convolution: {difference_text(abs(dx - turned[0, 0]).max())}; from central differences: "
        f"{difference_text(abs(dx - differences).max())}."
    )


def _gradients(image):
    """∂J/∂x, ∂J/∂w and ∂J/∂b, from nnlib.convolution."""
    dX, dW, db = convolve_backward(batch(image.z), batch(image.x), batch(image.w))
    return dX[0, 0], dW[0, 0], db


def _choose(label, count, first, key):
    """One of 1 … count, counted as one reads. Returns it counted from 0."""
    return bound(st.segmented_control, label, range(1, count + 1), default=first, key=key, required=True) - 1


def _written_out(symbol, factors, upstream, value):
    count, sign = len(factors), equals(*factors, *upstream, value)
    figures = digits_for(lambda *each: np.dot(each[:count], each[count:]), *factors, *upstream)
    st.markdown(
        f"$\\dfrac{{\\partial J}}{{\\partial {symbol}}} {sign} {products_latex(factors, upstream, figures)} {sign} "
        f"\\mathbf{{{number_latex(value)}}}$"
    )

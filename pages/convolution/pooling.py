"""Part 5: max pooling, and a network that gives the same answer wherever a digit lies."""

import streamlit as st

from nnlib.convolution import max_pool
from nnlib.support.colours import GREEN
from nnlib.teaching.moved_digits import FILTER, FILTERS, parameter_count
from pages.convolution.small_image import batch, chosen_image, small_image
from pages.convolution.trained import FILTERS_NAME, MLP_NAME, accuracy_table, filter_net, flat_net
from pages.lesson.prediction import predict
from pages.ui.matrix_view import matrix_html
from pages.worked_example.editable_equation import editable_equation, editable_html


def pooling() -> None:
    """Draw the part."""
    st.markdown(
        "A feature map says where a filter found something. Often it is enough that it did so nearby: **max pooling** divides "
        "a map into windows, here of 2×2, and keeps the largest number of each. It learns nothing, and the next layer has a "
        "quarter of the numbers."
    )
    if not predict(
        "convolution_pooled",
        "A map after a ReLU: the largest number of a window moves to another place in the window, and its old place becomes 0. "
        "What does max pooling give?",
        ["The same as before", "A smaller number", "The number in another place"],
        "The same as before",
        "Only the largest number of a window counts, not where in the window it is. So small movements change little.",
    ):
        return
    _by_hand()
    st.subheader("The moved digits again", anchor=False)
    st.markdown(
        f"A network of {FILTERS} filters of {FILTER}×{FILTER}, with padding. After a ReLU, it keeps only the **largest** "
        "number of each map, over all positions, and a softmax layer follows. It is trained on the same 1,400 digits "
        "as the MLP of the first part, all in the middle."
    )
    if not predict(
        "convolution_moved_again",
        "It classifies nearly all of the other digits correctly. How many, when they are moved by four pixels?",
        ["About half", "Exactly as many", "Hardly more than by guessing", "Nearly all, a few fewer"],
        "Exactly as many",
        "A filter meets the same patches, only at other positions, and the largest number of a map does not say where it was. "
        "So every answer stays as it is.",
    ):
        return
    flat, flat_shares = flat_net()
    filters, filter_shares = filter_net()
    accuracy_table({MLP_NAME: flat_shares, FILTERS_NAME: filter_shares})
    st.caption(
        f"Trained and measured on this machine. The MLP has {parameter_count(flat):,} weights and biases, the network of "
        f"filters {parameter_count(filters):,}."
    )
    st.markdown(
        "Two ideas, then: **shared weights**, because a stroke is a stroke everywhere, and **pooling**, because the answer "
        "does not depend on the place. Networks for photographs pool step by step, between several layers of filters: where an "
        "eye is beside a nose still matters."
    )


@st.fragment
def _by_hand():
    chosen, image = chosen_image(), small_image()
    pooled = max_pool(batch(image.x))[0, 0]
    largest = {_place_of_largest(image.x, 2 * row, 2 * column) for row in range(2) for column in range(2)}
    editable_equation(
        chosen,
        editable_html(chosen, "x", title="A map of 4×4", marked=largest),
        "→",
        matrix_html("Largest of each 2×2", pooled, colour=GREEN),
        key="pooling",
    )
    st.caption(
        "The largest number of each window has a frame. In the backward pass it gets all of the gradient of its window, and "
        "the others get 0: moving them a little does not change the result."
    )


def _place_of_largest(x, row, column):
    r, c = divmod(int(x[row : row + 2, column : column + 2].argmax()), 2)
    return row + r, column + c

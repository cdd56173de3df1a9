"""Part 1: an MLP, and the same digit moved by some pixels."""

import streamlit as st

from nnlib.teaching.moved_digits import FARTHEST, HIDDEN, SIDE, digits, moved, parameter_count
from pages.convolution.trained import MLP_NAME, accuracy_table, flat_net, pictures
from pages.lesson.prediction import predict
from pages.ui.bound_widget import bound
from pages.ui.number_latex import number_latex


def moved_by_four_pixels() -> None:
    """Draw the part."""
    st.markdown(
        "A fully connected network has a weight of its own from every pixel to every hidden unit. It does not know which "
        "pixels are neighbours: if you shuffle the pixels of all images in the same way, it learns as well as before."
    )
    if not predict(
        "convolution_moved",
        f"An MLP is trained on 1,400 digits, each in the middle of an image of {SIDE}×{SIDE} pixels. It classifies nearly all "
        "of the others correctly. Now all digits move four pixels to the right. How many does it still classify correctly?",
        ["Nearly all: a 7 is a 7 wherever it lies", "About half", "Hardly more than by guessing"],
        "Hardly more than by guessing",
        "A pixel of the moved digit meets weights that were trained on other parts of digits, or on empty pixels. Nothing that "
        "the network learned about a stroke in one place holds in another place.",
    ):
        return
    _one_digit()
    st.subheader("All test digits", anchor=False)
    net, shares = flat_net()
    accuracy_table({MLP_NAME: shares})
    st.caption(
        f"Trained and measured on this machine: {HIDDEN} hidden units, {parameter_count(net):,} weights and biases, "
        "handwritten digits that come with scikit-learn. Guessing is 10 %."
    )
    st.markdown(
        "An MLP can learn moved digits, but only from moved digits: it has to see each place by itself. What is missing is a "
        "weight that is used **at every place**."
    )


@st.fragment
def _one_digit():
    net, _ = flat_net()
    _, test = digits()
    with st.container(horizontal=True):
        label = bound(st.segmented_control, "Digit", range(10), default=7, key="digit", required=True)
        right = bound(st.slider, "Moved to the right by", -FARTHEST, FARTHEST, 4, key="moved", help="In pixels.")
    right_ones = net.predict(moved(test.images)) == test.labels
    image = test.images[(test.labels == label) & right_ones][:1]  # one that it classifies correctly in the middle
    before, after = moved(image), moved(image, right)
    pictures(
        before[0],
        after[0],
        f"The digit {label} in the middle of an image, and moved to the right by {right} pixels.",
        "Left: the digit in the middle, as the MLP learned it. Right: moved.",
        620,
        "moved_digit",
    )
    st.markdown(f"In the middle, the MLP predicts {_answer(net, before)}. Moved, it predicts {_answer(net, after)}.")


def _answer(net, image):
    psi = net.probabilities(image)[0]
    return f"**{psi.argmax()}**, with $\\psi \\approx {number_latex(psi.max(), 2)}$"

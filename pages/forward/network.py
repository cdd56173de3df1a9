"""Part 1: the small network as a picture, its numbers, and its probabilities and loss."""

import streamlit as st

from pages.forward.entry_choice import choose_example
from pages.forward.loss import penalised_loss
from pages.forward.network_picture import network_picture
from pages.lesson.prediction import predict
from pages.ui.matrix_view import matrix_view
from pages.ui.number_latex import equals, number_latex
from pages.worked_example.number_editor import number_editor
from pages.worked_example.worked_network import worked_network


def network() -> None:
    """Draw the part."""
    st.markdown(
        "The network has two layers of weights $W$ and biases $b$, a ReLU between them, and a softmax at the end, which gives "
        "each class its probability $\\psi$ (psi). There are $D$ inputs, $H$ hidden units and $K$ classes. A **batch** $X$ has "
        "$N$ examples, one in each row; its columns are the $D$ inputs. The network computes all examples at once. Layer 1 is "
        "the input, $a^{(1)} = X$. The weights $W^{(1)}$ lead from layer 1 to layer 2, so they give $z^{(2)}$."
    )
    work = worked_network()
    picture, numbers = st.columns([5, 6], gap="large")
    with picture:
        network_picture(work, choose_example(work.sizes["N"]))
    with numbers:
        answered = predict(
            "forward_shape",
            "$X$ is $N×D$. Which shape must $W^{(1)}$ have, so that $X W^{(1)}$ has one row for each example and one column "
            "for each of the $H$ hidden units?",
            ("N×H", "D×H", "H×D"),
            "D×H",
            "The inner sizes must be equal, and the outer sizes give the shape of the product: N×**D** times **D**×H is N×H.",
        )
    if not answered:
        return
    st.subheader("Numbers of the network", anchor=False)
    st.markdown(
        "Change any number. The picture, the results below, and the other lessons use the new number. $\\lambda$ (lambda) is "
        "the price of large weights in the loss: the part “Loss” explains it."
    )
    number_editor()
    st.subheader("Results", anchor=False)
    J = penalised_loss(work)
    st.markdown(
        "The network computes the probabilities $\\psi$ of each example. With the labels $y$, the right classes, it computes "
        f"the loss $\\tilde J {equals(J)} {number_latex(J)}$ (J tilde): it is small where the right classes have high "
        "probabilities and the weights are small."
    )
    matrix_view("psi", work.net.probabilities(work.X), "NK", columns=[f"class {k + 1}" for k in range(work.sizes["K"])])

"""Part 6: experiments. Each changes the small network, and asks for a prediction of the new probabilities or loss."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from nnlib.support.number_text import number_text
from pages.forward.loss import mean_loss
from pages.lesson.prediction import predict
from pages.ui.bound_widget import bound
from pages.ui.matrix_view import equation_view, matrix_html
from pages.worked_example.number_expander import number_expander
from pages.worked_example.worked_network import WorkedNetwork, worked_network


@dataclass(frozen=True)
class Experiment:
    """changed(work) returns the network after the change; the other fields are arguments of predict()."""

    key: str
    question: str
    choices: tuple[str, ...]
    answer: str
    because: str
    changed: Callable[[WorkedNetwork], WorkedNetwork]


def what_if() -> None:
    """Draw the part."""
    st.markdown("Imagine the change first, and predict its effect. Then see what nnlib computes.")
    titles = list(EXPERIMENTS)
    title = bound(st.segmented_control, "Experiment", titles, default=titles[0], key="what_if", required=True)
    experiment = EXPERIMENTS[title]
    if not predict(experiment.key, experiment.question, experiment.choices, experiment.answer, experiment.because):
        return
    number_expander()
    before, after = worked_network(), experiment.changed(worked_network())
    equation_view(
        matrix_html("ψ before, ", before.net.probabilities(before.X), "NK"),
        "→",
        matrix_html("ψ after, ", after.net.probabilities(after.X), "NK"),
    )
    losses = [mean_loss(work) for work in (before, after)]
    st.markdown(
        f"$J$ was {number_text(losses[0])}. It is now {number_text(losses[1])}. "
        f"For comparison, $\\log K$ is {number_text(np.log(before.sizes['K']))}."
    )


def _without_first_weights(work):
    work.net.params["W1"][...] = 0
    return work


def _without_second_layer(work):
    work.net.params["W2"][...] = 0
    work.net.params["b2"][...] = 0
    return work


def _rows_reversed(work):
    work.X, work.y = work.X[::-1], work.y[::-1]
    return work


# By their titles, which are also their names in the address.
EXPERIMENTS = {
    "W1 is all 0": Experiment(
        "forward_w1-zero",
        "Every weight of $W^{(1)}$ becomes 0; the other numbers stay. What do the rows of $\\psi$ look like?",
        ("They stay as they are", "All rows are the same", "All rows are uniform, 1/K each"),
        "All rows are the same",
        "Every row of $z^{(2)}$ is then $b^{(1)}$, for any input. So the network gives every example the same probabilities.",
        _without_first_weights,
    ),
    "W2 and b2 are all 0": Experiment(
        "forward_w2-zero",
        "Every entry of $W^{(2)}$ and $b^{(2)}$ becomes 0. What is $J$?",
        ("0", "log K", "It depends on the inputs"),
        "log K",
        "All logits are 0, so every class has the probability $1/K$. A network with very small initial weights starts near "
        "this loss.",
        _without_second_layer,
    ),
    "The examples in reverse order": Experiment(
        "forward_rows-reversed",
        "The rows of $X$ and $y$ are put in reverse order. What happens to $\\psi$ and $J$?",
        ("Both stay as they are", "Both change", "ψ is reversed too, J stays"),
        "ψ is reversed too, J stays",
        "Each row is computed separately, and a mean does not depend on the order.",
        _rows_reversed,
    ),
}

"""Experiments of the first lesson: a change to the small network, and a prediction of what it does to the probabilities."""

from collections.abc import Callable
from dataclasses import dataclass

from pages.worked_example.worked_network import WorkedNetwork


@dataclass(frozen=True)
class Experiment:
    """changed(work) returns the network after the change; the other fields are those of predict()."""

    key: str
    question: str
    choices: tuple[str, ...]
    answer: str
    because: str
    changed: Callable[[WorkedNetwork], WorkedNetwork]


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


# By their titles, which are also what a link says.
EXPERIMENTS = {
    "All of W1 is 0": Experiment(
        "forward_w1-zero",
        "Every weight of $W^{(1)}$ is 0, the rest stays. What do the rows of $\\psi$ look like?",
        ("All rows are the same", "All rows are uniform, 1/K each", "They stay as they are"),
        "All rows are the same",
        "Every row of $z^{(2)}$ is then $b^{(1)}$, whatever the input: the network gives one answer to all examples.",
        _without_first_weights,
    ),
    "All of W2 and b2 is 0": Experiment(
        "forward_w2-zero",
        "Every entry of $W^{(2)}$ and $b^{(2)}$ is 0. What is $J$?",
        ("log K", "0", "It depends on the inputs"),
        "log K",
        "All logits are 0, so every class gets $1/K$. A network that begins with tiny weights begins about here.",
        _without_second_layer,
    ),
    "The examples in reverse order": Experiment(
        "forward_rows-reversed",
        "The rows of $X$ and $y$ are put in reverse order. What becomes of $\\psi$ and $J$?",
        ("ψ is reversed too, J stays", "Both stay as they are", "Both change"),
        "ψ is reversed too, J stays",
        "Each row is worked out on its own, and a mean does not care for order.",
        _rows_reversed,
    ),
}

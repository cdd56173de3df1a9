"""Pictures of the reasons for a bend, a logarithm and a penalty, each computed from its formula."""

import numpy as np

from pages.ui.curve_chart import curve_chart

X = np.linspace(-3, 3, 121)
UNITS = ((-1.0, -0.5), (1.0, -0.5))  # weight and bias of each hidden unit
PROBABILITIES = (0.9, 0.5, 0.1, 0.01)
LAM = 0.5


def sum_of_units(x: np.ndarray, bend: bool) -> np.ndarray:
    """The sum of two hidden units at each x, with a ReLU or without."""
    return sum(np.maximum(0, weight * x + bias) if bend else weight * x + bias for weight, bias in UNITS)


def best_weight(lam: float) -> float:
    """Where (w − 2)² + λw² is least."""
    return 2 / (1 + lam)


def why_a_bend() -> None:
    """Draw two hidden units of one input, with ReLU and without."""
    curve_chart(
        "Without the ReLU, a straight line; with it, a bend for each unit",
        X,
        {"with ReLU": sum_of_units(X, True), "without": sum_of_units(X, False)},
        ("input x", "sum of two hidden units"),
        alt_text="Line chart. With ReLU, the sum falls to 0 at x = −0.5, and rises from x = 0.5. Without, it is always −1.",
    )


def why_a_logarithm() -> None:
    """Draw −log of the probability of the true class."""
    p = np.geomspace(0.005, 1, 150)
    losses = [f"{-np.log(each):.2f}" for each in PROBABILITIES]
    said = ", ".join(f"{loss} at {each:g}" for each, loss in zip(PROBABILITIES, losses))
    curve_chart(
        "A confident mistake costs most",
        p,
        {"loss": -np.log(p)},
        ("probability of the true class", "loss (nats)"),
        [(each, -np.log(each), loss) for each, loss in zip(PROBABILITIES, losses)],
        alt_text=f"Line chart. The loss in nats grows as the probability of the true class falls: {said}.",
    )


def why_a_penalty() -> None:
    """Draw a loss of one weight, with the penalty and without."""
    w = np.linspace(0, 3.5, 101)
    with_penalty, without = best_weight(LAM), best_weight(0)
    curve_chart(
        f"The penalty moves the best weight towards 0, here with λ = {LAM:g}",
        w,
        {"J + λw²": (w - 2) ** 2 + LAM * w**2, "J": (w - 2) ** 2},
        ("one weight w", "loss"),
        [
            (with_penalty, (with_penalty - 2) ** 2 + LAM * with_penalty**2, f"w = {with_penalty:.2f}"),
            (without, 0, f"w = {without:g}"),
        ],
        alt_text=f"Line chart for J = (w − 2)² and λ = {LAM:g}. Without the penalty, the loss is least at w = {without:g}; "
        f"with it, at w = {with_penalty:.2f}.",
    )

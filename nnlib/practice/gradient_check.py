"""Numbers of the gradient check: a central difference and a relative error."""

import math
from random import Random

import numpy as np

from nnlib.finite_differences import central_difference
from nnlib.gradient_check import SMALLEST, relative_error
from nnlib.network import MLP
from nnlib.practice.number_exercise import NumberExercise, NumberSlip, Question
from nnlib.practice.typeset import factor, figure, result


def _central(rng: Random) -> Question:
    x = rng.choice((-4, -3, -2, 2, 3, 4))
    theta, s = rng.randint(-20, 20) / 20, rng.choice((2, 3, 4, 5)) / 10
    net = MLP((1, 2))

    def loss(t):
        net.params["W1"][...] = [[t, 0]]
        return net.loss([[x]], np.array([0]))[0]

    plus, here, minus = (math.log(1 + math.exp(-x * t)) for t in (theta + s, theta, theta - s))
    slope = (plus - minus) / (2 * s)
    return Question(
        f"One example with the input $x = {x}$ has the logits $z = (\\theta x, 0)$, and its label is class 1. "
        f"So $J(\\theta) = \\log(1 + e^{{-\\theta x}})$. Compute the central difference at "
        f"$\\theta = {figure(theta)}$ with $s = {figure(s)}$.",
        float(central_difference(loss, theta, s)),
        (
            rf"J({figure(theta + s)}) {result(plus)}, \quad J({figure(theta - s)}) {result(minus)}",
            r"\frac{J(\theta + s) - J(\theta - s)}{2s} \approx "
            rf"\frac{{{figure(plus)} - {factor(minus)}}}{{2 \cdot {figure(s)}}} {result(slope)}",
        ),
        slope,
        (
            NumberSlip((plus - minus) / s, "The two points are $2s$ apart."),
            NumberSlip(
                (plus - here) / s, "That is the one-sided difference. The central one goes $s$ to both sides of $\\theta$."
            ),
            NumberSlip((minus - plus) / (2 * s), "The sign: a function that rises has a positive slope."),
            NumberSlip((plus - minus) / 2 * s, "Divide by $2s$ as a whole: on a calculator, put it in brackets."),
            NumberSlip((plus + minus) / (2 * s), "A slope is a difference of two values, not their sum."),
        ),
    )


def _relative_error(rng: Random) -> Question:
    a, b = (rng.choice((-1, 1)) * each / 20 for each in rng.sample(range(1, 21), 2))
    larger = max(abs(a), abs(b))
    error = abs(a - b) / larger
    return Question(
        f"The backward pass gives ${figure(a)}$ for a derivative, and the central difference is ${figure(b)}$. "
        "Compute the relative error: the distance between the two, over the larger of their sizes.",
        float(relative_error(np.array([a]), np.array([b]), SMALLEST)[0]),
        (
            rf"\frac{{|{figure(a)} - {factor(b)}|}}{{\max(|{figure(a)}|, |{figure(b)}|)}}",
            rf"= \frac{{{figure(abs(a - b))}}}{{{figure(larger)}}} {result(error)}",
        ),
        error,
        (
            NumberSlip(abs(a - b), "That is the distance. Divide it by the larger size of the two."),
            NumberSlip(abs(a - b) / (abs(a) + abs(b)), "Divide by the larger of the two sizes, not by their sum."),
            NumberSlip(abs(a - b) / min(abs(a), abs(b)), "Divide by the larger of the two sizes."),
            NumberSlip(-error, "A distance is never negative."),
        ),
    )


EXERCISES = (
    NumberExercise(
        "gradient-check-number-central",
        "gradient_check",
        "A central difference, in numbers",
        "Compute $J$ twice, at $\\theta + s$ and at $\\theta - s$, each with five decimals.",
        _central,
    ),
    NumberExercise(
        "gradient-check-number-error",
        "gradient_check",
        "A relative error, in numbers",
        "First the distance between the two numbers: mind their signs.",
        _relative_error,
    ),
)

"""Numbers of the Jacobian of softmax."""

import math
from collections.abc import Sequence
from random import Random

import numpy as np

from nnlib.losses import softmax_jacobian
from nnlib.practice.draws import decimals, probabilities
from nnlib.practice.number_exercise import NumberExercise, NumberSlip, Question
from nnlib.practice.typeset import factor, figure, given, result

EQUAL = "The two indices are equal: "
DIFFERENT = "The two indices differ: "


def _from_probabilities(rng: Random) -> Question:
    psi = probabilities(rng, 1)[0]
    i, j = rng.randrange(3), rng.randrange(3)
    return Question(
        f"The probabilities of one example are{given(psi=psi)}Compute {_entry(i, j)}.",
        float(softmax_jacobian(np.log(psi))[i, j]),
        tuple(_worked(psi, i, j)),
        _value(psi, i, j),
        _slips(psi, i, j),
    )


def _from_logits(rng: Random) -> Question:
    z = decimals(rng, 3) * 2
    i, j = rng.randrange(3), rng.randrange(3)
    exp = [math.exp(each) for each in z]
    psi = [each / sum(exp) for each in exp]
    return Question(
        f"The logits of one example are{given(z=z)}Compute the entry in row {i + 1} and column {j + 1} of the Jacobian, "
        f"{_entry(i, j)}.",
        float(softmax_jacobian(z)[i, j]),
        (
            rf"e^z \approx ({', '.join(map(figure, exp))}), \quad \psi \approx ({', '.join(map(figure, psi))})",
            *_worked(psi, i, j),
        ),
        _value(psi, i, j),
        _slips(psi, i, j),
    )


def _entry(i, j):
    return rf"$\dfrac{{\partial \psi_{i + 1}}}{{\partial z_{j + 1}}}$"


def _value(psi: Sequence[float], i: int, j: int) -> float:
    return float(psi[i] * (1 - psi[i]) if i == j else -psi[i] * psi[j])


def _worked(psi, i, j):
    one, other = f"\\psi_{i + 1}", f"\\psi_{j + 1}"
    derivative = rf"\frac{{\partial {one}}}{{\partial z_{j + 1}}}"
    if i == j:
        yield rf"{derivative} = {one} (1 - {one})"
        yield f"= {figure(psi[i])} (1 - {figure(psi[i])}) {result(_value(psi, i, j))}"
    else:
        yield f"{derivative} = -{one} {other}"
        yield rf"= -{figure(psi[i])} \cdot {factor(psi[j])} {result(_value(psi, i, j))}"


def _slips(psi, i, j):
    p, q = float(psi[i]), float(psi[j])
    if i == j:
        return (
            NumberSlip(-p * p, f"{EQUAL}the numerator depends on $z_{i + 1}$ too, and gives a second term."),
            NumberSlip(-p * (1 - p), f"{EQUAL}a larger logit makes its own probability larger. Look at the sign."),
            NumberSlip(1 - p, rf"That is the derivative of $\log \psi_{i + 1}$. A factor is missing."),
            NumberSlip(p, f"{EQUAL}that is the term of the numerator alone. The denominator depends on $z_{i + 1}$ too."),
        )
    return (
        NumberSlip(p * q, f"{DIFFERENT}a larger $z_{j + 1}$ takes probability from the others. Look at the sign."),
        NumberSlip(p * (1 - q), f"{DIFFERENT}the numerator of $\\psi_{i + 1}$ does not depend on $z_{j + 1}$."),
        NumberSlip(p * (1 - p), f"That is the derivative with respect to $z_{i + 1}$. Here it is $z_{j + 1}$."),
        NumberSlip(-q, rf"That is the derivative of $\log \psi_{i + 1}$. A factor is missing."),
        NumberSlip(0.0, f"{DIFFERENT}the denominator still depends on $z_{j + 1}$."),
    )


EXERCISES = (
    NumberExercise(
        "softmax-number-entry",
        "softmax",
        "One derivative, in numbers",
        "Are the two indices equal or different? That decides the formula.",
        _from_probabilities,
    ),
    NumberExercise(
        "softmax-number-jacobian",
        "softmax",
        "An entry of the Jacobian, from the logits",
        "Compute the three probabilities first. An entry of the Jacobian is made of them.",
        _from_logits,
    ),
)

"""Numbers of the backward pass: an entry of the gradient at the logits, at W(2), at z(2) and at W(1)."""

from random import Random

import numpy as np

from nnlib.losses import one_hot
from nnlib.network import MLP
from nnlib.practice.draws import N, labels, probabilities, small_network
from nnlib.practice.number_exercise import NumberExercise, NumberSlip, Question
from nnlib.practice.typeset import classes_of, factor, figure, given, products, result
from nnlib.teaching.backward_trace import backward_trace

MEAN = "$J$ is a mean over the batch: divide by $N$ once."
SIGN = r"The sign: it is $\psi - \Delta$, the probabilities minus the labels."
LABELS = r"The labels are missing: subtract $\Delta$ from $\psi$."
MASK = "A hidden unit that was off, with $z^{(2)} \\le 0$, passes no gradient on: apply the mask."


def _dz3(rng: Random) -> Question:
    psi, y = probabilities(rng, N), labels(rng, 3)
    Delta = one_hot(y, 3)
    n, k = rng.randrange(N), rng.randrange(3)
    by_hand = (psi[n, k] - Delta[n, k]) / 2
    # With X = I and no bias, row n of W1 holds the logits of example n, so its gradient is that of the logits.
    net = MLP((N, 3))
    net.params["W1"][...] = np.log(psi)
    return Question(
        f"The probabilities of a batch of two examples are{given(psi=psi)}{classes_of(y)} Compute the entry of "
        rf"$\dfrac{{\partial J}}{{\partial z^{{(3)}}}}$ in row {n + 1} and column {k + 1}.",
        float(net.loss(np.eye(N), y)[1]["W1"][n, k]),
        (
            rf"\frac{{\partial J}}{{\partial z^{{(3)}}_{{{n + 1}{k + 1}}}}} "
            rf"= \frac{{\psi_{{{n + 1}{k + 1}}} - \Delta_{{{n + 1}{k + 1}}}}}{{N}}",
            rf"= \frac{{{figure(psi[n, k])} - {figure(Delta[n, k])}}}{{2}} {result(by_hand)}",
        ),
        float(by_hand),
        (
            NumberSlip(float(2 * by_hand), MEAN),
            NumberSlip(float(-by_hand), SIGN),
            NumberSlip(
                float(psi[n, k] - 1 + Delta[n, k]) / 2,
                rf"$\Delta$ is 1 in the column of the label and 0 elsewhere. Which class is the label of example {n + 1}?",
            ),
            NumberSlip(float(2 * by_hand / 3), "$N$ is the number of examples, not of classes."),
        ),
    )


def _dW2(rng: Random) -> Question:
    at = small_network(rng)
    h, k = rng.sample(range(3), 2)
    reg = rng.choice((0.1, 0.2, 0.25, 0.5))
    errors = at.psi - at.Delta

    def cross_entropy_part(row, column, signal=errors):
        return float(at.a2[0, row] * signal[0, column] + at.a2[1, row] * signal[1, column]) / 2

    first = cross_entropy_part(h, k)
    W2 = at.net.params["W2"]
    penalty = 2 * reg * float(W2[h, k])
    entry = rf"\frac{{\partial \tilde J}}{{\partial W^{{(2)}}_{{{h + 1}{k + 1}}}}}"
    return Question(
        f"For a batch of two examples{given(a2=at.a2, psi=at.psi, W2=W2)}{classes_of(at.y)} The penalty is "
        rf"$\lambda \lVert W^{{(2)}} \rVert^2$ with $\lambda = {figure(reg)}$. Compute ${entry}$.",
        float(at.net.loss(at.X, at.y, reg)[1]["W2"][h, k]),
        (
            rf"{entry} = \sum_n a^{{(2)}}_{{n{h + 1}}} \frac{{\psi_{{n{k + 1}}} - \Delta_{{n{k + 1}}}}}{{N}} "
            rf"+ 2 \lambda W^{{(2)}}_{{{h + 1}{k + 1}}}",
            rf"\approx \frac{{{products(at.a2[:, h], errors[:, k])}}}{{2}} "
            rf"+ 2 \cdot {figure(reg)} \cdot {factor(W2[h, k])}",
            rf"\approx {figure(first)} + {factor(penalty)} {result(first + penalty)}",
        ),
        first + penalty,
        (
            NumberSlip(2 * first + penalty, MEAN),
            NumberSlip(-first + penalty, SIGN),
            NumberSlip(first, "The penalty has a gradient too."),
            NumberSlip(
                first + penalty / 2,  # with two examples, both slips give the same number
                r"The penalty adds $2\lambda W$: there is no ½ before it, and only the cross-entropy is divided by $N$.",
            ),
            NumberSlip(cross_entropy_part(h, k, at.psi) + penalty, LABELS),
            NumberSlip(
                cross_entropy_part(k, h) + 2 * reg * float(W2[k, h]),
                "You swapped row and column: the row is the hidden unit, the column is the class.",
            ),
        ),
    )


def _dz2(rng: Random) -> Question:
    at = small_network(rng)
    n, h = rng.randrange(N), rng.randrange(3)
    W2, errors = at.net.params["W2"], (at.psi - at.Delta)[n]
    on = at.z2[n, h] > 0
    back = float(errors[0] * W2[h, 0] + errors[1] * W2[h, 1] + errors[2] * W2[h, 2]) / 2
    transposed = float(errors[0] * W2[0, h] + errors[1] * W2[1, h] + errors[2] * W2[2, h]) / 2
    entry = rf"\frac{{\partial J}}{{\partial z^{{(2)}}_{{{n + 1}{h + 1}}}}}"
    if on:
        slips: tuple[NumberSlip, ...] = (
            NumberSlip(2 * back, MEAN),
            NumberSlip(-back, SIGN),
            NumberSlip(0.0, "Look at $z^{(2)}$: this hidden unit is on, so it passes the gradient on."),
            NumberSlip(
                transposed,
                "Take the weights that leave this hidden unit: they are a row of $W^{(2)}$, not a column.",
            ),
            NumberSlip(back * float(at.z2[n, h]), "The local gradient of the ReLU is 1 where it is on, not its input."),
        )
    else:
        slips = (NumberSlip(back, MASK), NumberSlip(2 * back, MASK), NumberSlip(-back, MASK))
    return Question(
        f"For a batch of two examples{given(z2=at.z2, psi=at.psi, W2=W2)}{classes_of(at.y)} Compute ${entry}$.",
        float(backward_trace(at.net, at.X, at.y)["z2"].gradient[n, h]),
        (
            rf"{entry} = \mathbf 1[z^{{(2)}}_{{{n + 1}{h + 1}}} > 0] \sum_k "
            rf"\frac{{\psi_{{{n + 1}k}} - \Delta_{{{n + 1}k}}}}{{N}} W^{{(2)}}_{{{h + 1}k}}",
            rf"\approx {int(on)} \cdot \frac{{{products(errors, W2[h])}}}{{2}} {result(back * on)}",
        ),
        back * on,
        slips,
    )


def _dW1(rng: Random) -> Question:
    at = small_network(rng)
    d, h = rng.randrange(2), rng.randrange(3)
    W2, errors, mask = at.net.params["W2"], at.psi - at.Delta, at.z2[:, h] > 0
    back = [sum(float(errors[n, k] * W2[h, k]) for k in range(3)) / 2 for n in range(N)]
    without_labels = [sum(float(at.psi[n, k] * W2[h, k]) for k in range(3)) / 2 for n in range(N)]

    def gradient(back, mask, column=d):
        return float(at.X[0, column] * back[0] * mask[0] + at.X[1, column] * back[1] * mask[1])

    by_hand = gradient(back, mask)
    dz2 = [value * on for value, on in zip(back, mask)]
    entry = rf"\frac{{\partial J}}{{\partial W^{{(1)}}_{{{d + 1}{h + 1}}}}}"
    signals = [
        rf"\frac{{\partial J}}{{\partial z^{{(2)}}_{{{n + 1}{h + 1}}}}} \approx {int(mask[n])} \cdot "
        rf"\frac{{{products(errors[n], W2[h])}}}{{2}} {result(dz2[n])}"
        for n in range(N)
    ]
    slips = [
        NumberSlip(2 * by_hand, MEAN),
        NumberSlip(-by_hand, SIGN),
        NumberSlip(gradient(without_labels, mask), LABELS),
        NumberSlip(gradient(back, mask, 1 - d), "Take the other column of $X$: the row of $W^{(1)}$ is the input."),
    ]
    if not all(mask):
        slips.append(NumberSlip(gradient(back, (True, True)), MASK))
    return Question(
        f"For a batch of two examples{given(X=at.X, z2=at.z2, psi=at.psi, W2=W2)}{classes_of(at.y)} "
        f"Compute ${entry}$, without a penalty.",
        float(at.net.loss(at.X, at.y)[1]["W1"][d, h]),
        (
            rf"{entry} = \sum_n x_{{n{d + 1}}} \frac{{\partial J}}{{\partial z^{{(2)}}_{{n{h + 1}}}}}",
            *signals,
            rf"{entry} \approx {products(at.X[:, d], dz2)} {result(by_hand)}",
        ),
        by_hand,
        tuple(slips),
    )


EXERCISES = (
    NumberExercise(
        "backpropagation-number-dz3",
        "backpropagation",
        "The gradient at a logit, in numbers",
        r"Is this the column of the label? $\Delta$ is 1 there, else 0.",
        _dz3,
    ),
    NumberExercise(
        "backpropagation-number-dw2",
        "backpropagation",
        "An entry of the gradient of $W^{(2)}$, in numbers",
        r"Write down $\psi - \Delta$ for the column of this weight. Each example contributes one product.",
        _dW2,
    ),
    NumberExercise(
        "backpropagation-number-dz2",
        "backpropagation",
        "Back through the ReLU, in numbers",
        "Was this hidden unit on for this example? Then go back over the three weights that leave it.",
        _dz2,
    ),
    NumberExercise(
        "backpropagation-number-dw1",
        "backpropagation",
        "An entry of the gradient of $W^{(1)}$, in numbers",
        r"First $\partial J/\partial z^{(2)}$ of this hidden unit, for both examples. Then one product for each example.",
        _dW1,
    ),
)

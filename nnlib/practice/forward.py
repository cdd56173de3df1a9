"""Numbers of the forward pass: z(2), a probability, and the loss."""

import math
from random import Random

import numpy as np

from nnlib.losses import cross_entropy, softmax
from nnlib.practice.draws import decimals, labels, probabilities, small_network
from nnlib.practice.number_exercise import NumberExercise, NumberSlip, Question
from nnlib.practice.typeset import classes_of, factor, figure, given, products, result


def _z2(rng: Random) -> Question:
    at = small_network(rng, D=2, H=2)
    n, h = rng.randrange(2), rng.randrange(2)
    x, W1, b1 = at.X[n], at.net.params["W1"], at.net.params["b1"]
    product = x[0] * W1[0, h] + x[1] * W1[1, h]
    z = product + b1[h]
    slips = [
        NumberSlip(product, "The product is right. The hidden unit also has a bias."),
        NumberSlip(
            x[0] * W1[h, 0] + x[1] * W1[h, 1] + b1[h],
            "You took a row of $W^{(1)}$. The weights of one hidden unit stand in one of its columns.",
        ),
        NumberSlip(at.z2[1 - n, h], "That belongs to the other example. The first index is the row of $X$."),
        NumberSlip(at.z2[n, 1 - h], "That belongs to the other hidden unit. The second index is the column of $W^{(1)}$."),
    ]
    if z < 0:
        slips.append(NumberSlip(0.0, "That is after the ReLU. $z^{(2)}$ comes before it, and may be negative."))
    return Question(
        f"Two examples, two inputs, two hidden units:{given(X=at.X, W1=W1, b1=b1)}Compute $z^{{(2)}}_{{{n + 1}{h + 1}}}$, "
        f"of example {n + 1} and hidden unit {h + 1}.",
        float(at.z2[n, h]),
        (
            rf"z^{{(2)}}_{{{n + 1}{h + 1}}} = x_{n + 1} \cdot W^{{(1)}}_{{\cdot {h + 1}}} + b^{{(1)}}_{h + 1}",
            rf"= {products(x, W1[:, h])} + {factor(b1[h])} {result(z)}",
        ),
        float(z),
        tuple(slips),
    )


def _psi(rng: Random) -> Question:
    z = decimals(rng, 3) * 2
    k = rng.randrange(3)
    exp = [math.exp(each) for each in z]
    psi = exp[k] / sum(exp)
    slips = [
        NumberSlip(exp[k], "That is the exponential alone. Divide it by the sum of all three."),
        NumberSlip(exp[k] / (sum(exp) - exp[k]), "The sum below contains all three exponentials, this one too."),
        NumberSlip(
            exp[k] * math.exp(-max(z)) / sum(exp),
            "You subtracted the largest logit in one place. It has to be subtracted from every logit, above and below.",
        ),
        NumberSlip((1 / exp[k]) / sum(1 / each for each in exp), "The sign of the exponents is wrong."),
    ]
    if abs(z.sum()) > 0.01:
        slips.append(NumberSlip(float(z[k] / z.sum()), "Softmax divides exponentials, not logits."))
    return Question(
        f"The logits of one example are{given(z=z)}Compute its probability $\\psi_{k + 1}$.",
        float(softmax(z[np.newaxis])[0, k]),
        (
            rf"\psi_{k + 1} = \frac{{e^{{z_{k + 1}}}}}{{e^{{z_1}} + e^{{z_2}} + e^{{z_3}}}}",
            rf"\approx \frac{{{figure(exp[k])}}}{{{' + '.join(map(figure, exp))}}} {result(psi)}",
        ),
        psi,
        tuple(slips),
    )


def _loss(rng: Random) -> Question:
    psi, y = probabilities(rng, 2), labels(rng, 3)
    p, q = (float(psi[n, label]) for n, label in enumerate(y))
    J = (-math.log(p) - math.log(q)) / 2
    return Question(
        f"The probabilities of a batch of two examples are{given(psi=psi)}{classes_of(y)} Compute the cross-entropy $J$.",
        float(cross_entropy(np.log(psi), y)),
        (
            rf"J = -\frac{{\log {figure(p)} + \log {figure(q)}}}{{2}}",
            rf"\approx -\frac{{{factor(math.log(p))} + {factor(math.log(q))}}}{{2}} {result(J)}",
        ),
        J,
        (
            NumberSlip(2 * J, "$J$ is a mean: divide the sum of the two losses by $N$."),
            NumberSlip(-J, "The sign: a probability is below 1, so its logarithm is negative, and the loss is minus that."),
            NumberSlip(J / math.log(10), "That is the logarithm to base 10. Here $\\log$ is the natural one: the key ln."),
            NumberSlip(-math.log((p + q) / 2), "That is the logarithm of the mean. $J$ is the mean of the logarithms."),
            NumberSlip(2 * J / 3, "Divide by the number of examples, not by the number of classes."),
        ),
    )


EXERCISES = (
    NumberExercise(
        "forward-number-z2",
        "forward",
        "A hidden unit before its ReLU, in numbers",
        "A row of $X$ times a column of $W^{(1)}$: multiply entry by entry, add, and add the bias.",
        _z2,
    ),
    NumberExercise(
        "forward-number-psi",
        "forward",
        "A probability, in numbers",
        "Compute the three exponentials first, each with four decimals.",
        _psi,
    ),
    NumberExercise(
        "forward-number-loss",
        "forward",
        "The loss of a batch, in numbers",
        "In each row, find the probability of the right class. Only these two numbers matter.",
        _loss,
    ),
)

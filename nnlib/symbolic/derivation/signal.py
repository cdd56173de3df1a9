"""How the size of a signal changes through ReLU layers, and the size of the gradient on the way back.

Weights drawn independently with mean 0 and variance σ², biases 0, F inputs to each unit, M units that each unit feeds:

    E[z²] = Fσ² q                      q: mean square of the inputs; the ReLU keeps half of it
    q_L = q_0 Π (F_l σ²/2)             over L layers; each factor is 1 for σ² = 2/F
    E[g²] = Mσ²/2 · r                  r: mean square of the gradients that come back

Source: He et al., "Delving Deep into Rectifiers", 2015, arXiv:1502.01852.
"""

from functools import cache

from sympy import Heaviside, Integral, KroneckerDelta, Max, Mul, Sum, oo, sqrt

from nnlib.symbolic.derivation.derivation import Derivation, Setting, Writer
from nnlib.symbolic.derivation.differentiation import out_of_the_sum, picked
from nnlib.symbolic.derivation.notation import (
    F,
    L,
    M,
    a,
    fan_in,
    g,
    i,
    j,
    k,
    l,
    layer_by_layer,
    normal_sum,
    one_unit,
    p,
    q,
    q_after,
    r,
    sigma,
    u,
    w,
    z_i,
    z_one,
)
from nnlib.symbolic.derivation.points import depth_points, he_points, normal_points, unit_points
from nnlib.symbolic.derivation.printing import Mean, Product, ProductOver, written_out


@cache
def sum_of_a_unit() -> Derivation:
    """E[z²] = Fσ²q, the mean over all draws of the weights."""
    write = Writer("signal-sum", "What a unit adds up", Mean(z_one**2), Setting(one_unit(), unit_points))
    write.line(
        Mean(Sum(a[i] * w[i], (i, 1, F)) ** 2),
        "definition",
        r"A unit adds up $F$ products of an input and a weight. Its bias begins at 0. $\mathbb{E}$ is the mean over all draws "
        "of the weights.",
    )
    write.line(Mean(Sum(a[i] * a[k] * w[i] * w[k], (k, 1, F), (i, 1, F))), "square of a sum", "Every term times every term.")
    write.line(
        Sum(Product(a[i] * a[k], Mean(w[i] * w[k])), (k, 1, F), (i, 1, F)),
        "linearity",
        "The inputs do not depend on the weights of this layer: only products of two weights are averaged.",
    )
    write.line(
        Sum(a[i] * a[k] * sigma**2 * KroneckerDelta(i, k), (k, 1, F), (i, 1, F)),
        "independence",
        r"Weights are drawn one by one, with mean 0. For $i \ne k$ the mean of $w_i w_k$ is $0 \cdot 0$; that of $w_i^2$ is "
        r"$\sigma^2$.",
    )
    write.line(Mul(*out_of_the_sum(picked(write.last))), "Kronecker delta", r"Of the sum over $k$ only $k = i$ stays.")
    write.line(
        F * sigma**2 * q,
        "mean square",
        r"$q$ is the mean square of the inputs: all their squares add up to $Fq$.",
        {
            "sigma^2*q": "$q$ is the mean of the squares: how large is their sum?",
            "F*sigma*q": r"The variance of a weight is $\sigma^2$.",
        },
    )
    return write.done()


@cache
def half_of_a_normal() -> Derivation:
    """E[max(0, z)²] = v/2 for a normal z with mean 0 and variance v."""
    z, definitions = z_one, normal_sum()
    write = Writer("signal-relu", "What the ReLU leaves", Mean(Max(0, z) ** 2), Setting(definitions, normal_points))
    write.line(
        Integral(Max(0, z) ** 2 * p(z), (z, -oo, oo)),
        "definition",
        r"A sum of many small independent terms is nearly normal, with mean 0 and variance $v = F \sigma^2 q$. Its density is "
        r"$p(z) = e^{-z^2/2v} / \sqrt{2 \pi v}$.",
    )
    square = z**2 * p(z)
    write.line(Integral(square, (z, 0, oo)), "ReLU", r"Where $z < 0$ it puts out 0, and where $z > 0$ it puts out $z$.")
    write.line(
        Integral(square, (z, -oo, oo)) / 2,
        "symmetry",
        r"$z^2 p(z)$ is the same for $z$ and for $-z$, so this is half of the whole.",
    )
    write.line(
        write.last.replace(p, definitions[p]).doit(),
        "variance",
        "The mean is 0, so the mean square is the variance. The ReLU leaves half of it.",
        {"v": "That is the whole: the ReLU leaves half of it."},
    )
    return write.done()


@cache
def all_layers() -> Derivation:
    """q_L = q_0 Π F_l σ²/2: the mean square after L layers."""
    write = Writer("signal-layers", "Layer after layer", q_after[L], Setting(layer_by_layer(), depth_points))
    write.line(
        Product(_factor(L), q_after[L - 1]),
        "one layer",
        r"$q_l$ is the mean square of what layer $l$ puts out, $F_l$ the number of inputs of its units. Its sums bring the "
        r"factor $F_l \sigma^2$, its ReLU the half.",
    )
    write.line(Product(_factor(L), _factor(L - 1), q_after[L - 2]), "one layer", "The layer before it did the same.")
    write.line(
        Product(q_after[0], ProductOver(_factor(l), (l, 1, L))),
        "all layers",
        r"And so on, back to $q_0$, that of the images. Where $F$ is the same in all layers, this is $q_0 (F \sigma^2/2)^L$.",
    )
    return write.done()


@cache
def he_variance() -> Derivation:
    """σ² = 2/F: the variance with which a layer does not change the mean square."""
    he = {sigma: sqrt(2 / F)}
    factor = F * sigma**2 / 2
    write = Writer("signal-he", "The variance that keeps the signal", sigma**2, Setting(he, he_points))
    write.line(
        Product(2 / F, factor), "multiply by 1", r"$2/F$ and $F/2$ cancel. What follows the dot is the factor of one layer."
    )
    write.line(
        Product(2 / F, factor.subs(he)), "condition", "That factor is to be 1: the layer leaves the mean square as it is."
    )
    write.line(
        written_out(write.last),
        "He et al.",
        "The more inputs a unit has, the smaller its first weights must be.",
        {"1/F": "The ReLU halves the mean square: the variance has to make up for it."},
    )
    return write.done()


@cache
def gradient_of_a_unit() -> Derivation:
    """E[g²] = Mσ²/2 · r, on the way back."""
    on, back = Heaviside(z_i), Sum(u[j] * w[j], (j, 1, M))
    write = Writer("signal-back", "The same on the way back", Mean(g**2), Setting(one_unit(), unit_points))
    write.line(
        Mean((on * back) ** 2),
        "chain rule",
        r"$g = \partial J/\partial z_i$ of one unit. The $M$ units that it feeds send back $u_1, \dots, u_M$, through the "
        "weights, and the ReLU lets it pass where the unit is on.",
    )
    write.line(
        Product(Mean(on), Mean(back**2)),
        "independence",
        "A mask of 0 and 1 is its own square. It comes from the weights before the unit, the sum from those behind it.",
    )
    write.line(Mean(back**2) / 2, "symmetry", "A unit is on as often as off.")
    write.line(
        M * sigma**2 * r / 2,
        "as before",
        r"A sum of $M$ terms now, with $r$, the mean square of the $u_j$, in the place of $q$. So the gradient fades like the "
        "signal.",
        {"M*sigma^2*r": "A unit is on only half of the time."},
    )
    return write.done()


def _factor(layer):
    return fan_in[layer] * sigma**2 / 2

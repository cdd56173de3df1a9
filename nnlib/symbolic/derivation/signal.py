"""How the size of a signal changes through ReLU layers, and the size of the gradient on the way back.

Weights drawn independently with mean 0 and variance σ², biases 0, F inputs to each unit, M units that each unit feeds:

    E[z²] = Fσ² q                      q: mean square of the inputs; the ReLU keeps half of it
    q_L = q_0 Π (F_l σ²/2)             over L layers; each factor is 1 for σ² = 2/F
    E[g²] = Mσ²/2 · r                  r: mean square of the gradients that come back
    v (1 + Fσ²/2), r (1 + Mσ²/2)       with a residual connection past the layer; v: mean square of the sums

Source: He et al., "Delving Deep into Rectifiers", 2015, arXiv:1502.01852; "Identity Mappings in
Deep Residual Networks", 2016, arXiv:1603.05027; Ba et al., "Layer Normalization", 2016, arXiv:1607.06450.
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
    layer_norm,
    mu,
    normal_sum,
    one_unit,
    p,
    q,
    q_after,
    r,
    residual_unit,
    sigma,
    t,
    u,
    v,
    w,
    x,
    z,
    z_i,
    z_one,
)
from nnlib.symbolic.derivation.points import (
    depth_points,
    he_points,
    layer_norm_points,
    normal_points,
    residual_points,
    unit_points,
)
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
    write.line(Mul(*out_of_the_sum(picked(write.last))), "Kronecker delta", r"In the sum over $k$, only $k = i$ stays.")
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
        "The more inputs a unit has, the smaller its initial weights must be.",
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
        "A mask of 0 and 1 is its own square. It depends on the weights before the unit, the sum on those after it: "
        "the usual assumption is that they are independent.",
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


@cache
def residual_sum() -> Derivation:
    """E[z²] = v (1 + Fσ²/2) for a unit that adds x, the sum of the layer before, with the mean square v."""
    branch = Sum(a[i] * w[i], (i, 1, F))
    write = Writer("signal-residual", "A residual connection", Mean(z_one**2), Setting(residual_unit(), residual_points))
    write.line(
        Mean((x + branch) ** 2),
        "definition",
        "The unit adds its products to $x$, the sum of the same unit in the layer before. Its inputs $a_i$ are what the ReLU "
        "leaves of the sums of that layer.",
    )
    write.line(Mean(x**2) + 2 * Mean(x * branch) + Mean(branch**2), "square of a sum", "A mean of a sum is a sum of means.")
    write.line(
        Mean(x**2) + Mean(branch**2),
        "independence",
        "The weights of this layer have mean 0, whatever $x$ is: the term in the middle is 0.",
    )
    write.line(
        Product(v, 1 + F * sigma**2 / 2),
        "as before",
        r"$v$ is the mean square of $x$. The other mean is that of a unit without the connection, $F \sigma^2 q$, with "
        r"$q = v/2$ after the ReLU. The factor of a layer is never below 1, however small $\sigma$ is. With He it is 2.",
        {"F*sigma^2*v/2": "What became of $x$? Its mean square is $v$."},
    )
    return write.done()


@cache
def residual_gradient() -> Derivation:
    """E[g²] = r (1 + Mσ²/2), the way back past a residual connection."""
    branch = Product(Heaviside(z_i), Sum(u[j] * w[j], (j, 1, M)))
    write = Writer("signal-residual-back", "The same on its way back", Mean(g**2), Setting(residual_unit(), residual_points))
    write.line(
        Mean((t + branch) ** 2),
        "chain rule",
        "The sum of this unit reaches the next layer twice: through the connection, along which $t$ comes back, and through "
        "ReLU and weights, as before.",
    )
    write.line(
        Mean(t**2) + 2 * Mean(Product(t, branch)) + Mean(branch**2), "square of a sum", "A mean of a sum is a sum of means."
    )
    write.line(Mean(t**2) + Mean(branch**2), "independence", "Weights with mean 0 again: the term in the middle is 0.")
    write.line(
        Product(r, 1 + M * sigma**2 / 2),
        "as before",
        "$t$ is one of the gradients that come back, so its mean square is $r$. The other mean is that of a unit without the "
        "connection. The gradient cannot fade on its way back, whatever the depth.",
        {"M*sigma^2*r/2": "What came back along the connection? Its mean square is $r$."},
    )
    return write.done()


@cache
def normalised_by_layer() -> Derivation:
    """The mean square of the sums of a layer behind LayerNorm is 1."""
    square = (z[i] - mu) ** 2
    write = Writer("signal-layer-norm", "LayerNorm", Sum(square / v, (i, 1, M)) / M, Setting(layer_norm(), layer_norm_points))
    write.line(
        Product(1 / v, Sum(square, (i, 1, M)) / M),
        "linearity",
        r"LayerNorm subtracts from each of the $M$ sums of a layer their mean $\mu$, and divides by the root of their variance "
        "$v$, separately for every image. $v$ is the same for all units.",
    )
    write.line(
        Product(1 / v, v),
        "definition",
        "The mean of the squared distances from the mean is the variance.",
        {"v": "And what became of the $v$ by which LayerNorm divides?"},
    )
    write.line(
        written_out(write.last),
        "cancel",
        r"Whatever $\sigma$ is, as long as $v$ is far above the $10^{-5}$ that PyTorch adds to it before it divides. With "
        r"$F = 50$ and $\sigma = 0.001$ it is not: $v$ is about $2 \cdot 10^{-5}$, and about 2/3 is left instead of 1.",
    )
    return write.done()


def _factor(layer):
    return fan_in[layer] * sigma**2 / 2

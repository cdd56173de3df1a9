"""The symbols of the lessons as SymPy objects, and what each stands for.

A definition maps a symbol to an expression in more elementary ones, down to the logits, or to inputs, weights and labels.
Derivations are about the symbols; a check of a derivation goes down to what they stand for.
"""

from collections.abc import Callable
from functools import cache

from sympy import Derivative, Expr, Function, Heaviside, IndexedBase, Integral, Max, Sum, Symbol, exp, log, oo, pi, sqrt
from sympy.core.function import UndefinedFunction

from nnlib.symbolic.derivation.printing import Mean
from nnlib.symbolic.symbols import symbol_latex

# Symbol, base or function → expression, or function of the indices or arguments that returns one.
Definitions = dict[Expr | UndefinedFunction, Expr | Callable[..., Expr]]

N, D, H, K = (Symbol(name, integer=True, positive=True) for name in "NDHK")  # examples, inputs, hidden units, classes
i, j, k, n, d, h, y, m, l = (Symbol(name, integer=True, positive=True) for name in "ijkndhyml")  # indices, from 1
S = Symbol("S", positive=True)  # the sum under the softmax
c = Symbol("c", real=True)  # a shift of all logits
T = Symbol("T", positive=True)  # temperature
lam = Symbol("lambda", positive=True)

z, psi, Delta = IndexedBase("z"), IndexedBase("psi"), IndexedBase("Delta")  # of one example, or of a batch
X, W1, b1, z2, a2, W2, b2, z3 = (IndexedBase(symbol_latex(name)) for name in "X W1 b1 z2 a2 W2 b2 z3".split())
G3, G2 = IndexedBase("G^{(3)}"), IndexedBase("G^{(2)}")  # ∂J/∂z3 and ∂J/∂z2
J = Symbol("J")
J_penalised = Symbol(r"\tilde{J}")

# Of one unit in a network of any depth: how many inputs it has, and how many units it feeds.
F, M = (Symbol(name, integer=True, positive=True) for name in "FM")
a, w, u = IndexedBase("a"), IndexedBase("w"), IndexedBase("u")  # inputs, weights, gradients that come back
z_one, g = Symbol("z", real=True), Symbol("g")  # its sum, and the gradient ∂J/∂z
z_i = Symbol("z_i", real=True)  # the same sum, where its sign alone matters
sigma = Symbol("sigma", positive=True)  # standard deviation of the weights
q, r = Symbol("q", positive=True), Symbol("r", positive=True)  # mean squares of a and of u
v = Symbol("v", positive=True)  # variance of a normal z
p = Function("p")  # density of a normal z
x, t = Symbol("x", real=True), Symbol("t", real=True)  # what a residual connection passes on, and what it passes back
mu = Symbol("mu", real=True)  # mean of the sums of a layer

# Of all layers of such a network: inputs to each unit, mean square of what a layer puts out, number of layers.
fan_in, q_after = IndexedBase("F"), IndexedBase("q")
L = Symbol("L", integer=True, positive=True)


def class_sum(term: Expr, classes: int | Symbol = K) -> Expr:
    """Σ_k term over all classes: written out where their number is known. `term` holds the index k."""
    return Sum(term, (k, 1, classes)).doit() if classes != K else Sum(term, (k, 1, K))


def softmax_of_one(temperature: int | Symbol = 1) -> Definitions:
    """Definitions for one example's logits z: S, and ψ by index."""
    return {S: class_sum(exp(z[k] / temperature)), psi: lambda index: exp(z[index] / temperature) / S}


def loss_of_one() -> dict[Symbol, Expr]:
    """J = −log ψ_y for one example with label y, on top of its softmax."""
    return {J: -log(psi[y])}


@cache
def network(examples: int | Symbol, inputs: int | Symbol, hidden: int | Symbol, classes: int | Symbol) -> Definitions:
    """Definitions of the whole network on a batch, from J~ down to X, W1, b1, W2, b2 and the one-hot labels Δ.

    Written once each: a derivative asks for them thousands of times.
    """
    return {
        G3: lambda row, column: Derivative(J, z3[row, column]),
        G2: lambda row, column: Derivative(J, z2[row, column]),
        J_penalised: J
        + lam * Sum(Sum(W1[d, h] ** 2, (d, 1, inputs)), (h, 1, hidden))
        + lam * Sum(Sum(W2[h, k] ** 2, (h, 1, hidden)), (k, 1, classes)),
        J: -Sum(Sum(Delta[n, k] * log(psi[n, k]), (k, 1, classes)), (n, 1, examples)) / examples,
        psi: cache(lambda row, column: exp(z3[row, column]) / Sum(exp(z3[row, m]), (m, 1, classes))),
        z3: cache(lambda row, column: Sum(a2[row, h] * W2[h, column], (h, 1, hidden)) + b2[column]),
        a2: cache(lambda row, column: Max(0, z2[row, column])),
        z2: cache(lambda row, column: Sum(X[row, d] * W1[d, column], (d, 1, inputs)) + b1[column]),
    }


def one_unit() -> dict[Symbol, Expr]:
    """Definitions of a unit's sum, its gradient, and the mean squares of what comes in on both ways."""
    return {
        z_one: Sum(a[i] * w[i], (i, 1, F)),
        g: Heaviside(z_i) * Sum(u[j] * w[j], (j, 1, M)),
        q: Sum(a[i] ** 2, (i, 1, F)) / F,
        r: Sum(u[j] ** 2, (j, 1, M)) / M,
    }


def residual_unit() -> dict[Symbol, Expr]:
    """Definitions of a unit with a residual connection behind a ReLU, which leaves half of the mean square v of x."""
    unit = one_unit()
    return unit | {z_one: x + unit[z_one], g: t + unit[g], v: 2 * unit[q]}


def layer_norm() -> dict[Symbol, Expr]:
    """Definitions of the mean and the variance of a layer's sums."""
    return {mu: Sum(z[i], (i, 1, M)) / M, v: Sum((z[i] - mu) ** 2, (i, 1, M)) / M}


def normal_sum() -> Definitions:
    """Definitions for a normal z with mean 0 and variance v: its density, and the mean square behind the ReLU."""
    return {
        p: cache(lambda z: exp(-(z**2) / (2 * v)) / sqrt(2 * pi * v)),  # an integral asks for it a thousand times
        Mean(Max(0, z_one) ** 2): Integral(Max(0, z_one) ** 2 * p(z_one), (z_one, -oo, oo)),
    }


def layer_by_layer() -> Definitions:
    """Definitions of the mean square behind each layer, from the layer before."""
    return {q_after: lambda layer: fan_in[layer] * sigma**2 / 2 * q_after[layer - 1]}

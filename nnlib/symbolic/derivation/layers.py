"""The gradients of both layers' parameters, entry by entry: upstream gradient times local gradient, summed over all paths.

    ∂J~/∂W2 = a2ᵀ (ψ − Δ)/N + 2λ W2       ∂J/∂b2 = Σ_n (ψ − Δ)_n / N
    ∂J/∂z2  = [(ψ − Δ)/N] W2ᵀ ∘ 1[z2 > 0]
    ∂J~/∂W1 = Xᵀ ∂J/∂z2 + 2λ W1           ∂J/∂b1 = Σ_n (∂J/∂z2)_n

Source: Rumelhart, Hinton & Williams, "Learning representations by back-propagating errors", Nature 323 (1986).
"""

from functools import cache

from sympy import Derivative, Max, Sum

from nnlib.symbolic.derivation.cross_entropy import MEAN_FORGOTTEN, batch_gradient
from nnlib.symbolic.derivation.derivation import Derivation, Setting, Writer
from nnlib.symbolic.derivation.differentiation import differentiated, picked
from nnlib.symbolic.derivation.notation import (
    W1,
    W2,
    D,
    H,
    J,
    J_penalised,
    K,
    N,
    X,
    a2,
    b1,
    b2,
    d,
    h,
    j,
    k,
    l,
    lam,
    m,
    n,
    z2,
    z3,
)
from nnlib.symbolic.derivation.points import network_points
from nnlib.symbolic.derivation.printing import Product, latex
from nnlib.symbolic.derivation.typed import typed

SETTING = Setting({}, network_points)
logit = Sum(a2[n, l] * W2[l, m], (l, 1, H)) + b2[m]  # z3[n, m]
hidden = Sum(X[n, l] * W1[l, m], (l, 1, D)) + b1[m]  # z2[n, m]


@cache
def second_weights() -> Derivation:
    """∂J/∂W2_hk = Σ_n a2_nh (ψ − Δ)_nk / N."""
    write = Writer("W2", "One weight of the second layer", Derivative(J, W2[h, k]), SETTING)
    _through_the_layer(write, z3[n, m], logit, K)
    _upstream_goes_in(write)
    return write.done()


@cache
def second_biases() -> Derivation:
    """∂J/∂b2_k = Σ_n (ψ − Δ)_nk / N."""
    write = Writer("b2", "One bias of the second layer", Derivative(J, b2[k]), SETTING)
    _through_the_layer(write, z3[n, m], logit, K)
    _upstream_goes_in(write)
    return write.done()


@cache
def hidden_gradient() -> Derivation:
    """∂J/∂z2_nh = Σ_k (ψ − Δ)_nk / N · W2_hk · 1[z2_nh > 0]."""
    x, a = z2[n, h], a2[n, h]
    write = Writer("z2", "Back through the ReLU", Derivative(J, x), SETTING)
    write.line(
        Product(Derivative(J, a), Derivative(Max(0, x), x)),
        "chain rule",
        r"$J$ depends on $z^{(2)}_{nh}$ through $a^{(2)}_{nh} = \max(0, z^{(2)}_{nh})$ alone: upstream times local.",
    )
    write.line(
        differentiated(write.last, only=Max(0, x)),
        "ReLU",
        r"The slope of $\max(0, z)$ is 1 where $z > 0$ and 0 elsewhere: the mask $\mathbf{1}[z > 0]$.",
        {
            "d(J)/d(a2_nh)": "A unit that is off passes no gradient back: where is the mask?",
            "d(J)/d(a2_nh)*max(0, z2_nh)": "The slope of the ReLU is 1 or 0, not its value.",
        },
    )
    mask = write.last.args[1]
    write.line(
        Product(Sum(Product(Derivative(J, z3[n, m]), Derivative(logit, a)), (m, 1, K)), mask),
        "chain rule",
        r"The unit feeds all $K$ logits of its example: one path for each, and the paths are added.",
    )
    write.line(
        differentiated(write.last, only=logit),
        "local gradient",
        r"In the sum of logit $m$, only $a^{(2)}_{nh} W^{(2)}_{hm}$ contains the unit.",
    )
    _upstream_goes_in(write)
    return write.done()


@cache
def first_weights() -> Derivation:
    """∂J/∂W1_dh = Σ_n X_nd ∂J/∂z2_nh."""
    write = Writer("W1", "One weight of the first layer", Derivative(J, W1[d, h]), SETTING)
    _through_the_layer(write, z2[n, m], hidden, H)
    return write.done()


@cache
def first_biases() -> Derivation:
    """∂J/∂b1_h = Σ_n ∂J/∂z2_nh."""
    write = Writer("b1", "One bias of the first layer", Derivative(J, b1[h]), SETTING)
    _through_the_layer(write, z2[n, m], hidden, H)
    return write.done()


@cache
def penalty_gradient() -> Derivation:
    """∂J~/∂W2_hk = ∂J/∂W2_hk + 2λ W2_hk."""
    x = W2[h, k]
    write = Writer("penalty", "The penalty's part", Derivative(J_penalised, x), SETTING)
    squares = [Sum(W1[d, l] ** 2, (d, 1, D), (l, 1, H)), Sum(W2[l, m] ** 2, (l, 1, H), (m, 1, K))]
    penalty = lam * squares[0] + lam * squares[1]
    write.line(
        Derivative(J, x) + Derivative(penalty, x),
        "definition",
        r"$\tilde J = J + \lambda (\|W^{(1)}\|^2 + \|W^{(2)}\|^2)$, part by part.",
    )
    write.line(
        differentiated(write.last, only=penalty),
        "power rule",
        r"Only one of the squares contains $W^{(2)}_{hk}$; its derivative has a 2, as there is no ½ before $\lambda$.",
        {
            "d(J)/d(W2_hk) + lam*W2_hk": "The derivative of a square has a 2, and there is no ½ before λ here.",
            "d(J)/d(W2_hk) + 2*lam*(W1_dh + W2_hk)": "Only one of the squares contains this weight.",
        },
    )
    return write.done()


def _through_the_layer(write, output, layer, units):
    """From ∂J/∂parameter back through output = layer(parameter), entry m of the layer's `units` for example n."""
    parameter = write.left.variables[0]
    name, z = latex(parameter), latex(output)
    write.line(
        Sum(Product(Derivative(J, output), Derivative(output, parameter)), (m, 1, units), (n, 1, N)),
        "chain rule",
        f"Upstream times local on every path from ${name}$ to the loss: through each ${z}$ of each example.",
    )
    inserted = {Derivative(output, parameter): Derivative(layer, parameter)}
    write.line(write.last.xreplace(inserted), "definition", f"The definition of ${z}$.")
    write.line(
        differentiated(write.last, only=layer),
        "local gradient",
        f"How ${z}$ changes with ${name}$: of the sum only the term with ${name}$ stays.",
    )
    line = picked(write.last)
    slips = {typed(line.function, {}): "Every example has its part: where is the sum over $n$?"}
    write.line(line, "Kronecker delta", f"${name}$ feeds one unit only; the other terms are 0.", slips)


def _upstream_goes_in(write):
    """Put (ψ − Δ)/N, as it was derived, in the place of every ∂J/∂z3."""
    gradient = batch_gradient().steps[-1].expression

    def derived(part):
        return gradient.subs(j, part.variables[0].indices[1])

    logits = [part for part in write.last.atoms(Derivative) if part.expr == J and part.variables[0].base == z3]
    line = write.last.xreplace({part: derived(part) for part in logits})
    why = r"$\partial J / \partial z^{(3)} = (\psi - \Delta)/N$, as derived."
    write.line(line, "upstream gradient", why, {typed(N * line, {}): MEAN_FORGOTTEN})

"""From entries to matrices: the gradients of a small network, collected, are products of matrices.

G(l) is short for ∂J/∂z(l), the upstream gradient of a layer. The network here has 2 inputs, 3 hidden units and 2 classes,
and the batch 2 examples: small enough to be written out.
"""

from functools import cache

from sympy import Add, Derivative, HadamardProduct, Heaviside, ImmutableMatrix, MatAdd, MatMul, MatrixSymbol, Sum

from nnlib.symbolic.derivation.cross_entropy import MEAN_FORGOTTEN
from nnlib.symbolic.derivation.derivation import Derivation, Setting, Writer
from nnlib.symbolic.derivation.layers import (
    first_biases,
    first_weights,
    hidden_gradient,
    second_biases,
    second_weights,
)
from nnlib.symbolic.derivation.notation import G2, G3, W2, D, Delta, H, K, N, X, a2, d, h, k, n, psi, z2, z3
from nnlib.symbolic.derivation.points import network_points
from nnlib.symbolic.derivation.printing import written_out
from nnlib.symbolic.derivation.typed import typed

EXAMPLES, INPUTS, HIDDEN, CLASSES = SIZES = (2, 2, 3, 2)


def _matrix(base, rows, columns):
    return ImmutableMatrix(rows, columns, lambda row, column: base[row + 1, column + 1])


# Each matrix by its name, and written out.
MATRICES = {
    MatrixSymbol("X", EXAMPLES, INPUTS): _matrix(X, EXAMPLES, INPUTS),
    MatrixSymbol("a^{(2)}", EXAMPLES, HIDDEN): _matrix(a2, EXAMPLES, HIDDEN),
    MatrixSymbol("W^{(2)}", HIDDEN, CLASSES): _matrix(W2, HIDDEN, CLASSES),
    MatrixSymbol("G^{(3)}", EXAMPLES, CLASSES): _matrix(G3, EXAMPLES, CLASSES),
    MatrixSymbol("G^{(2)}", EXAMPLES, HIDDEN): _matrix(G2, EXAMPLES, HIDDEN),
    MatrixSymbol(r"\mathbf{1}[z^{(2)} > 0]", EXAMPLES, HIDDEN): _matrix(z2, EXAMPLES, HIDDEN).applyfunc(Heaviside),
    MatrixSymbol(r"\psi", EXAMPLES, CLASSES): _matrix(psi, EXAMPLES, CLASSES),
    MatrixSymbol(r"\Delta", EXAMPLES, CLASSES): _matrix(Delta, EXAMPLES, CLASSES),
    MatrixSymbol(r"\mathbf{1}", EXAMPLES, 1): ImmutableMatrix([1] * EXAMPLES),
    MatrixSymbol("z^{(2)}", EXAMPLES, HIDDEN): _matrix(z2, EXAMPLES, HIDDEN),
}
ROWS_ADDED = "A row of ones adds the rows up: one for each example."
X_, a2_, W2_, G3_, G2_, MASK, PSI, DELTA, ONES, Z2 = MATRICES
# Each upstream gradient: its formula, the reason, and what is written by mistake, with a hint.
UPSTREAM = {
    G2_: (
        HadamardProduct(MatMul(G3_, W2_.T), MASK),
        r"$G^{(2)} = (G^{(3)}\,{W^{(2)}}^\top) \circ \mathbf{1}[z^{(2)} > 0]$, as derived before: back through $W^{(2)}$, "
        "then through the ReLU.",
        MatMul(G3_, W2_.T),
        "The mask is missing: a unit that is off passes no gradient back.",
    ),
    G3_: (
        MatMul(1 / N, MatAdd(PSI, MatMul(-1, DELTA))),
        r"$G^{(3)} = (\psi - \Delta)/N$.",
        MatAdd(PSI, MatMul(-1, DELTA)),
        MEAN_FORGOTTEN,
    ),
}


@cache
def second_weights_matrix() -> Derivation:
    """∂J/∂W2 = a2ᵀ G3."""
    return _collected(
        second_weights(), HIDDEN, CLASSES, (h, k), MatMul(a2_.T, G3_), "Row $h$ of the transpose times column $k$."
    )


@cache
def second_biases_matrix() -> Derivation:
    """∂J/∂b2 = 1ᵀ G3: the sum over the rows."""
    return _collected(second_biases(), 1, CLASSES, (None, k), MatMul(ONES.T, G3_), ROWS_ADDED)


@cache
def hidden_matrix() -> Derivation:
    """∂J/∂z2 = (G3 W2ᵀ) ∘ 1[z2 > 0]."""
    return _collected(
        hidden_gradient(),
        EXAMPLES,
        HIDDEN,
        (n, h),
        HadamardProduct(MatMul(G3_, W2_.T), MASK),
        r"Row $n$ of $G^{(3)}$ times column $h$ of the transpose; then the mask, entry by entry.",
    )


@cache
def first_weights_matrix() -> Derivation:
    """∂J/∂W1 = Xᵀ G2 = Xᵀ [((ψ − Δ)/N W2ᵀ) ∘ 1[z2 > 0]]: the whole way back in one formula."""
    return _collected(first_weights(), INPUTS, HIDDEN, (d, h), MatMul(X_.T, G2_), "Row $d$ of the transpose times column $h$.")


@cache
def first_biases_matrix() -> Derivation:
    """∂J/∂b1 = 1ᵀ G2: the sum over the rows."""
    return _collected(first_biases(), 1, HIDDEN, (None, h), MatMul(ONES.T, G2_), ROWS_ADDED)


def _collected(entry, rows, columns, indices, product, why):
    """The entries of a gradient in one matrix, as a product of matrices written out, and as a product of their names."""

    def at(e, row, column):
        values = {index: number for index, number in zip(indices, (row, column)) if index is not None}
        return e.subs(values)

    def collected(e):
        return ImmutableMatrix(rows, columns, lambda row, column: at(e, row + 1, column + 1))

    before_upstream = next(step for step in reversed(entry.steps) if step.expression.has(Derivative)).expression
    write = Writer(
        f"{entry.name}-matrix",
        "All entries in one matrix",
        collected(entry.left),
        Setting({}, lambda: network_points([SIZES] * 4, MATRICES), {"z2": Z2, "ones": ONES}),
    )
    write.line(
        collected(_written_out(before_upstream)),
        "entry by entry",
        r"Every entry as derived, with $G^{(l)}$ short for $\partial J / \partial z^{(l)}$.",
    )
    write.line(product.xreplace(MATRICES), "product of matrices", why)
    text = typed(product, write.setting.whole)
    slips = {f"({text}).T": "This is the transpose: what is the shape of the gradient?"}
    write.line(product, "names", "The same with the names of the matrices: this is the line of code.", slips)
    for upstream, (formula, reason, wrong, hint) in UPSTREAM.items():
        if write.last.has(upstream):
            slip = write.last.xreplace({upstream: wrong}).doit()
            line = write.last.xreplace({upstream: formula}).doit()
            write.line(line, "upstream gradient", reason, {typed(slip, write.setting.whole): hint})
    return write.done()


def _written_out(e):
    """The sums over the batch and over the classes as terms, ∂J/∂z as G."""
    sizes = {N: EXAMPLES, D: INPUTS, H: HIDDEN, K: CLASSES}
    e = written_out(e).replace(
        lambda part: isinstance(part, Derivative),
        lambda part: {z3: G3, z2: G2}[part.variables[0].base][part.variables[0].indices],
    )
    return e.replace(
        Sum, lambda term, limit: Add(*(term.subs(limit[0], number) for number in range(1, limit[2].subs(sizes) + 1)))
    )

"""The derivative of softmax, ∂ψ_i/∂z_j = ψ_i (δ_ij − ψ_j), and what follows from it.

SymPy differentiates and simplifies; the functions here say in which order. Each line is checked: see derivation.py.
Source: Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.2.2.3.
"""

from dataclasses import replace
from functools import cache

from sympy import Derivative, Eq, Expr, ImmutableMatrix, KroneckerDelta, MatAdd, MatMul, Piecewise, Sum, Symbol, cancel, exp

from nnlib.support.validation import integer
from nnlib.symbolic.derivation.derivation import Derivation, Setting, Writer
from nnlib.symbolic.derivation.differentiation import differentiated, out_of_the_sum, part_by_part, picked, quotient_rule
from nnlib.symbolic.derivation.notation import K, S, T, c, class_sum, i, j, k, psi, softmax_of_one, z
from nnlib.symbolic.derivation.points import CLASSES, softmax_points
from nnlib.symbolic.derivation.printing import Product, written_out

QUOTIENT_RULE = (
    "Derivative of the top times the bottom, minus the top times the derivative of the bottom, over the bottom squared. "
    r"$S = \sum_k e^{z_k}$ is short for the bottom."
)


@cache
def softmax_derivative_general() -> Derivation:
    """∂ψ_i/∂z_j for any number of classes: quotient rule, the two cases, and the compact form that holds both."""
    top, x = exp(z[i]), z[j]
    write = Writer("softmax-derivative", "For any number of classes", Derivative(psi[i], x), softmax_setting())
    write.line(Derivative(top / S, x), "definition", r"Softmax divides $e^{z_i}$ by the sum over all classes.")
    write.line(quotient_rule(top, S, x), "quotient rule", QUOTIENT_RULE, _quotient_slips("i", "j"))
    write.line(
        differentiated(write.last, {S: class_sum(exp(z[k]))}, only=S),
        "derivative of the sum",
        "In $S$, only the term $e^{z_j}$ contains $z_j$, and the exponential is its own derivative.",
        {"(d(exp(z_i))/d(z_j)*S - exp(z_i)*S)/S^2": r"$\partial S/\partial z_j$ is not $S$: which terms of $S$ contain $z_j$?"},
    )
    equal = differentiated(write.last.subs(j, i))
    unequal = differentiated(write.last).subs(KroneckerDelta(i, j), 0)
    compact = in_psi(separated(differentiated(write.last), top))
    write.line(
        _cases(equal, unequal),
        "two cases",
        "What is left to differentiate is $e^{z_i}$. If $i = j$ it is its own derivative; if not, it does not contain $z_j$.",
        {"(exp(z_i)*S - exp(z_i)*exp(z_j))/S^2": "Where $i \\ne j$, $e^{z_i}$ does not contain $z_j$: what is its derivative?"},
    )
    equal = separated(equal, top)
    write.line(
        _cases(equal, unequal), "case i = j", "Take out the factor $e^{z_i}/S$; the rest has one $S$ in its denominator."
    )
    equal = in_psi(equal)
    write.line(_cases(equal, unequal), "case i = j", r"Each quotient $e^z/S$ is a probability, and $S/S$ is 1.")
    unequal = in_psi(separated(unequal, top))
    write.line(
        _cases(equal, unequal),
        "case i ≠ j",
        "Divide each exponential by one $S$: this gives two probabilities. The minus sign stays.",
    )
    write.line(
        compact,
        "compact form",
        r"$\delta_{ij}$ is 1 if $i = j$ and 0 if not, so one formula covers both cases.",
        {"psi_i*(1 - psi_j)": "Right where $i = j$. Where $i \\ne j$ the 1 must be gone: which symbol is 1 or 0?"},
    )
    return write.done()


@cache
def softmax_derivative(classes: int, row: int, column: int) -> Derivation:
    """∂ψ_row/∂z_column written out for `classes` (2 to 6) classes; row and column count from 1. Raises ValueError otherwise."""
    integer("classes", classes, *CLASSES)
    integer("row", row, 1, classes), integer("column", column, 1, classes)
    top, x, total = exp(z[row]), z[column], class_sum(exp(z[k]), classes)
    same = row == column
    title = rf"$\partial\psi_{row}/\partial z_{column}$ for {classes} classes"
    setting = replace(softmax_setting(classes, row, column), whole={"z_k": z[k], "psi_k": psi[k]})  # for sums over k
    write = Writer("softmax-entry", title, Derivative(psi[row], x), setting)
    write.line(Derivative(top / total, x), "definition", f"Softmax divides $e^{{z_{row}}}$ by the sum of all {classes}.")
    write.line(quotient_rule(top, S, x), "quotient rule", QUOTIENT_RULE, _quotient_slips(row, column))
    write.line(
        differentiated(write.last, {S: total}),
        "derivatives",
        (r"The top is its own derivative. " if same else f"The top does not contain $z_{column}$: its derivative is 0. ")
        + f"In $S$, only the term $e^{{z_{column}}}$ contains $z_{column}$.",
    )
    write.line(separated(write.last, top), "separate", f"Take out $e^{{z_{row}}}/S$; the rest has one $S$ in its denominator.")
    quotients = r"Each quotient $e^z/S$ is a probability"
    if same:
        slips = {f"-psi_{row}^2": f"The numerator contains $z_{row}$ too: the first term of the quotient rule is not 0."}
    else:
        slips = {
            f"psi_{row}*(1 - psi_{row})": "That is the case of a class by its own logit. Here the numerator is a constant."
        }
    why = f"{quotients}, and $S/S$ is 1." if same else f"{quotients}."
    write.line(in_psi(write.last), "substitution", why, slips)
    return write.done()


@cache
def jacobian(classes: int) -> Derivation:
    """All K² derivatives as one matrix, diag(ψ) − ψψᵀ; row i, column j holds ∂ψ_i/∂z_j."""
    numbers = range(1, integer("classes", classes, *CLASSES) + 1)
    left = ImmutableMatrix([[Derivative(psi[row], z[column]) for column in numbers] for row in numbers])
    entries = [[softmax_derivative(classes, row, column).steps[-1].expression for column in numbers] for row in numbers]
    column = ImmutableMatrix([psi[number] for number in numbers])
    diagonal = ImmutableMatrix(classes, classes, lambda one, other: column[one] if one == other else 0)
    title = f"All derivatives of {classes} classes in one matrix"
    setting = replace(softmax_setting(classes, 1, 1), whole={"psi": column})
    write = Writer("softmax-jacobian", title, left, setting)
    write.line(ImmutableMatrix(entries), "entry by entry", r"$\psi_i (1 - \psi_i)$ on the diagonal, else $-\psi_i \psi_j$.")
    write.line(
        MatAdd(diagonal, MatMul(-1, column, column.T, evaluate=False), evaluate=False),
        "matrix form",
        r"Every entry contains $-\psi_i \psi_j$: that is the matrix $-\psi \psi^\top$. The diagonal has one $\psi_i$ more: "
        r"$\mathrm{diag}(\psi)$.",
        {"diag(psi) + psi @ psi.T": "Every entry beside the diagonal is negative."},
    )
    return write.done()


@cache
def row_sum() -> Derivation:
    """Σ_j ∂ψ_i/∂z_j = 0: raising all logits alike changes no probability."""
    derivative = softmax_derivative_general().steps[-1].expression
    left = Sum(Derivative(psi[i], z[j]), (j, 1, K))
    write = Writer("softmax-row-sum", "A row of the Jacobian sums to 0", left, softmax_setting())
    write.line(Sum(derivative, (j, 1, K)), "derivative of softmax", "Each term is known by now.")
    front, rest = out_of_the_sum(write.last)
    write.line(Product(front, part_by_part(rest)), "distribute", r"$\psi_i$ does not depend on $j$; then part by part.")
    write.line(picked(write.last), "Kronecker delta", r"Only the term with $j = i$ is 1, all others are 0.")
    all_classes = Sum(psi[j], (j, 1, K))
    write.line(
        written_out(write.last).subs(all_classes, 1),
        "normalisation",
        "The probabilities of all classes add up to 1.",
        {"psi_i": r"$\sum_j \psi_j$ is 1, not 0: what is left in the brackets?"},
    )
    return write.done()


@cache
def shift_invariance() -> Derivation:
    """Adding c to every logit does not change ψ."""
    top = exp(z[i] + c)
    left = top / Sum(exp(z[k] + c), (k, 1, K))
    split = exp(z[k] + c).expand()
    write = Writer("softmax-shift", "Adding the same number to every logit", left, softmax_setting())
    write.line(top.expand() / Sum(split, (k, 1, K)), "powers", r"$e^{z + c} = e^c \, e^z$.")
    factored = Product(exp(c), Sum(split / exp(c), (k, 1, K)))
    write.line(Product(exp(c), exp(z[i])) / factored, "distribute", r"$e^c$ does not depend on $k$.")
    write.line(written_out(write.last), "cancel", "The same factor is in the numerator and the denominator.")
    write.line(psi[i], "definition", r"That is the softmax of the logits without $c$.")
    return write.done()


@cache
def temperature() -> Derivation:
    """The derivative of the softmax of z/T: the same with a factor 1/T."""
    top, x = exp(z[i] / T), z[j]
    setting = softmax_setting(temperature=T)
    write = Writer("softmax-temperature", "With a temperature", Derivative(psi[i], x), setting)
    write.line(Derivative(top / S, x), "definition", r"Now $\psi_i = e^{z_i/T}/S$ with $S = \sum_k e^{z_k/T}$.")
    write.line(quotient_rule(top, S, x), "quotient rule", "As before.")
    write.line(
        differentiated(write.last, {S: class_sum(exp(z[k] / T))}),
        "chain rule",
        "Each derivative of $e^{z/T}$ brings the factor $1/T$ with it.",
    )
    write.line(separated(write.last, top), "separate", "Take out the factor $e^{z_i/T}/S$.")
    write.line(
        in_psi(write.last, temperature=T),
        "substitution",
        r"Since $\psi(1 - \psi) \le \frac14$, no derivative is larger than $1/(4T)$.",
        {"psi_i*(delta_ij - psi_j)": "The inner derivative of $z/T$ is missing."},
    )
    return write.done()


def _quotient_slips(row, column):
    """Slips at the quotient rule, for the derivative of class `row` with respect to the logit `column`."""
    top, by = f"exp(z_{row})", f"d(z_{column})"
    first, second = f"d({top})/{by}*S", f"{top}*d(S)/{by}"
    slips = {
        f"({second} - {first})/S^2": "The two terms are exchanged: the derivative of the top comes first.",
        f"({first} - {second})/S": "The bottom is squared in the quotient rule.",
    }
    if row != column and row != "i":
        return slips  # the first term is 0
    return slips | {f"({first} + {second})/S^2": "There is a minus between the two terms."}


def separated(e: Expr, top: Expr) -> Product:
    """e as a product of top/S and the rest."""
    return Product(top / S, cancel(written_out(e) / (top / S)))


def in_psi(e: Expr, temperature: int | Symbol = 1) -> Expr:
    """A product of quotients of exponentials and S, in terms of ψ."""
    result = 1
    for quotient in e.args:
        result *= cancel(quotient.replace(exp, lambda power: psi[(power * temperature).indices[0]] * S))
    return result


def softmax_setting(
    classes: int | None = None, row: int | None = None, column: int | None = None, temperature: int | Symbol = 1
) -> Setting:
    """One example with logits z, for any number of classes and indices i and j, or for those given."""
    return Setting(softmax_of_one(temperature), lambda: softmax_points(classes, row, column, temperature))


def _cases(equal, unequal):
    return Piecewise((equal, Eq(i, j)), (unequal, True), evaluate=False)

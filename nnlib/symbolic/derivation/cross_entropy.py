"""From the cross-entropy of a softmax to its gradient: ψ − Δ for one example, (ψ − Δ)/N for a batch.

Two facts are used: (1) ∂ log f/∂x = f′/f and (2) ∂ψ_i/∂z_j = ψ_i (δ_ij − ψ_j).
Source: Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.2.2.3; the derivations are SymPy's.
"""

from functools import cache

from sympy import Derivative, Expr, Function, Indexed, KroneckerDelta, Sum, Symbol, cancel, log

from nnlib.support.validation import integer
from nnlib.symbolic.derivation.derivation import Derivation, Setting, Writer
from nnlib.symbolic.derivation.differentiation import chain_rule, out_of_the_sum, part_by_part, picked
from nnlib.symbolic.derivation.notation import Delta, J, K, N, i, j, k, loss_of_one, m, n, psi, y, z, z3
from nnlib.symbolic.derivation.points import CLASSES, function_points, network_points, softmax_points
from nnlib.symbolic.derivation.printing import Brackets, Product, written_out
from nnlib.symbolic.derivation.softmax import softmax_derivative, softmax_derivative_general

f, x = Function("f"), Symbol("x")
MEAN_FORGOTTEN = "$J$ is a mean over the batch: where is $1/N$?"


@cache
def log_derivative() -> Derivation:
    """(1): ∂ log f/∂x = f′/f."""
    write = Writer("log-derivative", "The derivative of a logarithm", Derivative(log(f(x)), x), Setting({}, function_points))
    write.line(chain_rule(log, f(x), x), "chain rule", r"The slope of the logarithm at $f(x)$, times the slope of $f$.")
    write.line(written_out(write.last), "one fraction", "This is rule (1).", {"1/f(x)": "The slope of $f$ itself is missing."})
    return write.done()


@cache
def logit_gradient_general() -> Derivation:
    """∂J/∂z_j = ψ_j − Δ_j for one example with label y and any number of classes."""
    fact = softmax_derivative_general().steps[-1].expression.subs(i, y)
    write = Writer(
        "logit-gradient", "One example, any number of classes", Derivative(J, z[j]), Setting(loss_of_one(), softmax_points)
    )
    _from_loss_to_cancelled(write, y, j, fact)
    write.line(
        written_out(write.last),
        "the sign step",
        r"The minus changes both signs. Forgetting it is a common mistake: each small step would then increase the loss.",
        {
            "delta_yj - psi_j": "The minus before the brackets is lost: this points uphill.",
            "-delta_yj - psi_j": "The minus changes both signs in the brackets.",
        },
    )
    write.line(
        write.last.subs(KroneckerDelta(y, j), Delta[j]),
        "one-hot label",
        r"$\delta_{yj}$, 1 at the label and 0 elsewhere, is the one-hot label $\Delta_j$.",
        {"psi_j - Delta_y": r"$\Delta_y$ is always 1. Which entry of $\Delta$ is 1 only if $j$ is the label?"},
    )
    return write.done()


@cache
def logit_gradient(classes: int, label: int, column: int) -> Derivation:
    """∂J/∂z_column for one example of class `label`, out of `classes` (2 to 6). Raises ValueError otherwise."""
    integer("classes", classes, *CLASSES)
    integer("label", label, 1, classes), integer("column", column, 1, classes)
    fact = softmax_derivative(classes, label, column).steps[-1].expression
    labels = {f"Delta_{column}": Delta[column]}
    setting = Setting(loss_of_one(), lambda: softmax_points(classes, label, column), labels)
    write = Writer("logit-entry", f"One example of class {label} out of {classes}", Derivative(J, z[column]), setting)
    _from_loss_to_cancelled(write, label, column, fact)
    if label == column:
        write.line(
            written_out(write.last),
            "the sign step",
            r"The minus turns both signs. $\Delta$ is 1 here: this is the label.",
            {f"1 - psi_{column}": "The minus before the brackets is lost: this points uphill."},
        )
    else:
        write.line(
            written_out(write.last),
            "the sign step",
            r"Two minus signs cancel. $\Delta$ is 0 here: not the label.",
            {f"-psi_{column}": "There are two minus signs."},
        )
    return write.done()


def _from_loss_to_cancelled(write, label, column, fact):
    """The lines from J to −(…): the same for letters and for numbers."""
    write.line(
        Derivative(-log(psi[label]), z[column]), "definition", f"The loss of an example: $-\\log \\psi_{label}$, at its label."
    )
    write.line(
        chain_rule(lambda u: -log(u), psi[label], z[column]),
        "rule (1)",
        f"Upstream times local: the slope of $-\\log$ at $\\psi_{label}$, times the derivative of $\\psi_{label}$.",
        {
            f"1/psi_{label}*d(psi_{label})/d(z_{column})": "The minus of $-\\log$ is lost.",
            f"-1/psi_{label}": "The inner derivative is missing: upstream times local.",
        },
    )
    upstream, _ = write.last.args
    write.line(Product(upstream, fact), "rule (2)", "Insert the derivative of softmax.")
    rest = cancel(fact / psi[label])
    write.line(-Brackets(rest), "cancel", f"$\\psi_{label}$ is in the numerator and the denominator; the minus stays.")


@cache
def batch_gradient() -> Derivation:
    """∂J/∂z(3)_nj = (ψ − Δ)_nj / N: the mean over N examples, each with its one-hot label."""
    x = z3[n, j]
    example = Sum(Delta[n, k] * log(psi[n, k]), (k, 1, K))
    write = Writer("batch-gradient", "A batch of N examples", Derivative(J, x), Setting({}, network_points))
    write.line(
        Derivative(-Sum(example.subs(n, m), (m, 1, N)) / N, x),
        "definition",
        r"$J$ is the mean over the batch; $\Delta_{mk}$ picks the logarithm at the label of example $m$.",
    )
    write.line(
        -Sum(Delta[n, k] * Derivative(log(psi[n, k]), x), (k, 1, K)) / N,
        "one example",
        r"Only example $n$ depends on its own logits: the other terms have derivative 0.",
    )
    fact = of_example(softmax_derivative_general().steps[-1].expression.subs(i, k))
    outer, _ = chain_rule(log, psi[n, k], x).args
    write.line(
        -Sum(Product(Delta[n, k], outer, fact), (k, 1, K)) / N,
        "rules (1) and (2)",
        "The logarithm first, then the softmax inside.",
    )
    write.line(
        -Sum(Delta[n, k] * cancel(outer * fact), (k, 1, K)) / N,
        "cancel",
        r"$\psi_{nk}$ is in the numerator and the denominator.",
    )
    labels = Sum(Delta[n, k], (k, 1, K))
    picking, predicting = part_by_part(Sum(Delta[n, k] * cancel(outer * fact), (k, 1, K))).args
    write.line(
        -Brackets(_factored(picking) + _factored(predicting)) / N, "part by part", r"$\psi_{nj}$ does not depend on $k$."
    )
    write.line(
        picked(write.last).subs(labels, 1),
        "one-hot label",
        r"$\delta_{jk}$ picks the term $k = j$. A one-hot row has a single 1: it sums to 1.",
    )
    write.line(
        cancel(written_out(write.last)),
        "the sign step",
        "The minus turns both signs.",
        {
            "(Delta_nj - psi_nj)/N": "The minus before the brackets is lost: this points uphill.",
            "psi_nj - Delta_nj": MEAN_FORGOTTEN,
        },
    )
    return write.done()


def of_example(e: Expr) -> Expr:
    """e, written for the ψ of one example, for that of example n of a batch."""
    return e.replace(lambda part: isinstance(part, Indexed) and part.base == psi, lambda part: psi[(n, *part.indices)])


def _factored(term):
    """± Σ_k a b_k as ± a · Σ_k b_k."""
    sign, total = term.as_coeff_Mul()
    front, rest = out_of_the_sum(total)
    return sign * front * rest

"""The two cases of ∂ψ_i/∂z_j for any number of classes, each derived alone: the same class, and another one."""

from functools import cache

from sympy import Derivative, KroneckerDelta, exp

from nnlib.symbolic.derivation.derivation import Derivation, Setting, Writer
from nnlib.symbolic.derivation.differentiation import differentiated, quotient_rule
from nnlib.symbolic.derivation.notation import S, class_sum, i, j, k, psi, softmax_of_one, z
from nnlib.symbolic.derivation.points import softmax_points
from nnlib.symbolic.derivation.softmax import QUOTIENT_RULE, in_psi, separated, softmax_setting

TOP = exp(z[i])


@cache
def same_class() -> Derivation:
    """∂ψ_i/∂z_i = ψ_i (1 − ψ_i)."""
    write = Writer("softmax-same-class", "A probability and its own logit", Derivative(psi[i], z[i]), softmax_setting())
    _quotient(write, z[i])
    write.line(
        differentiated(write.last, {S: class_sum(exp(z[k]))}),
        "derivatives",
        "The top is its own derivative. In $S$, only the term $e^{z_i}$ contains $z_i$.",
    )
    write.line(separated(write.last, TOP), "separate", "Take out $e^{z_i}/S$; the rest has one $S$ in its denominator.")
    write.line(
        in_psi(write.last),
        "substitution",
        r"Each quotient $e^z/S$ is a probability, and $S/S$ is 1.",
        {"-psi_i^2": "The numerator contains $z_i$ too: the first term of the quotient rule is not 0."},
    )
    return write.done()


@cache
def other_class() -> Derivation:
    """∂ψ_i/∂z_j = −ψ_i ψ_j for i ≠ j."""
    setting = Setting(softmax_of_one(), _points_of_two_classes)
    write = Writer("softmax-other-class", "A probability and the logit of another class", Derivative(psi[i], z[j]), setting)
    _quotient(write, z[j])
    write.line(
        differentiated(write.last, {S: class_sum(exp(z[k]))}).subs(KroneckerDelta(i, j), 0),
        "derivatives",
        "The top does not contain $z_j$: its derivative is 0. In $S$, only the term $e^{z_j}$ contains $z_j$.",
    )
    write.line(separated(write.last, TOP), "separate", "Take out $e^{z_i}/S$; the rest has one $S$ in its denominator.")
    write.line(
        in_psi(write.last),
        "substitution",
        r"Each quotient $e^z/S$ is a probability. The minus sign stays.",
        {"psi_i*(1 - psi_i)": "That is the case $i = j$. Here the numerator does not contain $z_j$."},
    )
    return write.done()


def _quotient(write, x):
    write.line(Derivative(TOP / S, x), "definition", "Softmax divides $e^{z_i}$ by the sum over all classes.")
    write.line(quotient_rule(TOP, S, x), "quotient rule", QUOTIENT_RULE)


def _points_of_two_classes():
    return [point for point in softmax_points() if point.indices[i] != point.indices[j]]

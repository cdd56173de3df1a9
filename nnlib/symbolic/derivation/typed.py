"""The line of a derivation as a learner types it, and the names that may stand in it.

(∂e^{z_i}/∂z_j · S − e^{z_i} ∂S/∂z_j) / S²        (d(exp(z_i))/d(z_j)*S - exp(z_i)*d(S)/d(z_j))/S^2

The text is read by the grammar of the answers. Integrals, products over an index, and matrices with their entries written out
cannot be typed: their lines are shown.
"""

import re
from collections.abc import Mapping

from sympy import Expr, Indexed, Integer, KroneckerDelta, MatrixSymbol, Mul, Rational, Symbol, fraction
from sympy.core.function import AppliedUndef
from sympy.matrices import MatrixBase
from sympy.matrices.expressions import MatMul

from nnlib.symbolic.derivation.printing import factors_in_order, indices_in_order, terms_in_order

ATOM, RAISED, FACTOR, SIGNED, TERM, COMPARISON = 5, 4, 3, 2, 1, 0  # how tightly a part binds, as in the grammar

MASKED = "z2"  # 1[z2 > 0], which is a matrix with a name of its own on paper, is typed as a comparison
UNLIKE = {r"\tilde{J}": "J_tilde", r"\mathbf{1}": "ones", r"\mathbf{1}[z^{(2)} > 0]": MASKED, "lambda": "lam"}


class NotTyped(ValueError):
    """An expression that only paper can hold."""


def typed(e: Expr, whole: Mapping[str, Expr]) -> str:
    """Return the text of an expression, or "" if it cannot be typed. whole: names of whole matrices, and the matrices."""
    try:
        return _Writer(whole).text(e)
    except NotTyped:
        return ""


class _Writer:
    def __init__(self, whole):
        self.whole = {matrix: name for name, matrix in whole.items()}

    def text(self, e: Expr, binding: int = 0) -> str:
        """The text of `e`, in brackets if it binds less tightly than `binding`. Raises NotTyped."""
        text, own = self._written(e)
        return f"({text})" if own < binding else text

    def _written(self, e):
        """(The text of `e`, how tightly it binds.)"""
        if e in self.whole:
            return self.whole[e], ATOM
        if isinstance(e, MatrixBase):
            return self._written_out(e), ATOM
        if e.is_Number:
            return self._number(e)
        if isinstance(e, AppliedUndef):
            return f"{name_of(e)}({self.text(e.args[0])})", ATOM
        rule = getattr(self, f"_write_{type(e).__name__}", None)
        if rule is None:
            raise NotTyped(type(e).__name__)
        return rule(e)

    def _number(self, e):
        if not isinstance(e, Rational):
            raise NotTyped(str(e))
        return str(e), SIGNED if e < 0 else ATOM if e.q == 1 else FACTOR

    def _written_out(self, e):
        """A column with a name can be typed as a row, and as a diagonal matrix."""
        if e.T in self.whole:
            return f"{self.whole[e.T]}.T"
        for column, name in self.whole.items():
            if e.is_square and e.is_diagonal() and column == e.diagonal().T:
                return f"diag({name})"
        raise NotTyped("a matrix written out")

    def _write_Symbol(self, e):
        return name_of(e), ATOM

    _write_KroneckerDelta = _write_Symbol

    def _write_MatrixSymbol(self, e):
        name = name_of(e)
        return (f"{name} > 0", COMPARISON) if name == MASKED else (name, ATOM)

    def _write_Indexed(self, e):
        if not all(isinstance(index, (Symbol, Integer)) for index in e.indices):
            raise NotTyped("an index that is computed")
        return name_of(e), ATOM

    def _write_Add(self, e):
        first, *others = terms_in_order(e)
        text = self.text(first, TERM)
        for term in others:
            minus = term.could_extract_minus_sign()
            text += f" - {self.text(-term, FACTOR)}" if minus else f" + {self.text(term, FACTOR)}"
        return text, TERM

    def _write_Mul(self, e):
        if e.could_extract_minus_sign():
            return f"-{self.text(-e, FACTOR)}", SIGNED
        top, bottom = fraction(e, exact=True)
        if bottom != 1:
            return f"{self.text(top, FACTOR)}/{self.text(bottom, RAISED)}", FACTOR
        return self._joined("*", factors_in_order(e))

    def _joined(self, sign, factors):
        first, *others = factors
        return sign.join([self.text(first, SIGNED), *(self.text(each, RAISED) for each in others)]), FACTOR

    def _write_Product(self, e):
        return self._joined("*", e.args)

    def _write_Brackets(self, e):
        return f"({self.text(e.args[0])})", ATOM

    def _write_Pow(self, e):
        if e.exp.is_Integer and e.exp > 0:
            return f"{self.text(e.base, ATOM)}^{e.exp}", RAISED
        return f"1/{self.text(1 / e, RAISED)}", FACTOR

    def _write_exp(self, e):
        return f"exp({self.text(e.args[0])})", ATOM

    def _write_log(self, e):
        return f"log({self.text(e.args[0])})", ATOM

    def _write_Max(self, e):
        zero_first = sorted(e.args, key=lambda each: not each.is_number)
        return f"max({', '.join(map(self.text, zero_first))})", ATOM

    def _write_Mean(self, e):
        return f"mean({self.text(e.args[0])})", ATOM

    def _write_Heaviside(self, e):
        return f"{self.text(e.args[0])} > 0", COMPARISON

    def _write_Sum(self, e):
        text = self.text(e.function)
        for index, *_ in e.limits:
            text = f"sum_{index}({text})"
        return text, ATOM

    def _write_Derivative(self, e):
        return f"d({self.text(e.expr)})/d({self.text(e.variables[0])})", RAISED

    def _write_Piecewise(self, e):
        (equal, condition), (unequal, _) = e.args
        return f"where({' == '.join(map(str, condition.args))}, {self.text(equal)}, {self.text(unequal)})", ATOM

    def _write_MatAdd(self, e):
        """Positive terms first, as on paper."""
        text = ""
        for minus, term in sorted((_without_minus(term) for term in e.args), key=lambda pair: pair[0]):
            text += (" - " if minus else " + " if text else "") + self.text(term, FACTOR)
        return text, TERM

    def _write_MatMul(self, e):
        text, _ = self._joined(" @ ", [factor for factor in e.args if factor.is_Matrix])
        scalar = Mul(*(factor for factor in e.args if not factor.is_Matrix))
        return text if scalar == 1 else f"{text}/{self.text(1 / scalar, RAISED)}", FACTOR

    def _write_Transpose(self, e):
        return f"{self.text(e.arg, ATOM)}.T", RAISED

    def _write_HadamardProduct(self, e):
        return "*".join(self.text(each, RAISED) for each in e.args), FACTOR


def _without_minus(term):
    """(Whether a matrix has a minus before it, the matrix without it.)"""
    if isinstance(term, MatMul) and -1 in term.args:
        return True, MatMul(*(factor for factor in term.args if factor != -1), evaluate=False)
    return False, term


def name_of(e: Symbol | MatrixSymbol | Indexed | KroneckerDelta | AppliedUndef) -> str:
    """The name that a symbol is typed by: W2_hk for W^{(2)}[h, k], delta_ij, lam."""
    if isinstance(e, KroneckerDelta):
        return "delta_" + "".join(indices_in_order(e))
    if isinstance(e, Indexed):
        return f"{_spelled(e.base)}_{''.join(map(str, e.indices))}"
    return _spelled(e.func if isinstance(e, AppliedUndef) else e)


def _spelled(symbol):
    name = str(symbol)
    return UNLIKE.get(name) or re.sub(r"\^\{\((\d)\)\}", r"\1", name).strip("\\")

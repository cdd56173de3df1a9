"""LaTeX as a teacher writes it: ψ_i (δ_ij − ψ_j) rather than (−ψ_j + δ_ij) ψ_i.

SymPy sorts terms and factors for itself. Here positive terms come first, sums and brackets come last, and what is
differentiated stands above the ∂.
"""

from sympy import Add, Derivative, Expr, Indexed, KroneckerDelta, MatMul, Mul, Pow, Sum, exp, fraction
from sympy.printing.latex import LatexPrinter


class Product(Expr):
    """A product that stays as it is written, such as upstream gradient · local gradient."""

    is_commutative = True


class Brackets(Expr):
    """An expression that keeps its brackets, such as those of −(δ − ψ)."""

    is_commutative = True


def latex(expression) -> str:
    """The LaTeX of a SymPy expression in the lessons' notation."""
    return _Printer().doprint(expression)


def _rank(factor):
    """Where a factor stands in a product: numbers, letters, indexed letters, powers of e, brackets, derivatives, sums."""
    kinds = ((Sum, 6), (Derivative, 5), (Add, 4), (Brackets, 4), (exp, 3), (KroneckerDelta, 2), (Indexed, 1))
    base = factor.base if isinstance(factor, Pow) and not isinstance(factor, exp) else factor
    return (0,) if base.is_number else (1 + next((rank for kind, rank in kinds if isinstance(base, kind)), 0),)


class _Printer(LatexPrinter):
    def __init__(self):
        super().__init__({"mat_delim": "(", "mat_str": "matrix"})

    def _print_Indexed(self, e):
        base, subscript = self._print(e.base.label), "".join(self._print(index) for index in e.indices)
        return f"{base}_{{{subscript}}}"

    def _print_KroneckerDelta(self, e, exp=None):
        first, second = self._in_order(e)
        return rf"\delta_{{{first}{second}}}"

    def _in_order(self, e):
        return sorted((self._print(index) for index in e.args), key=lambda text: (text.isdigit(), text))

    def _print_Add(self, e, order=None):
        terms = sorted(e.args, key=lambda term: (term.could_extract_minus_sign(), _degree(term), self._print(term)))
        text = self._print(terms[0])
        for term in terms[1:]:
            text += f" - {self._term(-term)}" if term.could_extract_minus_sign() else f" + {self._term(term)}"
        return text

    def _term(self, term):
        return rf"\left({self._print(term)}\right)" if isinstance(term, Add) else self._print(term)

    def _print_Mul(self, e):
        if e.could_extract_minus_sign():
            return f"- {self._term(-e)}"
        top, bottom = fraction(e, exact=True)
        if bottom == 1:
            return self._factors(top)
        sums = [factor for factor in Mul.make_args(top) if isinstance(factor, (Sum, Brackets))]
        if sums and not bottom.has(Sum):
            front = self._print(Mul(*(factor for factor in Mul.make_args(top) if factor not in sums)) / bottom)
            return " ".join([front, *(self._factor(each, last=each is sums[-1]) for each in sums)])
        return rf"\frac{{{self._print(top)}}}{{{self._print(bottom)}}}"

    def _factors(self, e):
        factors = sorted(Mul.make_args(e), key=lambda factor: (*_rank(factor), self._print(factor)))
        return r" \, ".join(self._factor(factor, last=factor is factors[-1]) for factor in factors)

    def _factor(self, factor, last):
        bracketed = isinstance(factor, Add) or isinstance(factor, Sum) and not last
        return rf"\left({self._print(factor)}\right)" if bracketed else self._print(factor)

    def _print_MatAdd(self, e):
        """In the order written; SymPy would multiply the matrices out to sort them."""
        text = ""
        for term in e.args:
            sign, factors = term.as_coeff_mmul() if isinstance(term, MatMul) else (1, term)
            text += (" - " if sign == -1 else " + " if text else "") + self._print(factors)
        return text

    def _print_MatMul(self, e):
        return r" \, ".join(self._print(factor) for factor in e.args)

    def _print_Product(self, e):
        texts = [self._print(factor) for factor in e.args]
        bracketed = [
            rf"\left({text}\right)" if isinstance(factor, Add) or position and text.startswith("-") else text
            for position, (factor, text) in enumerate(zip(e.args, texts))
        ]
        return r" \cdot ".join(bracketed)

    def _print_Brackets(self, e):
        return rf"\left({self._print(e.args[0])}\right)"

    def _print_Sum(self, e):
        term = e.function
        text = rf"\left({self._print(term)}\right)" if isinstance(term, Add) else self._print(term)
        return rf"\sum_{{{self._print(e.limits[0][0])}}} {text}"

    def _print_Derivative(self, e):
        of, by = e.expr, self._print(e.variables[0])
        if isinstance(of, (Sum, Add, Mul, Pow)) and not isinstance(of, exp):
            text = self._print(of)
            text = rf"\left({text}\right)" if isinstance(of, Add) else text
            return rf"\frac{{\partial}}{{\partial {by}}} {text}"
        return rf"\frac{{\partial {self._print(of)}}}{{\partial {by}}}"

    def _print_Piecewise(self, e):
        (first, condition), (other, _) = e.args
        equal = r" = ".join(self._print(side) for side in condition.args)
        unequal = r" \ne ".join(self._print(side) for side in condition.args)
        rows = rf"{self._print(first)} & \text{{if }} {equal} \\[6pt] {self._print(other)} & \text{{if }} {unequal}"
        return rf"\begin{{cases}} {rows} \end{{cases}}"

    def _print_ExpBase(self, e, exp=None):
        top, bottom = fraction(e.args[0])
        power = self._print(top) + ("" if bottom == 1 else f"/{self._print(bottom)}")
        return rf"e^{{{power}}}" if exp is None else rf"\left(e^{{{power}}}\right)^{{{exp}}}"

    def _print_log(self, e, exp=None):
        return rf"\log {self._factor(e.args[0], last=False)}"


def _degree(term):
    """How many factors a term has: 1 stands before ψ."""
    return 0 if term.is_number else len(Mul.make_args(term))

"""LaTeX as a teacher writes it: ψ_i (δ_ij − ψ_j) rather than (−ψ_j + δ_ij) ψ_i.

SymPy has its own order of terms and factors. Here positive terms come first, sums and brackets come last, and the expression
that is differentiated is written above the ∂.
"""

from sympy import (
    Add,
    Derivative,
    Expr,
    HadamardProduct,
    Heaviside,
    Indexed,
    Integral,
    KroneckerDelta,
    MatAdd,
    MatMul,
    Mul,
    Pow,
    Sum,
    Symbol,
    exp,
    fraction,
    log,
)
from sympy import Product as SymbolicProduct
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter


class Product(Expr):
    """A product that stays as it is written, such as upstream gradient · local gradient."""

    is_commutative = True


class Brackets(Expr):
    """An expression that keeps its brackets, such as those of −(δ − ψ)."""

    is_commutative = True


class Mean(Expr):
    """The mean of an expression over everything in it that is drawn at random."""

    is_commutative = True


class ProductOver(SymbolicProduct):
    """A product over a range of an index, Π."""


def written_out(e: Expr) -> Expr:
    """e with its products multiplied and its brackets opened, everything else as it stands."""
    return e.replace(Product, lambda *factors: Mul(*factors)).replace(Brackets, lambda inner: inner)


def latex(expression: Expr) -> str:
    """The LaTeX of a SymPy expression in the lessons' notation."""
    return _Printer().doprint(expression)


# The order of factors in a product, by kind; and of letters, so that a G W stands as in aᵀ G and G Wᵀ, and Fσ² as on paper.
KINDS = (Symbol, Indexed, AppliedUndef, KroneckerDelta, exp, log, Add, Brackets, Heaviside, Derivative, Sum)
LETTERS = ("F", "M", "sigma", "q", "r", "X", "a^{(2)}", "G^{(2)}", "G^{(3)}", "W^{(1)}", "W^{(2)}")


def _rank(factor):
    base = factor.base if isinstance(factor, Pow) and not isinstance(factor, exp) else factor
    kind = next((rank for rank, kind in enumerate(KINDS) if isinstance(base, kind)), -1)
    letter = str(base.base if isinstance(base, Indexed) else base)
    if letter in LETTERS:
        return KINDS.index(Indexed), LETTERS.index(letter)
    return kind, -1


def terms_in_order(e: Add) -> list[Expr]:
    """The terms of a sum as they are written: positive ones first, short ones first."""
    return sorted(e.args, key=lambda term: (term.could_extract_minus_sign(), _degree(term), latex(term)))


def factors_in_order(e: Expr) -> list[Expr]:
    """The factors of a product as they are written."""
    return sorted(Mul.make_args(e), key=lambda factor: (*_rank(factor), latex(factor)))


def indices_in_order(delta: KroneckerDelta) -> list[str]:
    """The indices of δ as they are written: the label y first, numbers last."""
    return sorted(map(str, delta.args), key=lambda text: (text.isdigit(), text != "y", text))


class _Printer(LatexPrinter):
    def __init__(self):
        super().__init__({"mat_delim": "(", "mat_str": "matrix"})

    def _print_MatrixBase(self, e):
        """With room between the rows: fractions, and indices above and below, would touch those of the next."""
        printed = super()._print_MatrixBase(e)
        return printed.replace(r"\\", r"\\[1em]" if r"\frac" in printed else r"\\[0.5em]")

    def _print_Indexed(self, e):
        base, subscript = self._print(e.base.label), "".join(self._print(index) for index in e.indices)
        return f"{base}_{{{subscript}}}"

    def _print_Pow(self, e):
        if isinstance(e.base, Indexed) and "^" in str(e.base.base) and e.exp.is_Integer and e.exp > 0:
            return rf"\left({self._print(e.base)}\right)^{{{e.exp}}}"  # W^{(1)} has something up there already
        return super()._print_Pow(e)

    def _print_KroneckerDelta(self, e, exp=None):
        return rf"\delta_{{{''.join(indices_in_order(e))}}}"

    def _print_Add(self, e, order=None):
        terms = terms_in_order(e)
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
        sums = [factor for factor in Mul.make_args(top) if isinstance(factor, (Sum, Integral, Brackets))]
        if sums and not bottom.has(Sum):
            front = self._print(Mul(*(factor for factor in Mul.make_args(top) if factor not in sums)) / bottom)
            return " ".join([front, *(self._factor(each, last=each is sums[-1]) for each in sums)])
        return rf"\frac{{{self._print(top)}}}{{{self._print(bottom)}}}"

    def _factors(self, e):
        factors = factors_in_order(e)
        return r" \, ".join(self._factor(factor, last=factor is factors[-1]) for factor in factors)

    def _factor(self, factor, last):
        bracketed = isinstance(factor, Add) or isinstance(factor, Sum) and not last
        return rf"\left({self._print(factor)}\right)" if bracketed else self._print(factor)

    def _print_MatAdd(self, e):
        """Positive terms first, then negative ones; no product is expanded."""
        signed = [term.as_coeff_mmul() if isinstance(term, MatMul) else (1, term) for term in e.args]
        text = ""
        for sign, term in sorted(signed, key=lambda pair: -pair[0]):
            text += (" - " if sign == -1 else " + " if text else "") + self._print(term)
        return text

    def _print_MatMul(self, e):
        return r" \, ".join(
            rf"\left({self._print(factor)}\right)" if isinstance(factor, MatAdd | HadamardProduct) else self._print(factor)
            for factor in e.args
        )

    def _print_Transpose(self, e):
        return rf"{{{self._print(e.arg)}}}^\top"

    def _print_HadamardProduct(self, e):
        one, other = e.args
        return rf"\left({self._print(one)}\right) \circ {self._print(other)}"

    def _print_Product(self, e):
        first, *others = e.args
        front = self._print(first) if not isinstance(first, Add) else self._in_brackets_if_signed(first)
        return r" \cdot ".join([front, *map(self._in_brackets_if_signed, others)])

    def _print_Brackets(self, e):
        return rf"\left({self._print(e.args[0])}\right)"

    def _print_Mean(self, e):
        return rf"\mathbb{{E}}\left[{self._print(e.args[0])}\right]"

    def _print_ProductOver(self, e):
        (index, low, high), term = e.limits[0], self._print(e.function)
        return rf"\prod_{{{self._print(index)}={self._print(low)}}}^{{{self._print(high)}}} {term}"

    def _print_Integral(self, e):
        (z, low, high), term = e.limits[0], self._print(e.function)
        return rf"\int_{{{self._print(low)}}}^{{{self._print(high)}}} {term} \, d{self._print(z)}"

    def _print_Sum(self, e):
        signs = " ".join(rf"\sum_{{{self._print(limit[0])}}}" for limit in reversed(e.limits))
        return f"{signs} {self._in_brackets_if_signed(e.function)}"

    def _in_brackets_if_signed(self, e):
        text = self._print(e)
        return rf"\left({text}\right)" if isinstance(e, Add) or text.startswith("-") else text

    def _print_Derivative(self, e):
        of, by = e.expr, self._print(e.variables[0])
        if isinstance(of, AppliedUndef):
            return rf"{of.func.__name__}'({by})"
        if isinstance(of, (Symbol, Indexed, exp, log)):
            return rf"\frac{{\partial {self._print(of)}}}{{\partial {by}}}"
        return rf"\frac{{\partial}}{{\partial {by}}} {self._in_brackets_if_signed(of)}"

    def _print_AppliedUndef(self, e):
        return rf"{e.func.__name__}({self._print(e.args[0])})"

    def _print_Heaviside(self, e, exp=None):
        return rf"\mathbf{{1}}[{self._print(e.args[0])} > 0]{_power(exp)}"

    def _print_Max(self, e, exp=None):
        arguments = ", ".join(self._print(each) for each in sorted(e.args, key=lambda each: not each.is_number))
        return rf"\max({arguments}){_power(exp)}"

    def _print_Piecewise(self, e):
        (first, condition), (other, _) = e.args
        equal = r" = ".join(self._print(side) for side in condition.args)
        unequal = r" \ne ".join(self._print(side) for side in condition.args)
        first, other = (rf"\displaystyle {self._print(each)} & \text{{if }}" for each in (first, other))  # no small fractions
        rows = rf"{first} {equal} \\[12pt] {other} {unequal}"
        return rf"\begin{{cases}} {rows} \end{{cases}}"

    def _print_ExpBase(self, e, exp=None):
        top, bottom = fraction(e.args[0])
        power = self._print(top) + ("" if bottom == 1 else f"/{self._print(bottom)}")
        return rf"e^{{{power}}}" if exp is None else rf"\left(e^{{{power}}}\right)^{{{exp}}}"

    def _print_log(self, e, exp=None):
        return rf"\log {self._factor(e.args[0], last=False)}"


def _power(exponent):
    return "" if exponent is None else f"^{{{exponent}}}"


def _degree(term):
    """How many factors a term has: 1 stands before ψ."""
    return 0 if term.is_number else len(Mul.make_args(term))

"""The rules of derivations: each takes an expression and returns the next line, computed by SymPy."""

from collections.abc import Callable

from sympy import Add, Derivative, Expr, Indexed, KroneckerDelta, Mul, Sum, Symbol

from nnlib.symbolic.derivation.printing import Product, written_out


def quotient_rule(top: Expr, bottom: Expr, x: Symbol | Indexed) -> Expr:
    """∂(top/bottom)/∂x, with the derivatives of top and bottom still to be taken."""
    return (Product(Derivative(top, x), bottom) - Product(top, Derivative(bottom, x))) / bottom**2


def chain_rule(outer: Callable[[Expr], Expr], inner: Expr, x: Symbol | Indexed) -> Product:
    """∂ outer(inner)/∂x for a function `outer` of one variable: its slope at `inner` times ∂inner/∂x, still to be taken."""
    u = Symbol("u", positive=True)
    return Product(outer(u).diff(u).subs(u, inner), Derivative(inner, x))


def differentiated(e: Expr, meaning: dict[Symbol, Expr] | None = None, only: Expr | None = None) -> Expr:
    """e with its derivatives carried out, or that of `only` alone.

    meaning  dict: symbol → what it stands for, inside derivatives. The index by which is differentiated lies in the range of
             every sum, so that a sum over a Kronecker delta comes down to one term.
    """

    def carried_out(of, by):
        if only is not None and of != only:
            return Derivative(of, by[0])
        return picked(of.subs(meaning or {}).diff(by[0]))

    return e.replace(Derivative, carried_out)


def picked(e: Expr) -> Expr:
    """e with every sum over a Kronecker delta replaced by the one term in which the delta is 1."""

    def come_down(term, *limits):
        kept = []
        for limit in limits:  # the innermost first
            delta = _delta(term, limit[0])
            if delta is None:
                kept.append(limit)
            else:
                other = next(index for index in delta.args if index != limit[0])
                term = term.subs(delta, 1).subs(limit[0], other)
        return Sum(term, *kept) if kept else term

    return e.replace(Sum, come_down)


def _delta(term, index):
    """The Kronecker delta for `index` that is a factor of the term, if there is one."""
    factors = Mul.make_args(written_out(term))
    return next((each for each in factors if isinstance(each, KroneckerDelta) and index in each.args), None)


def part_by_part(total: Sum) -> Expr:
    """Σ (a + b − c) as Σ a + Σ b − Σ c."""
    terms = Add.make_args(total.function.expand())
    return Add(*(sign * Sum(part, *total.limits) for sign, part in (term.as_coeff_Mul() for term in terms)))


def out_of_the_sum(total: Sum) -> tuple[Expr, Sum]:
    """Σ_j (a b_j) as a · Σ_j b_j, as (a, Σ_j b_j)."""
    index = total.limits[0][0]
    inside: list = []
    outside: list = []
    for part in Mul.make_args(total.function):
        (inside if part.has(index) else outside).append(part)
    return Mul(*outside), Sum(Mul(*inside), *total.limits)

"""The value of an expression at a point, to any number of digits, independent of SymPy's rules.

A derivative is computed by mpmath from values of what is differentiated, so that a rule of differentiation that a
derivation applies is compared with something that does not know it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

import mpmath
import numpy as np
from sympy import Equality, Expr, Indexed, IndexedBase, MatrixBase, MatrixSymbol, Sum, Symbol
from sympy.core.function import AppliedUndef

DIGITS = 40
DEGREE = 6  # of quadrature: good for 30 of the digits where something smooth is integrated, in half the time

Value = Any  # an int, a number or matrix of an mpmath context, which makes its own classes, or an array of such numbers
Key: TypeAlias = Expr | tuple[IndexedBase, tuple[int, ...]]  # of a value: symbol, or (base, indices) such as (z, (1,))


@cache
def arithmetic() -> mpmath.MPContext:
    """Return the mpmath context of DIGITS digits for all points: mpmath's default context is SymPy's too."""
    mp = mpmath.MPContext()
    mp.dps = DIGITS
    return mp


def number_or_array(value: Value) -> Value:
    """A value as the number or the array of objects that it is: matrices of expressions are mpmath's."""
    return np.array(value.tolist(), object) if isinstance(value, arithmetic().matrix) else value


@dataclass(frozen=True)
class Point:
    """Numbers for everything elementary, and definitions for the rest.

    indices      index symbol or size → int
    values       symbol, or (base, indices) such as (z, (1,)) → number
    definitions  symbol or base → expression, or function of the indices that returns one; see notation.py
    mp           the arithmetic of the values
    outcomes     of everything that is drawn at random: pairs of a probability and values
    """

    indices: dict
    values: dict
    definitions: dict
    mp: mpmath.MPContext
    outcomes: tuple = ()
    known: dict = field(default_factory=dict)  # values that were asked for, by expression or name

    def value(self, e: Expr) -> Value:
        """The number (or matrix) that the expression e is here, worked out once."""
        if e not in self.known:
            self.known[e] = value_of(e, self)
        return self.known[e]

    def moved(self, name: Key, value: Value) -> "Point":
        """Return the point with another value for `name`, and with the values that depend on it."""
        return self.at({name: value})

    def at(self, values: dict[Key, Value]) -> "Point":
        """Return the point with these values, and with the values that depend on them."""
        return Point(self.indices, self.values | values, self.definitions, self.mp, self.outcomes)

    def bound(self, index: Symbol, value: int) -> "Point":
        """The point with `index` standing for `value`, inside a sum."""
        return Point({**self.indices, index: value}, self.values, self.definitions, self.mp, self.outcomes, self.known)


def value_of(e: Expr | Equality, point: Point) -> Value:
    """Return the value of the expression e at `point`, a number or a matrix of point.mp.

    Raises TypeError for an expression that no lesson has.
    """
    if rule := _RULES.get(type(e).__name__):
        return rule(e, point)
    if isinstance(e, (Symbol, Indexed, MatrixSymbol)):
        return _named(name_at(e, point), point)
    if isinstance(e, MatrixBase):
        return point.mp.matrix([[value_of(e[row, column], point) for column in range(e.cols)] for row in range(e.rows)])
    if e.is_Integer:
        return int(e)
    if e.is_Rational:
        return point.mp.mpf(e.p) / e.q
    if isinstance(e, AppliedUndef):
        return value_of(point.definitions[e.func](*e.args), point)
    raise TypeError(f"{type(e).__name__} has no value: {e}")


def name_at(e: Expr, point: Point) -> Key:
    """Return the key of `e`: (z, (1,)) for z[i] where i is 1 at this point, the symbol itself for a symbol."""
    if isinstance(e, Indexed):
        known = point.indices
        return e.base, tuple(known[index] if index in known else int(value_of(index, point)) for index in e.indices)
    return e


def _named(name, point):
    if isinstance(name, Symbol) and name in point.indices:
        return point.indices[name]
    if name in point.values:
        return point.values[name]
    if name not in point.known:
        base, indices = name if isinstance(name, tuple) else (name, None)
        definition = point.definitions[base]
        point.known[name] = value_of(definition if indices is None else definition(*indices), point)
    return point.known[name]


def derivative_at(point: Point, by: Symbol | Indexed, function: Callable[[Point], Value]) -> Value:
    """The derivative of function(point) by the symbol `by`, from its values beside the point."""
    name = name_at(by, point)
    return point.mp.diff(lambda value: function(point.moved(name, value)), _named(name, point))


def _derivative(e, point):
    return derivative_at(point, e.variables[0], lambda moved: value_of(e.expr, moved))


def _sum(e, point):
    *inner, (index, low, high) = e.limits  # the last one is the outermost
    term = Sum(e.function, *inner) if inner else e.function
    return point.mp.fsum(_terms(term, index, low, high, point))


def _product_over(e, point):
    index, low, high = e.limits[0]
    return point.mp.fprod(_terms(e.function, index, low, high, point))


def _terms(e, index, low, high, point):
    numbers = range(int(value_of(low, point)), int(value_of(high, point)) + 1)
    return [value_of(e, point.bound(index, number)) for number in numbers]


def _integral(e, point):
    """By quadrature, split at 0, where a ReLU has its kink."""
    x, low, high = e.limits[0]
    ends = [value_of(low, point), value_of(high, point)]
    if ends[0] < 0 < ends[1]:
        ends.insert(1, 0)
    return point.mp.quad(lambda value: value_of(e.function, point.moved(x, value)), ends, maxdegree=DEGREE)


def _mean(e, point):
    return point.mp.fsum(probability * value_of(e.args[0], point.at(values)) for probability, values in point.outcomes)


def _product(e, point):
    result = value_of(e.args[0], point)
    for factor in e.args[1:]:
        result = result * value_of(factor, point)
    return result


def _entry_by_entry(e, point):
    one, other = (value_of(each, point) for each in e.args)
    return point.mp.matrix([[one[row, column] * other[row, column] for column in range(one.cols)] for row in range(one.rows)])


def _addition(e, point):
    result = value_of(e.args[0], point)
    for term in e.args[1:]:
        result = result + value_of(term, point)
    return result


def _piecewise(e, point):
    return next(value_of(value, point) for value, condition in e.args if condition == True or value_of(condition, point))  # noqa: E712


_RULES = {
    "Add": _addition,
    "MatAdd": _addition,
    "Mul": _product,
    "MatMul": _product,
    "Product": _product,
    "Brackets": lambda e, point: value_of(e.args[0], point),
    "Pow": lambda e, point: point.mp.power(value_of(e.base, point), value_of(e.exp, point)),
    "exp": lambda e, point: point.mp.exp(value_of(e.args[0], point)),
    "log": lambda e, point: point.mp.log(value_of(e.args[0], point)),
    "Pi": lambda e, point: point.mp.pi,
    "Infinity": lambda e, point: point.mp.inf,
    "NegativeInfinity": lambda e, point: -point.mp.inf,
    "Max": lambda e, point: max(value_of(each, point) for each in e.args),
    "Sum": _sum,
    "ProductOver": _product_over,
    "Integral": _integral,
    "Mean": _mean,
    "Derivative": _derivative,
    "Heaviside": lambda e, point: int(value_of(e.args[0], point) > 0),
    "KroneckerDelta": lambda e, point: int(value_of(e.args[0], point) == value_of(e.args[1], point)),
    "Piecewise": _piecewise,
    "Equality": lambda e, point: value_of(e.lhs, point) == value_of(e.rhs, point),
    "HadamardProduct": _entry_by_entry,
    "Transpose": lambda e, point: value_of(e.arg, point).T,
}

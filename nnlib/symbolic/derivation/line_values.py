"""The values of a line that a learner typed, at the points of its derivation.

Sums are added up term by term, and derivatives are computed from values, as for the derivation's own lines: see numeric.py. The
work is counted, so that no text takes long.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

import numpy as np
from sympy import Indexed, MatrixSymbol, Symbol

from nnlib.symbolic.answers.equivalence import without_leading_ones
from nnlib.symbolic.answers.evaluation import Arithmetic, Scalar, UndefinedPoint, Value, Walk, Work
from nnlib.symbolic.answers.formula import Call, Derivative, Formula, FormulaError, Name, SumOver
from nnlib.symbolic.derivation.numeric import Point, arithmetic, derivative_at, name_at, number_or_array, value_of
from nnlib.symbolic.derivation.reader import Reader

TOLERANCE = 1e-25  # of numbers of 40 digits, some of which are derivatives computed from values
LARGEST_EXPONENT = 10_000
OF_A_POINT = 5  # operations for another point, with a term of a sum
OF_A_NAME = 20  # operations for everything that has to be worked out for a name, as z(3), ψ and sums have for J


def values_of(formula: Formula, reader: Reader, points: list[Point], work: Work) -> list:
    """The values of a line at `points`, numbers or arrays of them. `reader`: the one that has read it.

    Raises FormulaError if there is no value, or if it takes too much work.
    """
    try:
        return [_LineWalk(reader.names, numbers(), {}, work, reader.sizes, point).value(formula.root) for point in points]
    except (ZeroDivisionError, OverflowError):
        raise UndefinedPoint("This divides by zero, or becomes too large.") from None


def close(left: Value, right: Value) -> bool:
    """Whether two values are equal, but for rounding: of one shape, and entry by entry."""
    left, right = without_leading_ones(left), without_leading_ones(right)
    if left.shape != right.shape:
        return False
    entries: Iterable[tuple[Scalar, Scalar]] = zip(left.flat, right.flat)
    return all(abs(one - other) <= TOLERANCE * (1 + abs(other)) for one, other in entries)


@cache
def numbers() -> Arithmetic:
    """The kind of number that the points hold."""
    mp = arithmetic()
    functions = {"exp": mp.exp, "log": mp.log, "sqrt": mp.sqrt}
    return Arithmetic(lambda value: mp.mpf(value.numerator) / value.denominator, functions, LARGEST_EXPONENT)


@dataclass(frozen=True)
class _LineWalk(Walk):
    indices: Mapping
    point: Point

    def compute(self, node):
        match node:
            case Name(name):
                return self.named(name)
            case SumOver(index, term):
                letter, last = self.indices[index]
                numbers = range(1, int(value_of(last, self.point)) + 1)
                return self.sum_at([(1, self.point.bound(letter, number)) for number in numbers], term)
            case Derivative(of, Name(by)):
                self.named(by)
                return self.known_derivative(of, by) if isinstance(of, Name) else self.derivative(of, self.values[by])
            case Call("mean", (x,), None):
                return self.sum_at([(weight, self.point.at(values)) for weight, values in self.point.outcomes], x)
        return super().compute(node)

    def at(self, point):
        self.work.spend(OF_A_POINT)
        return replace(self, point=point)

    def sum_at(self, points, term):
        return sum((weight * self.at(point).value(term) for weight, point in points), start=self.point.mp.zero)

    def named(self, name):
        known = len(self.point.known)
        try:
            value = number_or_array(value_of(self.values[name], self.point))
        except KeyError:
            raise UndefinedPoint(f"`{name}` has a value only in a sum over its index, or in a mean.") from None
        self.work.spend(OF_A_NAME * (len(self.point.known) - known))
        return self.arithmetic.number(Fraction(value)) if isinstance(value, int) else value

    def known_derivative(self, of, by):
        """The derivative of a name, worked out once for a point. Its work counts every time, so that the limit is the same."""
        try:
            key = Derivative, *(name_at(self.values[name], self.point) for name in (of.name, by))
        except KeyError:  # an index without a value
            return self.derivative(of, self.values[by])
        if key in self.point.known:
            found, operations = self.point.known[key]
            self.work.spend(operations)
            return found
        before = self.work.spent
        found = self.derivative(of, self.values[by])
        self.point.known[key] = found, self.work.spent - before
        return found

    def derivative(self, of, by):
        if not isinstance(by, Symbol | Indexed) or isinstance(by, MatrixSymbol):
            raise FormulaError("It is not possible to differentiate with respect to this.")
        found = derivative_at(self.point, by, lambda point: self.at(point).value(of))
        if np.ndim(found):
            raise FormulaError("Only a number can be differentiated here.")
        return found

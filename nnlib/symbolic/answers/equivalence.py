"""Are two formulas equal? Not in form, but in value: they are worked out at random points and compared.

Where neither formula has exp, log, sqrt or softmax, numbers are exact fractions, and equal means equal. A difference of two
such formulas is a fraction of polynomials; if it is not zero everywhere, its numerator, of degree d, vanishes at a point
drawn from S numbers for each variable with a probability of at most d/S (Schwartz 1980, Zippel 1979). `chance_of_error`
says what that comes to over all points: for the formulas of the lessons less than 10⁻²⁰. A right answer is never taken for
a wrong one. (max, abs and comparisons cut space in pieces, and the bound holds within each; N, the number of rows, is not
drawn but differs at every point.)

Otherwise numbers have 50 digits, and values that differ by less than 10⁻³⁰, or, above 1, of their size, count as equal.
Formulas that are not equal agree so closely at a random point only if they were made to.
"""

from functools import cache
from random import Random

import numpy as np

from nnlib.symbolic.answers.evaluation import evaluate
from nnlib.symbolic.answers.formula import Call, Formula, Name, Number, Operation, Power, children
from nnlib.symbolic.answers.points import SIZE, Draw

POINTS = 32  # of single numbers; enough for every sign and order of two of them
POINTS_OF_ARRAYS = 6
TOLERANCE = 1e-30
INEXACT = {"exp", "log", "sqrt", "softmax"}
MOST_ENTRIES = 13 * 7  # of an array at a random point


def exact(*formulas: Formula) -> bool:
    """Whether these formulas can be compared in fractions."""
    return not any(formula.functions & INEXACT for formula in formulas)


@cache
def points_of(point, in_fractions: bool) -> tuple:
    """Random points, made by `point(draw)`. The same every time, so that an answer is right today and tomorrow."""
    rng = Random(2020)
    first = point(Draw(rng, in_fractions, 0))
    count = POINTS_OF_ARRAYS if first.sizes else POINTS
    return first, *(point(Draw(rng, in_fractions, number)) for number in range(1, count))


def values_at(formula: Formula, points, work=None) -> list:
    """The values of `formula` at `points`. Raises FormulaError where it has none."""
    return [evaluate(formula, point.values, point.sizes, work) for point in points]


def same(left, right) -> bool:
    """Whether two values are equal: entry by entry, a row 1×K being the same as a vector (K,)."""
    left, right = without_leading_ones(left), without_leading_ones(right)
    return left.shape == right.shape and all(map(_same_number, left.flat, right.flat))


def same_everywhere(left, right) -> bool:
    """Whether two lists of values are equal, value by value."""
    return all(map(same, left, right))


def without_leading_ones(value):
    """A value as an array, a row 1×K as a vector (K,), and a single number as an array of no dimension."""
    array = np.asarray(value, object)
    while array.shape[:1] == (1,):
        array = array.reshape(array.shape[1:])
    return array


def _same_number(left, right):
    return left == right or (not hasattr(left, "numerator") and abs(left - right) <= TOLERANCE * max(1, abs(left), abs(right)))


def chance_of_error(left: Formula, right: Formula, points: int = POINTS_OF_ARRAYS, size: int = SIZE) -> float:
    """An upper bound of the probability that two different formulas, compared in fractions, are found equal."""
    return min(1.0, (rational_degree(left.root) + rational_degree(right.root)) / size) ** points


def rational_degree(node) -> int:
    """An upper bound of the degree of the polynomials above and below the fraction bar, in the numbers that are drawn."""
    below = [rational_degree(child) for child in children(node)]
    match node:
        case Number():
            return 0
        case Name(name):
            return DEGREES.get(name, 1)
        case Power(_, exponent):
            return below[0] * abs(exponent)
        case Operation("@"):
            return MOST_ENTRIES * sum(below)
        case Call("sum"):
            return MOST_ENTRIES * below[0]
    return sum(below)


# Of the names that stand for more than one drawn number, or for none.
DEGREES = {"b1": 2, "z2": 2, "a2": 2, "z3": 3, "da2": 14, "dz2": 14} | dict.fromkeys(
    ("mask", "Delta", "delta_ij", "Delta_j"), 0
)

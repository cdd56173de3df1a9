"""Are two formulas equal in value, whatever their form? Both are evaluated at random points, and the values are compared.

If neither formula has exp, log, sqrt or softmax, the numbers are exact fractions, and equal means equal. The difference of
two such formulas is a fraction of polynomials. If it is not zero everywhere, its numerator, of degree d, vanishes at a point
drawn from S numbers for each variable with a probability of at most d/S (Schwartz 1980, Zippel 1979). Over all points this
is less than 10⁻²⁰ for the formulas of the lessons; the tests compute the bound. A right answer never counts as wrong. (max,
abs and comparisons divide the space into pieces, and the bound holds within each; N, the number of rows, is not drawn, but
differs at every point.)

Otherwise the numbers have 100 digits. Two values are equal if they differ by less than 10⁻³⁰, or, above 1, by less than 10⁻³⁰
of their size. Two different formulas agree so closely at a random point only by construction.

Formulas that agree there are compared at points far away too: at numbers smaller and larger than any that can be typed, and
for batches of 1 to 257 examples. So no bound, as in max(N, 8) or in psi > 0.001, can hide beyond the ordinary points.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from random import Random

import numpy as np
from numpy.typing import NDArray

from nnlib.symbolic.answers.evaluation import Value, Work, evaluate
from nnlib.symbolic.answers.formula import Formula
from nnlib.symbolic.answers.points import FAR_BATCHES, Draw, EasyDraw, FarDraw, Point, RenamedPoints

POINTS = 32  # of single numbers; enough for every sign and order of two of them
POINTS_OF_ARRAYS = 6
SIMPLE_POINTS = 4
TOLERANCE = 1e-30
INEXACT = {"exp", "log", "sqrt", "softmax"}


def exact(*formulas: Formula) -> bool:
    """Whether these formulas can be compared in fractions."""
    return not any(formula.functions & INEXACT for formula in formulas)


@cache
def points_of(point: Callable[[Draw], Point], in_fractions: bool) -> tuple[Point, ...]:
    """Return random points, made by `point(draw)`: the same points every time, so that verdicts do not change."""
    if isinstance(point, RenamedPoints):
        return tuple(map(point.renamed, points_of(point.draw, in_fractions)))
    rng = Random(2020)
    first = point(Draw(rng, in_fractions, 0))
    count = POINTS_OF_ARRAYS if first.sizes else POINTS
    return first, *(point(Draw(rng, in_fractions, number)) for number in range(1, count))


@cache
def points_far_away(point: Callable[[Draw], Point], in_fractions: bool) -> tuple[Point, ...]:
    """Return random points of very small and very large numbers and batches, made by `point(draw)`."""
    if isinstance(point, RenamedPoints):
        return tuple(map(point.renamed, points_far_away(point.draw, in_fractions)))
    rng = Random(2021)
    first = point(FarDraw(rng, in_fractions, 0))
    count = len(FAR_BATCHES) if first.sizes else POINTS
    return first, *(point(FarDraw(rng, in_fractions, number)) for number in range(1, count))


@cache
def simple_points(point: Callable[[Draw], Point], in_fractions: bool) -> tuple[Point, ...]:
    """Return points of simple numbers, made by `point(draw)`."""
    return tuple(point(EasyDraw(in_fractions, number)) for number in range(SIMPLE_POINTS))


@cache
def value_kept(formula: Formula, point: Point) -> Value:
    """The value of a formula of the lessons at a point. It is worked out once, and so are its parts, which answers share."""
    return evaluate(formula, point.values, point.sizes, Work(math.inf), known=point.known, keep=True)


def values_kept(formula: Formula, points: Iterable[Point]) -> Iterator[Value]:
    """Yield the values of a formula of the lessons at `points`."""
    return (value_kept(formula, point) for point in points)


def values_at(formula: Formula, points: Iterable[Point], work: Work | None = None) -> Iterator[Value]:
    """Yield the values of `formula` at `points`. Raises FormulaError if a value is undefined.

    Most wrong formulas differ at the first point already: the values that a comparison does not need are never computed.
    """
    return (evaluate(formula, point.values, point.sizes, work, known=point.known) for point in points)


def same(left: Value, right: Value) -> bool:
    """Whether two values are equal: entry by entry, a row 1×K being the same as a vector (K,)."""
    left, right = without_leading_ones(left), without_leading_ones(right)
    return left.shape == right.shape and all(map(_same_number, left.flat, right.flat))


def same_everywhere(left: Iterable[Value], right: Iterable[Value]) -> bool:
    """Whether two series of values are equal, value by value."""
    return all(map(same, left, right))


def without_leading_ones(value: Value) -> NDArray[np.object_]:
    """Return a value as an array: a row 1×K as a vector (K,), a single number as an array without dimensions."""
    array = np.asarray(value, object)
    while array.shape[:1] == (1,):
        array = array.reshape(array.shape[1:])
    return array


def _same_number(left, right):
    return left == right or (not hasattr(left, "numerator") and abs(left - right) <= TOLERANCE * max(1, abs(left), abs(right)))

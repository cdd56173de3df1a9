"""The most specific hint about a wrong answer that does not reveal the right one."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

import numpy as np

from nnlib.symbolic.answers.equivalence import (
    exact,
    same,
    same_everywhere,
    simple_points,
    value_kept,
    values_at,
    values_kept,
    without_leading_ones,
)
from nnlib.symbolic.answers.evaluation import UndefinedPoint, Value, Work, shape_in_words
from nnlib.symbolic.answers.formula import Formula, FormulaError, Node, Number, nodes, with_numbers
from nnlib.symbolic.answers.grammar import parse_once
from nnlib.symbolic.answers.points import Point
from nnlib.symbolic.exercise.exercise import Exercise

LARGEST_SHOWN = 10**300  # a float holds it


@dataclass(frozen=True)
class Attempt:
    """A wrong answer beside the right one: both formulas, and their values at the same points."""

    exercise: Exercise
    answer: Formula
    solution: Formula
    points: tuple[Point, ...]
    mine: list
    right: list
    work: Work

    def is_right(self, values: Iterable) -> bool:
        """Whether these values are those of the solution."""
        return same_everywhere(values, self.right)


def hint(attempt: Attempt) -> str:
    """Return one or two sentences of Markdown: the first of HINTS that applies."""
    for find in HINTS:
        try:
            found = find(attempt)
        except FormulaError:  # a value is undefined, or takes too much work
            found = None
        if found:
            return found
    return "That is not equal to the right answer. Take it one step at a time, and try again."


def known_slip(attempt: Attempt) -> str | None:
    """Find the answer in the exercise's list of slips."""
    for slip in attempt.exercise.slips:
        formula = parse_once(slip.text, tuple(attempt.exercise.names))
        if exact(formula) or not exact(attempt.answer, attempt.solution):
            if formula.functions and not attempt.answer.functions:
                continue  # a hint about sums does not fit an answer without one
            if same_everywhere(attempt.mine, values_kept(formula, attempt.points)):
                return slip.hint
    return None


SMALL = Fraction(1, 1000)


def right_but_for(attempt: Attempt, small: list[Number]) -> bool:
    """Whether the answer is right with 0 in place of these small numbers, as in log(p + 1e-8)."""
    zero = Number(Fraction(0), "0")
    without = Formula("", with_numbers(attempt.answer.root, lambda number: zero if number in small else number))
    try:
        return bool(small) and attempt.is_right(values_at(without, attempt.points, attempt.work))
    except FormulaError:
        return False


def small_numbers(node: Node, largest: Fraction = SMALL) -> list[Number]:
    """The numbers in `node` between 0 and `largest`."""
    return [part for part in nodes(node) if isinstance(part, Number) and 0 < part.value <= largest]


def guard(attempt: Attempt) -> str | None:
    """Explain an answer that is right but for a small number, which keeps a logarithm or a quotient away from 0."""
    small = small_numbers(attempt.answer.root)
    if not right_but_for(attempt, small):
        return None
    return f"Right but for `{small[0].text}`: a formula on paper needs no such small number. Leave it out."


def shape(attempt: Attempt) -> str | None:
    """Explain an answer of another shape: transposed, or summed along another axis."""
    mine, right = np.shape(attempt.mine[0]), np.shape(attempt.right[0])
    if same(np.zeros(mine), np.zeros(right)):
        return None
    transposed = [np.transpose(value) for value in attempt.mine]
    asked = "which one must come first in the product?" if attempt.answer.multiplies_matrices else "what is `.T` for here?"
    if attempt.is_right(transposed):
        return f"Yours is the transpose of the right answer. Compare the shapes: {asked}"
    if "lam" in attempt.exercise.names and same_everywhere(transposed, _right_without_penalty(attempt)):
        return f"Yours is the transpose of the first part: {asked} And the term with λ is missing."
    sizes = attempt.points[0].sizes
    words = f"The shape does not fit: yours is {shape_in_words(mine, sizes)}, "
    words += f"and it should be {shape_in_words(right, sizes)}."
    if len(mine) == 2 and attempt.is_right([np.sum(value, axis=0) for value in attempt.mine]):
        return words + " A sum over the examples of the batch is missing."
    summed = "sum" in attempt.answer.functions and mine == ()
    if summed and same_everywhere(attempt.mine, [np.sum(value) for value in attempt.right]):
        return words + " You added up all entries" + (": give the axis." if "sum" in attempt.solution.functions else ".")
    if len(mine) == 2 and mine[1] == 1:
        return words + " Is the sum along the right axis? `axis=0` adds the rows, `axis=1` adds along each row."
    return words


def nearly(attempt: Attempt) -> str | None:
    """Explain an answer that is right except for its sign or a factor."""
    found = _sign_or_factor(attempt)
    return f"Nearly: {found}" if found else None


def _sign_or_factor(attempt):
    """Return a clause about the sign or the factor in which the answer differs, or None."""
    ratios = [_ratio(mine, right) for mine, right in zip(attempt.mine, attempt.right)]
    if None in ratios:
        return None
    if same_everywhere(ratios, [-1] * len(ratios)):
        return "the sign is wrong."
    if not attempt.solution.names:
        return None  # a number: the factor would reveal the answer
    for minus, also in ((1, ""), (-1, " Also check the sign.")):
        for factor, values in _factors(attempt):
            if same_everywhere(ratios, [minus * value for value in values]):
                return f"yours is {factor} times too large.{also}"
            if same_everywhere([ratio * value for ratio, value in zip(ratios, values)], [minus] * len(values)):
                return f"a factor {factor} is missing.{also}"
    constant = _as_fraction(ratios[0])
    if constant is not None and same_everywhere(ratios, ratios[:1] * len(ratios)):
        return f"yours is the right answer times {constant}."
    return None


def _ratio(mine, right):
    """Return the number r for which mine = r · right, or None."""
    mine, right = np.ravel(np.asarray(mine, object)), np.ravel(np.asarray(right, object))
    if mine.shape != right.shape:
        return None
    places = [place for place, entry in enumerate(right) if entry != 0]
    if not places or mine[places[0]] == 0:
        return None
    ratio = mine[places[0]] / right[places[0]]
    return ratio if same(mine, ratio * right) else None


def _factors(attempt):
    """Yield (how it is written, its value at every point) of each factor that may be missing or too many."""
    one = attempt.points[0].values
    numbers = [name for name in attempt.exercise.names if np.ndim(one[name]) == 0]
    values = {name: [point.values[name] for point in attempt.points] for name in numbers}
    yield "2", [2] * len(attempt.points)
    for name in numbers:
        yield f"`{name}`", values[name]
    for letter in attempt.points[0].sizes.values():
        if letter not in numbers:
            yield letter, [next(k for k, v in point.sizes.items() if v == letter) for point in attempt.points]


def _as_fraction(value):
    """Return `value` as a fraction with small numbers, or None."""
    if abs(value) > 1000:
        return None
    near = Fraction(float(value)).limit_denominator(100) if not isinstance(value, Fraction) else value
    small = near.denominator <= 100 and abs(near.numerator) <= 1000 and abs(float(value) - float(near)) < 1e-12
    return str(near).replace("-", "−") if small else None


PENALTY_MISSING = "The term with λ is missing: the penalty has a gradient too."


def _right_without_penalty(attempt):
    """Return the values of the solution at the points of `attempt` with λ = 0."""
    return values_kept(attempt.solution, map(_without_penalty, attempt.points))


@cache
def _without_penalty(point):
    return replace(point, values=dict(point.values) | {"lam": 0 * point.values["lam"]})


def penalty_term(attempt: Attempt) -> str | None:
    """Explain an answer whose part without λ, or part with λ, is right: then check the other part alone."""
    if "lam" not in attempt.exercise.names:
        return None
    mine = list(values_at(attempt.answer, map(_without_penalty, attempt.points), attempt.work))
    right = list(_right_without_penalty(attempt))
    if same_everywhere(right, attempt.right):
        return "The right answer does not depend on λ." if "lam" in attempt.answer.names else None
    if all(np.all(value == 0) for value in right):
        return None
    part = replace(attempt, mine=mine, right=right)
    found = _sign_or_factor(part)
    if "lam" not in attempt.answer.names:
        if same_everywhere(mine, right):
            return PENALTY_MISSING
        return f"{PENALTY_MISSING} {f'In the rest, {found}' if found else 'The rest is not right either.'}"
    if same_everywhere(mine, right):
        return "The first part is right. Check the term with λ: differentiate the sum of the squared weights."
    rest = [[whole - part for whole, part in zip(*pair)] for pair in ((attempt.mine, mine), (attempt.right, right))]
    if same_everywhere(*rest):
        return "The term with λ is right. " + (f"In the rest, {found}" if found else "Derive the rest without the penalty.")
    return None


def swapped(attempt: Attempt) -> str | None:
    """Explain an answer in which two indices are swapped."""
    names = attempt.exercise.names
    for one, other in (("_i", "_j"), ("_1", "_2"), ("_j", "_y")):
        pairs = [(name, name[:-2] + other) for name in names if name.endswith(one) and name[:-2] + other in names]
        exchange = dict(pairs) | {second: first for first, second in pairs}
        if not exchange:
            continue
        points = [
            replace(point, values={name: point.values[exchange.get(name, name)] for name in point.values})
            for point in attempt.points
        ]
        if attempt.is_right(values_at(attempt.answer, points, attempt.work)):
            return f"Nearly: the indices ${one[1]}$ and ${other[1]}$ are swapped."
    return None


def one_case(attempt: Attempt) -> str | None:
    """Explain an answer that is right in only one of two cases."""
    verdicts: dict[str, list[bool]] = {}
    for point, mine, right in zip(attempt.points, attempt.mine, attempt.right):
        verdicts.setdefault(point.case, []).append(same(mine, right))
    good = [case for case, verdict in verdicts.items() if all(verdict)]
    bad = [case for case, verdict in verdicts.items() if not all(verdict)]
    if good and bad:
        return f"Right where {_tex(good[0])}, but not where {_tex(bad[0])}. One formula must hold in both cases."
    return None


def _tex(case):
    return "${" + case.replace("≠", r"\ne") + "}$"  # braces keep it on one line


def constant_apart(attempt: Attempt) -> str | None:
    """Explain a number that differs from the right one by the same amount at every point."""
    if np.ndim(attempt.mine[0]) or np.ndim(attempt.right[0]) or not attempt.solution.names:
        return None
    differences = [mine - right for mine, right in zip(attempt.mine, attempt.right)]
    constant = _as_fraction(abs(differences[0]))
    if constant is None or not same_everywhere(differences, differences[:1] * len(differences)):
        return None
    return f"Nearly: yours is always {constant} too {'large' if differences[0] > 0 else 'small'}."


def rounded(attempt: Attempt) -> str | None:
    """Explain an answer that contains a rounded number."""
    if not any(isinstance(node, Number) and "." in node.text for node in nodes(attempt.answer.root)):
        return None
    for mine, right in zip(attempt.mine, attempt.right):
        mine, right = np.ravel(np.asarray(mine, object)), np.ravel(np.asarray(right, object))
        if mine.shape != right.shape or any(abs(a - b) * 200 > abs(b) for a, b in zip(mine, right)):
            return None
    return "Very close, but not equal. Did you round a number? Type fractions as they are: `1/3`."


def counterexample(attempt: Attempt) -> str | None:
    """Give numbers at which the answer is wrong, simple ones if possible, unless the solution is a single number."""
    if not attempt.solution.names:
        return None
    everywhere = [*_simple(attempt), *zip(attempt.points, attempt.mine, attempt.right)]
    return _in_words(attempt, *most_visible([each for each in everywhere if not same(each[1], each[2])]))


def _simple(attempt):
    """Yield simple points, with the values of the answer and the solution there."""
    logits = any(name.startswith("z_") for name in attempt.answer.names)  # then ψ is shown as their softmax
    in_fractions = exact(attempt.answer, attempt.solution) and not logits
    for point in simple_points(attempt.exercise.point, in_fractions):
        with suppress(UndefinedPoint):
            (mine,) = values_at(attempt.answer, [point], attempt.work)
            yield point, mine, value_kept(attempt.solution, point)


def most_visible(found: list) -> tuple:
    """Of (point, mine, right) with a difference, return the first whose difference is seen in a few digits, else the first."""
    return next((each for each in found if _visible(*each)), found[0])


def _visible(point, mine, right):
    numbers = [value for value in point.values.values() if np.ndim(value) == 0]
    distinct = len(set(map(_figure, numbers))) == len(set(numbers))
    mine, right = (np.ravel(np.asarray(value, object)) for value in (mine, right))
    differ = mine.shape != right.shape or any(100 * abs(a - b) > max(abs(a), abs(b)) for a, b in zip(mine, right))
    return distinct and differ


def far_away(attempt: Attempt, found: list[tuple[Point, Value, Value]]) -> str:
    """Explain an answer that is right at ordinary numbers and differs at these points, which lie far from them."""
    point, mine, right = most_visible(found)
    if np.ndim(right) == 0 and np.ndim(mine) == 0 and attempt.solution.names:
        return f"It is right at ordinary numbers, but not at every number. {_in_words(attempt, point, mine, right)}"
    batch = f"N = {_figure(point.values['N'])} and " if "N" in point.values else ""
    return f"It is right in ordinary networks, but not with {batch}numbers of very different sizes."


def _in_words(attempt, point, mine, right):
    """Return the counterexample in words."""
    mine, right = (without_leading_ones(value)[()] for value in (mine, right))
    if np.ndim(right):
        mine, right = np.broadcast_arrays(np.asarray(mine, object), np.asarray(right, object))
        apart = [place for place in np.ndindex(*right.shape) if not same(mine[place], right[place])]
        place = next((place for place in apart if _figure(mine[place]) != _figure(right[place])), apart[0])
        where = f"row {place[0] + 1}, column {place[1] + 1}" if len(place) == 2 else f"entry {place[0] + 1}"
        return (
            f"The shape is right, the values are not. In a small network with simple numbers, {where} "
            f"of yours is {_beside(mine[place], right[place])}."
        )
    names = sorted(attempt.answer.names | attempt.solution.names, key=list(attempt.exercise.names).index)
    given = ", ".join(f"`{name}` = {_figure(point.values[name])}" for name in names if np.ndim(point.values[name]) == 0)
    start = f"With {given}, yours" if given else "Yours"
    return f"{start} is {_beside(mine, right)}."


def _beside(mine, right):
    mine, right = _figure(mine), _figure(right)
    return f"{mine}. It should be {right}" if mine != right else f"close to {right}, but not equal to it"


def _figure(value):
    if abs(value) > LARGEST_SHOWN:
        return f"{'less than −' if value < 0 else 'more than '}10³⁰⁰"
    return f"{float(value):.4g}".replace("-", "−")


HINTS: tuple[Callable[[Attempt], str | None], ...] = (
    known_slip,
    guard,
    shape,
    one_case,
    swapped,
    nearly,
    penalty_term,
    constant_apart,
    rounded,
    counterexample,
)

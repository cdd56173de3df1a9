"""The points match the lessons, and the chance of a wrong verdict is as stated."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from nnlib.symbolic import exercises
from nnlib.symbolic.answers import points as answer_points
from nnlib.symbolic.answers.equivalence import exact, points_far_away, points_of, same, values_at
from nnlib.symbolic.answers.evaluation import digits
from nnlib.symbolic.answers.grammar import parse
from nnlib.symbolic.answers.points import (
    Draw,
    EasyDraw,
    Point,
    beside_the_kink,
    classes,
    network,
    numbers,
    one_example,
    two_indices,
)
from tests.symbolic.error_bound import chance_of_error

KINDS = pytest.mark.parametrize("in_fractions", [True, False], ids=["fractions", "digits"])


@KINDS
def test_the_network_equals_the_one_in_the_lessons(in_fractions):
    for point in points_of(network, in_fractions):
        definitions = {"z2": "X @ W1 + b1", "a2": "max(0, z2)", "z3": "a2 @ W2 + b2", "dz3": "(psi - Delta)/N"}
        if not in_fractions:
            definitions["psi"] = "softmax(z3)"
        for name, definition in definitions.items():
            assert same(point.values[name], next(values_at(parse(definition, point.values), [point])))
        psi, Delta = point.values["psi"], point.values["Delta"]
        assert all(same(row.sum(), digits(1) if not in_fractions else Fraction(1)) for row in psi)
        assert (psi > 0).all() and (psi < 1).all()
        assert all(sorted(row) == [0] * (len(row) - 1) + [1] for row in Delta)
        assert point.values["N"] == len(psi)


@KINDS
def test_no_two_sizes_are_the_same_and_no_two_points_have_the_same_N(in_fractions):
    points = points_of(network, in_fractions)
    assert all(len(point.sizes) == 4 for point in points)
    assert len({point.values["N"] for point in points}) == len(points)


@KINDS
def test_some_units_are_on_some_off_and_some_hardly_either(in_fractions):
    z2 = np.concatenate([np.ravel(point.values["z2"]) for point in points_of(network, in_fractions)]).astype(float)
    for low, high in ((0, 1e-6), (1e-6, 1), (1, np.inf)):
        assert ((z2 > low) & (z2 < high)).any() and ((-z2 > low) & (-z2 < high)).any()


@KINDS
@pytest.mark.parametrize(("point", "delta"), [(two_indices, "delta_ij"), (one_example, "Delta_j")])
def test_both_cases_are_equally_frequent(in_fractions, point, delta):
    points = points_of(point, in_fractions)
    ones = [each for each in points if each.values[delta] == 1]
    assert len(ones) == len(points) / 2
    other = {"delta_ij": "psi_i", "Delta_j": "psi_y"}[delta]
    for each in points:
        assert each.values[delta] in (0, 1)
        assert (each.values["psi_j"] == each.values[other]) == (each.values[delta] == 1)
        assert (each.case[2] == "=") == (each.values[delta] == 1)


def test_logits_and_probabilities_are_consistent_where_both_are_distinguishable():
    for point in points_of(classes(3), False):
        assert same(
            point.values["psi_2"], next(values_at(parse("exp(z_2)/(exp(z_1)+exp(z_2)+exp(z_3))", point.values), [point]))
        )
    for point in points_of(classes(3), True):
        assert sum(point.values[f"psi_{k}"] for k in (1, 2, 3)) == 1


def test_sampled_numbers_have_every_sign_order_and_many_sizes():
    points = [point.values for point in points_of(numbers(a="signed", b="signed"), True)]
    assert {(v["a"] > 0, v["b"] > 0, abs(v["a"]) > abs(v["b"])) for v in points} == {
        (one, other, larger) for one in (True, False) for other in (True, False) for larger in (True, False)
    }
    assert min(abs(v["a"]) for v in points) < 1e-3 and max(abs(v["a"]) for v in points) > 1


@pytest.mark.parametrize("points", [points_of, points_far_away])
def test_the_kink_is_within_one_step(points):
    assert all(0 < point.values["x"] < point.values["s"] for point in points(beside_the_kink, True))


@KINDS
def test_far_away_numbers_lie_beyond_all_that_can_be_typed(in_fractions):
    made = Draw(Random(0), in_fractions, 0).made
    smallest, largest = (made(parse(text, []).root.value) for text in ("0.00000000001e-9", "999999999999e9"))
    for kind in ("positive", "signed", "above_one", "fraction_of_one"):
        values = [abs(point.values["x"]) for point in points_far_away(numbers(x=kind), in_fractions)]
        assert min(values) < smallest if kind != "above_one" else 1 < min(values) < 1 + smallest
        assert max(values) > largest if kind != "fraction_of_one" else 1 > max(values) > 1 - smallest


def test_simple_numbers_are_all_different_and_begin_differently_at_every_point():
    draws = [EasyDraw(True, number) for number in range(4)]
    drawn = [[draw.positive() for _ in range(5)] for draw in draws]
    assert all(len(set(each)) == 5 for each in drawn)
    assert len({each[0] for each in drawn}) == 4


@KINDS
def test_far_away_batches_have_1_example_and_many(in_fractions):
    points = points_far_away(network, in_fractions)
    assert {1, 2, 3, 257} <= {len(point.values["X"]) for point in points}
    for point in points:
        assert len(point.sizes) == 4 and point.values["N"] == len(point.values["X"])
        assert all(same(row.sum(), 1 + 0 * row[0]) for row in point.values["psi"])


def test_answers_without_transcendental_functions_are_compared_exactly():
    assert exact(parse("x/2 + max(0, x)", ["x"]))
    assert not exact(parse("x", ["x"]), parse("log(x)", ["x"]))


@pytest.mark.parametrize("degree", [1, 8])
def test_a_wrong_formula_passes_at_most_as_often_as_the_bound(degree, monkeypatch):
    """A product that vanishes at `degree` of only 10 numbers, so that the chance is large enough to measure."""
    size, times = 10, 2000
    monkeypatch.setattr(answer_points, "SIZE", size)
    # A draw is 2w/10 for a whole w from 1 to 10: these are the smallest of them.
    product = parse("*".join(f"(x - {2 * root}/{size})" for root in range(1, degree + 1)), ["x"])
    rng = Random(1)
    passed = 0
    for number in range(times):
        point = Point({"x": Draw(rng, True, number).positive()})
        passed += next(values_at(product, [point])) == 0
    bound = chance_of_error(product, parse("0", []), points=1, size=size)
    assert bound == degree / size
    assert passed / times <= bound + 0.03
    assert passed / times > bound - 0.03  # this formula is the worst case, which reaches the bound


@pytest.mark.parametrize(("text", "degree"), [("x**3", 3), ("x**-2", 2), ("(x*y)**4", 8), ("(x/2 + y)**2", 4), ("x**0", 0)])
def test_the_bound_counts_a_power_by_its_exponent(text, degree):
    assert chance_of_error(parse(text, ["x", "y"]), parse("0", []), points=1, size=100) == degree / 100


def test_the_chance_of_a_wrong_verdict_is_negligible_in_the_lessons():
    for exercise in exercises():
        solution = parse(exercise.solution, exercise.names)
        if exact(solution):
            assert chance_of_error(solution, solution) < 1e-20
    assert chance_of_error(parse("x", ["x"]), parse("2*x", ["x"]), points=6) < 1e-50


def test_a_chance_is_never_more_than_one():
    deep = parse("sum(sum(sum(sum(sum(sum(W**8))))))", ["W"])
    assert chance_of_error(deep, deep) == 1


def test_the_tolerance_only_allows_rounding():
    one = digits(1)
    assert same(one, one + digits("0.9e-30"))
    assert not same(one, one + digits("1.1e-30"))
    assert not same(Fraction(1), Fraction(1) + Fraction(1, 10**60))


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [((1, 3), (3,), True), ((3,), (1, 3), True), ((3, 1), (3,), False), ((1, 1), (), True), ((2, 3), (3, 2), False)],
)
def test_a_row_is_a_vector_and_a_column_is_not(left, right, equal):
    assert same(np.zeros(left), np.zeros(right)) == equal

"""The evaluator agrees with NumPy, in floats, in fractions and in many digits, and rejects mismatched shapes."""

from contextlib import suppress
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib.symbolic.answers.evaluation import ShapeError, UndefinedPoint, Work, digits, evaluate
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.answers.grammar import parse
from tests.symbolic.oracle import network, value
from tests.symbolic.patience import little_work

VALUES = network(np.random.default_rng(1), 0)


def in_fractions(values):
    return {name: np.vectorize(Fraction, otypes=[object])(each)[()] for name, each in values.items()}


def in_digits(values):
    return {name: np.vectorize(digits, otypes=[object])(each)[()] for name, each in values.items()}


def worked_out(text, values):
    return evaluate(parse(text, values), values)


FORMULAS = [
    "a2.T @ (psi - Delta)/N + 2*lam*W2",
    "sum(psi - Delta, axis=0)/N",
    "dz3 @ W2.T * (z2 > 0)",
    "max(0, X @ W1 + b1) @ W2 + b2",
    "relu(z2) - a2",
    "psi/sum(psi, axis=1)",
    "sum(W1**2) + sum(abs(W2))",
    "(z2 >= 0)*(z2 < 1)",
    "-W2**-2",
    "lam**3/N - -lam",
    "b2.T + W2",
    "2 - 1/3",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_every_kind_of_number_agrees_with_numpy(text):
    expected = value(text, VALUES)
    for values in (VALUES, in_fractions(VALUES), in_digits(VALUES)):
        found = np.asarray(worked_out(text, values))
        assert found.shape == expected.shape
        np.testing.assert_allclose(found.astype(float), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("text", ["softmax(z3)", "log(psi)", "exp(-lam)", "sqrt(a2)", "log(sum(exp(z3), axis=1))"])
def test_exp_and_log_are_evaluated_with_spare_digits(text):
    expected = value(text, VALUES)
    np.testing.assert_allclose(np.asarray(worked_out(text, VALUES)), expected, rtol=1e-9)
    np.testing.assert_allclose(np.asarray(worked_out(text, in_digits(VALUES))).astype(float), expected, rtol=1e-9)


def test_the_softmax_of_a_row_does_not_depend_on_the_other_rows():
    found = worked_out("softmax(x)", {"x": np.array([[0.0, 0.0], [2000.0, 2000.0]])})
    assert found.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_high_precision_numbers_have_many_digits():
    third = worked_out("1/x", {"x": digits(3)})
    assert abs(third * 3 - 1) < digits("1e-48")
    assert abs(worked_out("log(exp(x))", {"x": digits(3)}) - 3) < digits("1e-45")


def test_fractions_are_exact():
    assert worked_out("x/3 + 0.1", {"x": Fraction(2)}) == Fraction(23, 30)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a2 @ psi", r"\(6, 4\) @ \(6, 3\) do not fit: the inner sizes 4 and 6 differ"),
        ("a2 + psi", r"\(6, 4\) \+ \(6, 3\) do not fit"),
        ("W1.T + W2", r"\(4, 5\) \+ \(4, 3\)"),
        ("psi.T + psi", "transposed"),
        ("sum(psi, axis=1) + b2", r"\(6, 1\) \+ \(3,\)"),
        ("psi @ lam", "`@` multiplies two matrices"),
        ("sum(lam, axis=0)", "a number"),
        ("sum(b2, axis=1)", r"\(3,\)"),
        ("max(a2, psi)", "do not fit"),
        ("where(b2 > 0, a2, a2)", r"\(3,\), \(6, 4\), \(6, 4\): the shapes do not fit"),
        ("where(sum(psi, axis=1) > 0, b2, 0)", "the shapes do not fit"),
        ("softmax(lam)", "row or a matrix"),
    ],
)
def test_mismatched_shapes_are_reported(text, message):
    with pytest.raises(ShapeError, match=message):
        worked_out(text, VALUES)


def test_shapes_are_written_in_letters_where_possible():
    with pytest.raises(ShapeError, match="N×H @ N×K do not fit: the inner sizes H and N differ"):
        evaluate(parse("a2 @ psi", VALUES), VALUES, {6: "N", 5: "D", 4: "H", 3: "K"})


ALGEBRAIC, TRANSCENDENTAL = ["1/x", "x/x", "x**-1"], ["log(x - 1)", "sqrt(x - 1)", "log(x)", "exp(1e9**6 + x)"]
ZEROS = [0.0, digits(0), np.zeros(2)]


@pytest.mark.parametrize(
    ("text", "zero"),
    [(text, zero) for text in ALGEBRAIC + TRANSCENDENTAL for zero in ZEROS] + [(text, Fraction(0)) for text in ALGEBRAIC],
)
def test_an_undefined_value_is_reported(text, zero):
    with pytest.raises(UndefinedPoint):
        worked_out(text, {"x": zero})


@pytest.mark.parametrize("text", ["exp(" * 20 + "x" + ")" * 20, "(x**8)**8", "+".join(["1/(x + 1)**8"] * 10)])
@pytest.mark.parametrize("x", [Fraction(10**9, 7), digits(10**9), 1e9], ids=["fraction", "digits", "float"])
def test_every_answer_takes_little_work(text, x):
    with little_work(), suppress(FormulaError, TypeError):  # TypeError: exp of a fraction
        worked_out(text, {"x": x})


def test_work_is_counted_and_aborted_above_a_limit():
    half = Fraction(1, 2)
    row, values = parse("x.T @ x", ["x"]), {"x": np.full((8, 8), half, object)}
    work = Work(1000)
    evaluate(row, values, work=work)
    with pytest.raises(FormulaError, match="takes too long"):
        evaluate(row, values, work=work)
    long = Work(1000)
    evaluate(parse("h + h", ["h"]), {"h": half**1000}, work=long)
    assert 3 < long.spent < 1000 < work.spent, "an operation on long fractions counts more than one on short ones"
    evaluate(row, {"x": np.full((800, 8), 0.5)}, work=Work(0))  # floats need no budget


@pytest.mark.parametrize("left, right", [((3, 4), (4, 2)), ((4,), (4, 2)), ((3, 4), (4,)), ((4,), (4,)), ((1, 4), (4, 1))])
def test_a_product_of_matrices_of_fractions_is_exact(left, right):
    numbers = (Fraction(k - 3, k % 7 + 2) for k in range(100))
    A, B = (np.array([next(numbers) for _ in range(np.prod(shape))], object).reshape(shape) for shape in (left, right))
    product = worked_out("A @ B", {"A": A, "B": B})
    assert np.shape(product) == np.shape(A @ B) and np.all(product == A @ B)
    assert {type(entry) for entry in np.ravel(product)} == {Fraction}


def shapes_that_fit():
    """Formulas of N×K matrices, rows, columns and numbers that NumPy and the evaluator must agree on."""
    matrix = st.sampled_from(["psi", "Delta", "z3", "a2 @ W2", "2*psi"])
    number = st.sampled_from(["lam", "N", "2", "0.5", "sum(W1)"])
    return st.recursive(
        matrix | number | st.sampled_from(["b2", "sum(psi, axis=1)", "sum(z3, axis=0)"]),
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner),
            st.builds("(({} > {})*1)".format, inner, inner),  # NumPy's comparison is a Boolean
            st.builds("({})**{}".format, inner, st.integers(0, 3)),
            st.builds("max({}, {})".format, inner, inner),
            st.builds("(-{})".format, inner),
            st.builds("abs({})".format, inner),
        ),
        max_leaves=8,
    )


@settings(max_examples=200, deadline=None)
@given(shapes_that_fit())
def test_the_evaluator_agrees_with_numpy_on_any_formula(text):
    try:
        found = np.asarray(worked_out(text, VALUES))
    except ShapeError:
        return  # stricter than NumPy on purpose: a row with a column is refused
    except FormulaError as error:
        assert "too" in str(error)
        return
    np.testing.assert_allclose(found, value(text, VALUES), rtol=1e-9, atol=1e-9)

"""A function of x as learners type it: any text gives a function or one clear error."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib.symbolic.answers.evaluation import UndefinedPoint
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.answers.function_of_x import function_of_x
from nnlib.symbolic.answers.grammar import parse

X = np.linspace(-3, 3, 41)[1:-1]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("sin x", np.sin),
        ("y = sin(x)", np.sin),
        ("f(x) = cos(2x)", lambda x: np.cos(2 * x)),
        ("tan(x)/4", lambda x: np.tan(x) / 4),
        ("np.tanh(x)", np.tanh),
        ("xsin(πx)", lambda x: x * np.sin(math.pi * x)),
        (r"\sin(\pi x)", lambda x: np.sin(math.pi * x)),
        ("x² − 1", lambda x: x**2 - 1),
        ("x^3 - 3x", lambda x: x**3 - 3 * x),
        ("2|x| - 1", lambda x: 2 * abs(x) - 1),
        ("e^x", np.exp),
        ("0,5x^2", lambda x: 0.5 * x**2),
        ("1,5", lambda x: 1.5 + 0 * x),
        ("max(0, x)", lambda x: np.maximum(0, x)),
        ("max(0,5, x)", lambda x: np.maximum(5, x)),  # commas that can be read as such stay
        ("√(x + 3)", lambda x: np.sqrt(x + 3)),
        ("ln(x + 4)", lambda x: np.log(x + 4)),
    ],
)
def test_functions_are_read_as_students_type_them(text, same):
    values = function_of_x(text)(X)
    assert values.shape == X.shape
    assert values == pytest.approx(same(X), abs=1e-12)


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("log(x)", "for x < 0", "log"),
        ("sqrt(1 - x)", "for x > 1", "sqrt"),
        ("x^0,5", "for x < 0", "sqrt"),
        ("log(x² - 1)", "for x from -1 to 1", "log"),
        ("log(-1)", "for any x", "log"),
        ("exp(exp(exp(2x)))", "for x > 0.9", "large"),
    ],
)
def test_an_undefined_value_is_said_with_its_place_and_its_cause(text, where, why):
    with pytest.raises(FormulaError, match=rf"has no value {where}.*{why}"):
        function_of_x(text)(X)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Type a formula"),
        (None, "as text"),
        ("z + 1", "`x`"),
        ("sinx", r"`sin\(x\)`"),
        ("sin²x", r"`sin\(x\)\^2`"),
        ("sin^2(x)", r"`sin\(x\)\^2`"),
        ("sin 2x", "two ways"),
        ("2^x", r"`exp\(x\)`"),
        ("sum(x)", "one number"),
        ("softmax(x)", "one number"),
        ("x @ x", "one number"),
        ("__import__('os')", "index|know|allowed"),
        ("x" * 400, "too long"),
        ("(" * 30 + "x", "deep"),
    ],
)
def test_other_texts_are_refused_with_what_to_type(text, message):
    with pytest.raises(FormulaError, match=message):
        function_of_x(text)


def test_answers_of_the_lessons_have_no_sine():
    with pytest.raises(FormulaError, match="do not know `sin`"):
        parse("sin(x)", ["x"])


PIECES = [
    "x",
    "pi",
    "2",
    "0,5",
    "+",
    "-",
    "*",
    "/",
    "^",
    "(",
    ")",
    "|",
    "sin",
    "log(",
    "exp(",
    "max(",
    ",",
    " ",
    "²",
    "e^",
    "1e9",
    "y =",
]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=60))
def test_any_text_gives_numbers_or_one_error(text):
    try:
        values = function_of_x(text)(X)
    except FormulaError as error:
        assert str(error) and not isinstance(error, UndefinedPoint)
    else:
        assert values.shape == X.shape and np.isfinite(values).all()

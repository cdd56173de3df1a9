"""Matrices as tables, and numbers in tables and in formulas."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.support.number_text import difference_text, number_text
from pages.ui.matrix_view import matrix_html, shape_text
from pages.ui.number_latex import digits_for, equals, factor_latex, number_latex, products_latex, rounded, sum_latex


def cells(html):
    return [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in html.split("<tr>")[2:]]


def test_a_matrix_shows_name_shape_headings_and_entries():
    html = matrix_html("W1", [[1, -0.5], [1 / 3, 2]], "DH")
    assert "<i>W</i><sup>(1)</sup>" in html and "D×H = 2×2" in html
    assert cells(html) == [["1", "−0.5"], ["0.3333", "2"]]
    assert re.findall(r'scope="row">([^<]*)<', html) == ["1", "2"]


def test_a_vector_is_one_row():
    html = matrix_html("b1", np.array([1.0, 2.0, 3.0]), "H", columns=["a", "b", "c"])
    assert cells(html) == [["1", "2", "3"]]
    assert "H = 3" in html and re.findall(r'scope="col">([^<]*)<', html) == ["a", "b", "c"]


def test_entries_are_marked_and_struck_out():
    html = matrix_html("z2", [[1, 2], [3, 4]], marked=[(0, 1)], off=[(1, 0), (0, 1)])
    assert re.findall(r'<td class="([^"]*)">(\d)', html) == [("marked off", "2"), ("off", "3")]


def test_texts_from_outside_are_escaped():
    html = matrix_html("X", [[1.0]], rows=["<i>"], columns=["&"])
    assert "&lt;i&gt;" in html and "&amp;" in html


@pytest.mark.parametrize(
    "value, text",
    [
        (0.5, "0.5"), (-1.25, "−1.25"), (-0.0, "0"), (1 / 3, "0.3333"), (12346, "1.235e4"), (5.57e-5, "5.57e−5"),
        (-2e12, "−2e12"), (1e-100, "1e−100"), (np.nan, "nan"), (-np.inf, "−inf"),
    ],
)  # fmt: skip
def test_numbers_in_tables(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(
    "value, latex",
    [(0.5, "0.5"), (-1.25, "-1.25"), (-0.0, "0"), (1.5e-5, r"1.5 \times 10^{-5}"), (2e12, r"2 \times 10^{12}")],
)
def test_numbers_in_formulas(value, latex):
    assert number_latex(value) == latex


def test_nan_and_infinity_are_written_in_a_formula():
    assert number_latex(np.nan) == r"\text{nan}"


def test_signed_factors_are_in_brackets():
    assert factor_latex(-2) == "(-2)"
    assert factor_latex(2e-9) == r"(2 \times 10^{-9})"
    assert products_latex([1, -2], [0.5, 3]) == r"1 \cdot 0.5 + (-2) \cdot 3"
    assert sum_latex([1, -2.5]) == "1 + (-2.5)"


def test_entries_are_equal_only_if_every_digit_is_shown():
    assert equals(0.5, -1.25, 0) == "="
    assert equals(0.1 + 0.2) == "="
    assert equals(0.5, 1 / 3) == r"\approx"
    assert equals(10001.0) == r"\approx"


@given(st.floats(1e-6, 1), st.floats(1e-6, 1))
def test_shown_digits_of_the_factors_give_the_shown_product(one, other):
    digits = digits_for(lambda one, other: one * (1 - other), one, other)
    shown = rounded(one, digits) * (1 - rounded(other, digits))
    assert number_text(shown) == number_text(one * (1 - other))
    assert digits >= 4


def test_no_more_digits_than_are_needed():
    assert digits_for(lambda one, other: one * other, 0.5, 0.25) == 4
    assert digits_for(lambda one: 1 - one, 0.99990921) == 8


def test_differences():
    assert difference_text(0) == "none, to the last digit"
    assert difference_text(2.2e-16) == "2.2e−16"
    assert difference_text(3e-5) == "3.0e−5"


def test_shapes():
    assert shape_text("ND", (4, 2)) == "N×D = 4×2"

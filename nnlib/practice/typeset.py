"""Numbers of the practice exercises as LaTeX: at most four decimals, none that is 0 at the end."""

from collections.abc import Iterable

import numpy as np

from nnlib.support.arrays import Array, Labels
from nnlib.symbolic.symbols import symbol_latex


def figure(value: float) -> str:
    """0.5, -1.25, 0.1353."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def factor(value: float) -> str:
    """A number as a factor or a term of a sum: in brackets if it is negative."""
    text = figure(value)
    return f"({text})" if text.startswith("-") else text


def products(left: Iterable[float], right: Iterable[float]) -> str:
    """left₁ · right₁ + left₂ · right₂ + …"""
    return " + ".join(rf"{factor(a)} \cdot {factor(b)}" for a, b in zip(left, right))


def result(value: float) -> str:
    """= 0.5, or ≈ 0.1353 where digits are left out."""
    sign = "=" if abs(float(figure(value)) - value) < 1e-12 else r"\approx"
    return f"{sign} {figure(value)}"


def matrix(array: Array) -> str:
    """A matrix, or a vector as one row."""
    rows = np.atleast_2d(array)
    return r"\begin{pmatrix}" + r" \\ ".join(" & ".join(map(figure, row)) for row in rows) + r"\end{pmatrix}"


def given(**arrays: Array) -> str:
    """The arrays that are given, by the names of their symbols, in a line that a narrow screen breaks between them."""
    formulas = [f"${{{symbol_latex(name)} = {matrix(array)}}}$" for name, array in arrays.items()]  # braces: no break inside
    return "\n\n" + " &emsp; ".join(formulas) + "\n\n"


def classes_of(labels: Labels) -> str:
    """The labels of two examples in words."""
    first, second = labels
    return f"The label of the first example is class {first + 1}, that of the second is class {second + 1}."

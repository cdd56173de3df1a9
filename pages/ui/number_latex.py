"""Numbers and sums of products as LaTeX. The sign is = where all digits are shown, and ≈ where the numbers are rounded."""

import math
from collections.abc import Callable, Sequence

from nnlib.support.number_text import number_text

MOST = 17  # digits of a float64


def number_latex(value: float, digits: int = 4) -> str:
    """The number with `digits` significant digits: 0.5, -1.25, 1.2\\times 10^{-5}."""
    if not math.isfinite(value):
        return rf"\text{{{value}}}"
    mantissa, _, exponent = number_text(value, digits).replace("−", "-").partition("e")
    return rf"{mantissa} \times 10^{{{exponent}}}" if exponent else mantissa


def equals(*values: float, digits: int = 4) -> str:
    """The sign in front of numbers shown by number_latex: "=", or "\\approx" where one of them has more than `digits`."""
    return "=" if all(math.isclose(rounded(value, digits), value, rel_tol=1e-12) for value in values) else r"\approx"


def rounded(value: float, digits: int) -> float:
    """The value of what number_latex shows."""
    return float(f"{value:.{digits}g}")


def digits_for(result: Callable[..., float], *values: float) -> int:
    """How many digits of each value are needed, so that result(*values) of the rounded values has the same four digits."""
    wanted = number_text(result(*values))
    enough = (digits for digits in range(4, MOST) if number_text(result(*(rounded(each, digits) for each in values))) == wanted)
    return next(enough, MOST)


def factor_latex(value: float, digits: int = 4) -> str:
    """A number as a factor or a term: in brackets if it is negative or a product itself."""
    text = number_latex(value, digits)
    return f"({text})" if text[0] == "-" or "times" in text else text


def products_latex(left: Sequence[float], right: Sequence[float], digits: int = 4) -> str:
    """left₁ · right₁ + left₂ · right₂ + …"""
    return " + ".join(rf"{factor_latex(a, digits)} \cdot {factor_latex(b, digits)}" for a, b in zip(left, right))


def sum_latex(values: Sequence[float], digits: int = 4) -> str:
    """value₁ + value₂ + …"""
    return " + ".join(factor_latex(value, digits) for value in values)

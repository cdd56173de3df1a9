"""Numbers as a learner reads them: a true minus sign, as many digits as they deserve, no padded exponents: 5.57e−5.

Those in formulas are made from the same texts by number_latex.py.
"""

import math

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number_text(value, digits=4) -> str:
    """`digits` that matter, and no zeros after them: 0.3333, −1.25, 1e−5; nan and inf as NumPy says them."""
    return _plain(f"{value + 0.0:.{digits}g}")  # + 0.0 makes −0 a 0


def decimal(value, digits=3):
    """0.224, −0.159; never −0.000. What is not a number reads as NumPy prints it: nan, inf, -inf."""
    if not math.isfinite(value):
        return str(float(value))
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def telling(value):
    """As `decimal`, but with one scientific digit where three decimals would hide that the number is not 0: −2e−4."""
    return scientific(value, 0) if value != 0 and abs(value) < 5e-4 else decimal(value)


def percent(share, digits=1):
    """49.5 %, for a share of 1."""
    return f"{decimal(100 * share, digits)}\u00a0%"  # on one line


def signed(value, digits=3):
    """+0.120, −0.050, 0.000."""
    text = decimal(value, digits)
    return text if text.startswith("−") or float(text) == 0 else f"+{text}"


def scientific(value, digits=1):
    """2.7e43, −3.1e−12, and 0 for zero."""
    return "0" if value == 0 else _plain(f"{value:.{digits}e}")


def times_ten(value, digits=1):
    """2.7 × 10⁴³, −3.1 × 10⁻¹², and 0 for zero: as the live view writes what is very large or very small."""
    mantissa, _, exponent = scientific(value, digits).partition("e")
    return f"{mantissa} × {power_of_ten(exponent)}" if exponent else mantissa


def power_of_ten(exponent):
    """1, 10 or 10⁻⁷."""
    exponent = int(str(exponent).replace("−", "-"))
    return {0: "1", 1: "10"}.get(exponent, "10" + str(exponent).translate(SUPERSCRIPT))


def compact(value):
    """As a decimal where four figures before the point and three after it say enough, scientific elsewhere."""
    if not math.isfinite(value) or value == 0 or 1e-3 <= abs(value) < 1e4:
        return decimal(value)
    return scientific(value, 2)


def difference_text(value) -> str:
    """How far two ways of computing the same are apart, for a sentence."""
    return "none, to the last digit" if value == 0 else scientific(value)


def _plain(text):
    """Python's text of a number without the zeros and the plus of its exponent, and with true minus signs."""
    mantissa, _, exponent = text.partition("e")
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", "−")

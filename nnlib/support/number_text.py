"""Numbers as text for a learner: a true minus sign, significant digits only, no padded exponents: 5.57e−5.

The pages make the numbers in formulas from the same texts.
"""

import math

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number_text(value: float, digits: int = 4) -> str:
    """Significant digits without trailing zeros: 0.3333, −1.25, 1e−5; nan and inf as in NumPy."""
    return _plain(f"{value + 0.0:.{digits}g}")  # + 0.0 makes −0 a 0


def decimal(value: float, digits: int = 3) -> str:
    """0.224, −0.159; never −0.000. nan, inf and -inf as in NumPy."""
    if not math.isfinite(value):
        return str(float(value))
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def telling(value: float) -> str:
    """As `decimal`, but with one scientific digit where three decimals would hide that the number is not 0: −2e−4."""
    return scientific(value, 0) if value != 0 and abs(value) < 5e-4 else decimal(value)


def percent(share: float, digits: int = 1) -> str:
    """49.5 %, for a share of 1."""
    return f"{decimal(100 * share, digits)}\u00a0%"  # on one line


def signed(value: float, digits: int = 3) -> str:
    """+0.120, −0.050, 0.000."""
    text = decimal(value, digits)
    return text if text.startswith("−") or float(text) == 0 else f"+{text}"


def scientific(value: float, digits: int = 1) -> str:
    """2.7e43, −3.1e−12, and 0 for zero."""
    return "0" if value == 0 else _plain(f"{value:.{digits}e}")


def power_of_ten(exponent: int | str) -> str:
    """1, 10 or 10⁻⁷."""
    power = int(str(exponent).replace("−", "-"))
    return {0: "1", 1: "10"}.get(power, "10" + str(power).translate(SUPERSCRIPT))


def compact(value: float) -> str:
    """A decimal with three places from 0.001 to 10,000, and scientific otherwise."""
    if not math.isfinite(value) or value == 0 or 1e-3 <= abs(value) < 1e4:
        return decimal(value)
    return scientific(value, 2)


def difference_text(value: float) -> str:
    """The difference of two results that should be equal, to be used in a sentence."""
    return "none, to the last digit" if value == 0 else scientific(value)


def _plain(text: str) -> str:
    """Python's text of a number without the zeros and the plus of its exponent, and with true minus signs."""
    mantissa, _, exponent = text.partition("e")
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", "−")

"""Numbers as a learner reads them."""

import math

import pytest

from nnlib.support.number_text import compact, decimal, number_text, percent, power_of_ten, scientific, signed, telling


@pytest.mark.parametrize(
    "written, text",
    [
        (number_text(1 / 3), "0.3333"),
        (number_text(-1.25), "−1.25"),
        (number_text(1e-5), "1e−5"),
        (number_text(-0.0), "0"),
        (number_text(12345.6, 3), "1.23e4"),
        (decimal(0.2236), "0.224"),
        (decimal(-0.1594), "−0.159"),
        (decimal(-0.0001), "0.000"),
        (decimal(-math.inf), "-inf"),
        (telling(-2e-4), "−2e−4"),
        (telling(5e-4), "0.001"),  # 5e−4 is rounded to a figure other than 0
        (telling(0), "0.000"),
        (percent(0.4951), "49.5\u00a0%"),
        (signed(0.12), "+0.120"),
        (signed(-0.05), "−0.050"),
        (signed(-0.0001), "0.000"),
        (signed(0.0001), "0.000"),
        (scientific(2.71e43), "2.7e43"),
        (scientific(-3.14e-12), "−3.1e−12"),
        (scientific(0), "0"),
        (power_of_ten(0), "1"),
        (power_of_ten("1"), "10"),
        (power_of_ten("−12"), "10⁻¹²"),
        (compact(0.001), "0.001"),
        (compact(-9999.9), "−9999.900"),
        (compact(10_000), "1.00e4"),
        (compact(0.00099), "9.90e−4"),
        (compact(0), "0.000"),
        (compact(math.nan), "nan"),
    ],
)
def test_a_number_is_written_for_a_learner(written, text):
    assert written == text

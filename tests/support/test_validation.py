import numpy as np
import pytest

from nnlib.support.validation import integer, number, one_of, shown


@pytest.mark.parametrize("value", [1, 1.5, np.float32(2), np.int64(3)])
def test_numbers_of_every_kind_are_accepted(value):
    assert number("x", value, 0, 3) == value
    assert type(number("x", value, 0, 3)) is float


@pytest.mark.parametrize("value", [True, "1", None, float("nan"), float("inf"), 10**400, -0.1, 3.1, [1]])
def test_a_value_that_is_not_a_number_in_range_is_rejected(value):
    with pytest.raises(ValueError, match="x = .*: must be a number from 0 to 3"):
        number("x", value, 0, 3)


@pytest.mark.parametrize("value", [2, 2.0, np.int32(2), np.float64(2)])
def test_integers_are_accepted(value):
    assert integer("n", value, 1, 1_000_000) == 2
    assert type(integer("n", value, 1, 1_000_000)) is int


@pytest.mark.parametrize("value", [True, 2.5, "2", 0, 1_000_001, float("nan"), float("inf")])
def test_a_value_that_is_not_an_integer_in_range_is_rejected(value):
    with pytest.raises(ValueError, match="n = .*: must be a whole number from 1 to 1,000,000"):
        integer("n", value, 1, 1_000_000)


@pytest.mark.parametrize("value", ["c", 1, None, ["a"], {}])
def test_one_of_names_the_choices(value):
    with pytest.raises(ValueError, match="must be one of a, b"):
        one_of("letter", value, ("a", "b"))


def test_a_long_value_is_cut_short_in_a_message():
    assert len(shown("x" * 10_000)) == 60

"""Checks of arguments. Every error message names the argument, its value and what is allowed."""

import os
from collections.abc import Collection
from numbers import Integral, Real
from typing import Any


def number(name: str, value: Any, low: float, high: float) -> float:
    """Return `value` as a float in [low, high]. Raises ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, Real) or not low <= value <= high:  # type: ignore[operator]
        raise ValueError(f"{name} = {shown(value)}: must be a number from {low:g} to {high:g}.")
    return float(value)


def integer(name: str, value: Any, low: float, high: float) -> int:
    """Return `value` as an int in [low, high]. Raises ValueError otherwise."""
    whole = isinstance(value, Integral) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or not low <= value <= high:
        raise ValueError(f"{name} = {shown(value)}: must be a whole number from {low:,} to {high:,}.")
    return int(value)


def one_of(name: str, value: Any, choices: Collection[str]) -> str:
    """Return `value` if it is one of `choices`. Raises ValueError otherwise."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} = {shown(value)}: must be one of {', '.join(choices)}.")
    return value


def whole_from_environment(variable: str, default: int) -> int:
    """Read a whole number from 1 to 1,000,000,000 from an environment variable. Raises ValueError for another value."""
    text = os.environ.get(variable, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= 10**9):
        raise ValueError(f"{variable} = {shown(text)}: must be a whole number from 1 to 1,000,000,000.")
    return int(text)


def shown(value: Any, limit: int = 60) -> str:
    """Return `value` for use in a message: its repr, at most `limit` characters."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"

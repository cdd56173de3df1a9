"""One checker for arguments: every message names the argument, its value and what is allowed."""

import math
from numbers import Integral, Real


def number(name, value, low, high):
    """Return `value` as a float in [low, high]. Raises ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value) or not low <= value <= high:
        raise ValueError(f"{name} = {shown(value)}: must be a number from {low:g} to {high:g}.")
    return float(value)


def integer(name, value, low, high):
    """Return `value` as an int in [low, high]. Raises ValueError otherwise."""
    whole = isinstance(value, Integral) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or not low <= value <= high:
        raise ValueError(f"{name} = {shown(value)}: must be a whole number from {low:,} to {high:,}.")
    return int(value)


def one_of(name, value, choices):
    """Return `value` if it is one of `choices`. Raises ValueError otherwise."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} = {shown(value)}: must be one of {', '.join(choices)}.")
    return value


def shown(value, limit=60):
    """`value` as it can stand in a message: its repr, cut short."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"

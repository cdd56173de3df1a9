"""One checker for arguments: every message names the argument, its value and what is allowed."""

import os
from numbers import Integral, Real


def number(name, value, low, high):
    """Return `value` as a float in [low, high]. Raises ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, Real) or not low <= value <= high:
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


def whole_from_environment(variable, default):
    """The whole number that an environment variable holds, 1 to 1,000,000,000. Raises ValueError if it holds none."""
    text = os.environ.get(variable, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= 10**9):
        raise ValueError(f"{variable} = {shown(text)}: must be a whole number from 1 to 1,000,000,000.")
    return int(text)


def shown(value, limit=60):
    """`value` as it can stand in a message: its repr, cut short."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"

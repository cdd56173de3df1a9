"""One weight or one bias by its name, as a program writes it: W1[0,3] or b2[5]."""

import re

from nnlib.support.arrays import Array
from nnlib.support.validation import number, shown

LARGEST = 1e6  # magnitude that a weight or a bias can be set to
_ENTRY = re.compile(r"(?P<parameter>W[1-9]\d?|b[1-9]\d?)\[(?P<row>\d{1,7})(,(?P<column>\d{1,7}))?\]")


def is_entry(name: str) -> bool:
    """Return whether `name` has the form of an entry: two indices of a weight, one of a bias."""
    match = _ENTRY.fullmatch(name)
    return match is not None and name.startswith("W") == (match["column"] is not None)


def checked_entry(name: str, value: object) -> float:
    """Return the value for an entry. Raises ValueError if it is not a number up to LARGEST."""
    return number(name, value, -LARGEST, LARGEST)


def place_of(params: dict[str, Array], name: str) -> tuple[Array, tuple[int, ...]]:
    """Return the array of a network's `params` and the index in it that an entry names. Raises ValueError if there is none."""
    match = _ENTRY.fullmatch(name) if is_entry(name) else None
    array = params.get(match["parameter"]) if match else None
    index = tuple(int(part) for part in match.group("row", "column") if part is not None) if match else ()
    if array is None or any(i >= size for i, size in zip(index, array.shape, strict=True)):
        raise ValueError(f"{shown(name)} is not a weight or bias of this network.")
    return array, index

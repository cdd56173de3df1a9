"""The numbers of the small network that the lessons compute by hand: their presets, their limits, and their names in a link.

They are arrays by name, Numbers: X (N, D), y (N,) labels 0 … K−1, W1 (D, H), b1 (H,), W2 (H, K), b2 (K,), lam () for λ.
"""

import re
from collections.abc import Sequence

import numpy as np

from nnlib.support.validation import integer, number

Numbers = dict[str, np.ndarray]
LARGEST = 1000.0  # an entry lies between −LARGEST and LARGEST, so that nothing overflows
LONGEST = 4000  # characters of a link that are read
TYPED = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]{1,3})?", re.IGNORECASE)
CHANGE = re.compile(r"(X|y|W1|b1|W2|b2|lam)((?:_[1-9][0-9]?)*)_(-?[0-9.]{1,24}(?:e-[0-9]{1,3})?)")


def by_hand() -> Numbers:
    """2-3-2: halves and whole numbers, so that every step can be done with pencil and paper."""
    return _numbers(
        X=[[1, 2], [-1, 1], [2, -1], [0.5, -2]],
        y=[0, 1, 1, 0],
        W1=[[0.5, -1, 1], [1, 0.5, -0.5]],
        b1=[0.5, 1, -1],
        W2=[[1, -0.5], [-1, 0.5], [0.5, 1]],
        b2=[0, 0.5],
    )


def middle() -> Numbers:
    """3-4-3: two examples, three classes."""
    return _drawn(720, D=3, H=4, K=3, y=[1, 0])


def exercise() -> Numbers:
    """4-10-3 with five examples, as the small network of the exercise."""
    return _drawn(1453, D=4, H=10, K=3, y=[1, 2, 2, 0, 1])


# Each has units that are on for some examples and off for others, and no z(2) close to 0, where a ReLU could switch by chance.
PRESETS = {"2-3-2": by_hand, "3-4-3": middle, "4-10-3": exercise}
DEFAULT = "2-3-2"


def _drawn(seed, D, H, K, y):
    """Numbers with one decimal. The stream of RandomState never changes, so links stay valid."""
    rng = np.random.RandomState(seed)
    shapes = {"X": (len(y), D), "W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)}
    return _numbers(y=y, **{name: rng.standard_normal(shape).round(1) for name, shape in shapes.items()})


def _numbers(X, y, W1, b1, W2, b2):
    values = {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2, "lam": 0.1}
    return {name: np.array(value, float) for name, value in values.items()} | {"y": np.array(y)}


def with_change(numbers: Numbers, name: str, index: Sequence[int], value: float) -> Numbers:
    """The numbers with one entry changed. index counts from 0; it is () for lam.

    Raises
    ------
    ValueError
        For an entry that does not exist or an invalid value. The message says what is valid.
    """
    array = numbers.get(name)
    if array is None or len(index) != array.ndim or not all(0 <= i < size for i, size in zip(index, array.shape)):
        raise ValueError(f"{entry_text(name, index)}: there is no such entry.")
    name_of_entry = entry_text(name, index)
    if name == "y":
        value = integer(name_of_entry, value, 0, numbers["b2"].size - 1)
    else:
        value = number(name_of_entry, value, 0 if name == "lam" else -LARGEST, LARGEST)
    changed = array.copy()
    changed[tuple(index)] = value
    return numbers | {name: changed}


def with_text(numbers: Numbers, place: str, text: str) -> Numbers:
    """The numbers with one entry changed to what a learner has typed, with a point or a comma.

    place : the entry, counted from 1, as in a link: "W1_1_2"

    Raises
    ------
    ValueError
        For an entry that does not exist or an invalid text. The message says what is valid.
    """
    name, *index = place.split("_")
    index = [int(i) - 1 if i.isdecimal() else -1 for i in index]
    plain = text.strip().replace("−", "-").replace(",", ".")
    try:
        if not TYPED.fullmatch(plain):
            raise ValueError(text)
        return with_change(numbers, name, index, float(plain))
    except ValueError:
        raise ValueError(
            f"{entry_text(name, index)}: type a number from −{LARGEST:g} to {LARGEST:g}, such as 0.5. Its last number "
            "stays in use."
        ) from None


def entry_text(name: str, index: Sequence[int]) -> str:
    """The name of an entry in a message, counted from 1: "W1, row 1, column 2"."""
    words = ("row", "column") if len(index) == 2 else ("entry",) * len(index)
    return ", ".join(["λ" if name == "lam" else name, *(f"{word} {i + 1}" for word, i in zip(words, index))])


def link_text(preset: str, numbers: Numbers) -> str:
    """The numbers in a link: the preset, then each entry that differs from it, as "2-3-2~W1_1_2_0.75~lam_0.5"."""
    changes = []
    for name, start in PRESETS[preset]().items():
        for index in np.argwhere(numbers[name] != start):
            places = [str(i + 1) for i in index]
            changes.append("_".join([name, *places, repr(numbers[name][tuple(index)].item())]))
    return "~".join([preset, *changes])


def read_link(text: str) -> tuple[str, Numbers, bool]:
    """The preset and the numbers in a link, and whether all of it is valid. Never raises."""
    preset, *changes = text[:LONGEST].split("~")
    if preset not in PRESETS:
        return DEFAULT, PRESETS[DEFAULT](), False
    numbers, valid = PRESETS[preset](), len(text) <= LONGEST
    for change in changes:
        try:
            numbers = _read_change(numbers, change)
        except ValueError:
            valid = False
    return preset, numbers, valid


def _read_change(numbers, change):
    match = CHANGE.fullmatch(change)
    if not match:
        raise ValueError(change)
    name, index, value = match.groups()
    return with_change(numbers, name, [int(i) - 1 for i in index.split("_")[1:]], float(value))

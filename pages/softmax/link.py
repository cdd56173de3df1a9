"""The choices of the softmax lesson, and their names in a link: `?K=4&i=2&z=2,1,0,-1`.

A link leaves out defaults, also those of the last logits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pages.softmax.overflow import SIZES

LEAST_K, MOST_K = 2, 6
LOGIT = 5.0  # logits go from −LOGIT to LOGIT
SHIFT = 50  # the number added to all logits goes from −SHIFT to SHIFT
TEMPERATURES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0)
START = (2.0, 1.0, 0.0, -1.0, 0.5, -2.0)
VIEWS = ("entries", "rows", "matrix")  # of the Jacobian
IDEAS = ("shift", "overflow", "temperature")
LONGEST = 80  # characters of a parameter that are read


@dataclass(frozen=True)
class Choice:
    """
    start : the default
    read : makes a value of a link's text, or raises ValueError
    allowed : the valid values, in words
    """

    start: Any
    read: Callable[[str], Any]
    allowed: str


def _number(kind, start, low, high):
    def read(text):
        value = kind(text)
        if not low <= value <= high:  # false for nan
            raise ValueError
        return value

    words = "a whole number" if kind is int else "a number"
    return Choice(start, read, f"{words} from {low:g} to {high:g}".replace("-", "−"))


def _one_of(kind, start, options):
    return Choice(
        start, lambda text: options[options.index(kind(text))], "one of " + ", ".join(map(str, options)).replace("-", "−")
    )


def _logits(text):
    given = [round(_LOGIT.read(each), 1) for each in text.split(",")]
    if len(given) > MOST_K:
        raise ValueError
    return (*given, *START[len(given) :])


_LOGIT = _number(float, 0.0, -LOGIT, LOGIT)
CHOICES = {
    "K": _number(int, 3, LEAST_K, MOST_K),
    "i": _number(int, 1, 1, MOST_K),
    "j": _number(int, 2, 1, MOST_K),
    "z": Choice(
        START, _logits, f"up to {MOST_K} numbers, each {_LOGIT.allowed.removeprefix('a number ')}, with commas between"
    ),
    "view": _one_of(str, "entries", VIEWS),
    "idea": _one_of(str, "shift", IDEAS),
    "c": _number(int, 0, -SHIFT, SHIFT),
    "size": _one_of(int, 10, SIZES),
    "T": _one_of(float, 1.0, TEMPERATURES),
}


def read_link(parameters: Mapping[str, str]) -> tuple[dict, list[str]]:
    """All choices by name, and a sentence on each invalid parameter. Parameters of other pages are ignored."""
    values, messages = {name: choice.start for name, choice in CHOICES.items()}, []
    for name, choice in CHOICES.items():
        if name not in parameters:
            continue
        try:
            values[name] = choice.read(parameters[name][:LONGEST])
        except ValueError:
            messages.append(f"The value of {name} in the link is invalid: it must be {choice.allowed}.")
    for name in "ij":
        if values[name] > values["K"]:
            if name in parameters:
                messages.append(
                    f"The value of {name} in the link is too large: with {values['K']} classes, it is at most {values['K']}."
                )
            values[name] = values["K"]
    return values, messages


def link_parameters(values: Mapping) -> dict[str, str]:
    """The parameters of a link to these choices."""
    return {name: _text(values[name]) for name, choice in CHOICES.items() if values[name] != choice.start}


def _text(value):
    if not isinstance(value, tuple):
        return f"{value:g}" if isinstance(value, float) else str(value)
    moved = [k for k in range(len(value)) if value[k] != START[k]]
    return ",".join(f"{each:g}" for each in value[: moved[-1] + 1])

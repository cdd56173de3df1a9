"""Settings that come from outside: what each may be, how it is read from text, and how a set of them is checked.

Whoever takes settings from a link, a command line or a checkpoint goes through a table of Fields.
"""

import re
from dataclasses import asdict, dataclass
from typing import ClassVar

from nnlib.support.validation import integer, number, one_of, shown


@dataclass(frozen=True)
class Field:
    """What one setting may be. kind: "choice", "int", "float", "bool", "widths" (a tuple of ints), "numbers" (of floats),
    "names" (a tuple of different choices) or "digest".

    optional: None is allowed too.
    shortest, longest: how many a tuple may hold; counted: what these are, {} for how many.
    """

    kind: str
    low: float = 0
    high: float = 0
    choices: tuple = ()
    optional: bool = False
    shortest: int = 0
    longest: int = 0
    counted: str = "the units of {} hidden layers"

    def check(self, name, value):
        """`value` in its proper type. Raises ValueError with one sentence that names it and what is allowed."""
        if value is None and self.optional:
            return None
        if self.kind == "choice":
            return one_of(name, value, self.choices)
        if self.kind == "int":
            return integer(name, value, self.low, self.high)
        if self.kind == "float":
            return number(name, value, self.low, self.high)
        if self.kind == "bool":
            if not isinstance(value, bool):
                raise ValueError(f"{name} = {shown(value)}: must be true or false.")
            return value
        if self.kind == "digest":
            if not (isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value)):
                raise ValueError(f"{name} = {shown(value)}: is not the mark of an uploaded set of points.")
            return value
        if self.kind == "names":
            return self._check_names(name, value)
        return self._check_numbers(name, value)

    def parse(self, name, text):
        """Read the value from `text`, as it stands in a link or on a command line. Raises ValueError."""
        text = text.strip()
        if self.kind in ("widths", "numbers", "names"):
            read = {"widths": _whole, "numbers": _real, "names": str.strip}[self.kind]
            return self.check(name, [read(part) for part in text.split(",")] if text not in ("", "none") else [])
        if self.kind == "int":
            return self.check(name, _whole(text))
        if self.kind == "float":
            return self.check(name, _real(text))
        if self.kind == "bool":
            return self.check(name, {"true": True, "false": False, "1": True, "0": False}.get(text.lower(), text))
        return self.check(name, text)

    def _check_numbers(self, name, value):
        allowed = int if self.kind == "widths" else (int, float)

        def fits(entry):
            return isinstance(entry, allowed) and not isinstance(entry, bool) and self.low <= entry <= self.high

        fitting = isinstance(value, (list, tuple)) and self.shortest <= len(value) <= self.longest and all(map(fits, value))
        if not fitting:
            number_of = f"up to {self.longest}" if self.shortest == 0 else f"{self.shortest} to {self.longest}"
            low, high = (f"{self.low}", f"{self.high:,}") if self.kind == "widths" else (f"{self.low:g}", f"{self.high:g}")
            raise ValueError(f"{name} = {_listed(value)}: must be {self.counted.format(number_of)}, {low} to {high} each.")
        return tuple(value) if self.kind == "widths" else tuple(float(entry) for entry in value)

    def _check_names(self, name, value):
        fitting = isinstance(value, (list, tuple)) and all(isinstance(entry, str) and entry in self.choices for entry in value)
        if not fitting or len(set(value)) < len(value) or len(value) < self.shortest:
            raise ValueError(f"{name} = {shown(value)}: must be some of {', '.join(self.choices)}, each once.")
        return tuple(value)


def _listed(value):
    """Numbers as they are typed, if they are few."""
    text = ",".join(map(str, value)) if isinstance(value, (list, tuple)) and len(value) <= 20 else ""
    return "none" if value in ([], ()) else text if 0 < len(text) <= 80 else shown(value)


def _whole(text):
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,12}", text.strip()) else text


def _real(text):
    return float(text) if re.fullmatch(r"[+-]?([0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})([eE][+-]?[0-9]{1,3})?", text) else text


class Settings:
    """What a frozen dataclass of settings gains from a table FIELDS, name → Field, with an entry for each of its own."""

    FIELDS: ClassVar[dict] = {}

    @classmethod
    def from_dict(cls, settings):
        """The settings that the dict names, defaults for what it leaves out.

        Raises ValueError, one sentence, for an unknown name, a value that is not allowed, or values that do not go together.
        """
        if not isinstance(settings, dict):
            raise ValueError("The settings must be an object of names and values.")
        unknown = settings.keys() - cls.FIELDS.keys()
        if unknown:
            raise ValueError(f"{shown(sorted(map(str, unknown))[0])} is not a setting: there are {', '.join(cls.FIELDS)}.")
        made = cls(**{name: cls.FIELDS[name].check(name, value) for name, value in settings.items()})
        made.check_together()
        return made

    @classmethod
    def parse(cls, name, text):
        """The value of the setting `name` from `text`. Raises ValueError."""
        return cls.FIELDS[one_of("setting", name, cls.FIELDS)].parse(name, text)

    def check_together(self):
        """Raise ValueError where values that are allowed alone do not go together."""

    def to_dict(self):
        """All settings as JSON can hold them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def changes(self):
        """Only the settings that differ from the defaults, as `to_dict` gives them."""
        default = type(self)().to_dict()
        return {name: value for name, value in self.to_dict().items() if value != default[name]}

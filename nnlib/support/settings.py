"""Settings that come from outside. Each is declared once, with `setting`, in the body of a Settings class.

The checks, links, widgets and command-line options are all made from that declaration.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import Field as DataclassField
from dataclasses import dataclass, field, make_dataclass, replace
from typing import Any, ClassVar, Self

from nnlib.support.validation import integer, number, one_of, shown


@dataclass(frozen=True)
class Field:
    """The allowed values of one setting, and the texts that describe it.

    Attributes
    ----------
    kind : "choice", "int", "float", "bool", "widths" (a tuple of ints), "numbers" (of floats), "names" (a tuple of
        choices) or "digest".
    low, high : the bounds of a number, or of each number in a tuple.
    choices : the allowed values of a choice.
    optional : whether None is allowed too; links and the command line write "none".
    none : what None means to a reader.
    shortest, longest : how many values a tuple may hold.
    repeats : whether a tuple of choices may hold one several times, up to `longest` in all.
    counted : what the values of a tuple are, with {} for how many.
    label : its name for a reader.
    help : one to three sentences about what it does.
    titles : choice → what a reader sees instead of it, where that differs.
    group : the heading under which widgets and command-line options list it.
    step : from one value to the next in a widget, for a number.
    marks : the few values that a widget offers, for a number of many magnitudes.
    option : its name on the command line, where that differs.
    cli : what may be typed on the command line, where the bounds do not say it well.
    only_if : (name, values): it has an effect only where the setting `name` has one of these values. None: always.
    """

    kind: str
    low: float = 0
    high: float = 0
    choices: tuple = ()
    optional: bool = False
    none: str = "its own"
    shortest: int = 0
    longest: int = 0
    repeats: bool = False
    counted: str = "the units of {} hidden layers"
    label: str = ""
    help: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    group: str = ""
    step: float = 1
    marks: tuple = ()
    option: str = ""
    cli: str = ""
    only_if: tuple[str, tuple] | None = None

    def title(self, choice: str) -> str:
        """What a reader sees instead of a choice."""
        return self.titles.get(choice, choice)

    @property
    def allowed(self) -> str:
        """What may be typed, in words."""
        if self.cli or self.kind == "digest":
            return self.cli
        if self.kind in ("choice", "names"):
            return ", ".join(self.choices)
        if self.kind == "bool":
            return "true or false"
        low, high = self._bounds()
        if self.kind in ("int", "float"):
            return f"{low} to {high}"
        numbers = "whole numbers" if self.kind == "widths" else "numbers"
        none = "" if self.shortest else ", or none"
        return f"{self._how_many()} {numbers} from {low} to {high}, separated by commas{none}"

    def cut(self, value: Any) -> Any:
        """`value` cut down to the upper bounds, which the environment may have lowered."""
        if self.kind == "int" and value is not None:
            return min(value, self.high)
        return tuple(min(width, self.high) for width in value[: self.longest]) if self.kind == "widths" else value

    def check(self, name: str, value: Any) -> Any:
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
                raise ValueError(f"{name} = {shown(value)}: is not the identifier of an uploaded set of points.")
            return value
        if self.kind == "names":
            return self._check_names(name, value)
        return self._check_numbers(name, value)

    def parse(self, name: str, text: str) -> Any:
        """Read the value from `text`, as it stands in a link or on a command line. Raises ValueError."""
        text = text.strip()
        if self.optional and text.lower() == "none":
            return None
        if self.kind in ("widths", "numbers", "names"):
            read = {"widths": _block, "numbers": lambda part: [_real(part)], "names": lambda part: [part.strip()]}[self.kind]
            parts = text.split(",") if text not in ("", "none") else []
            return self.check(name, [value for part in parts for value in read(part)])
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
            low, high = self._bounds()
            counted = self.counted.format(self._how_many())
            raise ValueError(f"{name} = {_listed(value)}: must be {counted}, {low} to {high} each.")
        return tuple(value) if self.kind == "widths" else tuple(float(entry) for entry in value)

    def _bounds(self):
        form = "{:,}" if self.kind in ("int", "widths") else "{:g}"
        return form.format(self.low), form.format(self.high)

    def _how_many(self):
        return f"up to {self.longest}" if self.shortest == 0 else f"{self.shortest} to {self.longest}"

    def _check_names(self, name, value):
        fitting = isinstance(value, (list, tuple)) and all(isinstance(entry, str) and entry in self.choices for entry in value)
        too_many = fitting and len(value) > self.longest if self.repeats else fitting and len(set(value)) < len(value)
        if not fitting or too_many or len(value) < self.shortest:
            how = f"up to {self.longest} in all" if self.repeats else "each once"
            raise ValueError(f"{name} = {shown(value)}: must be some of {', '.join(self.choices)}, {how}.")
        return tuple(value)


def _listed(value):
    """Numbers as they are typed, if they are few."""
    text = ",".join(map(str, value)) if isinstance(value, (list, tuple)) and len(value) <= 20 else ""
    return "none" if value in ([], ()) else text if 0 < len(text) <= 80 else shown(value)


def _block(text):
    """A whole number; `4x256` is a block of four."""
    times, _, number = text.rpartition("x")
    return [_whole(number)] * int(times) if re.fullmatch(r"\s*[1-9][0-9]?\s*", times) else [_whole(text)]


def _whole(text):
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,12}", text.strip()) else text


def _real(text):
    return float(text) if re.fullmatch(r"[+-]?([0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})([eE][+-]?[0-9]{1,3})?", text) else text


def setting(default: Any, of: Field, **changes: Any) -> Any:
    """Declare a setting in the body of a Settings class: its default, and its Field with these changes."""
    return field(default=default, metadata={"setting": replace(of, **changes)})


def settings_class(name: str, declarations: Mapping[str, Any]) -> Any:
    """A Settings class made of these settings, name → `setting(…)`: a base for settings that are derived from others."""
    return make_dataclass(
        name, [(each, Any, declared) for each, declared in declarations.items()], bases=(Settings,), frozen=True
    )


@dataclass(frozen=True)
class Settings:
    """The base of frozen dataclasses of settings, each declared with `setting`.

    A member whose default is a Settings object is a part: dicts and links hold its settings beside the others.
    """

    FIELDS: ClassVar[dict[str, Field]] = {}  # name → Field, those of parts and of base classes included
    PARTS: ClassVar[dict[str, type["Settings"]]] = {}  # name → class

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        own, parts = {}, {}
        for name, declared in vars(cls).items():
            if isinstance(declared, DataclassField):
                own[name] = declared.metadata["setting"]
            elif isinstance(declared, Settings):
                parts[name] = type(declared)
                own |= declared.FIELDS
        cls.PARTS = cls.PARTS | parts
        cls.FIELDS = own | {name: of_base for name, of_base in cls.FIELDS.items() if name not in own}

    def __post_init__(self):
        """Cut defaults and presets down to what the environment allows; `from_dict` refuses what is beyond it."""
        for name in self.FIELDS.keys() & vars(self).keys():
            object.__setattr__(self, name, self.FIELDS[name].cut(getattr(self, name)))

    @classmethod
    def from_dict(cls, settings: Any) -> Self:
        """The settings that the dict names, defaults for what it leaves out.

        Raises ValueError, one sentence, for an unknown name, a value that is not allowed, or values that do not go together.
        """
        if not isinstance(settings, dict):
            raise ValueError("The settings must be an object of names and values.")
        unknown = settings.keys() - cls.FIELDS.keys()
        if unknown:
            raise ValueError(f"{shown(sorted(map(str, unknown))[0])} is not a setting: there are {', '.join(cls.FIELDS)}.")
        made = cls().having(**{name: cls.FIELDS[name].check(name, value) for name, value in settings.items()})
        made.check_together()
        return made

    @classmethod
    def parse(cls, name: str, text: str) -> Any:
        """The value of the setting `name` from `text`. Raises ValueError."""
        return cls.FIELDS[one_of("setting", name, cls.FIELDS)].parse(name, text)

    @classmethod
    def needed_by(cls, names: Iterable[str]) -> dict[str, Any]:
        """The values of other settings without which those of `names` have no effect, where only one value will do."""
        needs = [cls.FIELDS[name].only_if for name in names]
        return {need[0]: need[1][0] for need in needs if need and len(need[1]) == 1}

    def check_together(self) -> None:
        """Raise ValueError where values that are allowed alone do not go together."""

    @property
    def by_name(self) -> dict[str, Any]:
        """The value of every setting, those of parts included."""
        of_parts = {name: value for part in self.PARTS for name, value in getattr(self, part).by_name.items()}
        return {name: of_parts[name] if name in of_parts else getattr(self, name) for name in self.FIELDS}

    def having(self, **changes: Any) -> Self:
        """Return a copy with these settings changed. Names of settings of parts are allowed."""
        parts = {}
        for part, kind in self.PARTS.items():
            parts[part] = getattr(self, part).having(
                **{name: changes.pop(name) for name in kind.FIELDS.keys() & changes.keys()}
            )
        return replace(self, **parts, **changes)

    def applies(self, name: str) -> bool:
        """Whether the setting `name` has any effect, given the others."""
        need = self.FIELDS[name].only_if
        return need is None or self._value(need[0]) in need[1]

    def _value(self, name):
        part = next((getattr(self, part) for part, kind in self.PARTS.items() if name in kind.FIELDS), None)
        return getattr(self, name) if part is None else part._value(name)

    def to_dict(self) -> dict[str, Any]:
        """All settings as JSON can hold them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in self.by_name.items()}

    def changes(self) -> dict[str, Any]:
        """Only the settings that differ from the defaults, as `to_dict` gives them."""
        default = type(self)().to_dict()
        return {name: value for name, value in self.to_dict().items() if value != default[name]}

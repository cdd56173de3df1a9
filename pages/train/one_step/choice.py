"""What the learner has chosen to see explained, in the session and in the address.

explain=W1[0,3]&example=train-12&at=320&line=4
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import streamlit as st

from nnlib.parameter_entry import is_entry
from pages.ui.address import named_in_address
from pages.ui.plain_text import clip

PARAMETERS = ("explain", "example", "at", "line")  # of the address
KEY = "one_step"
FIRST = "W1[0,0]"
EXAMPLE = re.compile(r"(train|val|test)-\d{1,9}")
NUMBER = re.compile(r"\d{1,9}")
_INDEX = re.compile(r"(?<=[\[,])\d{1,7}(?=[,\]])")


def counted_from_one(name: str) -> str:
    """Return the name of a weight or bias as it is shown: W1[1,4] for W1[0,3], because formulas count from 1."""
    return _shifted(name, 1)


def _shifted(name, by):
    return _INDEX.sub(lambda index: str(int(index[0]) + by), name)


class Moment(NamedTuple):
    """A step of a run that the view shows standing still, and how many changes the learner had made by then."""

    run: str
    step: int
    changes: int


@dataclass
class Choice:
    """
    name : the weight or bias, as "W1[0,3]"; None where nothing is explained
    example : "train-12", "val-3" or "test-5", counted from 0; None for the first of the batch
    at : the step on the time slider; None for the present one
    line : the one on view, counted from 0
    moment : what the view shows; None while the network trains
    asks : whether the learner computes the numbers
    answers : for each question, what was answered so far
    problem : why the weight that was typed cannot be taken
    messages : about the address
    """

    name: str | None = None
    example: str | None = None
    at: int | None = None
    line: int = 0
    moment: Moment | None = None
    asks: bool = False
    answers: dict[tuple, list[str]] = field(default_factory=dict)
    problem: str | None = None
    messages: list[str] = field(default_factory=list)

    def read(self, named: Mapping[str, str]) -> None:
        """Take over what an address names."""
        self.messages = []

        def read(name, pattern):
            text = named.get(name)
            if text is None or pattern(text):
                return text
            self.messages.append(f"“{clip(text)}” is not a value of “{name}” in the link, and was left out.")
            return None

        self.name = read("explain", is_entry)
        self.example = read("example", EXAMPLE.fullmatch)
        at, line = read("at", NUMBER.fullmatch), read("line", NUMBER.fullmatch)
        self.at, self.line = None if at is None else int(at), int(line or 0)

    @property
    def parameters(self) -> dict[str, str]:
        """Those of the address."""
        if self.name is None:
            return {}
        values = {"explain": self.name, "example": self.example, "at": self.at, "line": self.line or None}
        return {name: str(value) for name, value in values.items() if value is not None}

    def take(self, message: Any) -> bool:
        """Take over what the view reports: what it shows and, maybe, that something was chosen in it.

        {"moment": {"run", "step", "changes", "past"} or null, "open": true, "name": "W1[0,3]", "example": "train-12"}

        Returns whether an explanation is wanted, but no weight is chosen yet.
        """
        if not isinstance(message, dict):
            return False
        name, example = message.get("name"), message.get("example")
        match message.get("moment"):
            case {"run": str(run), "step": int(step), "changes": int(changes), "past": bool(past)}:
                self.moment, self.at = Moment(run, step, changes), step if past else None
            case _:
                self.moment = None
        if isinstance(name, str) and is_entry(name):
            self.name, self.problem = name, None
        if isinstance(example, str) and EXAMPLE.fullmatch(example):
            self.example = example
        return self.name is None and bool(message.get("open"))

    def type_name(self, text: str) -> None:
        """Take over a weight that the learner has typed, counted from 1."""
        text = re.sub(r"\s", "", text)
        name = _shifted(text, -1)
        if is_entry(name):
            self.name, self.problem = name, None
        else:
            self.problem = (
                f"“{clip(text)}” is not the name of a weight. Type W1[1,4] for that of layer 1 from input 1 to unit 4."
            )

    def close(self) -> None:
        self.name, self.problem, self.asks = None, None, False

    def go(self, line: int) -> None:
        """Show another line."""
        self.line = line


def one_step_choice() -> Choice:
    """The choice of this visit, in step with the address."""
    choice = st.session_state.setdefault(KEY, Choice())
    named = named_in_address(KEY, PARAMETERS)
    if named is not None:
        choice.read(named)
    return choice

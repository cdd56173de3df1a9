"""The state of the softmax lesson in one visit: K, (i, j), the logits, and the setting of each experiment.

Streamlit drops the values of widgets that are not on view, so `values` stores them. The address stores them too, for a reload
and for links.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from nnlib.losses import softmax
from pages.softmax.link import CHOICES, LEAST_K, MOST_K, link_parameters, read_link
from pages.ui.address import named_in_address, write_address

KEY = "softmax"


@dataclass
class SoftmaxState:
    values: dict = field(default_factory=dict)
    messages: list = field(default_factory=list)  # about the link that was opened
    generations: Counter = field(default_factory=Counter)  # how often the page itself has changed each widget
    before: np.ndarray | None = None  # (K,) the probabilities before the last change of a logit
    moving: bool = False  # a slider is being dragged

    @property
    def K(self) -> int:
        return self.values["K"]

    @property
    def i(self) -> int:
        """The row, from 1."""
        return self.values["i"]

    @property
    def j(self) -> int:
        """The column, from 1."""
        return self.values["j"]

    @property
    def z(self) -> np.ndarray:
        """(K,) the logits in use."""
        return np.array(self.values["z"][: self.K])

    @property
    def psi(self) -> np.ndarray:
        """(K,) their probabilities."""
        return softmax(self.z[np.newaxis])[0]

    def key(self, name: str) -> str:
        """The key of a choice's widget. A widget that the page itself has changed gets a new key, and the value as default."""
        return f"softmax_{name}_{self.generations[name]}"

    def read(self, parameters: Mapping[str, str]) -> None:
        """Take all choices from a link's parameters."""
        self.values, self.messages = read_link(parameters)
        self.before = None
        self.moving = False
        self.generations.update([*CHOICES, *(f"z_{K}" for K in range(LEAST_K, MOST_K + 1))])

    def choose(self, name: str, value: Any) -> None:
        """The learner has chosen a value. i and j stay within K."""
        self.values[name] = value
        self.messages = []
        self.moving = False
        if name == "K":
            self.before = None
            for index in "ij":
                if self.values[index] > value:
                    self.values[index] = value
                    self.generations[index] += 1

    def move_logits(self, z: list[float], released: bool) -> None:
        """The learner has moved the logits in use to z. All values until the slider is released are one move."""
        if not self.moving:
            self.before = self.psi
        self.drag("z", (*z, *self.values["z"][len(z) :]), released)

    def drag(self, name: str, value: Any, released: bool) -> None:
        """The learner has moved a slider that sends its value while it is dragged."""
        self.choose(name, value)
        self.moving = not released


def softmax_state() -> SoftmaxState:
    """The state of this visit, from the address where that is the source."""
    named = named_in_address(KEY, CHOICES)
    if KEY not in st.session_state or named is not None:
        st.session_state.setdefault(KEY, SoftmaxState()).read(named or {})
    state = st.session_state[KEY]
    state.moving = False  # while a slider moves, only its fragment runs
    return state


def write_choices(state: SoftmaxState) -> None:
    """Write the choices into the address, but not while a slider moves: each change is a step of the browser's back button."""
    if not state.moving:
        write_address(dict.fromkeys(CHOICES) | link_parameters(state.values))

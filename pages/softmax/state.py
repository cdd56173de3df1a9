"""What the softmax lesson remembers of one visitor: K, (i, j), the logits, and how far each experiment is turned.

Streamlit forgets the widgets of a part that is not on view, so `values` keeps what they held; the address bar keeps it for a
reload, and for whoever is sent the link. The address is read when a link, a reload or the browser's back button brought the
visitor here, and written whenever something was chosen.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from nnlib.losses import softmax
from pages.softmax.link import CHOICES, LEAST_K, MOST_K, link_parameters, read_link

KEY, ARRIVALS = "softmax", "softmax_arrivals"


@dataclass
class SoftmaxState:
    values: dict = field(default_factory=dict)
    messages: list = field(default_factory=list)  # about the link that was opened
    generations: Counter = field(default_factory=Counter)  # how often the page itself has set each widget
    before: np.ndarray | None = None  # (K,) the probabilities before the last move of a logit
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
        """The key of a choice's widget. One that the page itself has set is a new widget, with the value as its default."""
        return f"softmax_{name}_{self.generations[name]}"

    def read(self, parameters):
        """Make the choices those of a link."""
        self.values, self.messages = read_link(parameters)
        self.before = None
        self.moving = False
        self.generations.update([*CHOICES, *(f"z_{K}" for K in range(LEAST_K, MOST_K + 1))])

    def choose(self, name: str, value):
        """Something was chosen by hand. i and j stay within K."""
        self.values[name] = value
        self.messages = []
        self.moving = False
        if name == "K":
            self.before = None
            for index in "ij":
                if self.values[index] > value:
                    self.values[index] = value
                    self.generations[index] += 1

    def move_logits(self, z: list[float], rest: bool):
        """The logits in use were moved by hand to z. Until they are at rest, it is one and the same move."""
        if not self.moving:
            self.before = self.psi
        self.drag("z", (*z, *self.values["z"][len(z) :]), rest)

    def drag(self, name: str, value, rest: bool):
        """Something was chosen by a slider that tells its value while it is dragged; rest: it was let go."""
        self.choose(name, value)
        self.moving = not rest


def softmax_state() -> SoftmaxState:
    """The state of this visit, in step with the address bar."""
    state = st.session_state.get(KEY)
    parameters = {name: st.query_params[name] for name in st.query_params if name in CHOICES}
    arrivals = st.session_state.get("arrivals")
    arrived = st.session_state.get(ARRIVALS) != arrivals
    st.session_state[ARRIVALS] = arrivals
    went_back = getattr(get_script_run_ctx(), "is_history_navigation", False)
    if state is None or went_back or (arrived and parameters):
        state = st.session_state.setdefault(KEY, SoftmaxState())
        state.read(parameters)
    state.moving = False  # a drag runs its part of the page alone
    return state


def write_address(state: SoftmaxState):
    """Make the address bar say what is chosen, and leave the parameters of others in it as they are.

    While a slider moves the address stays: each change of it is one more step back in the browser's history.
    """
    if state.moving:
        return
    wanted = link_parameters(state.values)
    for name in CHOICES:
        if name not in wanted:
            if name in st.query_params:
                del st.query_params[name]
        elif st.query_params.get(name) != wanted[name]:
            st.query_params[name] = wanted[name]

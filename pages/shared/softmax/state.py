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
from pages.shared.softmax.link import CHOICES, link_parameters, read_link

KEY, ARRIVALS = "softmax", "softmax_arrivals"


@dataclass
class SoftmaxState:
    values: dict = field(default_factory=dict)
    messages: list = field(default_factory=list)  # about the link that was opened
    generations: Counter = field(default_factory=Counter)  # how often the page itself has set each widget
    before: np.ndarray | None = None  # (K,) the probabilities before the last logit was moved

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
        self.generations.update([*CHOICES, *(logit_name(k) for k in range(len(self.values["z"])))])

    def choose(self, name: str, value):
        """Something was chosen by hand. i and j stay within K."""
        self.values[name] = value
        self.messages = []
        if name == "K":
            self.before = None
            for index in "ij":
                if self.values[index] > value:
                    self.values[index] = value
                    self.generations[index] += 1

    def move_logit(self, k: int, value: float):
        """Logit k, counted from 0, was moved by hand."""
        self.before = self.psi
        z = self.values["z"]
        self.choose("z", (*z[:k], value, *z[k + 1 :]))


def logit_name(k):
    return f"z{k + 1}"


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
    return state


def write_address(state: SoftmaxState):
    """Make the address bar say what is chosen, and leave the parameters of others in it as they are."""
    wanted = link_parameters(state.values)
    for name in CHOICES:
        if name not in wanted:
            if name in st.query_params:
                del st.query_params[name]
        elif st.query_params.get(name) != wanted[name]:
            st.query_params[name] = wanted[name]

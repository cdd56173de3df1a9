"""The small network with real numbers that the lessons compute by hand. Its numbers are the learner's to edit, in any lesson.

The session keeps them from page to page, the address bar over a reload: `?network=` names what was changed, so that a link
shows the same numbers to somebody else.
"""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from nnlib import TwoLayerNet
from pages.shared.worked_numbers import DEFAULT, PRESETS, link_text, read_link

KEY = "worked_network"
PARAMETER = "network"


@dataclass
class WorkedNetwork:
    """X (N, D), y (N,) labels, net with W1 (D, H), b1 (H,), W2 (H, K), b2 (K,), and λ."""

    X: np.ndarray
    y: np.ndarray
    net: TwoLayerNet
    reg: float = 0.0

    @property
    def sizes(self) -> dict[str, int]:
        """N, D, H and K by their letters."""
        return {"N": len(self.X), **dict(zip("DHK", self.net.sizes))}


def worked_network() -> WorkedNetwork:
    """The network of this visit: a copy, so that a page may change it without changing what the other lessons compute."""
    preset, numbers = chosen_numbers()
    _write_address(preset, numbers)
    return network_of(numbers)


def network_of(numbers) -> WorkedNetwork:
    """The network with these numbers (see worked_numbers)."""
    net = TwoLayerNet(*numbers["W1"].shape, numbers["b2"].size)
    for name, array in net.params.items():
        array[...] = numbers[name]
    return WorkedNetwork(numbers["X"].copy(), numbers["y"].copy(), net, numbers["lam"].item())


def chosen_numbers():
    """The preset's name and the numbers of this visit. A visit begins with what its link names."""
    if KEY not in st.session_state:
        text = st.query_params.get(PARAMETER, DEFAULT)
        preset, numbers, understood = read_link(text)
        st.session_state[KEY] = preset, numbers
        if not understood:
            st.toast("Some of the link's numbers mean nothing and were left out.", icon=":material/link_off:", duration="long")
    return st.session_state[KEY]


def keep_numbers(preset, numbers):
    """Make these the numbers of this visit."""
    st.session_state[KEY] = preset, numbers


def reset_numbers(preset):
    """Begin again with a preset's numbers."""
    keep_numbers(preset, PRESETS[preset]())


def _write_address(preset, numbers):
    """Make the address bar name the numbers; those that a visit begins with need no name."""
    text = link_text(preset, numbers)
    if text == DEFAULT:
        if PARAMETER in st.query_params:
            del st.query_params[PARAMETER]
    elif st.query_params.get(PARAMETER) != text:
        st.query_params[PARAMETER] = text

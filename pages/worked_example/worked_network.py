"""The small network with real numbers that the lessons compute by hand. Its numbers are the learner's to edit, in any lesson.

The session keeps them from page to page, the address bar over a reload: `?network=` names what was changed, so that a link
shows the same numbers to somebody else.
"""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from nnlib import TwoLayerNet
from pages.ui.address import write_address
from pages.worked_example.worked_numbers import DEFAULT, PRESETS, link_text, read_link

KEY = "worked_network"
PARAMETER = "network"
NOT_READ = "Some of the link's numbers mean nothing and were left out."


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


@dataclass
class Chosen:
    """What the learner has: the preset begun with, and the numbers (see worked_numbers)."""

    preset: str
    numbers: dict[str, np.ndarray]
    beginnings: int = 0  # how often a preset was begun with: fields from before mean nothing after

    def begin(self, preset):
        """Start from a preset's numbers."""
        self.preset, self.numbers = preset, PRESETS[preset]()
        self.beginnings += 1


def worked_network() -> WorkedNetwork:
    """The network of this visit: a copy, so that a page may change it without changing what the other lessons compute."""
    chosen = chosen_numbers()
    text = link_text(chosen.preset, chosen.numbers)
    write_address({PARAMETER: None if text == DEFAULT else text})
    return network_of(chosen.numbers)


def network_of(numbers) -> WorkedNetwork:
    """The network with these numbers (see worked_numbers)."""
    net = TwoLayerNet(*numbers["W1"].shape, numbers["b2"].size)
    for name, array in net.params.items():
        array[...] = numbers[name]
    return WorkedNetwork(numbers["X"].copy(), numbers["y"].copy(), net, numbers["lam"].item())


def chosen_numbers() -> Chosen:
    """What this visit computes with. A visit begins with what its link names."""
    if KEY not in st.session_state:
        preset, numbers, understood = read_link(st.query_params.get(PARAMETER, DEFAULT))
        st.session_state[KEY] = Chosen(preset, numbers)
        if not understood:
            st.toast(NOT_READ, icon=":material/link_off:", duration="long")
    return st.session_state[KEY]

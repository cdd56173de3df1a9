"""The small network that the lessons compute by hand. A learner can edit its numbers in any lesson.

The session stores the numbers for all pages. The address stores them for a reload and for links: `?network=` names the
changes.
"""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from nnlib import TwoLayerNet
from pages.ui.address import write_address
from pages.worked_example.worked_numbers import DEFAULT, PRESETS, link_text, read_link

KEY = "worked_network"
PARAMETER = "network"
INVALID = "Some numbers in the link are invalid and were ignored."


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
    """The learner's choice: a preset, and the numbers (see worked_numbers)."""

    preset: str
    numbers: dict[str, np.ndarray]
    starts: int = 0  # how often the numbers were replaced: the editor's fields of the time before are out of date

    def begin(self, preset: str) -> None:
        """Start from a preset's numbers."""
        self.preset = preset
        self.use(PRESETS[preset]())

    def use(self, numbers: dict[str, np.ndarray]) -> None:
        """Use numbers that are not from the editor's fields."""
        self.numbers = numbers
        self.starts += 1


def worked_network() -> WorkedNetwork:
    """The network of this visit. It is a copy: a page can change it, and the other lessons stay the same."""
    chosen = chosen_numbers()
    text = link_text(chosen.preset, chosen.numbers)
    write_address({PARAMETER: None if text == DEFAULT else text})
    return network_of(chosen.numbers)


def network_of(numbers: dict[str, np.ndarray]) -> WorkedNetwork:
    """The network with these numbers (see worked_numbers)."""
    net = TwoLayerNet(*numbers["W1"].shape, numbers["b2"].size)
    for name, array in net.params.items():
        array[...] = numbers[name]
    return WorkedNetwork(numbers["X"].copy(), numbers["y"].copy(), net, numbers["lam"].item())


def chosen_numbers() -> Chosen:
    """The learner's choice in this visit. At first it comes from the link."""
    if KEY not in st.session_state:
        preset, numbers, valid = read_link(st.query_params.get(PARAMETER, DEFAULT))
        st.session_state[KEY] = Chosen(preset, numbers)
        if not valid:
            st.toast(INVALID, icon=":material/link_off:", duration="long")
    return st.session_state[KEY]

"""The small network with real numbers that the lessons compute by hand. Its numbers are the learner's to edit, in any lesson."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from nnlib import TwoLayerNet


@dataclass
class WorkedNetwork:
    """X (N, D), y (N,) labels, net with W1 (D, H), b1 (H,), W2 (H, K), b2 (K,), and λ."""

    X: np.ndarray
    y: np.ndarray
    net: TwoLayerNet
    reg: float = 0.0


def worked_network() -> WorkedNetwork:
    """The network of this visit."""
    if "worked_network" not in st.session_state:
        net = TwoLayerNet(2, 3, 2, std=0.5, seed=0)
        st.session_state["worked_network"] = WorkedNetwork(np.array([[1.0, -2.0], [0.5, 1.5]]), np.array([0, 1]), net)
    return st.session_state["worked_network"]

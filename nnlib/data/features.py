"""What a network is given of a point of the plane: its coordinates, and functions of them that unbend some boundaries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np


@dataclass(frozen=True)
class Feature:
    """One input of a network of points.

    title : how it is written.
    code : the same in Python, of arrays x1 and x2 (N,).
    function : (x1, x2) → (N,), what `code` says.
    """

    title: str
    code: str
    function: Callable[[np.ndarray, np.ndarray], np.ndarray]


FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "x1": Feature("x₁", "x1", lambda x1, x2: x1),
        "x2": Feature("x₂", "x2", lambda x1, x2: x2),
        "x1_squared": Feature("x₁²", "x1 * x1", lambda x1, x2: x1 * x1),
        "x2_squared": Feature("x₂²", "x2 * x2", lambda x1, x2: x2 * x2),
        "x1_x2": Feature("x₁x₂", "x1 * x2", lambda x1, x2: x1 * x2),
        "sin_x1": Feature("sin πx₁", "np.sin(np.pi * x1)", lambda x1, x2: np.sin(np.pi * x1)),
        "sin_x2": Feature("sin πx₂", "np.sin(np.pi * x2)", lambda x1, x2: np.sin(np.pi * x2)),
    }
)
COORDINATES = ("x1", "x2")


def features_of(points: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Compute features of points (N, 2), by their names in FEATURES. Returns (N, number of names)."""
    x1, x2 = points.T
    return np.column_stack([FEATURES[name].function(x1, x2) for name in names])

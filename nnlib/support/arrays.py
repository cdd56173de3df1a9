"""Names for the arrays that functions take and return. Docstrings give the shapes."""

from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating]  # real numbers, float32 or float64
Labels = NDArray[np.integer]  # (N,) class numbers, 0 to K − 1


class StoredInputs:
    """Base class of Inputs that convert rows as they are read, and so stay as they are stored."""


class Inputs(Protocol):
    """Examples to learn from, (N, D): an array, or nnlib.data.Images, which converts rows as they are read."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Any, /) -> Any: ...


def as_inputs(X: Inputs | ArrayLike) -> Inputs:
    """Return X (N, D) itself if it is an array or StoredInputs, else as an array. (X[rows] of a DataFrame is no row.)"""
    return cast(Inputs, X if isinstance(X, (np.ndarray, StoredInputs)) else np.asarray(X))

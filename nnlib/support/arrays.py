"""Names for the arrays that functions take and return. Docstrings give the shapes."""

from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating]  # real numbers, float32 or float64
Labels = NDArray[np.integer]  # (N,) class numbers, 0 to K − 1


class StoredInputs:
    """Base class of Inputs that convert rows as they are read, and so stay as they are stored."""

    dtype: np.dtype

    def take(self, rows: NDArray[np.integer], out: Array) -> Array:
        """Write the chosen rows into `out` (n, D), which has this dtype, and return it."""
        raise NotImplementedError


class Inputs(Protocol):
    """Examples to learn from, (N, D): an array, or nnlib.data.Images, which converts rows as they are read."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Any, /) -> Any: ...


def as_inputs(X: Inputs | ArrayLike) -> Inputs:
    """Return X (N, D) itself if it is an array or StoredInputs, else as an array. (X[rows] of a DataFrame is no row.)"""
    return cast(Inputs, X if isinstance(X, (np.ndarray, StoredInputs)) else np.asarray(X))


def gather(X: Inputs, rows: NDArray[np.integer], out: Array) -> Array:
    """Write X[rows] into the buffer `out` (n, D), converted to its dtype, and return it. `rows` (n,) are not checked."""
    if isinstance(X, np.ndarray) and X.dtype == out.dtype:
        return X.take(rows, axis=0, out=out, mode="clip")  # the mode "raise" would write into a buffer of its own first
    if isinstance(X, StoredInputs) and X.dtype == out.dtype:
        return X.take(rows, out)
    out[...] = X[rows]
    return out

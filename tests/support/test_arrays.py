"""Rows gathered into a buffer are those that indexing gives, however the inputs are stored."""

import numpy as np
import pytest

from nnlib.data.images import Images
from nnlib.support.arrays import gather

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (9, 12), np.uint8)
STORED = {
    "float32": RNG.standard_normal((9, 12), np.float32),
    "float64": RNG.standard_normal((9, 12)),
    "bytes": PIXELS,
    "every second column": RNG.standard_normal((9, 24), np.float32)[:, ::2],
    "images": Images(PIXELS, range(2, 9), (2, 2, 3), PIXELS.mean(axis=0), 1 / 255),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("X", STORED.values(), ids=STORED)
def test_gathered_rows_are_those_of_indexing(X, dtype):
    rows = np.array([3, 0, 6, 3])
    out = np.full((4, 12), np.nan, dtype)
    assert gather(X, rows, out) is out
    np.testing.assert_array_equal(out, np.asarray(X[rows], dtype))

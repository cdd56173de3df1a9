"""Splitting a data set into training, validation and test examples."""

import numpy as np


def split_by_share(n: int, train_share: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shuffle 0..n-1 and cut: `train_share` of it trains, the rest is halved into validation and test (n >= 3).

    Rounded to whole inputs, with at least one in each part; an odd rest gives validation the smaller half.
    """
    train, val, _ = sizes_by_share(n, train_share)
    return split_by_sizes(n, train, val, rng)


def sizes_by_share(n: int, train_share: float) -> tuple[int, int, int]:
    """How many of n >= 3 inputs train, validate and test where `train_share` of them trains."""
    train = min(round(n * train_share), n - 2)
    val = (n - train) // 2
    return train, val, n - train - val


def split_by_sizes(n: int, train: int, val: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shuffle 0..n-1 and cut it into `train`, `val` and the rest (test)."""
    order = rng.permutation(n)
    return order[:train], order[train : train + val], order[train + val :]

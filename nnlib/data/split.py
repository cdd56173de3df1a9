"""Which inputs train, which choose the settings, and which are kept for the end."""

import numpy as np


def split_by_share(n: int, train_share: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shuffle 0..n-1 and cut: `train_share` of it trains, the rest is halved into validation and test (n >= 3).

    Rounded to whole inputs, with at least one in each part; an odd rest gives validation the smaller half.
    """
    train = min(round(n * train_share), n - 2)
    return split_by_sizes(n, train, (n - train) // 2, rng)


def split_by_sizes(n: int, train: int, val: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shuffle 0..n-1 and cut it into `train`, `val` and the rest (test)."""
    order = rng.permutation(n)
    return order[:train], order[train : train + val], order[train + val :]

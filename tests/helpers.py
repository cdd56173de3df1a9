"""Small problems that several tests train on."""

import numpy as np

from nnlib import MLP
from nnlib.training import Training


def two_blobs(N=60, seed=0):
    """An easy problem: (N, 2) points around (−1, −1) and (1, 1), and their labels."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, N)
    return rng.normal(2.0 * y[:, None] - 1, 0.4, (N, 2)), y


def small_training(seed=0, dtype=np.float32, sizes=(2, 8, 2), **options):
    """A Training on two_blobs that takes milliseconds."""
    X, y = two_blobs()
    X_val, y_val = two_blobs(30, seed=1)
    options = {"learning_rate": 0.1, "iterations": 100, "batch_size": 16, **options}
    return Training(MLP(sizes, seed=seed, dtype=dtype), X.astype(dtype), y, X_val.astype(dtype), y_val, seed=seed, **options)


def all_losses(events):
    """The losses of a sequence of events, in order."""
    return [loss for event in events for loss in getattr(event, "losses", [])]

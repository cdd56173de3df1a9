"""How a run went, in one word."""

import numpy as np

OUTCOMES = ("learns", "partly", "stuck", "diverges")
LEARNED = 0.9  # validation accuracy from which on a network has learned
STUCK = 0.1  # of the way from chance to certainty: below it, the network has learned nothing


def outcome(val_accuracy: float, y_val: np.ndarray) -> str:
    """Return "learns", "partly" or "stuck", judged by validation accuracy against chance.

    Parameters
    ----------
    val_accuracy : float
        From 0 to 1.
    y_val : (N,) array
        The validation labels. Chance is to guess the commonest class always.
    """
    chance = np.bincount(y_val).max() / len(y_val)
    if val_accuracy >= LEARNED:
        return "learns"
    return "stuck" if val_accuracy < chance + STUCK * (1 - chance) else "partly"

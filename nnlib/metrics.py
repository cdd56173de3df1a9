"""Measures of a trained classifier: accuracy, confusion matrix, most confident mistakes, and the outcome in one word."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlib.network import MLP
from nnlib.support.arrays import Array, Inputs, Labels

OUTCOMES = ("learns", "partly", "stuck", "diverges")
LEARNED = 0.9  # validation accuracy from which a network counts as having learned
STUCK = 0.1  # share of the way from chance to certainty below which nothing was learned
LUCK = 2  # standard errors that the accuracy of guessing seldom exceeds, as in chance.js of the live view


def accuracy(net: MLP, X: Inputs | ArrayLike, y: ArrayLike) -> float:
    """Share of the rows of X (N, D) whose predicted class is y (N,). A float from 0 to 1."""
    predicted = net.predict(X)
    return float((predicted == net.checked_labels(y, len(predicted))).mean())


def confusion_matrix(y: Labels, predicted: Labels, classes: int) -> NDArray[np.int64]:
    """Count how often true class i was predicted as class j.

    Parameters
    ----------
    y, predicted : (N,) labels, true and predicted.
    classes : K.

    Returns
    -------
    (K, K) counts, a row for each true class.
    """
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (y, predicted), 1)
    return counts


def confident_mistakes(psi: Array, y: Labels, most: int) -> NDArray[np.intp]:
    """Find the wrong predictions with the highest probability.

    Parameters
    ----------
    psi : (N, K) probabilities.
    y : (N,) true labels.
    most : the largest number of mistakes to return.

    Returns
    -------
    (≤ most,) indices into the N examples, the most confident mistake first.
    """
    wrong = np.flatnonzero(psi.argmax(axis=1) != y)
    return wrong[np.argsort(-psi[wrong].max(axis=1), kind="stable")[:most]]


def outcome(val_accuracy: float, y_val: Labels) -> str:
    """Describe a finished training in one word: "learns", "partly" or "stuck".

    The validation accuracy is compared with chance, the accuracy of always guessing the most frequent class of y_val (N,).
    What guessing may reach on so few examples by luck is "stuck", however high it is.
    """
    chance = np.bincount(y_val).max() / len(y_val)
    luck = LUCK * np.sqrt(chance * (1 - chance) / len(y_val))
    if val_accuracy < chance + STUCK * (1 - chance) or val_accuracy <= chance + luck:
        return "stuck"
    return "learns" if val_accuracy >= LEARNED else "partly"

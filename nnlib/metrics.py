"""What a trained classifier is judged by."""

import numpy as np


def accuracy(net, X, y):
    """Share of the rows of X (N, D) whose predicted class is y (N,). A float from 0 to 1."""
    return float((net.predict(X) == y).mean())


def confusion_matrix(y, predicted, classes):
    """(K, K) counts: entry (i, j) is how often true class i was predicted as j."""
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (y, predicted), 1)
    return counts


def confident_mistakes(psi, y, most):
    """Indices of the wrong predictions, the most confident first, at most `most`. psi (N, K), y (N,) → (≤ most,)."""
    wrong = np.flatnonzero(psi.argmax(axis=1) != y)
    return wrong[np.argsort(-psi[wrong].max(axis=1), kind="stable")[:most]]

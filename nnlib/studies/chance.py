"""How far apart two accuracies on a validation set may be by chance alone.

An accuracy p on N examples has the standard error √(p (1 − p) / N). The standard error of a difference is taken as √2 times
that, as for independent accuracies. On the same examples two accuracies are positively correlated, and the error is smaller:
the verdicts are on the safe side. The variation between training runs, with another seed, is not included.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from nnlib.data import DATASETS
from nnlib.studies.study_settings import StudySettings

SIGNIFICANCE = 0.05  # how often equal accuracies may count as different
FIXED_SPLIT = ("cifar10",)  # data sets whose validation examples are the same for every seed


def clear_difference(one: ArrayLike, other: ArrayLike, examples: int, compared: int = 1) -> np.ndarray:
    """Return the difference above which two accuracies are clearly different.

    Parameters
    ----------
    one, other : float or array of float
        Accuracies, 0 to 1.
    examples : int
        How many validation examples each of them comes from.
    compared : int
        How many differences are compared. The best of many is the best partly by luck, so the more there are, the larger
        the difference must be (Bonferroni).

    Returns
    -------
    float or array of float
    """
    both = (np.asarray(one, float) + np.asarray(other, float)) / 2
    return NormalDist().inv_cdf(1 - SIGNIFICANCE / (2 * compared)) * np.sqrt(2 * both * (1 - both) / examples)


def judged_on(settings: StudySettings) -> int:
    """Return how many independent validation examples the accuracy of a point, the mean over its networks, comes from.

    The data are drawn, or split, again with the seed of each network. Only with a fixed split do all networks see the same
    validation examples.
    """
    _, val, _ = DATASETS[settings.dataset].examples(settings.train_share)
    return val * (1 if settings.dataset in FIXED_SPLIT else settings.seeds)

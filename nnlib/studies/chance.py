"""How far apart two accuracies on a validation set lie by chance alone.

An accuracy p on N examples has the standard error √(p (1 − p) / N). The difference of two is taken for that of independent
ones, √2 times as much. On the same examples they go up and down together, so it is less: the verdicts are on the safe side.
The luck of training, what another seed would make of the same settings, is not in it.
"""

from statistics import NormalDist

import numpy as np

DOUBT = 0.05  # how often equals may be taken for different


def clear_difference(one, other, examples, compared=1):
    """The difference beyond which two accuracies (0 to 1, or arrays of such) on so many examples each are clearly different.

    compared  how many such differences were looked at. The best of many is the best by luck, too, so the more there are, the
              larger the difference must be (Bonferroni)
    """
    both = (np.asarray(one) + other) / 2
    return NormalDist().inv_cdf(1 - DOUBT / (2 * compared)) * np.sqrt(2 * both * (1 - both) / examples)

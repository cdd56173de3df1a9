"""How far apart two accuracies on a validation set may be by chance alone.

Networks that are judged on the same examples make many of the same errors, so their accuracies move together. The standard
error of a difference, or of any weighted sum of accuracies, therefore comes from the answers to each example: it is that of the
mean over the examples of the same weighted sum. For two networks the test is close to McNemar's. Measured
(`python -m benchmarks verdicts`), its variance is 0.2 to 0.4 times that of independent accuracies; on CIFAR-10 0.28 times. The
variation of the differences over seeds gives 0.15 to 0.45 times, on CIFAR-10 0.27: so the luck of the training is included.

Trials of an earlier version have no answers. Their accuracies count as independent, each with the standard error
√(p (1 − p) / N) on N examples: their verdicts are on the safe side. Along the iterations, whose points are one training, they
would not be: such trials are not judged.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from nnlib.data import DATASETS
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import StudySettings

SIGNIFICANCE = 0.05  # how often equal accuracies may count as different
FIXED_SPLIT = ("cifar10",)  # data sets whose validation examples are the same for every seed


@dataclass(frozen=True)
class Accuracies:
    """The accuracies of the points of a study, and how precisely they are known.

    Parameters
    ----------
    mean : array of float (P,)
        The accuracy of each point, 0 to 1.
    examples : int
        How many validation examples each of them comes from.
    correct : array of float (P, examples) or None
        The share of the networks of each point that classified an example correctly.
    """

    mean: np.ndarray
    examples: int
    correct: np.ndarray | None = None

    def error(self, weights: np.ndarray) -> np.ndarray:
        """Return the standard error of the weighted sums `weights` (…, P) of the accuracies, (…)."""
        if self.correct is None:
            return np.sqrt((weights**2 @ (self.mean * (1 - self.mean))) / self.examples)
        return (weights @ self.correct).std(axis=-1) / np.sqrt(self.examples)

    def estimate(self, weights: np.ndarray, share: float = 1 - SIGNIFICANCE) -> tuple[float, float, float]:
        """Return a weighted sum of the accuracies, and the lower and the upper end of its interval at the level `share`."""
        value, reach = float(weights @ self.mean), quantile((1 + share) / 2) * float(self.error(weights))
        return value, value - reach, value + reach

    def margins(self, point: int, compared: int = 1) -> np.ndarray:
        """Return the difference above which each point clearly differs from `point`, (P,).

        The best of many is the best partly by luck, so the more differences are `compared`, the larger the difference must
        be (Bonferroni).
        """
        if self.correct is None:
            variance = self.mean * (1 - self.mean)
            errors = np.sqrt((variance[point] + variance) / self.examples)
        else:
            errors = (self.correct[point] - self.correct).std(axis=1) / np.sqrt(self.examples)
        return quantile(1 - SIGNIFICANCE / (2 * compared)) * errors


def quantile(share: float) -> float:
    """Return the quantile of the standard normal distribution."""
    return NormalDist().inv_cdf(share)


def accuracies_of(settings: StudySettings, points: Sequence[Sequence[TrialRecord]]) -> Accuracies:
    """Return the Accuracies of points, each the complete trials with the same parameters."""
    mean = np.array([np.mean([record.val_accuracy for record in records]) for records in points])
    answers = [[_answers_of(settings, record) for record in records] for records in points]
    if any(each is None for of_point in answers for each in of_point):
        return Accuracies(mean, judged_on(settings))
    return Accuracies(mean, judged_on(settings), np.array([np.mean(of_point, axis=0) for of_point in answers]))


def _answers_of(settings, record):
    """Return the share of the networks of a trial that classified each example correctly, or None."""
    if len(record.answers) != settings.seeds:
        return None
    answers = np.array([unpacked(each, _validation_examples(settings)) for each in record.answers])
    return answers.mean(axis=0) if settings.dataset in FIXED_SPLIT else answers.ravel()


def packed(correct: np.ndarray) -> str:
    """Return which examples were classified correctly, (N,) bool, as Base64: a bit for each example."""
    return b64encode(np.packbits(correct).tobytes()).decode()


def unpacked(text: str, count: int) -> np.ndarray:
    """Return (count,) of 0 and 1 from the text that `packed` has made."""
    return np.unpackbits(np.frombuffer(b64decode(text), np.uint8), count=count)


def clear_difference(one: ArrayLike, other: ArrayLike, examples: int, compared: int = 1) -> np.ndarray:
    """Return the difference above which two independent accuracies are clearly different.

    Parameters
    ----------
    one, other : float or array of float
        Accuracies, 0 to 1.
    examples : int
        How many validation examples each of them comes from.
    compared : int
        How many differences are compared (Bonferroni).

    Returns
    -------
    float or array of float
    """
    both = (np.asarray(one, float) + np.asarray(other, float)) / 2
    return quantile(1 - SIGNIFICANCE / (2 * compared)) * np.sqrt(2 * both * (1 - both) / examples)


def judged_on(settings: StudySettings) -> int:
    """Return how many independent validation examples the accuracy of a point, the mean over its networks, comes from.

    The data are drawn, or split, again with the seed of each network. Only with a fixed split do all networks see the same
    validation examples.
    """
    return _validation_examples(settings) * (1 if settings.dataset in FIXED_SPLIT else settings.seeds)


def _validation_examples(settings):
    return DATASETS[settings.dataset].examples(settings.train_share)[1]

"""The claim about hidden size: the larger, the better."""

from collections.abc import Sequence

import numpy as np

from nnlib.studies.claims.verdict import (
    CONFIRMED,
    NOT_CONFIRMED,
    NOT_ENOUGH,
    Verdict,
    interval_text,
    judged,
    margin_of,
    mean_accuracies,
    not_enough,
    size_text,
)
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import StudySettings
from nnlib.support.number_text import percent

RESAMPLES = 2000  # of the bootstrap


def hidden_size(settings: StudySettings, records: Sequence[TrialRecord]) -> Verdict:
    """Test "the larger, the better" by the rank correlation of size and accuracy, with a bootstrap interval over the points."""
    claim = "Validation accuracy against hidden size: the larger, the better."
    sizes, accuracies = mean_accuracies(records, "hidden")
    if len(sizes) < 6 or sizes[-1] < 4 * sizes[0]:
        return not_enough("hidden_size", claim, "at least six sizes, the largest four times the smallest", len(sizes), "sizes")
    rho, (low, high) = _rank_correlation(sizes, accuracies)
    verdict = CONFIRMED if low > 0 else NOT_CONFIRMED if high < 0.5 else NOT_ENOUGH
    evidence = (
        f"The rank correlation of size and accuracy is {interval_text(rho, low, high)} over {len(sizes)} sizes. "
        f"Accuracy goes from {percent(accuracies[0])} at {size_text(sizes[0])} to {percent(accuracies[-1])} at "
        f"{size_text(sizes[-1])}. From {size_text(_level_from(settings, sizes, accuracies))} on, no size is clearly worse than "
        "the best."
    )
    figures = {"rho": rho, "low": low, "high": high, "sizes": len(sizes)}
    return judged("hidden_size", claim, verdict, evidence, figures, "More sizes, or more networks of each size, may decide.")


def _level_from(settings, sizes, accuracies):
    """Return the size from which on no accuracy is clearly worse than the best."""
    best = accuracies.max()
    worse = np.flatnonzero(best - accuracies > margin_of(settings, best, accuracies, len(sizes) - 1))
    return sizes[min(worse[-1] + 1, len(sizes) - 1) if len(worse) else 0]


def _rank_correlation(x, y):
    """Return Spearman's ρ and its 95 % interval by the percentile bootstrap over the points."""
    from scipy.stats import bootstrap, rankdata

    def rho(x, y, axis=-1):
        a, b = (rankdata(each, axis=axis) - (each.shape[axis] + 1) / 2 for each in (x, y))
        scale = np.sqrt((a * a).sum(axis) * (b * b).sum(axis))
        return (a * b).sum(axis) / np.where(scale > 0, scale, 1)  # in a resample of a single point, repeated, ρ is 0

    found = bootstrap((x, y), rho, paired=True, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(0))
    return float(rho(x, y)), tuple(float(end) for end in found.confidence_interval)

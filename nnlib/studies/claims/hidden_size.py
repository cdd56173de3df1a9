"""The claim about hidden size: the larger, the better."""

from collections.abc import Sequence

import numpy as np

from nnlib.studies.chance import Accuracies
from nnlib.studies.claims.verdict import (
    CONFIRMED,
    LEVELS_OFF,
    NOT_CONFIRMED,
    NOT_ENOUGH,
    Verdict,
    growth_text,
    judged,
    not_enough,
    points_along,
    size_text,
)
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import StudySettings

TREND_LEVEL = 0.6  # of the interval of the trend, whose lower end is wrong in 20 %
SMALL = 1 / 3  # of the earlier growth: later growth below it is levelling off


def hidden_size(settings: StudySettings, records: Sequence[TrialRecord]) -> Verdict:
    """Test "the larger, the better": accuracy still grows from the middle third of the sizes to the largest third.

    The trend within the upper half of the sizes must be upwards, too: a curve that rises steeply and then is level from
    the middle on also grows from third to third. The claim is not confirmed if the accuracy clearly falls from third to third,
    or within the upper half. It rises and then levels off if the growth to the middle third is clear and less than SMALL of it
    follows, even if that little is clear, too.

    Simulated on the sizes of the report, 10 to 340, with 1,000 images (`python -m benchmarks verdicts`): curves that are flat,
    flat from 100 on, or fall from 190 on by 3 or 6 points are confirmed in at most 4 % of studies; curves that are flat from
    190 on in 8 to 22 %. A curve that grows with the logarithm of the size from 35 % to 52 % is confirmed in 93 % with 12 sizes
    and in 99 % with 34, and refuted in none.
    """
    claim = "Validation accuracy against hidden size: the larger, the better."
    sizes, points = points_along(settings, records, "hidden")
    if len(sizes) < 6 or sizes[-1] < 4 * sizes[0]:
        return not_enough("hidden_size", claim, "at least six sizes, the largest four times the smallest", len(sizes), "sizes")
    early, late = (points.estimate(weights) for weights in _thirds(len(sizes)))
    weights = _upper_half(sizes)
    trend, surely = points.estimate(weights), points.estimate(weights, TREND_LEVEL)
    falls = late[2] < 0 or trend[2] < 0
    rises = late[1] > 0 and surely[1] > 0
    levels = early[1] > 0 and late[2] < SMALL * early[0]
    verdict = NOT_CONFIRMED if falls else LEVELS_OFF if levels else CONFIRMED if rises else NOT_ENOUGH
    evidence = (
        f"From the smallest third of {len(sizes)} sizes to the middle third, accuracy {growth_text(*early)}, and from there to "
        f"the largest third it {growth_text(*late)}. A line through the upper half of the sizes {growth_text(*trend)}."
    )
    if verdict == LEVELS_OFF:
        evidence += f" From {size_text(_level_from(sizes, points))} on, no size is clearly worse than the best."
    figures = {"early": early, "late": late, "trend": trend, "sizes": len(sizes)}
    return judged("hidden_size", claim, verdict, evidence, figures, "More sizes, or more networks of each size, may decide.")


def _thirds(count):
    """Return the weights of the growth from the lowest third to the middle third, and from there to the highest (2, count)."""
    third, place = count // 3, np.arange(count)
    low, high = place < third, place >= count - third
    middle = ~(low | high)
    means = [part / part.sum() for part in (low, middle, high)]
    return np.diff(means, axis=0)


def _upper_half(sizes):
    """Return the weights of the growth over the upper half of the sizes, along the line of least squares."""
    upper = np.arange(len(sizes)) >= len(sizes) // 2
    apart = np.where(upper, sizes - sizes[upper].mean(), 0)
    return apart / (apart @ apart) * np.ptp(sizes[upper])


def _level_from(sizes, points: Accuracies):
    """Return the size from which on no accuracy is clearly worse than the best."""
    best = int(np.argmax(points.mean))
    worse = np.flatnonzero(points.mean[best] - points.mean > points.margins(best, len(sizes) - 1))
    return sizes[min(worse[-1] + 1, len(sizes) - 1) if len(worse) else 0]

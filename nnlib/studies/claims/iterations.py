"""The claim about the number of iterations: accuracy still grows at the end, more slowly."""

from collections.abc import Sequence

import numpy as np

from nnlib.studies.chance import FIXED_SPLIT
from nnlib.studies.claims.verdict import (
    CONFIRMED,
    NOT_CONFIRMED,
    NOT_ENOUGH,
    Verdict,
    interval_text,
    judged,
    network_accuracies,
    not_enough,
    points_along,
)
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import StudySettings

NEGLIGIBLE = 0.15  # of the earlier growth
WITHOUT_ANSWERS = (
    "An earlier version stored these accuracies without the answers to each image. The points are one training, stopped later "
    "and later, so the accuracies alone do not show how precise the slopes are. A new study may decide."
)
SAME_IMAGES = (
    "The intervals come from the answers to the validation images. With other random numbers, a network may lie outside."
)


def iterations(settings: StudySettings, records: Sequence[TrialRecord]) -> Verdict:
    """Test "still growing, more slowly" by the slopes of lines through the earlier and the later half of the points.

    Accuracy no longer grows if the whole interval of the later slope is below a NEGLIGIBLE share of the earlier slope.

    With several networks, each judged on other examples, the intervals are those of the mean over networks, each with its own
    lines. Otherwise they come from the answers to each example. The fit of the lines would promise too much: the points are
    the same training, stopped later and later, so their errors are alike.

    Simulated on the report's 20,000 steps (`python -m benchmarks verdicts`): growth that ends in the middle, and steady growth,
    are confirmed in 2 % of studies. Growth by the logarithm is confirmed in 67 %, and never refuted.
    """
    claim = "Against iterations: accuracy is still growing at the end, more slowly."
    steps, accuracies = network_accuracies(records, "iterations")
    if len(steps) < 8 or steps[-1] < 3 * steps[0]:
        needs = "at least eight numbers of iterations, the largest three times the smallest"
        return not_enough("iterations", claim, needs, len(steps), "such numbers")
    half, networks = len(steps) // 2, accuracies.shape[1]
    if networks > 1 and settings.dataset not in FIXED_SPLIT:
        early, late, slowing = _mean_slopes(steps / 1000, 100 * accuracies, half)
        whose = f"The intervals are those of the mean over {networks} networks."
    else:
        _, points = points_along(settings, records, "iterations")
        if points.correct is None:
            return Verdict("iterations", claim, NOT_ENOUGH, WITHOUT_ANSWERS)
        early, late, slowing = (tuple(100 * end for end in points.estimate(weights)) for weights in _slopes(steps / 1000, half))
        whose = SAME_IMAGES
    growing = True if late[1] > 0 else False if late[2] < max(0, NEGLIGIBLE * early[0]) else None
    slower = True if slowing[1] > 0 else False if slowing[2] < 0 else None
    verdict = CONFIRMED if growing and slower else NOT_CONFIRMED if growing is False or slower is False else NOT_ENOUGH
    evidence = (
        f"In points per 1,000 iterations, accuracy grows by {interval_text(*early)} up to {steps[half - 1]:,.0f}, and by "
        f"{interval_text(*late)} from {steps[half]:,.0f} to {steps[-1]:,.0f}. {whose}"
    )
    figures = {"early": early, "late": late, "networks": networks}
    return judged("iterations", claim, verdict, evidence, figures, "More points, or more networks of each, may decide.")


def _mean_slopes(steps, accuracies, half):
    """Return (value, low, high) of the earlier slope, the later slope and their difference: Student's t over the networks."""
    from scipy.stats import t

    early, late = (np.polyfit(steps[part], accuracies[part], 1)[0] for part in (slice(None, half), slice(half, None)))
    reach = float(t.ppf(0.975, len(early) - 1)) / np.sqrt(len(early))
    return [_around(float(slopes.mean()), float(reach * slopes.std(ddof=1))) for slopes in (early, late, early - late)]


def _slopes(steps, half):
    """Return the weights of the earlier slope, the later slope and their difference, along lines of least squares (3, P)."""
    early, late = np.zeros((2, len(steps)))
    for weights, part in ((early, slice(None, half)), (late, slice(half, None))):
        apart = steps[part] - steps[part].mean()
        weights[part] = apart / (apart @ apart)
    return np.array([early, late, early - late])


def _around(value, reach):
    return value, value - reach, value + reach

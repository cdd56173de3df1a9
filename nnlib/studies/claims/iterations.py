"""The claim about the number of iterations: accuracy still grows at the end, more slowly."""

from collections.abc import Sequence

import numpy as np

from nnlib.studies.claims.verdict import (
    CONFIRMED,
    NOT_CONFIRMED,
    NOT_ENOUGH,
    Verdict,
    interval_text,
    judged,
    network_accuracies,
    not_enough,
)
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import StudySettings

NEGLIGIBLE = 0.15  # of the earlier growth
ONE_NETWORK = (
    "The intervals come from the fit of the lines. All points begin from the same network; another network may lie outside."
)


def iterations(settings: StudySettings, records: Sequence[TrialRecord]) -> Verdict:
    """Test "still growing, more slowly" by the slopes of lines through the earlier and the later half of the points.

    Accuracy no longer grows if the whole interval of the later slope is below a NEGLIGIBLE share of the earlier slope.

    With several networks, the intervals are those of the mean over networks, each with its own lines. With one network, the
    intervals come from the fit of its lines. They measure how well the lines are known, not how another network would do:
    its points are the same training, stopped later and later, so their errors are correlated.
    """
    claim = "Against iterations: accuracy is still growing at the end, more slowly."
    steps, accuracies = network_accuracies(records, "iterations")
    if len(steps) < 8 or steps[-1] < 3 * steps[0]:
        needs = "at least eight numbers of iterations, the largest three times the smallest"
        return not_enough("iterations", claim, needs, len(steps), "such numbers")
    half, networks = len(steps) // 2, accuracies.shape[1]
    lines = _mean_slopes if networks > 1 else _fitted_slopes
    early, late, slowing = lines(steps / 1000, 100 * accuracies, half)
    growing = True if late[1] > 0 else False if late[2] < max(0, NEGLIGIBLE * early[0]) else None
    slower = True if slowing[1] > 0 else False if slowing[2] < 0 else None
    verdict = CONFIRMED if growing and slower else NOT_CONFIRMED if growing is False or slower is False else NOT_ENOUGH
    evidence = (
        f"In points per 1,000 iterations, accuracy grows by {interval_text(*early)} up to {steps[half - 1]:,.0f}, and by "
        f"{interval_text(*late)} from {steps[half]:,.0f} to {steps[-1]:,.0f}. "
    )
    evidence += f"The intervals are those of the mean over {networks} networks." if networks > 1 else ONE_NETWORK
    figures = {"early": early, "late": late, "networks": networks}
    return judged("iterations", claim, verdict, evidence, figures, "More points, or more networks of each, may decide.")


def _mean_slopes(steps, accuracies, half):
    """Return (value, low, high) of the earlier slope, the later slope and their difference: Student's t over the networks."""
    from scipy.stats import t

    early, late = (np.polyfit(steps[part], accuracies[part], 1)[0] for part in (slice(None, half), slice(half, None)))
    reach = float(t.ppf(0.975, len(early) - 1)) / np.sqrt(len(early))
    return [_around(float(slopes.mean()), float(reach * slopes.std(ddof=1))) for slopes in (early, late, early - late)]


def _fitted_slopes(steps, accuracies, half):
    """Return the same for one network (steps, 1), with the 95 % intervals of the least-squares lines."""
    from scipy.stats import linregress, t

    slopes, reaches = [], []
    for part in (slice(None, half), slice(half, None)):
        line = linregress(steps[part], accuracies[part, 0])
        slopes.append(float(line.slope))
        reaches.append(float(t.ppf(0.975, len(steps[part]) - 2) * line.stderr))
    return [*map(_around, slopes, reaches), _around(slopes[0] - slopes[1], float(np.hypot(reaches[0], reaches[1])))]


def _around(value, reach):
    return value, value - reach, value + reach

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

SMALL = 0.3  # of the earlier growth: later growth below it is levelling off
END = 0.45  # of the sizes, the largest ones: from 200 on where 34 sizes end at 340, as in the report


def hidden_size(settings: StudySettings, records: Sequence[TrialRecord]) -> Verdict:
    """Test "the larger, the better": accuracy grows from third to third of the sizes, and along the largest of them.

    Confirmed: accuracy clearly grows from the smallest third of the sizes to the middle third, from there to the largest third,
    and along a line through the largest part, END of the sizes. All three must hold (an intersection-union test). The last one
    decides: a curve that is level there passes it by chance alone, in 2.5 % of studies. Not confirmed: accuracy clearly falls
    from the middle third to the largest, or along that line. It rises and then levels off if the growth to the middle third is
    clear and clearly less than SMALL of it follows.

    Simulated on the report's sizes, 10 to 340, with 1,000 images (`python -m benchmarks verdicts`): curves that are flat, that
    rise to 100, 150 or 190 and then are level or fall, or that fall from 250 on by 3 or 6 points, are confirmed in at most 4 %
    of studies. A curve that grows from 35 % to 52 % with the logarithm of the size is confirmed in 88 % with 34 sizes, in 33 %
    with 12, and refuted in none. Whether a curve levels off later than 200, the test cannot tell: the evidence says so.
    """
    claim = "Validation accuracy against hidden size: the larger, the better."
    sizes, points = points_along(settings, records, "hidden")
    if len(sizes) < 6 or sizes[-1] < 4 * sizes[0]:
        return not_enough("hidden_size", claim, "at least six sizes, the largest four times the smallest", len(sizes), "sizes")
    to_middle, to_largest = _thirds(len(sizes))
    largest = sizes[-round(END * len(sizes)) :]
    early, late, end = (points.estimate(weights) for weights in (to_middle, to_largest, _line(sizes, largest)))
    falls = late[2] < 0 or end[2] < 0
    levels = early[1] > 0 and points.estimate(to_largest - SMALL * to_middle)[2] < 0
    rises = early[1] > 0 and late[1] > 0 and end[1] > 0
    verdict = NOT_CONFIRMED if falls else LEVELS_OFF if levels else CONFIRMED if rises else NOT_ENOUGH
    evidence = (
        f"From the smallest third of {len(sizes)} sizes to the middle third, accuracy {growth_text(*early)}, and from there to "
        f"the largest third it {growth_text(*late)}. A line through the sizes from {size_text(largest[0])} on "
        f"{growth_text(*end)}."
    )
    if verdict == CONFIRMED:
        evidence += " This does not show whether the largest of them still gain."
    if verdict == LEVELS_OFF:
        evidence += f" From {size_text(_level_from(sizes, points))} on, no size is clearly worse than the best."
    figures = {"early": early, "late": late, "end": end, "sizes": len(sizes)}
    return judged("hidden_size", claim, verdict, evidence, figures, "More sizes, or more networks of each size, may decide.")


def _thirds(count):
    """Return the weights of the growth from the lowest third to the middle third, and from there to the highest (2, count)."""
    third, place = count // 3, np.arange(count)
    low, high = place < third, place >= count - third
    middle = ~(low | high)
    means = [part / part.sum() for part in (low, middle, high)]
    return np.diff(means, axis=0)


def _line(sizes, part):
    """Return the weights of the growth over a part of the sizes, along the line of least squares."""
    apart = np.where(np.isin(sizes, part), sizes - part.mean(), 0)
    return apart / (apart @ apart) * np.ptp(part)


def _level_from(sizes: np.ndarray, points: Accuracies) -> int:
    """Return the size from which on no accuracy is clearly worse than the best."""
    best = int(np.argmax(points.mean))
    worse = np.flatnonzero(points.mean[best] - points.mean > points.margins(best, len(sizes) - 1))
    return sizes[min(worse[-1] + 1, len(sizes) - 1) if len(worse) else 0]

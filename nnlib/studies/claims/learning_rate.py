"""The claims about the learning rate: both ends are bad, and where the best lies."""

from collections.abc import Sequence

import numpy as np

from nnlib.studies.claims.verdict import (
    CONFIRMED,
    NOT_CONFIRMED,
    NOT_ENOUGH,
    Verdict,
    advice_for,
    behind_text,
    clear_text,
    judged,
    not_enough,
    points_along,
    points_text,
    rate_text,
)
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import StudySettings
from nnlib.support.number_text import percent

REPORT_RATES = (0.5e-3, 2e-3)  # the report's best rates lie between these


def rate_ends(settings: StudySettings, records: Sequence[TrialRecord]) -> Verdict:
    """Test "too high and too low are both bad": the lowest and the highest rate are clearly worse than the best.

    The claim is not confirmed if one of them is as good as the best.
    """
    claim = "Against learning rate: too high and too low are both bad."
    rates, points = points_along(settings, records, "learning_rate")
    if len(rates) < 5 or rates[-1] < 30 * rates[0]:
        return not_enough("rate_ends", claim, "at least five rates, the largest thirty times the smallest", len(rates), "rates")
    accuracies = points.mean
    best, ends = int(np.argmax(accuracies)), [0, -1]
    losses, margins = accuracies[best] - accuracies[ends], points.margins(best, len(rates) - 1)[ends]
    verdict = CONFIRMED if (losses > margins).all() else NOT_CONFIRMED if (losses <= 0).any() else NOT_ENOUGH
    evidence = (
        f"The best rate, {rate_text(rates[best])}, reaches {percent(accuracies[best])}; the lowest, {rate_text(rates[0])}, "
        f"{behind_text(losses[0])}, and the highest, {rate_text(rates[-1])}, {behind_text(losses[1])}. "
        f"Clearly worse means more than {points_text(margins[0])} at the lowest and {points_text(margins[1])} at the highest."
    )
    figures = {"best": rates[best], "losses": losses.tolist(), "margins": margins.tolist()}
    return judged("rate_ends", claim, verdict, evidence, figures, "A wider range of rates may decide.")


def rate_best(settings: StudySettings, records: Sequence[TrialRecord]) -> Verdict:
    """Test "the best lies between 0.5e-3 and 2e-3": rates more than a grid step outside are clearly worse.

    The claim is not confirmed if the best rate inside is clearly worse than the best of all.
    """
    low, high = REPORT_RATES
    claim = f"Against learning rate: the best lies between {rate_text(low)} and {rate_text(high)}."
    rates, points = points_along(settings, records, "learning_rate")
    below, above = rates < low * 0.999, rates > high * 1.001
    inside = ~(below | above)
    if len(rates) < 5 or not (below.any() and inside.any() and above.any()):
        needs = "at least five rates: some in that interval, and some on either side"
        return not_enough(
            "rate_best", claim, needs, len(rates), f"rates: {below.sum()} below, {inside.sum()} in it, {above.sum()} above it"
        )
    accuracies = points.mean
    best, within = int(np.argmax(accuracies)), int(np.argmax(np.where(inside, accuracies, -1)))
    margins = points.margins(best, len(rates) - 1)
    level = accuracies >= accuracies[best] - margins
    far = level & _outside(rates, low, high)
    verdict = NOT_CONFIRMED if not level[within] else CONFIRMED if inside[best] and not far.any() else NOT_ENOUGH
    evidence = (
        f"The best of {len(rates)} rates is {rate_text(rates[best])} with {percent(accuracies[best])}. "
        f"{_as_good(rates[level])}."
    )
    behind = accuracies[best] - accuracies
    if not inside[best]:
        evidence += f" The best in the report's interval {behind_text(behind[within])}; {clear_text(margins[within])}."
    elif far.any():
        rival = int(np.argmin(np.where(far, behind, np.inf)))
        evidence += (
            f" {rate_text(rates[rival])}, well outside the report's interval, {behind_text(behind[rival])}; "
            f"{clear_text(margins[rival])}."
        )
    figures = {"best": rates[best], "from": rates[level][0], "to": rates[level][-1], "behind": float(behind[within])}
    return judged("rate_best", claim, verdict, evidence, figures, advice_for(settings))


def _as_good(level):
    if len(level) == 1:
        return "All other rates are clearly worse"
    return f"All rates that are not clearly worse lie between {rate_text(level[0])} and {rate_text(level[-1])}"


def _outside(rates, low, high):
    """Return which of the increasing rates lie more than a step outside the interval, (n,) bool. The outermost rates do.

    A step is the mean ratio of two neighbours: the rates cannot locate the ends of the interval more precisely than that.
    """
    step = (rates[-1] / rates[0]) ** (1 / (len(rates) - 1)) * 1.01  # values are rounded
    outside = (rates < low / step) | (rates > high * step)
    outside[[0, -1]] = True
    return outside

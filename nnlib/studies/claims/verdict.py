"""A verdict on a claim of the report, and what the functions of all claims share."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from nnlib.studies.chance import FIXED_SPLIT, Accuracies, accuracies_of, judged_on
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import StudySettings
from nnlib.support.number_text import decimal, number_text

CONFIRMED, NOT_CONFIRMED, NOT_ENOUGH = "confirmed", "not confirmed", "not enough data"
LEVELS_OFF = "rises, then levels off"
NOT_APPLICABLE = "does not apply to these data"
ALSO_HERE, NOT_HERE = "also here", "not here"  # confirmed and not confirmed, on other data than the report's
NOT_IN_SHORTER = "not in shorter training"  # not confirmed, by networks that were trained for fewer steps than the report's


@dataclass(frozen=True)
class Verdict:
    """What the trials of a study say about one claim.

    Parameters
    ----------
    key : str
        Names the claim in JSON.
    claim : str
        What the report says.
    verdict : str
        One of the verdicts above.
    evidence : str
        A sentence with the numbers.
    figures : dict
        The numbers by name.
    """

    key: str
    claim: str
    verdict: str
    evidence: str
    figures: dict = field(default_factory=dict)

    def line(self) -> dict:
        """Return the verdict as a dict for JSON."""
        return asdict(self)


def judged(key: str, claim: str, verdict: str, evidence: str, figures: dict, advice: str) -> Verdict:
    """Return the Verdict. `advice`, which data would decide, is part of the evidence if there is not enough."""
    return Verdict(key, claim, verdict, f"{evidence} {advice}" if verdict == NOT_ENOUGH else evidence, figures)


def not_enough(key: str, claim: str, needs: str, there: int, what: str) -> Verdict:
    """Return the Verdict of a study with too few points. It has `there` of `what`."""
    return Verdict(key, claim, NOT_ENOUGH, f"This needs {needs}. The study has {there} {what}.", {"there": there})


# Accuracies by value


def points_along(settings: StudySettings, records: Sequence[TrialRecord], axis: str) -> tuple[np.ndarray, Accuracies]:
    """Return the values of an axis in increasing order (P,) and the Accuracies at each of them."""
    found: dict = {}
    for record in records:
        found.setdefault(record.params[axis], []).append(record)
    values = sorted(found)
    return np.array(values, float), accuracies_of(settings, [found[value] for value in values])


def network_accuracies(records: Sequence[TrialRecord], axis: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of an axis in increasing order (P,) and the accuracies of the networks at each, by seed (P, n)."""
    found: dict = {}
    for record in records:
        found.setdefault(record.params[axis], []).append(record.val_accuracies)
    values = sorted(found)
    accuracies = [np.mean(found[value], axis=0) for value in values]
    return np.array(values, float), np.array(accuracies, float).reshape(len(values), -1 if values else 1)


# Texts


def advice_for(settings: StudySettings) -> str:
    """Say which data would separate accuracies that are not clearly different: more validation examples."""
    if settings.dataset in FIXED_SPLIT:
        return f"With {judged_on(settings):,} validation images, smaller differences may be chance."
    return "More networks at each point may decide: each is judged on other validation examples."


def interval_text(value: float, low: float, high: float) -> str:
    """Return an estimate with its 95 % interval."""
    return f"{decimal(value, 2)} (95 % interval {decimal(low, 2)} to {decimal(high, 2)})"


def growth_text(growth: float, low: float, high: float) -> str:
    """Say by how many points an accuracy grows or falls, with the 95 % interval of the growth."""
    verb = "grows" if growth >= 0 else "falls"
    return f"{verb} by {points_text(abs(growth))} (95 % interval {decimal(100 * low, 1)} to {decimal(100 * high, 1)})"


def points_text(difference: float) -> str:
    """Return a difference of accuracies in percentage points."""
    return f"{100 * difference:.1f} points"


def clear_text(margin: float) -> str:
    """Say how large a clear difference is."""
    return f"a clear difference is more than {points_text(margin)}"


def behind_text(loss: float) -> str:
    """Say how far a point is behind the best."""
    return "is as good" if loss <= 0 else f"is {points_text(loss)} behind"


def rate_text(rate: float) -> str:
    """Return a learning rate in three significant digits."""
    return number_text(rate, 3)


def size_text(size: float) -> str:
    """Return a hidden size."""
    return f"{size:,.0f}"

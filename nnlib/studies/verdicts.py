"""The report's claims about tuning, judged by the trials of a study.

Each claim is a function of the complete trials, in nnlib/studies/claims. Accuracies on validation examples differ by chance:
chance.py defines which differences are clear.
"""

from collections.abc import Sequence
from dataclasses import replace

from nnlib.studies.claims import grid, hidden_size, iterations, learning_rate
from nnlib.studies.claims.verdict import (
    ALSO_HERE,
    CONFIRMED,
    NOT_APPLICABLE,
    NOT_CONFIRMED,
    NOT_ENOUGH,
    NOT_HERE,
    NOT_IN_SHORTER,
    Verdict,
)
from nnlib.studies.records import COMPLETE, PRUNED, TrialRecord
from nnlib.studies.study_settings import StudySettings

CLAIMS = {
    frozenset({"hidden"}): (hidden_size.hidden_size,),
    frozenset({"learning_rate"}): (learning_rate.rate_ends, learning_rate.rate_best),
    frozenset({"iterations"}): (iterations.iterations,),
    frozenset({"hidden", "learning_rate"}): (grid.grid_rate, grid.grid_sizes, grid.grid_best),
}
ABOUT_RATES = (learning_rate.rate_best, grid.grid_rate, grid.grid_sizes, grid.grid_best)  # claims that name a rate
OTHER_SCALE = (
    "The report's learning rates are for the pixels of CIFAR-10, from 0 to 255. These inputs are smaller, so their best rates "
    "are larger."
)
OTHER_DATA = {CONFIRMED: ALSO_HERE, NOT_CONFIRMED: NOT_HERE}
REPORT_ITERATIONS = 20_000


def verdicts(settings: StudySettings, records: Sequence[TrialRecord]) -> list[Verdict]:
    """Return the verdicts on all claims about the axes of a study.

    If a pruner ended a trial, nothing is judged: the complete trials were selected by their accuracy.

    Parameters
    ----------
    settings : StudySettings
    records : sequence of TrialRecord
        The finished trials.

    Returns
    -------
    list of Verdict
        Empty if the report claims nothing about these axes.
    """
    complete = [record for record in records if record.state == COMPLETE]
    claims = CLAIMS.get(frozenset(settings.vary), ())
    found = [_judged(claim, settings, complete) for claim in claims]
    if pruned := sum(record.state == PRUNED for record in records):
        return [each if each.verdict == NOT_APPLICABLE else _pruned(each, pruned, len(records)) for each in found]
    return found


def _judged(claim, settings, records):
    """Return the verdict on one claim, in words that fit the data and the length of the training."""
    verdict = claim(settings, records)
    if settings.dataset != "cifar10":
        if claim in ABOUT_RATES:
            return replace(verdict, verdict=NOT_APPLICABLE, evidence=OTHER_SCALE, figures={})
        about = " The report's claim is about CIFAR-10."
        return replace(verdict, verdict=OTHER_DATA.get(verdict.verdict, verdict.verdict), evidence=verdict.evidence + about)
    if not records or "iterations" in settings.vary or settings.iterations >= REPORT_ITERATIONS:
        return verdict
    about = (
        f" Each network was trained for {settings.iterations:,} steps, the report's final network for {REPORT_ITERATIONS:,}."
    )
    if verdict.verdict != NOT_CONFIRMED:
        return replace(verdict, evidence=verdict.evidence + about)
    return replace(
        verdict, verdict=NOT_IN_SHORTER, evidence=f"{verdict.evidence}{about} This alone may explain the difference."
    )


def _pruned(verdict, pruned, trials):
    evidence = (
        f"A pruner ended {pruned} of {trials} trials early, so the others are not a fair sample of the points. Run the study "
        "again without a pruner."
    )
    return replace(verdict, verdict=NOT_ENOUGH, evidence=evidence, figures={"pruned": pruned})

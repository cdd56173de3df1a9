"""The report's claims about tuning, judged by the trials of a study.

Each claim is a function of the complete trials, in nnlib/studies/claims. Accuracies on validation examples differ by chance:
chance.py defines which differences are clear.
"""

from collections.abc import Sequence
from dataclasses import replace

from nnlib.studies.claims import grid, hidden_size, iterations, learning_rate
from nnlib.studies.claims.verdict import NOT_ENOUGH, Verdict
from nnlib.studies.records import COMPLETE, PRUNED, TrialRecord
from nnlib.studies.study_settings import StudySettings

CLAIMS = {
    frozenset({"hidden"}): (hidden_size.hidden_size,),
    frozenset({"learning_rate"}): (learning_rate.rate_ends, learning_rate.rate_best),
    frozenset({"iterations"}): (iterations.iterations,),
    frozenset({"hidden", "learning_rate"}): (grid.grid_rate, grid.grid_sizes, grid.grid_best),
}
OTHER_DATA = " The report's claim is about CIFAR-10 with pixels from 0 to 255."


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
    found = [claim(settings, complete) for claim in CLAIMS.get(frozenset(settings.vary), ())]
    if pruned := sum(record.state == PRUNED for record in records):
        return [_pruned(verdict, pruned, len(records)) for verdict in found]
    about = "" if settings.dataset == "cifar10" else OTHER_DATA
    if complete and "iterations" not in settings.vary:
        about += f" Each network was trained for {settings.iterations:,} iterations."
    return [replace(verdict, evidence=verdict.evidence + about) for verdict in found]


def _pruned(verdict, pruned, trials):
    evidence = (
        f"A pruner ended {pruned} of {trials} trials early, so the others are not a fair sample of the points. Run the study "
        "again without a pruner."
    )
    return replace(verdict, verdict=NOT_ENOUGH, evidence=evidence, figures={"pruned": pruned})

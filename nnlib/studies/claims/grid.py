"""The claims about the plane of hidden sizes and learning rates: the best rate, the best sizes and the best point."""

from collections.abc import Sequence

from nnlib.studies.claims.verdict import (
    CONFIRMED,
    NOT_CONFIRMED,
    NOT_ENOUGH,
    Verdict,
    advice_for,
    clear_text,
    judged,
    margin_of,
    not_enough,
    points_text,
    rate_text,
    size_text,
)
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import StudySettings
from nnlib.support.number_text import percent

REPORT_RATE, REPORT_SIZE = 2e-3, 180
REPORT_SIZES = ((160, 230), (300, float("inf")))  # the second one without its lower end


def grid_rate(settings: StudySettings, records: Sequence[TrialRecord]) -> Verdict:
    """Test "2e-3 is almost always the best" by the share of sizes for which it is, with Wilson's interval.

    A tie counts as neither won nor lost.
    """
    claim = f"On the grid: a learning rate of {rate_text(REPORT_RATE)} is almost always the best."
    rows = [row for row in _rows(records).values() if _at_rate(row) is not None and len(row) >= 3]
    if len(rows) < 5:
        needs = f"at least five sizes with three rates each, {rate_text(REPORT_RATE)} among them"
        return not_enough("grid_rate", claim, needs, len(rows), "such sizes")
    leads = [_lead_at_rate(row) for row in rows]
    wins, ties = sum(lead > 0 for lead in leads), sum(lead == 0 for lead in leads)
    low, high = _wilson(wins, len(rows))
    most = _wilson(wins + ties, len(rows))[1]
    verdict = CONFIRMED if low > 0.5 else NOT_CONFIRMED if most < 0.8 else NOT_ENOUGH
    share = f"95 % interval of the share {percent(low, 0)} to {percent(high, 0)}"
    tied = f" For {ties}, another rate is equally good." if ties else ""
    evidence = f"It is the best for {wins} of {len(rows)} sizes ({share}).{tied}"
    figures = {"wins": wins, "ties": ties, "sizes": len(rows), "low": low, "high": high}
    return judged("grid_rate", claim, verdict, evidence, figures, "More sizes may decide.")


def _lead_at_rate(row):
    """Return how far the report's rate is ahead of the best other rate of a row."""
    return _at_rate(row) - max(accuracy for rate, accuracy in row.items() if not _is_report_rate(rate))


def _wilson(count, of):
    """Return Wilson's 95 % interval of the share `count` / `of`."""
    from scipy.stats import binomtest

    interval = binomtest(count, of).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def grid_sizes(settings: StudySettings, records: Sequence[TrialRecord]) -> Verdict:
    """Test "at 2e-3 the best sizes are 160 to 230 or above 300": compare the best of these with the best of the others."""
    claim = f"On the grid: at {rate_text(REPORT_RATE)} the best sizes are 160 to 230, or above 300."
    column = {size: _at_rate(row) for size, row in _rows(records).items() if _at_rate(row) is not None}
    named = {size: accuracy for size, accuracy in column.items() if _named(size)}
    others = {size: accuracy for size, accuracy in column.items() if not _named(size)}
    if len(column) < 5 or not named or not others:
        needs = f"at least five sizes at {rate_text(REPORT_RATE)}: some that the report names, and some others"
        there = f"sizes at that rate; the report names {len(named) or 'none'} of them"
        return not_enough("grid_sizes", claim, needs, len(column), there)
    (size, best), (other, second) = (max(part.items(), key=lambda entry: entry[1]) for part in (named, others))
    evidence = (
        f"The best of the sizes that the report names is {size_text(size)} with {percent(best)}. The best of the others is "
        f"{size_text(other)} with {percent(second)}"
    )
    figures = {"best_named": size, "best_other": other}
    return _against("grid_sizes", claim, settings, best, second, len(column) - 1, evidence, figures)


def grid_best(settings: StudySettings, records: Sequence[TrialRecord]) -> Verdict:
    """Test "the best of all is 180 at 2e-3": compare the nearest point of the grid with the best of all others."""
    claim = f"On the grid: the best of all is a hidden size of {REPORT_SIZE} at {rate_text(REPORT_RATE)}."
    rows = _rows(records)
    sizes = [size for size, row in rows.items() if abs(size / REPORT_SIZE - 1) <= 0.2 and _at_rate(row) is not None]
    points = {(size, rate): accuracy for size, row in rows.items() for rate, accuracy in row.items()}
    if not sizes or len(points) < 12:
        needs = f"at least twelve points, one of them within a fifth of {REPORT_SIZE} at {rate_text(REPORT_RATE)}"
        return not_enough("grid_best", claim, needs, len(points), f"points, {len(sizes) or 'none'} of them near it")
    nearest = min(sizes, key=lambda size: abs(size - REPORT_SIZE))
    theirs = _at_rate(rows[nearest])
    others = {point: accuracy for point, accuracy in points.items() if point[0] != nearest or not _is_report_rate(point[1])}
    (size, rate), second = max(others.items(), key=lambda entry: entry[1])
    evidence = (
        f"The nearest point, {size_text(nearest)} at {rate_text(REPORT_RATE)}, reaches {percent(theirs)}. "
        f"The best of the others, {size_text(size)} at {rate_text(rate)}, reaches {percent(second)}"
    )
    figures = {"nearest": nearest, "best_other": [size, rate]}
    return _against("grid_best", claim, settings, theirs, second, len(others), evidence, figures)


def _against(key, claim, settings, theirs, other, compared, evidence, figures):
    """Return the Verdict on a claim that one point is the best: it is clearly ahead, clearly behind, or neither."""
    lead, margin = theirs - other, float(margin_of(settings, theirs, other, compared))
    verdict = CONFIRMED if lead > margin else NOT_CONFIRMED if lead < -margin else NOT_ENOUGH
    text = f"{evidence}. They differ by {points_text(abs(lead))}; {clear_text(margin)}."
    return judged(key, claim, verdict, text, {**figures, "lead": lead, "margin": margin}, advice_for(settings))


def _rows(records):
    """Return hidden size → learning rate → accuracy."""
    rows: dict = {}
    for record in records:
        rows.setdefault(record.params["hidden"], {})[record.params["learning_rate"]] = record.val_accuracy
    return rows


def _is_report_rate(rate):
    return abs(rate / REPORT_RATE - 1) < 0.05


def _at_rate(row):
    """Return the accuracy at the report's rate, or None if it was not tried."""
    return next((accuracy for rate, accuracy in row.items() if _is_report_rate(rate)), None)


def _named(size):
    (low, high), (above, _) = REPORT_SIZES
    return low <= size <= high or size > above

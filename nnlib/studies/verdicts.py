"""The report's claims about tuning beside what a study's own trials say.

Each claim is a function of the complete trials. It is confirmed, not confirmed, or the data do not suffice to tell; the
evidence is a sentence with the numbers. Accuracies on the same validation set differ by chance: what counts as clearly
different is MARGIN standard errors √(p (1 − p) / N) of an accuracy p on its N images.
"""

from dataclasses import asdict, dataclass, field, replace

import numpy as np

from nnlib.number_text import decimal, percent
from nnlib.studies.estimate import PLANE, SHAPES
from nnlib.studies.records import COMPLETE

CONFIRMED, NOT_CONFIRMED, NOT_ENOUGH = "confirmed", "not confirmed", "not enough data"
MARGIN = 2
NEGLIGIBLE = 1.0  # points of accuracy
RESAMPLES = 2000  # of the bootstrap
REPORT_RATES = (0.5e-3, 2e-3)
REPORT_RATE, REPORT_SIZE = 2e-3, 180
REPORT_SIZES = ((160, 230), (300, float("inf")))  # the second one open at its lower end
UNCLEAR = " A larger budget may tell: more points, more networks of each, more iterations."
OTHER_DATA = " The report's claim is about CIFAR-10 with pixels from 0 to 255."


@dataclass(frozen=True)
class Verdict:
    """claim: what the report says; verdict: one of the three; evidence: a sentence; figures: its numbers by name."""

    key: str
    claim: str
    verdict: str
    evidence: str
    figures: dict = field(default_factory=dict)

    def line(self):
        """As JSON can hold it."""
        return asdict(self)


def verdicts(settings, records):
    """The Verdicts on the report's claims that a study of these axes can speak to: a list, empty for other axes."""
    complete = [record for record in records if record.state == COMPLETE]
    found = [claim(settings, complete) for claim in CLAIMS.get(frozenset(settings.vary), ())]
    if "iterations" in settings.vary:
        return found
    trained = f" Each network was trained for {settings.iterations:,} iterations."
    return [replace(verdict, evidence=verdict.evidence + trained) if complete else verdict for verdict in found]


# Hidden size


def hidden_size(settings, records):
    """The larger, the better: the rank correlation of size and accuracy, with a bootstrap interval over the points."""
    claim = "Validation accuracy against hidden size: the larger, the better."
    sizes, accuracies = _points(records, "hidden")
    if len(sizes) < 6 or sizes[-1] < 4 * sizes[0]:
        return _short("hidden_size", claim, "at least six sizes, the largest four times the smallest", len(sizes), "sizes")
    rho, (low, high) = _rank_correlation(sizes, accuracies)
    verdict = CONFIRMED if low > 0 else NOT_CONFIRMED if high < 0.5 else NOT_ENOUGH
    evidence = (
        f"The rank correlation of size and accuracy is {_interval(rho, low, high)} over {len(sizes)} sizes; "
        f"accuracy goes from {percent(accuracies[0])} at {sizes[0]:g} to {percent(accuracies[-1])} at {sizes[-1]:g}."
    )
    return _found("hidden_size", claim, verdict, evidence, {"rho": rho, "low": low, "high": high, "sizes": len(sizes)})


def _rank_correlation(x, y):
    """Spearman's ρ and its 95 % interval by the percentile bootstrap over the points."""
    from scipy.stats import bootstrap, rankdata

    def rho(x, y):
        a, b = rankdata(x) - (len(x) + 1) / 2, rankdata(y) - (len(y) + 1) / 2
        scale = np.sqrt((a @ a) * (b @ b))
        return float(a @ b / scale) if scale else 0.0  # a resample of one point over and over says nothing

    found = bootstrap(
        (x, y), rho, paired=True, vectorized=False, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(0)
    )
    return rho(x, y), tuple(float(end) for end in found.confidence_interval)


# Learning rate


def rate_ends(settings, records):
    """Too high and too low are both bad: the least and the largest rate are clearly worse than the best."""
    claim = "Against learning rate: too high and too low are both bad."
    rates, accuracies = _points(records, "learning_rate")
    if len(rates) < 5 or rates[-1] < 30 * rates[0]:
        return _short("rate_ends", claim, "at least five rates, the largest thirty times the smallest", len(rates), "rates")
    best, margin = int(np.argmax(accuracies)), _margin(settings, max(accuracies))
    losses = [accuracies[best] - accuracies[end] for end in (0, -1)]
    verdict = CONFIRMED if min(losses) > margin else NOT_CONFIRMED
    evidence = (
        f"The best rate, {rates[best]:g}, reaches {percent(accuracies[best])}; the lowest, {rates[0]:g}, {_behind(losses[0])}, "
        f"and the highest, {rates[-1]:g}, {_behind(losses[1])}. Clearly worse means by more than {_points_of(margin)}."
    )
    return _found("rate_ends", claim, verdict, evidence, {"best": rates[best], "losses": losses, "margin": margin})


def rate_best(settings, records):
    """Best between 0.5e-3 and 2e-3."""
    low, high = REPORT_RATES
    claim = f"Against learning rate: the best lies between {low:g} and {high:g}."
    rates, accuracies = _points(records, "learning_rate")
    inside = (rates >= low * 0.999) & (rates <= high * 1.001)
    if len(rates) < 5 or not inside.any() or rates[0] >= low * 0.999 or rates[-1] <= high * 1.001:
        needs = "at least five rates, some of them in that interval and some on either side"
        return _short("rate_best", claim, needs, len(rates), f"rates, {inside.sum()} of them in it", settings)
    best, margin = int(np.argmax(accuracies)), _margin(settings, max(accuracies))
    level = rates[accuracies >= accuracies[best] - margin]
    behind = float(accuracies[best] - accuracies[inside].max())
    verdict = CONFIRMED if inside[best] else NOT_ENOUGH if behind <= margin else NOT_CONFIRMED
    evidence = (
        f"The best of {len(rates)} rates is {rates[best]:g} with {percent(accuracies[best])}; rates from {level[0]:g} to "
        f"{level[-1]:g} hold those within {_points_of(margin)} of it."
    )
    if not inside[best]:
        evidence += f" The best within the report's interval {_behind(behind)}."
    figures = {"best": rates[best], "from": level[0], "to": level[-1], "behind": behind, "margin": margin}
    return _found("rate_best", claim, verdict, evidence + _other_data(settings), figures)


# Iterations


def iterations(settings, records):
    """Still growing, more slowly: the slopes of lines through the later and through the earlier half of the points.

    It no longer grows where the interval of the later slope leaves less than NEGLIGIBLE for the whole later half.
    """
    claim = "Against iterations: accuracy is still growing at the end, more slowly."
    steps, accuracies = _points(records, "iterations")
    if len(steps) < 8 or steps[-1] < 3 * steps[0]:
        needs = "at least eight numbers of iterations, the largest three times the smallest"
        return _short("iterations", claim, needs, len(steps), "of them")
    half = len(steps) // 2
    early, late = (_slope(steps[part], accuracies[part]) for part in (slice(None, half), slice(half, None)))
    growing = True if late[1] > 0 else False if late[2] * (steps[-1] - steps[half]) / 1000 < NEGLIGIBLE else None
    lead = early[0] - late[0]
    reach = float(np.hypot(early[2] - early[0], late[2] - late[0]))  # of the interval of the difference
    slower = True if lead > reach else False if lead < -reach else None
    verdict = CONFIRMED if growing and slower else NOT_CONFIRMED if growing is False or slower is False else NOT_ENOUGH
    evidence = (
        f"In points per 1,000 iterations, accuracy grows by {_interval(*early)} up to {steps[half - 1]:,.0f}, and by "
        f"{_interval(*late)} from {steps[half]:,.0f} to {steps[-1]:,.0f}."
    )
    return _found("iterations", claim, verdict, evidence, {"early": early, "late": late})


def _slope(steps, accuracies):
    """(slope, low, high) of the least-squares line with its 95 % interval, in points of accuracy per 1,000 iterations."""
    from scipy.stats import linregress, t

    line = linregress(steps / 1000, 100 * accuracies)
    reach = float(t.ppf(0.975, len(steps) - 2) * line.stderr)
    return float(line.slope), float(line.slope) - reach, float(line.slope) + reach


# The plane of hidden sizes and learning rates


def grid_rate(settings, records):
    """2e-3 almost always best: the share of sizes whose best rate it is, with Wilson's interval."""
    claim = f"On the grid: a learning rate of {REPORT_RATE:g} is almost always the best."
    rows = [row for row in _rows(records).values() if _at_rate(row) is not None and len(row) >= 3]
    if len(rows) < 5:
        needs = f"at least five sizes with three rates each, {REPORT_RATE:g} among them"
        return _short("grid_rate", claim, needs, len(rows), "such sizes", settings)
    from scipy.stats import binomtest

    wins = sum(_at_rate(row) >= max(row.values()) for row in rows)
    interval = binomtest(wins, len(rows)).proportion_ci(method="wilson")
    low, high = float(interval.low), float(interval.high)
    verdict = CONFIRMED if low > 0.5 else NOT_CONFIRMED if high < 0.8 else NOT_ENOUGH
    share = f"95 % interval of the share {percent(low, 0)} to {percent(high, 0)}"
    evidence = f"It is the best for {wins} of {len(rows)} sizes ({share})."
    figures = {"wins": wins, "sizes": len(rows), "low": low, "high": high}
    return _found("grid_rate", claim, verdict, evidence + _other_data(settings), figures)


def grid_sizes(settings, records):
    """At 2e-3 the best sizes are 160 to 230 or above 300: the best of these against the best of the others."""
    claim = f"On the grid: at {REPORT_RATE:g} the best sizes are 160 to 230, or above 300."
    column = {size: _at_rate(row) for size, row in _rows(records).items() if _at_rate(row) is not None}
    named = {size: accuracy for size, accuracy in column.items() if _named(size)}
    others = {size: accuracy for size, accuracy in column.items() if not _named(size)}
    if len(column) < 5 or not named or not others:
        needs = f"at least five sizes at {REPORT_RATE:g}, among them some that the report names and some others"
        return _short("grid_sizes", claim, needs, len(column), "sizes there", settings)
    (size, best), (other, second) = (max(part.items(), key=lambda entry: entry[1]) for part in (named, others))
    evidence = (
        f"The best of the sizes that the report names is {size:g} with {percent(best)}, the best of the others {other:g} with "
        f"{percent(second)}"
    )
    figures = {"best_named": size, "best_other": other}
    return _against("grid_sizes", claim, settings, best - second, max(best, second), evidence, figures)


def grid_best(settings, records):
    """Best overall 180 at 2e-3: the nearest point of the grid against the best of all others."""
    claim = f"On the grid: the best of all is a hidden size of {REPORT_SIZE} at {REPORT_RATE:g}."
    rows = _rows(records)
    sizes = [size for size, row in rows.items() if abs(size / REPORT_SIZE - 1) <= 0.2 and _at_rate(row) is not None]
    points = {(size, rate): accuracy for size, row in rows.items() for rate, accuracy in row.items()}
    if not sizes or len(points) < 12:
        needs = f"at least twelve points, one of them within a fifth of {REPORT_SIZE} at {REPORT_RATE:g}"
        return _short("grid_best", claim, needs, len(points), "points", settings)
    nearest = min(sizes, key=lambda size: abs(size - REPORT_SIZE))
    theirs = _at_rate(rows[nearest])
    others = {point: accuracy for point, accuracy in points.items() if point[0] != nearest or not _is_report_rate(point[1])}
    (size, rate), second = max(others.items(), key=lambda entry: entry[1])
    evidence = (
        f"The nearest point, {nearest:g} at {REPORT_RATE:g}, reaches {percent(theirs)}, the best of the others, {size:g} at "
        f"{rate:g}, {percent(second)}"
    )
    figures = {"nearest": nearest, "best_other": [size, rate]}
    return _against("grid_best", claim, settings, theirs - second, max(theirs, second), evidence, figures)


def _against(key, claim, settings, lead, accuracy, evidence, figures):
    """The verdict on a claim that one point is the best: it leads clearly, is clearly behind, or neither."""
    margin = _margin(settings, accuracy)
    verdict = CONFIRMED if lead > margin else NOT_CONFIRMED if lead < -margin else NOT_ENOUGH
    told = f"{evidence}. They differ by {_points_of(abs(lead))}; {_points_of(margin)} would be a clear difference."
    return _found(key, claim, verdict, told, {**figures, "lead": lead, "margin": margin})


# What they share


def _points(records, axis):
    """The axis' values, increasing, and the mean accuracy at each: two arrays."""
    found = {}
    for record in records:
        found.setdefault(record.params[axis], []).append(record.val_accuracy)
    values = sorted(found)
    return np.array(values, float), np.array([np.mean(found[value]) for value in values])


def _rows(records):
    """Hidden size → learning rate → accuracy."""
    rows = {}
    for record in records:
        rows.setdefault(record.params["hidden"], {})[record.params["learning_rate"]] = record.val_accuracy
    return rows


def _is_report_rate(rate):
    return abs(rate / REPORT_RATE - 1) < 0.05


def _at_rate(row):
    """The accuracy at the report's rate, None if it was not tried."""
    return next((accuracy for rate, accuracy in row.items() if _is_report_rate(rate)), None)


def _named(size):
    (low, high), (above, _) = REPORT_SIZES
    return low <= size <= high or size > above


def _margin(settings, accuracy):
    images = SHAPES.get(settings.dataset, PLANE)[3]
    return float(MARGIN * np.sqrt(accuracy * (1 - accuracy) / images))


def _interval(value, low, high):
    return f"{decimal(value, 2)} (95 % interval {decimal(low, 2)} to {decimal(high, 2)})"


def _points_of(difference):
    return f"{100 * difference:.1f} points"


def _behind(loss):
    return "is as good" if loss <= 0 else f"is {_points_of(loss)} behind"


def _other_data(settings):
    return "" if settings.dataset == "cifar10" else OTHER_DATA


def _found(key, claim, verdict, evidence, figures):
    """What the data say. Where they leave it open, with what to do."""
    return Verdict(key, claim, verdict, evidence + UNCLEAR * (verdict == NOT_ENOUGH), figures)


def _short(key, claim, needs, there, what, settings=None):
    evidence = f"It takes {needs}; so far there are {there} {what}."
    return Verdict(key, claim, NOT_ENOUGH, evidence + (_other_data(settings) if settings else ""), {"there": there})


CLAIMS = {
    frozenset({"hidden"}): (hidden_size,),
    frozenset({"learning_rate"}): (rate_ends, rate_best),
    frozenset({"iterations"}): (iterations,),
    frozenset({"hidden", "learning_rate"}): (grid_rate, grid_sizes, grid_best),
}

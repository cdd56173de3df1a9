"""The report's claims about tuning beside what a study's own trials say.

Each claim is a function of the complete trials. It is confirmed, not confirmed, or the data do not suffice to tell; the
evidence is a sentence with the numbers. Accuracies on validation examples differ by chance: what counts as clearly different
is in chance.py.
"""

from dataclasses import asdict, dataclass, field, replace

import numpy as np

from nnlib.studies.chance import FIXED_SPLIT, clear_difference, judged_on
from nnlib.studies.records import COMPLETE, PRUNED
from nnlib.support.number_text import decimal, number_text, percent

CONFIRMED, NOT_CONFIRMED, NOT_ENOUGH = "confirmed", "not confirmed", "not enough data"
NEGLIGIBLE = 0.15  # of the earlier growth
RESAMPLES = 2000  # of the bootstrap
REPORT_RATES = (0.5e-3, 2e-3)
REPORT_RATE, REPORT_SIZE = 2e-3, 180
REPORT_SIZES = ((160, 230), (300, float("inf")))  # the second one open at its lower end
ONE_NETWORK = (
    "The intervals are those of the lines' fit: all points begin from the same network, and another one may lie outside them."
)
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
    """The Verdicts on the report's claims that a study of these axes can speak to: a list, empty for other axes.

    Where a pruner ended a trial, none is judged: the trials that are left were chosen by their accuracy.
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
        f"A pruner ended {pruned} of {trials} trials early, so the others are no fair sample of the points: run the study "
        "again without a pruner."
    )
    return replace(verdict, verdict=NOT_ENOUGH, evidence=evidence, figures={"pruned": pruned})


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
        f"The rank correlation of size and accuracy is {_interval(rho, low, high)} over {len(sizes)} sizes; accuracy goes from "
        f"{percent(accuracies[0])} at {_size(sizes[0])} to {percent(accuracies[-1])} at {_size(sizes[-1])}. From "
        f"{_size(_level_from(settings, sizes, accuracies))} on, none is clearly worse than the best."
    )
    figures = {"rho": rho, "low": low, "high": high, "sizes": len(sizes)}
    return _found("hidden_size", claim, verdict, evidence, figures, "More sizes, and more networks of each, may tell.")


def _level_from(settings, sizes, accuracies):
    """The size from which on no accuracy is clearly worse than the best."""
    best = accuracies.max()
    worse = np.flatnonzero(best - accuracies > _margin(settings, best, accuracies, len(sizes) - 1))
    return sizes[min(worse[-1] + 1, len(sizes) - 1) if len(worse) else 0]


def _rank_correlation(x, y):
    """Spearman's ρ and its 95 % interval by the percentile bootstrap over the points."""
    from scipy.stats import bootstrap, rankdata

    def rho(x, y, axis=-1):
        a, b = (rankdata(each, axis=axis) - (each.shape[axis] + 1) / 2 for each in (x, y))
        scale = np.sqrt((a * a).sum(axis) * (b * b).sum(axis))
        return (a * b).sum(axis) / np.where(scale > 0, scale, 1)  # a resample of one point over and over says nothing: 0

    found = bootstrap((x, y), rho, paired=True, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(0))
    return float(rho(x, y)), tuple(float(end) for end in found.confidence_interval)


# Learning rate


def rate_ends(settings, records):
    """Too high and too low are both bad: the least and the largest rate are clearly worse than the best.

    It is not so where one of them is as good as the best.
    """
    claim = "Against learning rate: too high and too low are both bad."
    rates, accuracies = _points(records, "learning_rate")
    if len(rates) < 5 or rates[-1] < 30 * rates[0]:
        return _short("rate_ends", claim, "at least five rates, the largest thirty times the smallest", len(rates), "rates")
    best, ends = int(np.argmax(accuracies)), accuracies[[0, -1]]
    losses, margins = accuracies[best] - ends, _margin(settings, accuracies[best], ends, len(rates) - 1)
    verdict = CONFIRMED if (losses > margins).all() else NOT_CONFIRMED if (losses <= 0).any() else NOT_ENOUGH
    evidence = (
        f"The best rate, {_rate(rates[best])}, reaches {percent(accuracies[best])}; the lowest, {_rate(rates[0])}, "
        f"{_behind(losses[0])}, and the highest, {_rate(rates[-1])}, {_behind(losses[1])}. Clearly worse would be more than "
        f"{_points_of(margins[0])} at the lowest and {_points_of(margins[1])} at the highest."
    )
    figures = {"best": rates[best], "losses": losses.tolist(), "margins": margins.tolist()}
    return _found("rate_ends", claim, verdict, evidence, figures, "A wider range of rates may tell.")


def rate_best(settings, records):
    """Best between 0.5e-3 and 2e-3: the best is, and rates more than a step of the grid outside are clearly worse.

    It is not so where the best within is clearly worse than the best of all.
    """
    low, high = REPORT_RATES
    claim = f"Against learning rate: the best lies between {_rate(low)} and {_rate(high)}."
    rates, accuracies = _points(records, "learning_rate")
    below, above = rates < low * 0.999, rates > high * 1.001
    inside = ~(below | above)
    if len(rates) < 5 or not (below.any() and inside.any() and above.any()):
        needs = "at least five rates, some of them in that interval and some on either side"
        return _short(
            "rate_best", claim, needs, len(rates), f"rates: {below.sum()} below, {inside.sum()} in it, {above.sum()} above"
        )
    best, within = int(np.argmax(accuracies)), int(np.argmax(np.where(inside, accuracies, -1)))
    margins = _margin(settings, accuracies[best], accuracies, len(rates) - 1)
    level = accuracies >= accuracies[best] - margins
    far = level & _outside(rates, low, high)
    verdict = NOT_CONFIRMED if not level[within] else CONFIRMED if inside[best] and not far.any() else NOT_ENOUGH
    evidence = (
        f"The best of {len(rates)} rates is {_rate(rates[best])} with {percent(accuracies[best])}. {_as_good(rates[level])}."
    )
    behind = accuracies[best] - accuracies
    if not inside[best]:
        evidence += f" The best in the report's interval {_behind(behind[within])}; {_clear(margins[within])}."
    elif far.any():
        rival = int(np.argmin(np.where(far, behind, np.inf)))
        evidence += (
            f" {_rate(rates[rival])}, well outside the report's interval, {_behind(behind[rival])}; {_clear(margins[rival])}."
        )
    figures = {"best": rates[best], "from": rates[level][0], "to": rates[level][-1], "behind": float(behind[within])}
    return _found("rate_best", claim, verdict, evidence, figures, _apart(settings))


def _as_good(level):
    if len(level) == 1:
        return "All others are clearly worse"
    return f"Rates from {_rate(level[0])} to {_rate(level[-1])} hold all that are not clearly worse"


def _outside(rates, low, high):
    """Which of the increasing rates lie more than a step outside the interval, (n,) bool; the least and the largest do.

    A step is the mean ratio of two neighbours: nearer to its ends than that, the rates cannot tell where the interval ends.
    """
    step = (rates[-1] / rates[0]) ** (1 / (len(rates) - 1)) * 1.01  # values are rounded
    outside = (rates < low / step) | (rates > high * step)
    outside[[0, -1]] = True
    return outside


# Iterations


def iterations(settings, records):
    """Still growing, more slowly: the slopes of lines through the later and through the earlier half of the points.

    It no longer grows where the interval of the later slope leaves a NEGLIGIBLE share of the earlier one.

    Where there are several networks, the intervals are of the mean over networks, each with lines of its own. A single network
    has the intervals of its lines' fit: they tell how well the lines are known, not what another network would do, as its
    points are the same training, stopped later and later, and err together.
    """
    claim = "Against iterations: accuracy is still growing at the end, more slowly."
    steps, accuracies = _networks(records, "iterations")
    if len(steps) < 8 or steps[-1] < 3 * steps[0]:
        needs = "at least eight numbers of iterations, the largest three times the smallest"
        return _short("iterations", claim, needs, len(steps), "of them")
    half, networks = len(steps) // 2, accuracies.shape[1]
    lines = _mean_slopes if networks > 1 else _fitted_slopes
    early, late, slowing = lines(steps / 1000, 100 * accuracies, half)
    growing = True if late[1] > 0 else False if late[2] < max(0, NEGLIGIBLE * early[0]) else None
    slower = True if slowing[1] > 0 else False if slowing[2] < 0 else None
    verdict = CONFIRMED if growing and slower else NOT_CONFIRMED if growing is False or slower is False else NOT_ENOUGH
    evidence = (
        f"In points per 1,000 iterations, accuracy grows by {_interval(*early)} up to {steps[half - 1]:,.0f}, and by "
        f"{_interval(*late)} from {steps[half]:,.0f} to {steps[-1]:,.0f}. "
    )
    evidence += f"The intervals are of the mean over {networks} networks." if networks > 1 else ONE_NETWORK
    figures = {"early": early, "late": late, "networks": networks}
    return _found("iterations", claim, verdict, evidence, figures, "More points, and more networks of each, may tell.")


def _mean_slopes(steps, accuracies, half):
    """(value, low, high) of the earlier slope, the later one and their difference: Student's t over the networks (steps, n)."""
    from scipy.stats import t

    early, late = (np.polyfit(steps[part], accuracies[part], 1)[0] for part in (slice(None, half), slice(half, None)))
    reach = float(t.ppf(0.975, len(early) - 1)) / np.sqrt(len(early))
    return [_around(float(slopes.mean()), float(reach * slopes.std(ddof=1))) for slopes in (early, late, early - late)]


def _fitted_slopes(steps, accuracies, half):
    """The same of one network (steps, 1), with the 95 % intervals of the least-squares lines."""
    from scipy.stats import linregress, t

    slopes, reaches = [], []
    for part in (slice(None, half), slice(half, None)):
        line = linregress(steps[part], accuracies[part, 0])
        slopes.append(float(line.slope))
        reaches.append(float(t.ppf(0.975, len(steps[part]) - 2) * line.stderr))
    return [*map(_around, slopes, reaches), _around(slopes[0] - slopes[1], float(np.hypot(*reaches)))]


def _around(value, reach):
    return value, value - reach, value + reach


# The plane of hidden sizes and learning rates


def grid_rate(settings, records):
    """2e-3 almost always best: the share of sizes for which it comes out best, with Wilson's interval. A tie is neither won
    nor lost."""
    claim = f"On the grid: a learning rate of {_rate(REPORT_RATE)} is almost always the best."
    rows = [row for row in _rows(records).values() if _at_rate(row) is not None and len(row) >= 3]
    if len(rows) < 5:
        needs = f"at least five sizes with three rates each, {_rate(REPORT_RATE)} among them"
        return _short("grid_rate", claim, needs, len(rows), "such sizes")
    leads = [_lead_at_rate(row) for row in rows]
    wins, ties = sum(lead > 0 for lead in leads), sum(lead == 0 for lead in leads)
    low, high = _wilson(wins, len(rows))
    most = _wilson(wins + ties, len(rows))[1]
    verdict = CONFIRMED if low > 0.5 else NOT_CONFIRMED if most < 0.8 else NOT_ENOUGH
    share = f"95 % interval of the share {percent(low, 0)} to {percent(high, 0)}"
    tied = f" For {ties}, another rate is as good." if ties else ""
    evidence = f"It comes out best for {wins} of {len(rows)} sizes ({share}).{tied}"
    figures = {"wins": wins, "ties": ties, "sizes": len(rows), "low": low, "high": high}
    return _found("grid_rate", claim, verdict, evidence, figures, "More sizes may tell.")


def _lead_at_rate(row):
    """Of the report's rate over the best other one of a row."""
    return _at_rate(row) - max(accuracy for rate, accuracy in row.items() if not _is_report_rate(rate))


def _wilson(count, of):
    """Wilson's 95 % interval of a share."""
    from scipy.stats import binomtest

    interval = binomtest(count, of).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def grid_sizes(settings, records):
    """At 2e-3 the best sizes are 160 to 230 or above 300: the best of these against the best of the others."""
    claim = f"On the grid: at {_rate(REPORT_RATE)} the best sizes are 160 to 230, or above 300."
    column = {size: _at_rate(row) for size, row in _rows(records).items() if _at_rate(row) is not None}
    named = {size: accuracy for size, accuracy in column.items() if _named(size)}
    others = {size: accuracy for size, accuracy in column.items() if not _named(size)}
    if len(column) < 5 or not named or not others:
        needs = f"at least five sizes at {_rate(REPORT_RATE)}, among them some that the report names and some others"
        return _short("grid_sizes", claim, needs, len(column), f"sizes there, {len(named) or 'none'} of them named")
    (size, best), (other, second) = (max(part.items(), key=lambda entry: entry[1]) for part in (named, others))
    evidence = (
        f"The best of the sizes that the report names is {_size(size)} with {percent(best)}, the best of the others "
        f"{_size(other)} with {percent(second)}"
    )
    figures = {"best_named": size, "best_other": other}
    return _against("grid_sizes", claim, settings, best, second, len(column) - 1, evidence, figures)


def grid_best(settings, records):
    """Best overall 180 at 2e-3: the nearest point of the grid against the best of all others."""
    claim = f"On the grid: the best of all is a hidden size of {REPORT_SIZE} at {_rate(REPORT_RATE)}."
    rows = _rows(records)
    sizes = [size for size, row in rows.items() if abs(size / REPORT_SIZE - 1) <= 0.2 and _at_rate(row) is not None]
    points = {(size, rate): accuracy for size, row in rows.items() for rate, accuracy in row.items()}
    if not sizes or len(points) < 12:
        needs = f"at least twelve points, one of them within a fifth of {REPORT_SIZE} at {_rate(REPORT_RATE)}"
        return _short("grid_best", claim, needs, len(points), f"points, {len(sizes) or 'none'} of them there")
    nearest = min(sizes, key=lambda size: abs(size - REPORT_SIZE))
    theirs = _at_rate(rows[nearest])
    others = {point: accuracy for point, accuracy in points.items() if point[0] != nearest or not _is_report_rate(point[1])}
    (size, rate), second = max(others.items(), key=lambda entry: entry[1])
    evidence = (
        f"The nearest point, {_size(nearest)} at {_rate(REPORT_RATE)}, reaches {percent(theirs)}, the best of the others, "
        f"{_size(size)} at {_rate(rate)}, {percent(second)}"
    )
    figures = {"nearest": nearest, "best_other": [size, rate]}
    return _against("grid_best", claim, settings, theirs, second, len(others), evidence, figures)


def _against(key, claim, settings, theirs, other, compared, evidence, figures):
    """The verdict on a claim that one point is the best: it leads clearly, is clearly behind, or neither."""
    lead, margin = theirs - other, float(_margin(settings, theirs, other, compared))
    verdict = CONFIRMED if lead > margin else NOT_CONFIRMED if lead < -margin else NOT_ENOUGH
    told = f"{evidence}. They differ by {_points_of(abs(lead))}; {_clear(margin)}."
    return _found(key, claim, verdict, told, {**figures, "lead": lead, "margin": margin}, _apart(settings))


# What they share


def _points(records, axis):
    """The axis' values, increasing, and the mean accuracy at each: two arrays."""
    values, accuracies = _networks(records, axis)
    return values, accuracies.mean(axis=1)


def _networks(records, axis):
    """The axis' values, increasing (P,), and the accuracies of the networks at each, in the order of their seeds (P, n)."""
    found = {}
    for record in records:
        found.setdefault(record.params[axis], []).append(record.val_accuracies)
    values = sorted(found)
    accuracies = [np.mean(found[value], axis=0) for value in values]
    return np.array(values, float), np.array(accuracies, float).reshape(len(values), -1 if values else 1)


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


def _margin(settings, one, other, compared):
    """The difference beyond which the accuracies of two points are clearly different, of so many compared."""
    return clear_difference(one, other, judged_on(settings), compared)


def _apart(settings):
    """What would tell accuracies apart that are not clearly different: more examples."""
    examples = judged_on(settings)
    if settings.dataset in FIXED_SPLIT:
        return f"With {examples:,} validation images, smaller differences may be chance."
    return "More networks of each, which are judged on other validation examples, may tell."


def _interval(value, low, high):
    return f"{decimal(value, 2)} (95 % interval {decimal(low, 2)} to {decimal(high, 2)})"


def _points_of(difference):
    return f"{100 * difference:.1f} points"


def _behind(loss):
    return "is as good" if loss <= 0 else f"is {_points_of(loss)} behind"


def _clear(margin):
    return f"{_points_of(margin)} would be a clear difference"


def _rate(rate):
    return number_text(rate, 3)


def _size(size):
    return f"{size:,.0f}"


def _found(key, claim, verdict, evidence, figures, advice):
    """What the data say. Where they leave it open, with what would tell."""
    return Verdict(key, claim, verdict, f"{evidence} {advice}" if verdict == NOT_ENOUGH else evidence, figures)


def _short(key, claim, needs, there, what):
    evidence = f"It takes {needs}; here are {there} {what}."
    return Verdict(key, claim, NOT_ENOUGH, evidence, {"there": there})


CLAIMS = {
    frozenset({"hidden"}): (hidden_size,),
    frozenset({"learning_rate"}): (rate_ends, rate_best),
    frozenset({"iterations"}): (iterations,),
    frozenset({"hidden", "learning_rate"}): (grid_rate, grid_sizes, grid_best),
}

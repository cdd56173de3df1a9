"""How often the verdicts of a study are wrong, and how closely two networks answer alike on the same images.

curves  Simulated studies of one axis and of the plane, of which the true accuracies are known: the share of each verdict.
pairs   Networks at good points, trained here: the variance of the difference of two accuracies on the same examples, as a share
        of what it would be on examples of their own, and the same from the spread over seeds.

In a simulated study every image has a difficulty that all networks share, so that two networks agree as often as measured in
`pairs`. The claims see the answers. With `--independent` they see accuracies alone, drawn on images of their own.
"""

import argparse
from collections import Counter
from itertools import combinations, product
from statistics import NormalDist

import numpy as np

from benchmarks.tables import Target, machine, show_machine, show_table, show_targets, write_json
from nnlib.data import DATASETS
from nnlib.studies.chance import FIXED_SPLIT, packed
from nnlib.studies.claims import grid, hidden_size, iterations, learning_rate
from nnlib.studies.claims.verdict import CONFIRMED, LEVELS_OFF, NOT_CONFIRMED
from nnlib.studies.plans import planned
from nnlib.studies.records import COMPLETE, TrialRecord

SHARED = 0.8  # correlation of two networks' scores on an image; their answers then correlate by about 0.6
ALIKE = 0.9  # the same of what is the network's own, at neighbouring numbers of iterations
RATES = (5e-4, 1e-3, 2e-3, 4e-3)
WRONG, FOUND = 5.0, 80.0  # per cent of the studies, at most and at least


def log_growth(size, first=10, last=340):
    return np.log(np.minimum(size, last) / first) / np.log(last / first)


def steady_growth(size, first=10, last=340):
    return np.minimum((size - first) / (last - first), 1)


def sizes_curves(first, last, lowest, rise):
    """name → (accuracy by size, whether the claim is true of it). Plateaus begin where 100 to 250 are on 10 to 340.

    Of a curve that ends its rise at 250 and then loses at most one point, the claim is neither clearly true nor clearly false.
    """
    found = {
        "to the end by the logarithm": (lambda size: lowest + 17 / 15 * rise * log_growth(size, first, last), True),
        "flat": (lambda size: lowest + rise + 0 * size, False),
    }
    shapes = {"by the logarithm": log_growth, "steadily": steady_growth}
    for (name, shape), to, fall in product(shapes.items(), (100, 150, 190, 250), (0, 1, 3, 6)):
        top = round(first + (to - 10) / 330 * (last - first))
        curve = lambda size, shape=shape, top=top, fall=fall: (  # noqa: E731
            lowest + rise * shape(size, first, top) - fall / 100 * np.maximum(0, size - top) / (last - top)
        )
        true = None if to == 250 and fall <= 1 else False
        found[f"{name} to {top}, then {f'falling by {fall}' if fall else 'flat'}"] = (curve, true)
    return found


def sizes_studies():
    """(title, settings, curves): the report's sizes with as many points, and as many networks of each; digits."""
    report = sizes_curves(10, 340, 0.35, 0.15)  # the curve to the end then is the report's, 35 to 52 %
    for budget, points, networks in (("small", 6, 1), ("small", 12, 1), ("report", 34, 1), ("report", 34, 4)):
        title = f"{points} sizes × {networks}"
        yield title, planned("hidden", "cifar10", budget, trials=points, seeds=networks), report
    yield "12 sizes of the digits × 3", planned("hidden", "digits"), sizes_curves(2, 100, 0.60, 0.30)


def plane(lead, rows_lost=0.0, loss=0.0, sizes=34):
    """Accuracies (size, rate) where 2e-3 is ahead by `lead`, but behind 1e-3 by `loss` in a share of the rows."""

    def accuracy(size, rate):
        place = SIZES_OF[sizes].index(size)
        behind = (place * 7919 % sizes) / sizes < rows_lost  # scattered
        return 0.40 + 0.10 * log_growth(size) + (lead if rate == 2e-3 else lead + loss if behind and rate == 1e-3 else 0)

    return accuracy


SIZES_OF = {34: tuple(range(10, 341, 10)), 6: (10, 76, 142, 208, 274, 340)}


def hump(best, width=0.6, depth=0.4):
    """Accuracy by learning rate with its top at `best`."""
    return lambda rate: 0.1 + depth * float(np.exp(-((np.log10(rate / best) / width) ** 2)))


def cases():
    """(claim, title, settings, accuracy of a point, whether the claim is true; None if it is not clear)."""
    for study, settings, by_size in sizes_studies():
        for title, (curve, true) in by_size.items():
            yield hidden_size.hidden_size, f"{study}: {title}", settings, lambda p, f=curve: f(p["hidden"]), true
    for points in (12, 34):
        settings = planned("lr", "cifar10", trials=points)
        for title, curve, ends, best in (
            ("best at 1e-3", hump(1e-3), True, True),
            ("best at 1e-4", hump(1e-4), True, False),
            ("best at 2e-2, beyond the end", hump(2e-2), False, False),
            ("all equal", lambda rate: 0.45, False, False),
        ):
            by_rate = lambda p, f=curve: f(p["learning_rate"])  # noqa: E731
            yield learning_rate.rate_ends, f"{points} rates, {title}", settings, by_rate, ends
            yield learning_rate.rate_best, f"{points} rates, {title}", settings, by_rate, best
    for sizes, values in SIZES_OF.items():
        settings = planned("grid", "cifar10", hidden_values=values, learning_rate_values=RATES)
        for title, accuracy, true in (
            ("2e-3 ahead everywhere by 1 point", plane(0.01, sizes=sizes), True),
            ("2e-3 ahead everywhere by 3 points", plane(0.03, sizes=sizes), True),
            ("all rates equal", plane(0.0, sizes=sizes), None),
            ("ahead by 3 at two thirds of the sizes, else behind by 3", plane(0.03, 1 / 3, 0.03, sizes), False),
            ("ahead by 1 at 80 % of the sizes, else behind by 1", plane(0.01, 0.2, 0.01, sizes), False),
            ("behind everywhere by 2 points", plane(-0.02, 1.0, 0.02, sizes), False),
        ):
            by_both = lambda p, f=accuracy: f(p["hidden"], p["learning_rate"])  # noqa: E731
            yield grid.grid_rate, f"{sizes} sizes, {title}", settings, by_both, true
            yield grid.grid_sizes, f"{sizes} sizes, {title}", settings, by_both, None
        flat = lambda p: 0.45  # noqa: E731
        yield grid.grid_sizes, f"{sizes} sizes, all equal", settings, flat, None
        yield grid.grid_best, f"{sizes} sizes, all equal", settings, flat, None
    for title, growth, true in (
        ("by the logarithm", lambda steps: 0.35 + 0.065 * np.log(steps / 2000), True),
        ("level from the middle on", lambda steps: 0.35 + 0.10 * min(steps, 10_000) / 10_000, False),
        ("steadily", lambda steps: 0.35 + 0.01 * steps / 1000, False),
    ):
        settings = planned("iterations", "cifar10", budget="report", trials=34)
        yield iterations.iterations, f"34 numbers, {title}", settings, lambda p, f=growth: f(p["iterations"]), true


def simulated(settings, accuracy, rng, independent):
    """The records of one study. Along the iterations, which are one training, the answers change slowly."""
    places = [dict(zip(settings.vary, values)) for values in product(*settings.values.values())]
    true = np.array([accuracy(place) for place in places], float)
    images = DATASETS[settings.dataset].examples(settings.train_share)[1]
    difficulty = rng.standard_normal((1 if settings.dataset in FIXED_SPLIT else settings.seeds, images))
    own = rng.standard_normal((len(places), settings.seeds, images))
    if "iterations" in settings.vary:
        for before, after in zip(own, own[1:]):
            after *= np.sqrt(1 - ALIKE**2)
            after += ALIKE * before
    scores = own if independent else np.sqrt(SHARED) * difficulty + np.sqrt(1 - SHARED) * own
    correct = scores < np.array([NormalDist().inv_cdf(share) for share in true])[:, None, None]
    return [
        TrialRecord(
            number,
            place,
            COMPLETE,
            float(networks.mean()),
            tuple(networks.mean(axis=1).tolist()),
            answers=() if independent else tuple(map(packed, networks)),
        )
        for number, (place, networks) in enumerate(zip(places, correct))
    ]


def curves(times, independent):
    """[(claim, title, true or not, verdict → per cent)]."""
    found = []
    for number, (claim, title, settings, accuracy, true) in enumerate(cases()):
        rng = np.random.default_rng(number)
        counts = Counter(claim(settings, simulated(settings, accuracy, rng, independent)).verdict for _ in range(times))
        found.append((claim.__name__, title, true, {verdict: 100 * count / times for verdict, count in counts.items()}))
    return found


def pairs(seeds):
    """[(data set, axis, variance from the answers, variance over the seeds)], the last two as shares of the independent one."""
    found = []
    for dataset, figure in product(("digits", "moons", "spiral"), ("hidden", "lr")):
        settings = planned(figure, dataset)
        (axis,) = settings.vary
        answers = np.array(
            [[_answers(settings.experiment({axis: value}, seed)) for seed in range(seeds)] for value in settings.values[axis]]
        )
        accuracy = answers.mean(axis=(1, 2))
        near = np.flatnonzero(accuracy > accuracy.max() - 0.1)
        paired = spread = independent = 0.0
        for one, other in combinations(near, 2):
            apart = answers[one].astype(float) - answers[other]
            p = (accuracy[one] + accuracy[other]) / 2
            paired += apart.var(axis=1).mean() / apart.shape[1]
            spread += apart.mean(axis=1).var(ddof=1)
            independent += 2 * p * (1 - p) / apart.shape[1]
        found.append((dataset, axis, paired / independent, spread / independent))
    return found


def _answers(experiment):
    """Which validation examples the network of an experiment classifies correctly."""
    data = experiment.load()
    training = experiment.training_on(data)
    for _ in training.events():
        pass
    return training.network.predict(data.X_val) == data.y_val


def main(arguments):
    parser = argparse.ArgumentParser(prog="python -m benchmarks verdicts", description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=("curves", "pairs"), default=("curves", "pairs"), help="parts to run")
    parser.add_argument("--times", type=int, default=400, help="studies of each case")
    parser.add_argument("--seeds", type=int, default=6, help="networks of each point")
    parser.add_argument("--independent", action="store_true", help="accuracies without answers, on images of their own")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args(arguments)
    about = machine()
    found = curves(options.times, options.independent) if "curves" in options.only else []
    alike = pairs(options.seeds) if "pairs" in options.only else []
    targets = [target for case in found for target in _targets(*case)]
    if options.json:
        write_json({"benchmark": "verdicts", "machine": about, "curves": found, "pairs": alike}, targets)
        return 0
    show_machine(about)
    if found:
        rows = [[name, title, _said(shares)] for name, title, _, shares in found]
        show_table(f"Verdicts of {options.times} simulated studies, per cent", ["claim", "case", "verdicts"], rows)
    if alike:
        rows = [[dataset, axis, f"{paired:.2f}", f"{spread:.2f}"] for dataset, axis, paired, spread in alike]
        show_table("Variance of a difference, 1 if independent", ["data", "axis", "from answers", "over seeds"], rows)
    show_targets(targets)
    return 0


def _said(shares):
    return ", ".join(f"{verdict} {share:.1f}" for verdict, share in sorted(shares.items(), key=lambda entry: -entry[1]))


def _targets(name, title, true, shares):
    """A claim is rarely confirmed where it is false; where it is true, it is mostly confirmed, and rarely anything else."""
    if true is None:
        return []
    case, confirmed = f"{name}, {title}", shares.get(CONFIRMED, 0.0)
    if not true:
        return [Target(f"{case}: confirmed", WRONG, confirmed, " %")]
    refuted = shares.get(NOT_CONFIRMED, 0.0) + shares.get(LEVELS_OFF, 0.0)
    return [Target(f"{case}: refuted", WRONG, refuted, " %"), Target(f"{case}: found", FOUND, confirmed, " %", at_least=True)]

"""The report's claims against made-up trials that confirm or contradict them, or are inconclusive."""

from collections import Counter
from itertools import product

import numpy as np
import pytest

from nnlib.studies.claims.verdict import CONFIRMED, NOT_CONFIRMED, NOT_ENOUGH
from nnlib.studies.plans import planned
from nnlib.studies.records import COMPLETE, PRUNED, TrialRecord
from nnlib.studies.verdicts import verdicts
from tests.studies.studies_helpers import record

SIZES = tuple(range(10, 350, 30))
RATES = (1e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2e-3, 4e-3, 1e-2)
STEPS = tuple(range(1000, 21_000, 1000))


def judged(figure, axis, points):
    """Key → verdict for one-dimensional points {value: accuracy}."""
    settings = planned(figure, "cifar10", **{f"{axis}_values": tuple(points)})
    records = [record(i, accuracy, **{axis: value}) for i, (value, accuracy) in enumerate(points.items())]
    found = verdicts(settings, records)
    assert all(each.evidence.endswith(".") and each.claim for each in found)
    return {each.key: each.verdict for each in found}


@pytest.mark.parametrize(
    ("accuracy", "verdict"),
    [
        (lambda size: 0.35 + 0.0004 * size, CONFIRMED),
        (lambda size: 0.50 - 0.0004 * size, NOT_CONFIRMED),
        (lambda size: 0.45 + 0.02 * np.sin(size), NOT_ENOUGH),
    ],
)
def test_hidden_size(accuracy, verdict):
    assert judged("hidden", "hidden", {size: accuracy(size) for size in SIZES}) == {"hidden_size": verdict}


def test_too_few_sizes_are_not_enough():
    assert judged("hidden", "hidden", {10: 0.3, 340: 0.5}) == {"hidden_size": NOT_ENOUGH}
    assert verdicts(planned("hidden", "cifar10"), [])[0].verdict == NOT_ENOUGH


def test_the_remaining_trials_of_a_pruner_are_not_judged():
    settings = planned("lr", "cifar10", learning_rate_values=RATES, pruner="median")
    records = [record(i, accuracy, learning_rate=rate) for i, (rate, accuracy) in enumerate(peak(1e-3, 0.5).items())]
    assert {each.verdict for each in verdicts(settings, records)} == {CONFIRMED}  # it stopped none
    records += [record(8 + i, 0.1, PRUNED, learning_rate=0.02 + i) for i in range(2)]
    for verdict in verdicts(settings, records):
        assert verdict.verdict == NOT_ENOUGH and verdict.evidence.startswith("A pruner ended 2 of 10 trials early")


def peak(at, width):
    """Accuracies with their peak at the rate `at`."""
    return {rate: 0.1 + 0.4 * float(np.exp(-((np.log10(rate / at) / width) ** 2))) for rate in RATES}


@pytest.mark.parametrize(
    ("points", "ends", "best"),
    [
        (peak(1e-3, 0.5), CONFIRMED, CONFIRMED),
        (peak(1e-4, 0.4), CONFIRMED, NOT_CONFIRMED),
        (peak(1e-2, 0.4), NOT_CONFIRMED, NOT_CONFIRMED),
        (peak(2.5e-4, 8.0), NOT_ENOUGH, NOT_ENOUGH),
        ({**peak(1e-3, 0.5), 1e-2: 0.49}, NOT_ENOUGH, NOT_ENOUGH),  # one end slightly worse
        ({**peak(1e-3, 0.5), 1e-2: 0.5}, NOT_CONFIRMED, NOT_ENOUGH),  # as good
        ({**peak(1e-3, 0.5), 4e-3: 0.49}, CONFIRMED, CONFIRMED),  # a neighbour of the interval does not count as outside
        ({**peak(1e-3, 0.5), 1e-4: 0.49}, CONFIRMED, NOT_ENOUGH),  # this counts as outside
    ],
)
def test_learning_rate(points, ends, best):
    assert judged("lr", "learning_rate", points) == {"rate_ends": ends, "rate_best": best}


def test_rates_outside_the_interval_of_the_report_are_inconclusive():
    points = {0.03: 0.9, 0.1: 0.95, 0.3: 0.98, 1.0: 0.97, 3.0: 0.5}
    assert judged("lr", "learning_rate", points)["rate_best"] == NOT_ENOUGH


def test_the_ends_of_the_search_must_be_worse_by_any_margin():
    points = {1e-5: 0.1, 1e-4: 0.2, 5e-4: 0.4, 1e-3: 0.5, 3e-3: 0.49}
    assert judged("lr", "learning_rate", points)["rate_best"] == NOT_ENOUGH
    assert judged("lr", "learning_rate", points | {3e-3: 0.2})["rate_best"] == CONFIRMED


@pytest.mark.parametrize(
    ("accuracy", "verdict"),
    [
        (lambda steps: 0.3 + 0.08 * np.log(steps / 1000), CONFIRMED),
        (lambda steps: 0.3 + 0.01 * steps / 1000, NOT_ENOUGH),
        (lambda steps: 0.55 - 0.25 * np.exp(-steps / 1000), NOT_CONFIRMED),
        (lambda steps: 0.2 + 0.3 * (steps / 20_000) ** 3, NOT_CONFIRMED),
    ],
)
def test_iterations(accuracy, verdict):
    rng = np.random.default_rng(0)
    points = {steps: float(accuracy(steps) + rng.normal(0, 0.002)) for steps in STEPS}
    assert judged("iterations", "iterations", points) == {"iterations": verdict}


def test_undecided_growth_is_not_rejected():
    """With few steps a line through noise cannot show whether half a point is growth."""
    early = dict(zip(range(100, 1100, 100), np.linspace(0.90, 0.96, 10)))
    noise = np.random.default_rng(0).normal(0, 0.005, 10)
    late = {1100 + 100 * i: 0.962 + 0.0004 * i + float(noise[i]) for i in range(10)}
    assert judged("iterations", "iterations", early | late) == {"iterations": NOT_ENOUGH}


def test_several_networks_are_compared_by_their_spread():
    """The first still grows and fits a line well, but half of the others stopped growing long before."""

    def judged_with(spread):
        settings = planned("iterations", "digits", iterations_values=STEPS, seeds=4)
        rates = 0.02 * (1 + spread * np.array([1, -1, 1, -1]))
        records, rng = [], np.random.default_rng(0)
        for i, steps in enumerate(STEPS):
            accuracies = 0.5 + 0.1 * min(steps, 10_000) / 10_000 + rates * max(steps - 10_000, 0) / 10_000
            accuracies += rng.normal(0, 0.0005, 4)
            records.append(TrialRecord(i, {"iterations": steps}, COMPLETE, float(accuracies.mean()), tuple(accuracies)))
        (verdict,) = verdicts(settings, records)
        assert "mean over 4 networks" in verdict.evidence
        return verdict.verdict

    assert judged_with(0.1) == CONFIRMED and judged_with(1.0) == NOT_ENOUGH


def on_grid(accuracy, sizes=SIZES, rates=(5e-4, 1e-3, 2e-3, 4e-3), dataset="cifar10"):
    settings = planned("grid", dataset, hidden_values=sizes, learning_rate_values=rates)
    points = [(size, rate) for size in sizes for rate in rates]
    records = [record(i, accuracy(size, rate), hidden=size, learning_rate=rate) for i, (size, rate) in enumerate(points)]
    return {each.key: each.verdict for each in verdicts(settings, records)}


def test_the_grid_of_the_report_confirms_its_claims():
    def accuracy(size, rate):
        named = 160 <= size <= 230 or size > 300
        return 0.35 + (rate == 2e-3) * (0.1 + 0.08 * named + 0.08 * (size == 190))

    assert on_grid(accuracy) == {"grid_rate": CONFIRMED, "grid_sizes": CONFIRMED, "grid_best": CONFIRMED}


def test_a_grid_that_contradicts_the_report():
    def accuracy(size, rate):
        return 0.35 + 0.1 * (rate == 1e-3) + 0.1 * (size == 250)

    assert on_grid(accuracy) == {"grid_rate": NOT_CONFIRMED, "grid_sizes": NOT_CONFIRMED, "grid_best": NOT_CONFIRMED}


def test_a_grid_that_is_inconclusive():
    def accuracy(size, rate):
        return 0.45 + 0.01 * (rate == 2e-3) * (size > 100) - 0.01 * (rate == 2e-3) * (size < 100)

    assert on_grid(accuracy) == {"grid_rate": NOT_ENOUGH, "grid_sizes": NOT_ENOUGH, "grid_best": NOT_ENOUGH}
    others = on_grid(lambda size, rate: 0.9, sizes=(4, 50, 100), rates=(0.1, 0.3, 1.0), dataset="digits")
    assert set(others.values()) == {NOT_ENOUGH}


def test_a_tied_learning_rate_neither_wins_nor_loses():
    assert on_grid(lambda size, rate: 0.9)["grid_rate"] == NOT_ENOUGH
    assert on_grid(lambda size, rate: 0.9 + 0.001 * (rate == 2e-3))["grid_rate"] == CONFIRMED
    assert on_grid(lambda size, rate: 0.9 - 0.001 * (rate == 2e-3))["grid_rate"] == NOT_CONFIRMED


def test_axes_that_the_report_does_not_cover():
    settings = planned("free", vary=("reg", "std"), sampler="random")
    assert verdicts(settings, [record(0, 0.5, reg=0.1, std=0.1)]) == []


EQUALS = [  # one of which is always the best by chance
    planned("lr", "cifar10"),
    planned("lr", "digits", learning_rate_values=RATES),
    planned("lr", "moons", learning_rate_values=RATES, seeds=1, train_share=0.9),
    planned("grid", "cifar10", hidden_values=SIZES, learning_rate_values=(5e-4, 1e-3, 2e-3, 4e-3)),
    planned("grid", "spiral", hidden_values=SIZES, learning_rate_values=(1e-3, 2e-3, 4e-3), train_share=0.9),
]


@pytest.mark.parametrize("settings", EQUALS, ids=lambda settings: f"{settings.figure}-{settings.dataset}")
@pytest.mark.parametrize("share", [0.45, 0.95])
def test_equal_trials_rarely_have_a_best_one_by_chance(settings, share):
    """Every network classifies each example correctly with the same probability."""
    times, rng, images = 200, np.random.default_rng(0), len(settings.load().y_val) if settings.dataset != "cifar10" else 1000
    points = [dict(zip(settings.vary, values)) for values in product(*settings.values.values())]
    counts = Counter()
    for _ in range(times):
        drawn = rng.binomial(images, share, (len(points), settings.seeds)) / images
        trials = zip(points, drawn)
        records = [TrialRecord(i, at, COMPLETE, float(each.mean()), tuple(each)) for i, (at, each) in enumerate(trials)]
        counts.update((each.key, each.verdict) for each in verdicts(settings, records))
    keys = ("rate_best",) if settings.figure == "lr" else ("grid_sizes", "grid_best")
    assert all(counts[key, CONFIRMED] + counts[key, NOT_CONFIRMED] <= 0.05 * times for key in keys)
    assert counts["rate_ends", CONFIRMED] + counts["grid_rate", CONFIRMED] <= 0.05 * times


def test_equal_sizes_rarely_show_growth_by_chance():
    settings, rng = planned("hidden", "cifar10"), np.random.default_rng(0)
    sizes = settings.hidden_values
    found = Counter()
    for _ in range(60):
        drawn = rng.binomial(1000, 0.45, len(sizes)) / 1000
        records = [record(i, float(accuracy), hidden=size) for i, (size, accuracy) in enumerate(zip(sizes, drawn))]
        found.update(each.verdict for each in verdicts(settings, records))
    assert found[CONFIRMED] <= 4


def test_fewer_validation_examples_give_weaker_verdicts():
    def on_moons(**given):
        settings = planned("lr", "moons", learning_rate_values=RATES, **given)
        accuracies = [0.6, 0.6, 0.7, 0.8, 0.9, 0.8, 0.7, 0.6]
        records = [record(i, accuracy, learning_rate=rate) for i, (rate, accuracy) in enumerate(zip(RATES, accuracies))]
        return {each.key: each.verdict for each in verdicts(settings, records)}

    assert on_moons(seeds=1) == {"rate_ends": CONFIRMED, "rate_best": CONFIRMED}  # 150 of them
    assert on_moons(seeds=1, train_share=0.9) == {"rate_ends": NOT_ENOUGH, "rate_best": NOT_ENOUGH}  # 30
    assert on_moons(seeds=5, train_share=0.9) == {"rate_ends": CONFIRMED, "rate_best": CONFIRMED}  # 30 others for each network


@pytest.mark.parametrize("figure", ["hidden", "lr", "iterations", "grid"])
def test_data_other_than_the_report_s_is_noted(figure):
    for dataset, noted in (("cifar10", False), ("digits", True)):
        settings = planned(figure, dataset)
        points = [dict(zip(settings.vary, values)) for values in product(*settings.values.values())]
        found = verdicts(settings, [record(i, 0.3 + i / 1000, **at) for i, at in enumerate(points)])
        assert found and all(("The report's claim is about CIFAR-10" in each.evidence) == noted for each in found)


def test_small_rates_use_the_common_format():
    settings = planned("lr", "cifar10", learning_rate_values=RATES)
    records = [record(i, accuracy, learning_rate=rate) for i, (rate, accuracy) in enumerate(peak(1e-3, 0.5).items())]
    assert "the lowest, 1e−5, is" in verdicts(settings, records)[0].evidence

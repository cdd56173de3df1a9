"""The report's claims against made-up trials that bear them out, contradict them, or do not tell."""

import numpy as np
import pytest
from studies_helpers import record

from nnlib.studies.plans import planned
from nnlib.studies.records import PRUNED
from nnlib.studies.verdicts import CONFIRMED, NOT_CONFIRMED, NOT_ENOUGH, verdicts

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


def test_few_sizes_are_not_enough_and_pruned_trials_do_not_count():
    assert judged("hidden", "hidden", {10: 0.3, 340: 0.5}) == {"hidden_size": NOT_ENOUGH}
    settings = planned("hidden", "cifar10", hidden_values=SIZES)
    pruned = [record(i, size / 1000, PRUNED, hidden=size) for i, size in enumerate(SIZES)]
    assert verdicts(settings, pruned)[0].verdict == NOT_ENOUGH and verdicts(settings, [])[0].verdict == NOT_ENOUGH


def peak(at, width):
    """Accuracies with their peak at the rate `at`."""
    return {rate: 0.1 + 0.4 * float(np.exp(-((np.log10(rate / at) / width) ** 2))) for rate in RATES}


@pytest.mark.parametrize(
    ("points", "ends", "best"),
    [
        (peak(1e-3, 0.5), CONFIRMED, CONFIRMED),
        (peak(1e-4, 0.4), CONFIRMED, NOT_CONFIRMED),
        (peak(1e-2, 0.4), NOT_CONFIRMED, NOT_CONFIRMED),
        (peak(2.5e-4, 8.0), NOT_CONFIRMED, NOT_ENOUGH),
    ],
)
def test_learning_rate(points, ends, best):
    assert judged("lr", "learning_rate", points) == {"rate_ends": ends, "rate_best": best}


def test_rates_outside_the_report_s_interval_cannot_judge_it():
    points = {0.03: 0.9, 0.1: 0.95, 0.3: 0.98, 1.0: 0.97, 3.0: 0.5}
    assert judged("lr", "learning_rate", points)["rate_best"] == NOT_ENOUGH


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


def on_grid(accuracy, sizes=SIZES, rates=(5e-4, 1e-3, 2e-3, 4e-3), dataset="cifar10"):
    settings = planned("grid", dataset, hidden_values=sizes, learning_rate_values=rates)
    points = [(size, rate) for size in sizes for rate in rates]
    records = [record(i, accuracy(size, rate), hidden=size, learning_rate=rate) for i, (size, rate) in enumerate(points)]
    return {each.key: each.verdict for each in verdicts(settings, records)}


def test_a_grid_as_the_report_has_it():
    def accuracy(size, rate):
        named = 160 <= size <= 230 or size > 300
        return 0.35 + 0.1 * (rate == 2e-3) + 0.06 * named * (rate == 2e-3) + 0.06 * (size == 190) * (rate == 2e-3)

    assert on_grid(accuracy) == {"grid_rate": CONFIRMED, "grid_sizes": CONFIRMED, "grid_best": CONFIRMED}


def test_a_grid_that_contradicts_it():
    def accuracy(size, rate):
        return 0.35 + 0.1 * (rate == 1e-3) + 0.1 * (size == 250)

    assert on_grid(accuracy) == {"grid_rate": NOT_CONFIRMED, "grid_sizes": NOT_CONFIRMED, "grid_best": NOT_CONFIRMED}


def test_a_grid_that_does_not_tell():
    assert set(on_grid(lambda size, rate: 0.45 + 0.01 * (rate == 2e-3) * (size > 100)).values()) <= {NOT_ENOUGH, CONFIRMED}
    others = on_grid(lambda size, rate: 0.9, sizes=(4, 50, 100), rates=(0.1, 0.3, 1.0), dataset="digits")
    assert set(others.values()) == {NOT_ENOUGH}


def test_axes_that_the_report_does_not_speak_of():
    settings = planned("free", vary=("reg", "std"), sampler="random")
    assert verdicts(settings, [record(0, 0.5, reg=0.1, std=0.1)]) == []

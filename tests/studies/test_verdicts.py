"""The report's claims against made-up trials that confirm or contradict them, or are inconclusive."""

from collections import Counter
from itertools import product

import numpy as np
import pytest

from nnlib.studies.chance import packed
from nnlib.studies.claims.verdict import (
    ALSO_HERE,
    CONFIRMED,
    LEVELS_OFF,
    NOT_APPLICABLE,
    NOT_CONFIRMED,
    NOT_ENOUGH,
    NOT_HERE,
    NOT_IN_SHORTER,
)
from nnlib.studies.plans import planned
from nnlib.studies.records import COMPLETE, PRUNED, TrialRecord
from nnlib.studies.verdicts import verdicts
from tests.studies.studies_helpers import record

SIZES = tuple(range(10, 350, 30))
RATES = (1e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2e-3, 4e-3, 1e-2)
STEPS = tuple(range(1000, 21_000, 1000))


def answered(number, accuracy, rng, networks=1, **params):
    """A trial on 1,000 images that all networks find equally easy or difficult, except for a quarter of each."""
    easy = np.arange(1000) / 1000
    alone = rng.permuted(np.tile(np.arange(1000) < 250, (networks, 1)), axis=1)
    correct = np.where(alone, rng.permuted(np.tile(easy, (networks, 1)), axis=1), easy) < accuracy
    accuracies = tuple(correct.mean(axis=1).tolist())
    return TrialRecord(number, params, COMPLETE, float(correct.mean()), accuracies, answers=tuple(map(packed, correct)))


def judged(figure, axis, points):
    """Key → verdict for one-dimensional points {value: accuracy}."""
    settings = planned(figure, "cifar10", "report", **{f"{axis}_values": tuple(points)})
    records = [record(i, accuracy, **{axis: value}) for i, (value, accuracy) in enumerate(points.items())]
    found = verdicts(settings, records)
    assert all(each.evidence.endswith(".") and each.claim for each in found)
    return {each.key: each.verdict for each in found}


@pytest.mark.parametrize(
    ("accuracy", "verdict"),
    [
        (lambda size: 0.35 + 0.0008 * size, CONFIRMED),
        (lambda size: 0.50 - 0.0004 * size, NOT_CONFIRMED),
        (lambda size: 0.40 + 0.0015 * min(size, 190) - 0.0008 * max(size - 190, 0), NOT_CONFIRMED),  # falls from the middle on
        (lambda size: 0.30 + 0.002 * min(size, 130), LEVELS_OFF),
        (lambda size: 0.30 + 0.0022 * min(size, 190), LEVELS_OFF),
        (lambda size: 0.45, NOT_ENOUGH),
        (lambda size: 0.10 + 0.7 * min(size, 130) / 130 + 0.0003 * max(size - 130, 0), LEVELS_OFF),  # a clear but small rest
        (lambda size: 0.45 + 0.02 * np.sin(size), NOT_ENOUGH),
    ],
)
def test_hidden_size(accuracy, verdict):
    assert judged("hidden", "hidden", {size: accuracy(size) for size in SIZES}) == {"hidden_size": verdict}


def test_a_study_that_levels_off_names_the_size_from_which_on():
    settings = planned("hidden", "cifar10", "report", hidden_values=SIZES)
    records = [record(i, 0.3 + 0.002 * min(size, 130), hidden=size) for i, size in enumerate(SIZES)]
    (verdict,) = verdicts(settings, records)
    assert verdict.evidence.endswith("From 100 on, no size is clearly worse than the best.")
    records = [record(i, 0.3 + 0.0005 * size, hidden=size) for i, size in enumerate(SIZES)]
    (verdict,) = verdicts(settings, records)
    assert verdict.verdict == CONFIRMED and "clearly worse" not in verdict.evidence


def test_growth_is_measured_from_third_to_third_and_along_the_largest():
    settings = planned("hidden", "cifar10", "report", hidden_values=SIZES)
    (verdict,) = verdicts(settings, [record(i, 0.3 + 0.0005 * size, hidden=size) for i, size in enumerate(SIZES)])
    assert [verdict.figures[name][0] for name in ("early", "late", "end")] == pytest.approx([0.06, 0.06, 0.06])
    assert "accuracy grows by 6.0 points" in verdict.evidence
    assert "the sizes from 220 on grows by 6.0 points" in verdict.evidence


@pytest.mark.parametrize(
    ("figure", "axis", "narrow", "wide"),
    [
        ("hidden", "hidden", (10, 15, 20, 25, 30, 39), (10, 15, 20, 25, 30, 40)),
        ("lr", "learning_rate", (1e-3, 2e-3, 5e-3, 1e-2, 2.9e-2), (1e-3, 2e-3, 5e-3, 1e-2, 3e-2)),
        ("iterations", "iterations", (10, 12, 14, 16, 18, 20, 22, 29), (10, 12, 14, 16, 18, 20, 22, 30)),
    ],
)
def test_a_claim_needs_enough_points_over_a_wide_enough_range(figure, axis, narrow, wide):
    for values, enough in ((narrow, False), (wide[1:], False), (wide, True)):
        settings = planned(figure, "cifar10", "report", **{f"{axis}_values": values})
        verdict = verdicts(settings, [record(i, 0.2 + 0.05 * i, **{axis: value}) for i, value in enumerate(values)])[0]
        assert verdict.evidence.startswith("This needs at least") != enough


def log_growth(size, last):
    return np.log(np.minimum(size, last) / 10) / np.log(last / 10)


def steady_growth(size, last):
    return np.minimum((size - 10) / (last - 10), 1)


def counted(curve, points, networks=1, times=120):
    """Verdict → how many of simulated studies of the report's sizes have it."""
    settings = planned("hidden", "cifar10", "report", trials=points, seeds=networks)
    rng, found = np.random.default_rng(1), Counter()
    for _ in range(times):
        trials = [answered(i, curve(size), rng, networks, hidden=size) for i, size in enumerate(settings.hidden_values)]
        found[verdicts(settings, trials)[0].verdict] += 1
    return found


@pytest.mark.parametrize("points", [6, 12, 34])
@pytest.mark.parametrize(
    ("shape", "top", "fall"),
    [
        (log_growth, 100, 0),
        (steady_growth, 150, 0),
        (log_growth, 190, 0),
        (steady_growth, 190, 0),
        (log_growth, 190, 0.03),
        (log_growth, 250, 0.03),
        (steady_growth, 250, 0.06),
    ],
)
def test_the_larger_the_better_is_not_confirmed_where_growth_ends(shape, top, fall, points):
    """benchmarks/verdicts.py has more cases, and more studies of each."""
    found = counted(lambda size: 0.35 + 0.15 * shape(size, top) - fall * np.maximum(size - top, 0) / (340 - top), points)
    assert found[CONFIRMED] <= 0.05 * 120


@pytest.mark.parametrize(("points", "networks", "share"), [(6, 1, 0), (12, 1, 0.2), (34, 1, 0.6), (34, 3, 0.95)])
def test_growth_to_the_end_is_not_refuted_and_found_with_enough_networks(points, networks, share):
    found = counted(lambda size: 0.35 + 0.17 * log_growth(size, 340), points, networks)
    assert found[CONFIRMED] >= share * 120 and found[NOT_CONFIRMED] + found[LEVELS_OFF] <= 0.05 * 120


def test_a_fall_among_the_largest_sizes_alone_refutes():
    """From the middle third to the largest, and over the upper half, accuracy grows."""
    accuracy = {size: 0.3 + 0.0016 * min(size, 250) - 0.001 * max(size - 250, 0) for size in SIZES}
    assert judged("hidden", "hidden", accuracy) == {"hidden_size": NOT_CONFIRMED}


def test_growth_among_the_largest_sizes_alone_confirms_nothing():
    """Level up to 220, then rising: the middle third is no better than the smallest."""
    assert judged("hidden", "hidden", {size: 0.4 + 0.002 * max(size - 220, 0) for size in SIZES}) == {"hidden_size": NOT_ENOUGH}


def test_too_few_sizes_are_not_enough():
    assert judged("hidden", "hidden", {10: 0.3, 340: 0.5}) == {"hidden_size": NOT_ENOUGH}
    assert verdicts(planned("hidden", "cifar10"), [])[0].verdict == NOT_ENOUGH


def test_the_remaining_trials_of_a_pruner_are_not_judged():
    settings = planned("lr", "cifar10", "report", learning_rate_values=RATES, pruner="median")
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
        ({**peak(1e-3, 0.5), 2.5e-4: 0.49}, CONFIRMED, CONFIRMED),  # nor below it
        ({**peak(1e-3, 0.5), 1e-4: 0.49}, CONFIRMED, NOT_ENOUGH),  # this counts as outside
    ],
)
def test_learning_rate(points, ends, best):
    assert judged("lr", "learning_rate", points) == {"rate_ends": ends, "rate_best": best}


@pytest.mark.parametrize("second, words", [(0.2, "All other rates are clearly worse."), (0.5, "lie between 0.001 and 0.002.")])
def test_the_rates_as_good_as_the_best_are_named(second, words):
    points = {1e-5: 0.1, 1e-4: 0.1, 1e-3: 0.5, 2e-3: second, 1e-2: 0.1}
    settings = planned("lr", "cifar10", "report", learning_rate_values=tuple(points))
    records = [record(i, accuracy, learning_rate=rate) for i, (rate, accuracy) in enumerate(points.items())]
    assert words in verdicts(settings, records)[1].evidence


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
    settings = planned("iterations", "cifar10", "report", iterations_values=STEPS)
    easy = rng.permutation(1000) / 1000  # one training: later networks also answer what earlier ones answered
    trials = []
    for i, steps in enumerate(STEPS):
        correct = easy < accuracy(steps) + rng.normal(0, 0.002)
        trials.append(
            TrialRecord(i, {"iterations": steps}, COMPLETE, correct.mean(), (correct.mean(),), answers=(packed(correct),))
        )
    assert [each.verdict for each in verdicts(settings, trials)] == [verdict]


def test_accuracies_of_one_training_without_answers_are_not_judged():
    settings = planned("iterations", "cifar10", "report", iterations_values=STEPS)
    trials = [record(i, 0.3 + 0.08 * np.log(steps / 1000), iterations=steps) for i, steps in enumerate(STEPS)]
    (verdict,) = verdicts(settings, trials)
    assert verdict.verdict == NOT_ENOUGH and "without the answers to each image" in verdict.evidence


def test_undecided_growth_is_not_rejected():
    """With few steps a line through noise cannot show whether half a point is growth."""
    early = dict(zip(range(100, 1100, 100), np.linspace(0.90, 0.96, 10)))
    points = early | {1100 + 100 * i: 0.962 + 0.0004 * i for i in range(10)}
    settings = planned("iterations", "cifar10", "report", iterations_values=tuple(points))
    rng = np.random.default_rng(0)
    trials = [answered(i, accuracy, rng, iterations=steps) for i, (steps, accuracy) in enumerate(points.items())]
    (verdict,) = verdicts(settings, trials)
    low, high = verdict.figures["late"][1:]
    assert verdict.verdict == NOT_ENOUGH and low < 0 < high


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

    assert judged_with(0.1) == ALSO_HERE and judged_with(1.0) == NOT_ENOUGH


GRID_RATES = (5e-4, 1e-3, 2e-3, 4e-3)


def test_the_intervals_over_networks_are_student_s():
    """Three networks gain 1, 2 and 3 points in 1,000 steps: 2 ± 4.3027 · 1 / √3."""
    settings = planned("iterations", "digits", iterations_values=STEPS, seeds=3)
    trials = []
    for i, steps in enumerate(STEPS):
        accuracies = tuple(0.1 + gain * steps / 1000 for gain in (0.01, 0.02, 0.03))
        trials.append(TrialRecord(i, {"iterations": steps}, COMPLETE, sum(accuracies) / 3, accuracies))
    (verdict,) = verdicts(settings, trials)
    assert verdict.figures["late"] == pytest.approx((2, 2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5))
    assert verdict.figures["early"] == pytest.approx(verdict.figures["late"])


def on_grid(accuracy, sizes=SIZES, rng=None):
    """Key → verdict. With `rng` the networks share images, without it there are accuracies alone."""
    settings = planned("grid", "cifar10", "report", hidden_values=sizes, learning_rate_values=GRID_RATES)
    trials = []
    for i, (size, rate) in enumerate(product(sizes, GRID_RATES)):
        place = {"hidden": size, "learning_rate": rate}
        trials.append(answered(i, accuracy(size, rate), rng, **place) if rng else record(i, accuracy(size, rate), **place))
    return {each.key: each.verdict for each in verdicts(settings, trials)}


def test_the_grid_of_the_report_confirms_its_claims():
    def accuracy(size, rate):
        named = 160 <= size <= 230 or size > 300
        return 0.35 + (rate == 2e-3) * (0.1 + 0.08 * named + 0.08 * (size == 190))

    assert on_grid(accuracy) == {"grid_rate": CONFIRMED, "grid_sizes": CONFIRMED, "grid_best": CONFIRMED}


def test_a_grid_that_contradicts_the_report():
    def accuracy(size, rate):
        return 0.35 + 0.1 * (rate == 1e-3) + 0.12 * (size == 250)

    assert on_grid(accuracy) == {"grid_rate": NOT_CONFIRMED, "grid_sizes": NOT_CONFIRMED, "grid_best": NOT_CONFIRMED}


def test_a_grid_that_is_inconclusive():
    def accuracy(size, rate):
        return 0.45 + 0.01 * (rate == 2e-3) * (size > 100) - 0.01 * (rate == 2e-3) * (size < 100)

    assert on_grid(accuracy) == {"grid_rate": NOT_ENOUGH, "grid_sizes": NOT_ENOUGH, "grid_best": NOT_ENOUGH}


@pytest.mark.parametrize("lead, verdict", [(0, NOT_ENOUGH), (0.001, NOT_ENOUGH), (0.05, CONFIRMED), (-0.05, NOT_CONFIRMED)])
def test_a_rate_must_be_clearly_ahead_or_behind_on_average(lead, verdict):
    assert on_grid(lambda size, rate: 0.5 + lead * (rate == 2e-3))["grid_rate"] == verdict


@pytest.mark.parametrize("lost, verdict", [((10,), NOT_ENOUGH), ((10, 130, 250), NOT_CONFIRMED)])
def test_a_rate_that_is_clearly_behind_at_more_than_a_tenth_of_the_sizes_is_refuted(lost, verdict):
    assert on_grid(lambda size, rate: 0.5 + (-0.15 if size in lost else 0.03) * (rate == 2e-3))["grid_rate"] == verdict


def grid_verdicts(accuracy, sizes=SIZES):
    settings = planned("grid", "cifar10", "report", hidden_values=sizes, learning_rate_values=GRID_RATES)
    places = [{"hidden": size, "learning_rate": rate} for size, rate in product(sizes, GRID_RATES)]
    found = verdicts(settings, [record(i, accuracy(*place.values()), **place) for i, place in enumerate(places)])
    return {each.key: each for each in found}


def test_a_size_is_lost_by_the_precision_of_its_own_accuracies():
    """0.02 and 0.05 on 1,000 images differ clearly, 0.50 and 0.53 do not."""
    found = grid_verdicts(lambda size, rate: (0.02 if size == 10 else 0.5) + 0.03 * (rate == 1e-3))["grid_rate"]
    assert (found.figures["lost"], found.figures["best"], found.figures["sizes"]) == (1, 0, 12)
    assert found.figures["leads"] == pytest.approx([0, -0.03, 0]) and "3.0 points behind 0.001" in found.evidence


@pytest.mark.parametrize("best, named", [(159, False), (160, True), (230, True), (231, False), (300, False), (301, True)])
def test_which_sizes_the_report_names(best, named):
    sizes = tuple(sorted({10, 100, 200, 340, best}))
    figures = grid_verdicts(lambda size, rate: 0.4 + 0.1 * (size == best), sizes)["grid_sizes"].figures
    assert (figures["best_named"] == best) == named and (figures["best_other"] == best) != named


FINE = tuple(range(10, 341, 10))


@pytest.mark.parametrize(
    ("lead", "verdict", "share"),
    [
        (lambda size: 0.01, NOT_CONFIRMED, 0.05),  # the best everywhere, if by one point
        (lambda size: 0.03 if size % 30 else -0.03, CONFIRMED, 0.05),  # the best at 23 of 34 sizes
        (lambda size: 0.0, CONFIRMED, 0.05),
    ],
)
def test_the_luck_of_single_sizes_does_not_decide(lead, verdict, share):
    rng, times = np.random.default_rng(0), 40
    found = Counter(
        on_grid(lambda size, rate: 0.45 + lead(size) * (rate == 2e-3), FINE, rng)["grid_rate"] for _ in range(times)
    )
    assert found[verdict] <= share * times


@pytest.mark.parametrize("ahead, low, high", [(6, 0.8, 1), (4, 0, 0.05)])
def test_few_sizes_find_a_rate_that_is_ahead_at_all_of_them(ahead, low, high):
    """By three points; at the other sizes another rate is ahead by three. One of six may be an exception."""
    sizes, rng, times = (10, 76, 142, 208, 274, 340), np.random.default_rng(0), 100

    def accuracy(size, rate):
        leads = size in sizes[:ahead]
        return 0.45 + 0.03 * (rate == (2e-3 if leads else 1e-3))

    confirmed = sum(on_grid(accuracy, sizes, rng)["grid_rate"] == CONFIRMED for _ in range(times))
    assert low * times <= confirmed <= high * times


def test_a_rate_that_is_best_at_most_sizes_is_not_almost_always_the_best():
    """Whatever its mean lead: it is clearly behind at a third of the sizes."""
    assert on_grid(lambda size, rate: 0.4 + (0.1 if size % 90 == 10 else -0.02) * (rate == 2e-3))["grid_rate"] == NOT_ENOUGH
    assert on_grid(lambda size, rate: 0.4 + (0.2 if size % 90 == 10 else -0.15) * (rate == 2e-3))["grid_rate"] == NOT_CONFIRMED


def test_axes_that_the_report_does_not_cover():
    settings = planned("free", vary=("reg", "std"), sampler="random")
    assert verdicts(settings, [record(0, 0.5, reg=0.1, std=0.1)]) == []


EQUALS = [  # one of which is always the best by chance
    planned("lr", "cifar10", "report", trials=12),
    planned("grid", "cifar10", "report", hidden_values=SIZES, learning_rate_values=GRID_RATES),
]


@pytest.mark.parametrize("settings", EQUALS, ids=lambda settings: f"{settings.figure}-{settings.dataset}")
@pytest.mark.parametrize("share", [0.45, 0.95])
def test_equal_trials_rarely_have_a_best_one_by_chance(settings, share):
    """Every network classifies each example correctly with the same probability."""
    times, rng, images = 200, np.random.default_rng(0), 1000
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


def test_fewer_validation_examples_give_weaker_verdicts():
    def on_moons(**given):
        settings = planned("lr", "moons", learning_rate_values=RATES, **given)
        accuracies = [0.7, 0.7, 0.75, 0.8, 0.9, 0.8, 0.75, 0.7]
        records = [record(i, accuracy, learning_rate=rate) for i, (rate, accuracy) in enumerate(zip(RATES, accuracies))]
        return {each.key: each.verdict for each in verdicts(settings, records)}

    assert on_moons(seeds=1)["rate_ends"] == ALSO_HERE  # 150 of them
    assert on_moons(seeds=1, train_share=0.9)["rate_ends"] == NOT_ENOUGH  # 30
    assert on_moons(seeds=5, train_share=0.9)["rate_ends"] == ALSO_HERE  # 30 others for each network


@pytest.mark.parametrize("claimed, here", [(0.001, ALSO_HERE), (-0.001, NOT_HERE)])
def test_a_claim_about_other_data_holds_or_fails_here(claimed, here):
    settings = planned("hidden", "digits", hidden_values=SIZES)
    (verdict,) = verdicts(settings, [record(i, 0.5 + claimed * size, hidden=size) for i, size in enumerate(SIZES)])
    assert verdict.verdict == here and verdict.evidence.endswith("The report's claim is about CIFAR-10.")


@pytest.mark.parametrize("figure, applies", [("lr", [True, False]), ("grid", [False] * 3)])
def test_rates_for_large_inputs_do_not_apply_to_small_inputs(figure, applies):
    settings = planned(figure, "digits", learning_rate_values=RATES)
    points = [dict(zip(settings.vary, values)) for values in product(*settings.values.values())]
    for records in ([], [record(i, 0.3 + i / 1000, **at) for i, at in enumerate(points)]):
        found = verdicts(settings, records)
        assert [each.verdict != NOT_APPLICABLE for each in found] == applies
        assert all("are for the pixels of CIFAR-10" in each.evidence for each in found if each.verdict == NOT_APPLICABLE)


def test_a_shorter_training_may_explain_what_is_not_confirmed():
    for budget, verdict in (("small", NOT_IN_SHORTER), ("report", NOT_CONFIRMED)):
        settings = planned("hidden", "cifar10", budget, hidden_values=SIZES)
        found = verdicts(settings, [record(i, 0.5 - 0.0004 * size, hidden=size) for i, size in enumerate(SIZES)])
        assert [each.verdict for each in found] == [verdict]
        assert ("1,500 steps" in found[0].evidence) == ("may explain" in found[0].evidence) == (budget == "small")


def test_small_rates_use_the_common_format():
    settings = planned("lr", "cifar10", learning_rate_values=RATES)
    records = [record(i, accuracy, learning_rate=rate) for i, (rate, accuracy) in enumerate(peak(1e-3, 0.5).items())]
    assert "the lowest, 1e−5, is" in verdicts(settings, records)[0].evidence

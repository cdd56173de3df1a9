"""Valid settings of a study, and how it is planned from a few wishes."""

import itertools
from dataclasses import replace
from types import SimpleNamespace

import pytest
from threadpoolctl import threadpool_info

from nnlib.experiment.presets import PRESETS
from nnlib.experiment.settings import Experiment
from nnlib.studies import estimate
from nnlib.studies.estimate import estimated_seconds, race_seconds
from nnlib.studies.plans import planned
from nnlib.studies.race_settings import RaceSettings
from nnlib.studies.study_settings import FIGURES, StudySettings, check_name


@pytest.mark.parametrize("dataset", ["digits", "cifar10", "spiral"])
@pytest.mark.parametrize("budget", ["small", "report"])
@pytest.mark.parametrize("figure", [name for name in FIGURES if name != "free"])
def test_every_plan_is_a_study_that_survives_a_round_trip(figure, budget, dataset):
    settings = planned(figure, dataset, budget)
    assert settings.trials == settings.grid_size and set(settings.vary) == set(FIGURES[figure])
    assert StudySettings.from_dict(settings.to_dict()) == settings


def test_the_preset_network_and_ranges_match_the_report():
    settings = planned("hidden", "cifar10", "report")
    assert settings.hidden_values[0] == 10 and settings.hidden_values[-1] == 340 and 180 in settings.hidden_values
    assert (settings.learning_rate, settings.iterations, settings.reg, settings.std) == (2e-3, 20_000, 0.25, 1e-4)
    assert 2e-3 in planned("grid", "cifar10").learning_rate_values


@pytest.mark.parametrize(("dataset", "preset"), [("cifar10", "report"), ("digits", "digits")])
def test_the_reports_budget_trains_networks_as_long_as_the_preset(dataset, preset):
    assert planned("hidden", dataset, "report").iterations == PRESETS[preset].iterations


@pytest.mark.parametrize("trials", [1, 2, 7, 12])
@pytest.mark.parametrize("figure", ["hidden", "lr", "iterations", "grid"])
def test_there_are_as_many_trials_as_asked_for(figure, trials):
    settings = planned(figure, trials=trials)
    assert settings.trials == trials <= settings.grid_size
    if figure != "grid":
        assert settings.grid_size == trials


def test_points_are_spread_evenly_on_the_scale_of_the_axis():
    rates = planned("lr", trials=5).learning_rate_values
    assert [b / a for a, b in zip(rates, rates[1:])] == pytest.approx([10] * 4, rel=0.02)
    sizes = planned("hidden", "cifar10", trials=4).hidden_values
    assert sizes == (10, 120, 230, 340)


def test_each_network_of_a_point_is_an_experiment_with_a_different_seed():
    settings = planned("grid", seed=5, hidden=(64, 64))
    experiment = settings.experiment({"hidden": 30, "learning_rate": 0.3}, network=2)
    assert (experiment.hidden, experiment.learning_rate, experiment.seed) == ((30, 30), 0.3, 7)
    assert experiment.iterations == settings.iterations and experiment.dataset == "digits"


@pytest.mark.parametrize(
    ("given", "about"),
    [
        ({"figure": "depth"}, "figure"),
        ({"figure": "hidden", "dataset": "mnist"}, "dataset"),
        ({"figure": "hidden", "trials": 0}, "trials"),
        ({"figure": "hidden", "trials": 3, "hidden_values": (10, 20)}, "trials"),
        ({"figure": "hidden", "hidden_values": (20, 10)}, "hidden_values"),
        ({"figure": "hidden", "hidden_values": (0, 10)}, "hidden_values"),
        ({"figure": "hidden", "learning_rate_values": (0.1, 0.2)}, "learning_rate_values"),
        ({"figure": "hidden", "vary": ("reg",)}, "vary"),
        ({"figure": "hidden", "hidden": ()}, "hidden"),
        ({"figure": "hidden", "seeds": 11}, "seeds"),
        ({"figure": "free"}, "vary"),
        ({"figure": "free", "vary": ("reg",), "reg_values": (0.0, 0.1)}, "reg_values"),  # its axis is logarithmic
        ({"figure": "free", "vary": ("reg", "reg")}, "vary"),
        ({"figure": "lr", "sampler": "magic"}, "sampler"),
        ({"figure": "lr", "nonsense": 1}, "nonsense"),
    ],
)
def test_mismatched_input_is_named_in_the_error(given, about):
    with pytest.raises(ValueError, match=about):
        planned(**given)


def large(sampler, axes=("learning_rate", "reg", "lr_decay", "std", "hidden", "iterations")):
    """A study of a hundred values on each axis."""
    values = {f"{name}_values": tuple(range(1, 101)) for name in axes}
    values |= {f"{name}_values": tuple(k / 100 for k in range(1, 101)) for name in axes[:4]}
    given = {"schedule": "decay", "init": "normal", "hidden_values": ()} | values
    return StudySettings.from_dict({"figure": "free", "vary": axes, "sampler": sampler, "trials": 10, **given})


def test_a_grid_is_limited_in_size_and_a_sampled_space_is_not():
    with pytest.raises(
        ValueError, match=r"grid of 1,000,000 points.* 20,000 at most: give fewer values, or choose random or tpe"
    ):
        large("grid", ("learning_rate", "reg", "std"))
    assert large("grid", ("learning_rate", "reg")).grid_size == 10_000
    assert large("random").grid_size == 100**6


@pytest.mark.parametrize("name", ["a", "Lab-3_b.2", "x" * 64])
def test_valid_study_names_are_accepted(name):
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "x" * 65, "a b", "../a", "a/b", "..", "é", "a\n", None, 3])
def test_invalid_study_names_are_rejected(name):
    with pytest.raises(ValueError, match="1 to 64 letters"):
        check_name(name)


@pytest.fixture
def machine(monkeypatch):
    """A machine that takes a millisecond for each step and hidden unit, and no time to evaluate; the networks it was asked to
    measure."""
    asked = []

    def measured(experiment, period):
        asked.append(experiment.hidden[0])
        return 1e-3 * experiment.hidden[0], 0.0

    monkeypatch.setattr(estimate, "_measured", measured)
    return asked


def test_the_estimate_is_made_from_the_average_network(machine):
    settings = planned("hidden", trials=4, seeds=3, iterations=1000, hidden_values=(10, 20, 30, 100))
    each = 3 * 1000 * 1e-3 * 40 + estimate.TRIAL_SECONDS
    assert estimated_seconds(settings, 1) == pytest.approx(4 * each + estimate.START_SECONDS)
    assert estimated_seconds(settings, 3) == pytest.approx(2 * each + estimate.START_SECONDS)  # the fourth starts when one ends
    assert {*machine} == {40}


def test_the_estimate_of_a_space_of_any_size_takes_one_measurement(machine):
    seconds = estimated_seconds(large("random"), 1)
    assert (seconds - estimate.START_SECONDS) / large("random").trials - estimate.TRIAL_SECONDS == pytest.approx(
        1e-3 * 50.5 * 50.5,
        rel=0.1,  # hidden units and iterations, on average
    )
    assert len(machine) == 1


def test_the_estimate_of_a_race_counts_three_trials_at_a_time_at_most(machine):
    race = RaceSettings(side=3, rounds=2, iterations=1000)  # 54 networks of 51 hidden units on average
    training, others = 54 * 51, 54 * estimate.TRIAL_SECONDS + estimate.START_SECONDS
    assert race_seconds(race, 1) == pytest.approx(training + others, rel=0.02)
    assert race_seconds(race, 8) == race_seconds(race, 3) == pytest.approx(training / 3 + others, rel=0.02)


def test_a_measurement_uses_one_thread_and_restores_their_number(monkeypatch):
    clock, threads, before = itertools.count(1000), set(), threadpool_info()

    def one_second_later():
        threads.update(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
        return next(clock)

    monkeypatch.setattr(estimate, "time", SimpleNamespace(perf_counter=one_second_later))
    steps, examples = estimate._measured(Experiment(dataset="digits", hidden=(8,), iterations=10**6, learning_rate=0.0), -1)
    assert 0 < steps <= 1 and examples == 1 / estimate.EVALUATED
    assert threads == {1} and threadpool_info() == before


def test_an_epoch_is_one_step_where_a_batch_is_larger_than_the_data(monkeypatch):
    monkeypatch.setattr(estimate, "_measured", lambda experiment, period: (0.0, 1.0))  # only evaluations take time
    study = planned("hidden", "digits", seeds=1, trials=1, iterations=5)
    small, whole, large = (estimated_seconds(replace(study, batch_size=size), 1) for size in (100, 1300, 2000))
    assert small < whole == large


def test_the_estimate_grows_with_the_work_and_shrinks_with_the_workers():
    small, report = (planned("hidden", "cifar10", budget) for budget in ("small", "report"))
    assert estimated_seconds(report, 2) > 10 * estimated_seconds(small, 2)
    assert estimated_seconds(report, 1) > 1.8 * estimated_seconds(report, 2)
    assert estimated_seconds(planned("hidden", seeds=6), 1) > estimated_seconds(planned("hidden", seeds=3), 1)
    assert estimated_seconds(small, 12) == estimated_seconds(small, 100)  # one trial each, so more workers do not help


@pytest.mark.parametrize(
    ("dataset", "budget", "iterations", "seeds", "points", "plane", "drawn"),
    [
        ("digits", "small", 2_000, 3, 12, (6, 5), 24),
        ("digits", "report", 5_000, 5, 34, (17, 7), 96),
        ("cifar10", "small", 1_500, 1, 12, (6, 4), 16),
        ("cifar10", "report", 20_000, 1, 34, (34, 4), 96),
    ],
)
def test_what_each_budget_buys(dataset, budget, iterations, seeds, points, plane, drawn):
    sizes = planned("hidden", dataset, budget)
    assert (sizes.iterations, sizes.seeds, len(sizes.hidden_values), sizes.trials) == (iterations, seeds, points, points)
    grid = planned("grid", dataset, budget)
    assert (len(grid.hidden_values), len(grid.learning_rate_values)) == plane and grid.trials == plane[0] * plane[1]
    free = planned("free", dataset, budget, vary=("hidden", "learning_rate", "reg"), sampler="tpe")
    assert free.trials == drawn
    steps = planned("iterations", dataset, budget).iterations_values
    assert (steps[0], steps[-1]) == (iterations // 10, iterations)


RANGES_OF = {
    "cifar10": {"hidden": (10, 340), "learning_rate": (1e-5, 1e-2), "reg": (1e-3, 1.0), "batch_size": (20, 500)},
    "digits": {"hidden": (2, 100), "learning_rate": (1e-3, 10.0), "reg": (1e-6, 0.1), "batch_size": (8, 256)},
}


@pytest.mark.parametrize("dataset", RANGES_OF)
def test_the_range_of_each_axis_suits_the_data(dataset):
    for name, ends in (RANGES_OF[dataset] | {"lr_decay": (0.8, 1.0), "std": (1e-6, 0.1)}).items():
        needed = StudySettings.needed_by((name,))
        values = planned("free", dataset, vary=(name,), sampler="random", **needed).values[name]
        assert (values[0], values[-1]) == ends
    rates = planned("grid", dataset).learning_rate_values
    assert (rates[0], rates[-1]) == ((5e-4, 4e-3) if dataset == "cifar10" else (0.03, 3.0))


def test_the_last_seed_leaves_room_for_the_networks_of_a_point():
    settings = planned("hidden", seed=StudySettings.FIELDS["seed"].high, seeds=10)
    assert settings.experiment({"hidden": 5}, 9).seed == settings.seed + 9


def test_a_point_has_up_to_ten_networks():
    assert planned("hidden", seeds=10).seeds == 10
    with pytest.raises(ValueError, match="1 to 10"):
        planned("hidden", seeds=11)

"""A race of samplers: the same budget for all, repeatable, with no trial lost or repeated."""

import time

import pytest

from nnlib.studies.race import Race, RaceTrialDone
from nnlib.studies.race_settings import RaceSettings
from nnlib.studies.study_settings import DRAWN_AT_FIRST, SAMPLERS
from nnlib.training import Finished, Frame
from tests.studies.studies_helpers import results

SETTINGS = RaceSettings(side=4, rounds=1, iterations=20)  # 16 trials, more than the number that TPE draws at random


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """One runs folder for all tests here, which share races."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNLIB_RUNS", str(tmp_path_factory.mktemp("runs")))
        yield


@pytest.fixture(autouse=True)
def runs(folder, monkeypatch):
    """Do not use a separate folder for each test."""
    monkeypatch.delenv("NNLIB_STORAGE", raising=False)
    monkeypatch.delenv("NNLIB_SCHEDULER", raising=False)


@pytest.fixture(scope="module")
def whole(scheduler, folder):
    """The events of an undisturbed race."""
    return race("whole", scheduler)


def race(name, scheduler, settings=SETTINGS, steps=None):
    with Race(name, settings, scheduler) as race:
        return list(race.events(steps))


def by_sampler(events):
    """(round, sampler) → what `results` gives of its trials."""
    searched = [event for event in events if isinstance(event, RaceTrialDone)]
    keys = {(event.round, event.sampler) for event in searched}
    return {key: results(event.record for event in searched if (event.round, event.sampler) == key) for key in keys}


def test_every_search_gets_exactly_its_trials(whole):
    found = by_sampler(whole)
    assert {*found} == {(0, sampler) for sampler in SAMPLERS}
    assert all(sorted(trials) == [*range(16)] for trials in found.values())
    assert whole[-1] == Finished(48, stopped=False)
    seen = [event for event in whole if isinstance(event, Frame)]
    assert {running["sampler"] for event in seen for running in event.running} <= {*SAMPLERS}
    assert all(len(event.running) <= 3 for event in seen)


def test_the_grid_has_few_values_of_an_axis_and_the_others_as_many_as_trials(whole):
    points = {sampler: [params for params, *_ in trials.values()] for (_, sampler), trials in by_sampler(whole).items()}
    rates = {sampler: {each["learning_rate"] for each in found} for sampler, found in points.items()}
    assert (len(rates["grid"]), len(rates["random"]), len(rates["tpe"])) == (4, 16, 16)
    assert len({tuple(each.values()) for each in points["grid"]}) == 16


def test_tpe_begins_with_the_points_of_the_random_search_and_their_networks_are_the_same(whole):
    found = by_sampler(whole)
    same = [found[0, "random"][number] == found[0, "tpe"][number] for number in range(16)]
    assert same == [True] * DRAWN_AT_FIRST + [False] * (16 - DRAWN_AT_FIRST)  # points, accuracies and curves


def test_an_interrupted_and_resumed_race_ends_like_an_uninterrupted_one(whole, scheduler):
    before = race("left", scheduler, steps=35)  # TPE has started to use its results, and trials are in flight
    after = race("left", scheduler)
    assert len([event for event in before if isinstance(event, RaceTrialDone)]) == 35
    assert by_sampler([*before, *after]) == by_sampler(whole)
    assert len([event for event in [*before, *after] if isinstance(event, RaceTrialDone)]) == 48
    with Race("left", SETTINGS, scheduler) as again:
        assert len(list(again.finished())) == again.step == 48


def test_a_stopped_race_keeps_its_finished_trials(scheduler):
    with Race("stopped", SETTINGS, scheduler) as race:
        began = time.perf_counter()
        for event in race.events():
            if isinstance(event, RaceTrialDone) and race.step >= 5:
                left, of_each = race.progress().seconds_left, (time.perf_counter() - began) / race.step
                assert 0 <= left <= of_each * (48 - race.step)
                race.stop()
        assert event == Finished(race.step, stopped=True) and 5 <= race.step < 48


@pytest.mark.parametrize("settings", [{"side": 1}, {"side": 11}, {"rounds": 6}, {"dataset": "points"}, {"trials": 9}])
def test_settings_out_of_bounds_are_rejected(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        RaceSettings.from_dict(settings)

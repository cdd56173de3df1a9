"""The findings of a race: what each sampler found when, ties, and the summary of all rounds."""

import numpy as np
import pytest

from nnlib.studies.race_charts import best_so_far, plane
from nnlib.studies.race_findings import distinct, finds, judged, leaders, near_best, summary, winner
from nnlib.studies.race_settings import RaceSettings
from tests.studies.studies_helpers import record

SETTINGS = RaceSettings(side=2)


def searches(grid, random, tpe):
    """Searches with these accuracies per trial."""
    return {
        sampler: [record(number, accuracy, hidden=2 + number % 2, learning_rate=0.1) for number, accuracy in enumerate(each)]
        for sampler, each in (("grid", grid), ("random", random), ("tpe", tpe))
    }


TIE = searches([0.5, 0.95], [0.95, 0.1], [0.2, 0.3, 0.952])
WON = searches([0.5, 0.6], [0.8, 0.1], [0.2, 0.95])


def test_the_best_comes_first_and_ties_go_to_the_earlier():
    assert [(find.sampler, find.accuracy, find.trials) for find in finds(TIE)] == [
        ("tpe", 0.952, 3), ("random", 0.95, 1), ("grid", 0.95, 2),
    ]  # fmt: skip
    assert summary(TIE) == "TPE found 95.2\u00a0% after 3 trials, random 95.0\u00a0% after 1, the grid 95.0\u00a0% after 2"
    assert summary(searches([], [0.5], [])) == "Random found 50.0\u00a0% after 1 trial"
    assert summary(searches([], [], [])) == summary({}) == "No trial is finished yet"


def test_a_lead_that_may_be_luck_is_a_tie():
    # 2.24 √(2 · 0.925 · 0.075 / 250) = 5.3 points: the normal quantile of 1 − 0.05 / 4 for two others
    assert leaders(SETTINGS, searches([0.902], [0.95], [0.7])) == ["random", "grid"]
    assert leaders(SETTINGS, searches([0.892], [0.95], [0.7])) == ["random"]
    assert leaders(SETTINGS, searches([1.0], [1.0], [0.9])) == ["grid", "random"]


@pytest.mark.parametrize("side", [2, 5])
def test_equal_searches_rarely_have_a_winner_by_chance(side):
    rng, settings = np.random.default_rng(0), RaceSettings(side=side)
    accuracies = rng.binomial(250, 0.9, (200, 3, side**2)) / 250
    assert sum(len(leaders(settings, searches(*each.tolist()))) == 1 for each in accuracies) <= 10


def test_one_race_is_reported_with_its_uncertainty():
    assert "A tie: the best of TPE, random and the grid lie within 0.2 points" in judged(SETTINGS, [TIE])
    assert judged(SETTINGS, [WON]).startswith("TPE is ahead by 15.0 points. A clear lead on 250 validation examples is more")


def test_several_races_are_reported_as_an_average():
    said = judged(SETTINGS, [TIE, WON, WON])
    assert "TPE 95.1\u00a0%, random 85.0\u00a0%, the grid 71.7\u00a0%" in said  # means of the best
    assert "Of the races, TPE won 2 and 1 was a tie." in said
    assert "Of the races, 2 were ties." in judged(SETTINGS, [TIE, TIE])


@pytest.mark.parametrize("rounds, won", [([WON], "tpe"), ([TIE], None), ([WON, WON, TIE], "tpe"), ([WON, TIE], None)])
def test_the_sampler_that_wins_most_races_is_the_winner(rounds, won):
    assert winner(SETTINGS, rounds) == won


def test_how_the_trials_were_spent():
    assert near_best(TIE) == {"grid": 1, "random": 1, "tpe": 1}
    assert near_best(searches([0.91, 0.95], [0.89], [])) == {"grid": 2, "random": 0, "tpe": 0}
    assert distinct(TIE["tpe"], "hidden") == 2 and distinct(TIE["tpe"], "learning_rate") == 1


def test_the_charts_show_the_available_data():
    lines = best_so_far(SETTINGS, TIE).to_dict()["data"]["values"]
    assert [row["accuracy"] for row in lines if row["search"] == "TPE"] == [0.2, 0.3, 0.952]
    assert [row["accuracy"] for row in lines if row["search"] == "Random"] == [0.95, 0.95]
    points = plane(SETTINGS, TIE, "random").to_dict()["data"]["values"]
    assert [(row["trial"], row["best"]) for row in points] == [(1, True), (2, False)]
    assert best_so_far(SETTINGS, {}).to_dict()["data"]["values"] == plane(SETTINGS, {}, "tpe").to_dict()["data"]["values"] == []


@pytest.mark.parametrize(("race", "low", "high"), [(TIE, 0.802, 0.972), (WON, 0.58, 0.97)])
def test_the_axis_of_accuracy_has_room_around_the_ends_of_the_lines(race, low, high):
    for layer in best_so_far(SETTINGS, race).to_dict()["layer"]:
        assert layer["encoding"]["y"]["scale"]["domain"] == pytest.approx([low, high])


def test_a_plane_has_the_ends_and_powers_of_ten_of_what_is_searched():
    circles = plane(SETTINGS, TIE, "random").to_dict()["layer"][2]["encoding"]
    assert circles["x"]["scale"]["domain"] == [2, 100] and circles["y"]["scale"]["domain"] == [0.001, 10]
    assert circles["y"]["scale"]["type"] == "log" and circles["y"]["axis"]["values"] == [0.001, 0.01, 0.1, 1, 10]


def test_labels_of_lines_that_end_together_do_not_overlap():
    labels = best_so_far(SETTINGS, TIE).to_dict()["layer"][-1]
    assert labels["mark"]["align"] == "left" and labels["mark"]["dx"] > 0  # they begin beyond the lines
    places = sorted(name["place"] for name in labels["data"]["values"])
    assert len(places) == 3 and min(b - a for a, b in zip(places, places[1:])) > 0.01

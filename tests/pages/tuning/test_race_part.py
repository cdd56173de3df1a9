"""The race of samplers without a browser: its address, its sidebar, and the results of a stored race."""

from functools import partial

import pytest

from nnlib.runs.store import RunFolder
from nnlib.studies.plans import planned
from nnlib.studies.race_settings import RaceSettings
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import SAMPLERS
from nnlib.support.json_lines import to_line
from tests.pages.opened import opened
from tests.pages.questions import commit

open_page = partial(opened, "tuning")


def open_part(**parameters):
    return open_page(part="search", **parameters)


def widget(at, name):
    return at.get_by_key(at.session_state["tuning_search"].key(name))


def show(at, part):
    at.get_by_key("part_tuning").set_value(part).run()
    assert not at.exception


def texts(at):
    kinds = (at.markdown, at.caption, at.success, at.info)
    return " ".join(each.value for kind in kinds for each in kind) + " ".join(each.proto.body for each in at.get("html"))


# The parts, the address and the sidebar


def test_the_part_opens_by_its_link_with_its_settings(view_data):
    at = open_part(side="4", rounds="1", seed="7")
    assert view_data["lab"] == "search" and view_data["settings"] == RaceSettings(side=4, rounds=1, seed=7).to_dict()
    assert view_data["iterations"] == 48 and view_data["problem"] is None and not at.warning
    assert at.query_params == {"part": "search", "side": "4", "rounds": "1", "seed": "7"}
    assert "part=search" in view_data["query"]


def test_a_setting_is_in_the_address_and_restored_from_a_run(view_data):
    at = open_part()
    assert at.query_params == {"part": "search"}
    widget(at, "side").set_value(6).run()
    assert view_data["settings"]["side"] == 6 and at.query_params == {"part": "search", "side": "6"}
    view_data["on_adopt"]({"settings": RaceSettings(rounds=2).to_dict()})
    at.run()
    assert view_data["settings"] == RaceSettings(rounds=2).to_dict()


def test_the_parts_have_separate_settings_and_runs(view_data):
    at = open_page(figure="grid", dataset="moons")
    show(at, "search")
    assert view_data["settings"] == RaceSettings().to_dict() and view_data["run"] is None and not at.warning
    widget(at, "iterations").set_value(50).run()
    view_data["on_run"]("a" * 22)
    at.run()
    assert at.query_params == {"part": "search", "iterations": "50", "run": "a" * 22}
    show(at, "studies")
    assert view_data["settings"] == planned("grid", "moons").to_dict() and view_data["run"] is None
    assert at.query_params == {"figure": "grid", "dataset": "moons"}
    show(at, "search")
    assert view_data["settings"]["iterations"] == 50 and view_data["run"] == "a" * 22


def test_an_invalid_link_falls_back_to_the_defaults(view_data):
    at = open_part(side="99", rounds="none", sampler="tpe")
    (warning,) = at.warning
    assert (
        all(name in warning.value for name in ("side", "rounds", "sampler"))
        and view_data["settings"] == RaceSettings().to_dict()
    )


def test_missing_data_are_reported(view_data, monkeypatch):
    monkeypatch.setattr("pages.live.download.offer_download", lambda *_: None)
    open_part(dataset="cifar10")
    assert "has to be downloaded first" in view_data["problem"]


# A stored race


def a_race(state="finished", rounds=1, bests=(0.80, 0.82, 0.96), done=None, **given):
    """A run folder with all or the first `done` trials, without training: the second trial of each search is the best."""
    settings = RaceSettings(rounds=rounds, **{"side": 2, **given})
    folder = RunFolder.create(settings.to_dict(), kind="search")
    lines = []
    for (round_, sampler), _ in settings.studies().items():
        for number in range(settings.trials):
            accuracy = bests[SAMPLERS.index(sampler)] if number == 1 else 0.3
            rate = 0.1 if sampler == "grid" else 0.1 + number / 100
            params = {"hidden": 10 + number, "learning_rate": rate}
            record = TrialRecord(number, params, "complete", accuracy, (accuracy,), (accuracy,), (), 0, 1.0)
            lines.append({"event": "trial", **record.line(), "curves": [], "round": round_, "sampler": sampler})
    lines = lines[:done]
    if state == "finished":
        lines.append({"event": "finished", "step": len(lines), "stopped": False, "best": None})
    folder.log.write_text("".join(to_line(line) + "\n" for line in lines))
    folder.set_state(state)
    return folder


def test_a_stored_race_opens_by_its_link(view_data):
    at = open_part(run=a_race().id, side="2", rounds="1")
    said = texts(at)
    assert "TPE found 96.0\u00a0% after 2 trials, random 82.0\u00a0% after 2, the grid 80.0\u00a0% after 2" in said
    assert "TPE is ahead by 14.0 points" in said and "another seed may give another result" in said
    assert "With 4 trials it never uses its results" in said
    assert "Grid: 1 learning rate, 0 of 4 trials" in said and "TPE: 4 learning rates, 1 of 4 trials" in said
    assert len(at.get("vega_lite_chart")) == 4


def test_a_lead_that_may_be_luck_is_called_a_tie(view_data):
    assert "A tie: the best of TPE and random" in texts(open_part(run=a_race(bests=(0.90, 0.955, 0.96)).id))


def test_several_races_are_shown_one_at_a_time_and_summarised_together(view_data):
    at = open_part(run=a_race(rounds=2).id)
    assert "On average over 2 races" in texts(at) and "Of the races, TPE won 2." in texts(at) and "race-table" in texts(at)
    picker = next(each for each in at.get("button_group") if "race_on_view" in str(each.key))
    assert picker.value == 1  # the newest
    picker.set_value(0).run()
    assert not at.exception and "TPE found 96.0\u00a0%" in texts(at)


def test_a_running_race_is_not_judged_yet(view_data):
    said = texts(open_part(run=a_race("running").id))
    assert "TPE found 96.0\u00a0%" in said and "ahead" not in said


def test_a_study_does_not_belong_to_this_part(view_data):
    folder = RunFolder.create(planned("grid").to_dict(), kind="study")
    assert "No trial is finished yet" in texts(open_part(run=folder.id))
    assert "No trial is finished yet" in texts(open_page(run=a_race().id))


@pytest.mark.parametrize("choice, right", [("TPE", True), ("Grid", False)])
def test_the_prediction_is_compared_when_the_race_has_ended(view_data, choice, right):
    at = open_part()
    commit(at, choice)
    view_data["on_run"](a_race("running").id)
    at.run()
    assert f"You predict: {choice}." in texts(at) and not at.radio
    view_data["on_run"](a_race().id)
    at.run()
    assert ("Correct" if right else "TPE was clearly ahead") in texts(at)
    (made,) = at.session_state["progress"].predictions.values()
    assert (made.lesson, made.choice, made.right) == ("tuning", choice, right)


@pytest.mark.parametrize("state", ["running", "paused", "released", "interrupted", "failed"])
def test_a_race_that_may_continue_is_not_compared_with_the_prediction(view_data, state):
    at = open_part()
    commit(at, "Grid")
    view_data["on_run"](a_race(state, rounds=3, done=15).id)  # one race of three, and a quarter of the second
    at.run()
    assert "You predict: Grid." in texts(at) and not at.info and not at.success
    (made,) = at.session_state["progress"].predictions.values()
    assert made.right is None


@pytest.mark.parametrize("done, said, right", [(15, "TPE was clearly ahead", False), (5, "so this is not compared", None)])
def test_a_stopped_race_is_compared_by_its_complete_rounds(view_data, done, said, right):
    at = open_part()
    commit(at, "Grid")
    view_data["on_run"](a_race("stopped", rounds=3, done=done).id)
    at.run()
    assert said in texts(at)
    (made,) = at.session_state["progress"].predictions.values()
    assert made.right is right

"""Tuning without a browser: its sidebar, its address, and the results of a stored study."""

from functools import partial

import pytest

from nnlib.runs.store import RunFolder
from nnlib.studies.plans import planned
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import FIGURES, StudySettings
from nnlib.support.json_lines import to_line
from pages.live import missing_data
from pages.tuning import panel
from pages.tuning.panel import about
from pages.tuning.settings import TUNING, Choices, choices_from, study_from
from tests.pages.opened import opened
from tests.pages.questions import commit

open_page = partial(opened, "tuning")


def widget(at, name):
    return at.get_by_key(at.session_state["tuning"].key(name))


def texts(at):
    return " ".join(each.value for kind in (at.markdown, at.caption, at.subheader) for each in kind)


def html(at):
    return " ".join(each.proto.body for each in at.get("html"))


# The choices


@pytest.mark.parametrize("dataset", ["digits", "cifar10", "moons"])
@pytest.mark.parametrize("budget", ["small", "report"])
@pytest.mark.parametrize("figure", FIGURES)
def test_every_plan_can_be_made_and_is_restored_from_its_study(figure, budget, dataset):
    choices = Choices(figure=figure, budget=budget, dataset=dataset)
    study = study_from(choices)
    assert StudySettings.from_dict(study.to_dict()) == study
    assert choices_from(study) == TUNING.tidy(choices)
    if figure != "free":
        assert study == planned(figure, dataset, budget)


@pytest.mark.parametrize(
    "choices",
    [
        Choices(figure="lr", trials=7, seeds=2),
        Choices(figure="hidden", sampler="random", trials=9, pruner="median", seed=4),
        Choices(figure="iterations", iterations=700),
        Choices(figure="free", vary=("reg", "std"), reg_from=1e-3, std_to=0.5),
        Choices(figure="free", vary=("hidden", "lr_decay"), sampler="grid", hidden_from=10, hidden_to=50),
    ],
)
def test_choices_are_applied_and_restored_from_their_study(choices):
    study = study_from(choices)
    assert study_from(choices_from(study)) == study
    for name in ("trials", "seeds", "pruner", "seed", "sampler"):
        assert getattr(choices, name) in (None, getattr(study, name))
    for name in ("reg", "std", "hidden"):
        for place, end in ((0, "from"), (-1, "to")):
            asked = getattr(choices, f"{name}_{end}")
            assert asked is None or study.values[name][place] == asked


def test_reversed_bounds_give_a_one_sentence_error():
    with pytest.raises(ValueError, match="from a lower to a higher value, not from 0.5 to 0.1"):
        study_from(Choices(figure="free", vary=("learning_rate",), learning_rate_from=0.5, learning_rate_to=0.1))


@pytest.mark.parametrize(
    "seconds, words",
    [
        (2, "less than a minute"),
        (41, "less than a minute"),
        (43, "about 1 minute"),
        (100, "about 2 minutes"),
        (400, "about 5 minutes"),
        (2400, "about 30 minutes"),
        (4000, "about 1 hour"),
        (9000, "about 3 hours"),
        (200_000, "about 2 days"),
    ],
)
def test_an_estimate_is_rounded(seconds, words):
    assert about(seconds).replace("\u00a0", " ") == words


def test_the_estimated_time_uses_the_workers_of_a_study(view_data, monkeypatch):
    asked = []
    monkeypatch.setattr(panel, "estimated_seconds", lambda settings, workers: asked.append(workers) or 600)
    monkeypatch.setenv("NNLIB_STUDY_WORKERS", "1")
    assert "Small: about 10\u00a0minutes. The report's: about 10\u00a0minutes." in texts(open_page()) and {*asked} == {1}


# The sidebar and the address


@pytest.mark.parametrize("figure", FIGURES)
def test_every_study_opens_by_its_link(view_data, figure):
    at = open_page(figure=figure)
    assert at.query_params == ({} if figure == "hidden" else {"figure": figure})
    assert view_data["settings"] == study_from(Choices(figure=figure)).to_dict() and view_data["problem"] is None
    assert view_data["iterations"] == view_data["settings"]["trials"] and not at.warning
    assert "Before you press Start" in view_data["texts"]["story"]["before"]


def test_another_study_starts_with_a_new_plan(view_data):
    at = open_page()
    widget(at, "seeds").set_value(5).run()
    assert view_data["settings"]["seeds"] == 5 and at.query_params == {"seeds": "5"}
    widget(at, "figure").set_value("grid").run()
    assert view_data["settings"] == planned("grid").to_dict() and at.query_params == {"figure": "grid"}
    widget(at, "budget").set_value("report").run()
    assert view_data["settings"] == planned("grid", budget="report").to_dict()
    assert at.query_params == {"figure": "grid", "budget": "report"}


def test_a_custom_space_is_in_the_address(view_data):
    at = open_page(figure="free")
    widget(at, "vary").set_value(["learning_rate", "std"]).run()
    widget(at, "learning_rate_to").set_value(0.5).run()
    assert view_data["settings"]["learning_rate_values"] == [1e-3, 0.5] and view_data["settings"]["init"] == "normal"
    assert at.query_params == {"figure": "free", "vary": "learning_rate,std", "learning_rate_to": "0.5"}
    again = open_page(**at.query_params)
    assert again.session_state["tuning"].settings == at.session_state["tuning"].settings


def test_conflicting_choices_are_reported_and_cannot_be_started(view_data):
    at = open_page(figure="free", vary="reg")
    widget(at, "reg_from").set_value(0.5).run()
    assert "from a lower to a higher value" in at.error[0].value and view_data["problem"]


def test_an_invalid_link_falls_back_to_the_plan(view_data):
    at = open_page(figure="lr", trials="100000", seeds="lots", vary="colour")
    assert at.warning[0].value.count("\n- ") == 2 and view_data["settings"] == planned("lr").to_dict()


def test_missing_data_are_reported_unless_remote_workers_have_them(view_data, monkeypatch):
    asked = []
    monkeypatch.setattr("pages.live.download.offer_download", lambda name, *_: asked.append(name))
    open_page(dataset="cifar10")
    assert view_data["problem"] and asked == ["cifar10"] and missing_data
    monkeypatch.setenv("NNLIB_SCHEDULER", "tcp://127.0.0.1:1")
    open_page(dataset="cifar10")
    assert view_data["problem"] is None


def test_the_settings_of_a_run_are_restored(view_data):
    at = open_page(figure="grid")
    study = study_from(Choices(figure="lr", seeds=2, trials=7))
    view_data["on_adopt"]({"settings": study.to_dict()})
    at.run()
    assert view_data["settings"] == study.to_dict()


def test_what_was_wrong_with_the_link_to_a_run_stays_when_its_settings_are_shown(view_data):
    at = open_page(run="a" * 22, colour="red")
    study = study_from(Choices(figure="lr", seeds=2, trials=7))
    assert view_data["adopt"]
    view_data["on_adopt"]({"settings": study.to_dict()})
    at.run()
    assert view_data["settings"] == study.to_dict()
    assert "colour" in at.warning[0].value


# A stored study


def a_study(
    figure="hidden", state="finished", accuracy=lambda params: 0.9, importances=None, done=None, each_state="complete", **given
):
    """A run folder with all or the first `done` trials, without training."""
    from itertools import product

    settings = planned(figure, **given)
    folder = RunFolder.create(settings.to_dict(), kind="study")
    lines = []
    points = list(product(*settings.values.values()))[:done]
    for number, point in enumerate(points):
        params = dict(zip(settings.vary, point))
        each = tuple(accuracy(params) + 0.01 * k for k in range(settings.seeds))
        curve = ([10, 2.0, 0.4], [20, 1.0, each[0]])
        record = TrialRecord(number, params, each_state, sum(each) / len(each), each, each, (curve,) * settings.seeds, 0, 1.0)
        lines.append({"event": "trial", **record.line(), "curves": record.curves})
    if state == "finished":
        lines.append({"event": "finished", "step": len(points), "stopped": False, "importances": importances or {}})
    folder.log.write_text("".join(to_line(line) + "\n" for line in lines))
    folder.set_state(state)
    return folder


def rising(params):
    return 0.5 + params["hidden"] / 400


def test_the_verdict_is_shown_with_the_claim_and_its_evidence(view_data):
    folder = a_study(accuracy=rising)
    at = open_page(run=folder.id)
    assert "the best of 12 trials" in texts(at)
    assert "Also here" in html(at) and "to the largest third it grows by" in html(at)


def test_a_running_study_is_not_judged_yet(view_data):
    folder = a_study(state="running", accuracy=rising)
    at = open_page(run=folder.id)
    assert "Not yet" in html(at) and "Also here" not in html(at)


def test_a_claim_that_cannot_apply_is_marked_before_the_study_ends(view_data):
    at = open_page(figure="lr", run=a_study("lr", state="running").id)
    assert "Not yet" in html(at) and "Does not apply to these data" in html(at)


def test_a_trial_can_be_chosen_and_its_networks_are_shown(view_data):
    folder = a_study(accuracy=rising)
    at = open_page(run=folder.id)
    assert "How the best networks learned" in texts(at)
    choice = next(each for each in at.selectbox if each.label == "Learning curves of")
    choice.set_value(3).run()
    assert "How the networks of trial 3 learned" in texts(
        at
    ) and "Validation 58.2\u00a0% (57.2\u00a0%, 58.2\u00a0%, 59.2\u00a0%)" in texts(at)


def test_all_trials_are_listed(view_data):
    at = open_page(run=a_study(accuracy=rising).id)
    table = at.dataframe[0].value
    assert len(table) == 12 and table["Trial"][0] == 11 and "Test" not in table  # the best first
    assert "it chooses trial 11. The test accuracy of this trial, 76.0\u00a0%" in texts(at)
    assert {each.label for each in at.get("download_button")} == {"Download as CSV", "Download the report"}


def test_a_custom_space_shows_the_importance_of_its_settings(view_data):
    folder = a_study("free", vary=("hidden", "reg"), importances={"reg": 0.8, "hidden": 0.2})
    at = open_page(figure="free", vary="hidden,reg", run=folder.id)
    assert "Penalty λ matters most: 80\u00a0%" in texts(at) and "The report's claims" not in texts(at)


@pytest.mark.parametrize(
    "state, importances, said",
    [
        ("running", None, "is computed when the study ends"),
        ("paused", None, "is computed when the study ends"),
        ("stopped", None, "stopped while it was paused"),  # known only by its state: no process could write more
        ("finished", {}, "Too few trials are complete"),
    ],
)
def test_a_missing_importance_is_explained(view_data, state, importances, said):
    folder = a_study("free", state, vary=("hidden", "reg"), importances=importances)
    assert said in texts(open_page(figure="free", vary="hidden,reg", run=folder.id))


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("state", ["finished", "paused"])
def test_every_study_can_be_viewed(view_data, figure, state):
    vary = {"vary": ("hidden", "learning_rate")} if figure == "free" else {}
    folder = a_study(figure, state, **vary)
    assert "trials" in texts(open_page(figure=figure, run=folder.id))


def test_a_run_of_another_kind_does_not_belong_to_this_page(view_data):
    folder = RunFolder.create({}, kind="train")
    assert "No trial is finished yet" in texts(open_page(run=folder.id))


# The prediction


@pytest.mark.parametrize("place, verdict", [(3, "Correct."), (0, "It is 100.")])
def test_the_prediction_is_compared_when_the_study_has_ended(view_data, place, verdict):
    at = open_page()
    choices = at.radio[0].options
    commit(at, choices[place])
    folder = a_study(state="running", accuracy=rising)
    view_data["on_run"](folder.id)
    at.run()
    assert "You predict the best between" in texts(at) and not at.radio
    folder = a_study(accuracy=rising)
    view_data["on_run"](folder.id)
    at.run()
    assert verdict in " ".join(each.value for each in (*at.success, *at.info))
    (made,) = at.session_state["progress"].predictions.values()
    assert (made.lesson, made.choice, made.right) == ("tuning", choices[place], place == 3)


def test_nothing_is_compared_without_a_prediction(view_data):
    at = open_page(run=a_study(accuracy=rising).id)
    assert not at.success and not at.info and not at.radio


def test_a_lead_that_may_be_luck_is_not_compared_with_the_prediction(view_data):
    at = open_page()
    commit(at, at.radio[0].options[2])
    view_data["on_run"](a_study(accuracy=lambda params: 0.95 + params["hidden"] / 1e5).id)
    at.run()
    assert "It is 100, but a value in your range is not clearly worse" in at.success[0].value
    (made,) = at.session_state["progress"].predictions.values()
    assert made.right


def test_settings_of_similar_importance_are_named_together(view_data):
    folder = a_study("free", vary=("hidden", "reg"), importances={"reg": 0.48, "hidden": 0.52})
    assert "Hidden size and penalty λ matter about equally: 52\u00a0% and 48\u00a0%" in texts(
        open_page(figure="free", run=folder.id)
    )


@pytest.mark.parametrize("state, done", [("stopped", 3), ("finished", 3)])  # stopped in the queue, and while running
def test_a_stopped_study_is_not_compared(view_data, state, done):
    at = open_page()
    choice = at.radio[0].options[3]
    commit(at, choice)
    view_data["on_run"](a_study(state=state, accuracy=rising, done=done).id)
    at.run()
    assert f"stopped after {done} of 12 trials, so this is not compared" in texts(at)
    assert not at.success and not at.info
    (made,) = at.session_state["progress"].predictions.values()
    assert made.right is None


def test_a_study_whose_trials_were_all_pruned_is_not_compared(view_data):
    at = open_page()
    commit(at, at.radio[0].options[3])
    view_data["on_run"](a_study(each_state="pruned").id)
    at.run()
    assert not at.exception and "A pruner ended all trials early, so this is not compared" in texts(at)


def test_a_study_stopped_when_all_trials_were_done_is_compared(view_data):
    at = open_page()
    commit(at, at.radio[0].options[3])
    view_data["on_run"](a_study(state="stopped", accuracy=rising).id)
    at.run()
    assert "Correct." in at.success[0].value

"""The panel of the missions: a reason first, then the goal, as the server reads it from the run's own log."""

import json
from datetime import date

import pytest

from nnlib.experiment.settings import Experiment
from nnlib.runs.mission_runs import trials
from nnlib.runs.store import RunFolder
from nnlib.teaching.missions import MISSIONS
from nnlib.training import Evaluation, Metrics
from pages.depth.settings import DEPTH
from pages.lesson.hand_in import as_markdown
from pages.lesson.lessons import LESSONS
from pages.lesson.progress import Progress
from pages.lesson.stored_progress import read_progress
from pages.live import missions
from pages.live.mission_trial import Verdict
from pages.settings.settings_url import read_link
from pages.train.settings import TRAIN
from tests.pages.as_shown import as_shown
from tests.pages.opened import opened

BEND = MISSIONS["bend"]


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    for name in ("NNLIB_DATA", "NNLIB_RUNS", "NNLIB_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture(autouse=True)
def judged_at_once(monkeypatch):
    """In this process, and not in one of its own."""

    def verdict(mission, run, step):
        seed, checks = list(trials(MISSIONS[mission], RunFolder.find(run)))[-1]
        return Verdict(all(check.met for check in checks) and seed == 2, seed, checks)

    monkeypatch.setattr(missions, "verdict", verdict)


def run_of(state="finished", session=None, **changed):
    """A run of the exclusive or, with the log that its training gives."""
    settings = Experiment.from_dict({"dataset": "xor", "hidden": [8], "iterations": 400, **changed})
    run = RunFolder.create(settings.to_dict(), session=session)
    with run.log.open("w") as log:
        for event in settings.training_on(settings.load()).events(seconds=100):
            if isinstance(event, Metrics):
                log.write(json.dumps({"event": "metrics", "first": event.first_step, "loss": event.losses}) + "\n")
            elif isinstance(event, Evaluation):
                log.write(json.dumps({"event": "evaluation", **vars(event)}) + "\n")
    run.set_state(state)
    return run.id


def panel(page="train", **parameters):
    at = opened(page, **parameters)
    at.button(key="missions_button").click().run()
    assert not at.exception
    return at


def answered(at, reason=0):
    at.radio(key="mission_bend_0").set_value(BEND.reasons[reason])
    next(each for each in at.button if each.label == "This is my answer").click().run()
    assert not at.exception
    return at


def texts(at):
    return as_shown(
        " ".join(each.value for kind in (at.markdown, at.caption, at.success, at.warning, at.info) for each in kind)
    )


def test_closed_at_first_and_the_reason_is_asked_before_the_first_attempt():
    at = opened("train")
    assert at.button(key="missions_button").label == f"Missions 0/{len(MISSIONS)}"
    assert "Goal." not in texts(at)
    at = panel()
    assert (
        BEND.goal in texts(at) and BEND.question in texts(at) and not [each for each in at.button if each.label == "Set it up"]
    )
    answered(at)
    assert "No run yet" in texts(at) and BEND.question not in texts(at)
    at.button(key="mission_start_bend").click().run()
    assert (at.session_state["train"].settings.dataset, at.session_state["train"].settings.hidden) == ("xor", ())
    assert at.query_params["dataset"] == "xor"


@pytest.mark.parametrize("reason", [0, 1])
def test_a_run_that_meets_the_goal_on_three_seeds_wins(reason):
    at = answered(panel(run=run_of()), reason)
    assert "**Won**" in texts(at) and BEND.idea in texts(at)
    assert ("Your reason was right" in texts(at)) == (reason == 0)
    assert at.button(key="missions_button").label == f"Missions 1/{len(MISSIONS)}"
    page = as_markdown(read_progress(at.session_state["progress"].to_json()), date(2026, 1, 2))
    assert f"Missions won: 1 of {len(MISSIONS)}" in page and "seeds 0 to 2, 400 steps" in page
    assert f"I predicted: {BEND.reasons[reason]}" in page.split("## Train")[1]
    at.button(key="mission_next").click().run()
    assert MISSIONS["two-hundred-steps"].goal in texts(at)


@pytest.mark.parametrize(
    "run, says",
    [
        ({"hidden": []}, "at least 95 %"),
        ({"state": "running"}, "Pause or stop"),
        ({"session": "another"}, "at least 95 %"),  # this browser has no name, so it may be its own
        ({"state": "stopped"}, "Not with seed"),
    ],
)
def test_otherwise_it_says_what_is_missing(run, says, monkeypatch):
    if run.get("state") == "stopped":
        monkeypatch.setattr(missions, "verdict", lambda *_: Verdict(False, 6, []))
    if "session" in run:
        monkeypatch.setattr(missions, "this_browser", lambda: "mine")
        says = missions.OF_ANOTHER
    at = answered(panel(run=run_of(**run)))
    assert says in texts(at) and "**Won**" not in texts(at)
    assert at.session_state["progress"].missions == {}


def test_a_mission_of_another_page_is_a_link_to_it():
    at = panel()
    at.selectbox(key="missions_choice_0").set_value("deep-three").run()
    assert not at.exception and MISSIONS["deep-three"].goal in texts(at)
    assert MISSIONS["deep-three"].question not in texts(at)
    at = panel("depth", dataset="digits")
    assert MISSIONS["deep-three"].goal in texts(at)


@pytest.mark.parametrize("mission", MISSIONS.values(), ids=MISSIONS)
def test_every_mission_starts_from_valid_settings_and_leads_to_a_part_that_exists(mission):
    page = {"train": TRAIN, "depth": DEPTH}[mission.page]
    _, run, messages = read_link(page, mission.start)
    assert run is None and messages == []
    lesson = next(each for each in LESSONS if each.key == mission.lesson[0])
    assert mission.lesson[1] in lesson.names
    assert len(set(mission.reasons)) == 3


def test_what_a_browser_sends_back_is_checked():
    made = Progress(missions={"bend": "H 8, seeds 0 to 2"})
    assert read_progress(made.to_json()) == made
    assert read_progress(json.dumps({"missions": {"bend": 3, "fly": "x", "dead": "y" * 1000}})) == Progress()
    other = Progress(missions={"dead": "H 50"})
    other.add(made)
    assert list(other.missions) == ["dead", "bend"]

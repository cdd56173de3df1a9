"""Studies as runs: their events, the same trials after a disturbance, and their error messages."""

import asyncio
import subprocess
import sys

import psutil
import pytest

from nnlib.cluster import client as clusters
from nnlib.cluster.errors import SchedulerError
from nnlib.runs.server import places as places_module
from nnlib.runs.server import worker_process as process_module
from nnlib.runs.server.hub import workers_for_a_study
from nnlib.runs.server.live_run import Refused
from nnlib.runs.store import RunFolder
from nnlib.studies.plans import planned
from nnlib.studies.race_settings import RaceSettings
from nnlib.studies.records import TrialRecord
from nnlib.studies.stored_study import StoredStudy, study_names
from nnlib.studies.study_settings import SAMPLERS
from nnlib.support.cores import cores
from tests.patience import PATIENCE
from tests.runs.runs_helpers import DIE, Browser, WorkerProcess, a_hub, hub_test, settings, until, work_on


@pytest.fixture(autouse=True)
def shared_workers(scheduler, monkeypatch):
    monkeypatch.delenv("NNLIB_STORAGE", raising=False)
    monkeypatch.setenv("NNLIB_SCHEDULER", scheduler)


def new_study(figure="hidden", **given):
    settings = planned(figure, **{"trials": 5, "seeds": 2, "iterations": 200, **given})
    return RunFolder.create(settings.to_dict(), kind="study")


def trials(folder):
    """number → what must not depend on the workers or on time. Every trial is reported once."""
    found = {}
    for event in folder.events():
        if event["event"] == "trial":
            assert event["number"] not in found, f"trial {event['number']} is reported twice"
            found[event["number"]] = {name: event[name] for name in ("params", "val_accuracies", "test_accuracies", "curves")}
    return found


def test_a_study_reports_what_the_page_draws(scheduler):
    folder = new_study()
    script = work_on(folder)
    started, finished = script.only("started"), script.only("finished")
    assert (started["iterations"], started["vary"], started["seeds"]) == (5, ["hidden"], 2)
    assert (started["workers"], started["scheduler"]) == (2, scheduler)
    best = max(script.of("trial"), key=lambda trial: trial["val_accuracy"])
    assert finished["best"]["val_accuracy"] == best["val_accuracy"] and finished["step"] == 5 and not finished["stopped"]
    last = script.of("frame")[-1]
    assert last["step"] == 5 and last["best"] == finished["best"] and last["workers"] == 2
    stored = StoredStudy.open(folder.id).finished()
    reported = [TrialRecord.from_line(event) for event in folder.events() if event["event"] == "trial"]
    assert sorted(reported, key=lambda record: record.number) == stored


@pytest.mark.parametrize("shared", [False, True], ids=["of its own", "a database that other machines share"])
def test_the_next_study_deletes_stored_studies_of_deleted_runs(shared, tmp_path, monkeypatch):
    if shared:
        monkeypatch.setenv("NNLIB_STORAGE", f"sqlite:///{tmp_path / 'shared.db'}")
    with monkeypatch.context() as patch:
        patch.setenv("NNLIB_RUNS", str(tmp_path / "another machine"))
        elsewhere = new_study(trials=1)
        if shared:
            work_on(elsewhere)
    old, new = new_study(trials=1), new_study(trials=1)
    work_on(old)
    old.delete()
    work_on(new)
    assert study_names() == sorted([new.id, elsewhere.id] if shared else [new.id])


def test_a_new_watcher_gets_the_trials_without_their_curves():
    folder = new_study(trials=2)
    work_on(folder)
    reported = [event for event in folder.history()["events"] if event["event"] == "trial"]
    assert len(reported) == 2 and all("curves" not in event and event["val_accuracies"] for event in reported)


def test_a_running_study_reports_its_trials_in_flight():
    script = work_on(new_study(trials=4, iterations=3000), ("frame", 4, {"do": "stop"}))
    frames = [frame for frame in script.of("frame") if frame["running"]]
    assert frames and all(len(frame["running"]) <= 2 for frame in frames)
    assert {*frames[-1]["running"][0]} == {"number", "params", "step", "iterations"}


@pytest.fixture(scope="module")
def undisturbed(scheduler, tmp_path_factory):
    """The trials of a study that nothing disturbs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNLIB_RUNS", str(tmp_path_factory.mktemp("undisturbed")))
        patch.setenv("NNLIB_SCHEDULER", scheduler)
        folder = new_study()
        work_on(folder)
        return trials(folder)


@pytest.mark.parametrize(
    "moments",
    [
        [("trial", 2, DIE)],
        [("trial", 2, {"do": "release"})],
        [("trial", 1, {"do": "pause"}), ("state", 2, DIE)],
        [("finished", 1, DIE)],
    ],
    ids=["killed", "released", "killed in a pause", "killed at the end"],
)
def test_a_disturbed_study_ends_with_the_same_trials(moments, undisturbed):
    folder = new_study()
    work_on(folder, *moments)
    resumed = work_on(folder, ("state", 1, {"do": "resume"}))
    assert resumed.only("finished")["step"] == 5
    assert trials(folder) == undisturbed and len(undisturbed) == 5


def test_a_study_resumed_while_paused_stays_paused_with_its_trials():
    folder = new_study(trials=30, iterations=500)  # enough for the pause to come before the end
    work_on(folder, ("trial", 2, {"do": "pause"}), ("state", 2, DIE))
    before = trials(folder)
    folder.log.write_bytes(folder.log.read_bytes()[:-40])  # cut off while a line was written
    again = work_on(folder, ("state", 1, DIE))
    assert again.only("state")["state"] == "paused" and again.of("frame")[-1]["step"] == len(before)
    assert trials(folder) == before


def test_a_stopped_study_keeps_its_finished_trials():
    folder = new_study(trials=30, iterations=500)
    finished = work_on(folder, ("trial", 3, {"do": "stop"})).only("finished")
    assert finished["stopped"] and 3 <= finished["step"] < 30 and len(trials(folder)) == finished["step"]


def test_a_finished_study_of_several_settings_reports_their_importance():
    finished = work_on(new_study("free", vary=("hidden", "learning_rate"), sampler="random", trials=12, seeds=1)).only(
        "finished"
    )
    assert {*finished["importances"]} == {"hidden", "learning_rate"}
    assert sum(finished["importances"].values()) == pytest.approx(1)


def test_an_unresponsive_scheduler_fails_the_run_with_a_reason(monkeypatch):
    folder = new_study()
    with monkeypatch.context() as patch:
        patch.setenv("NNLIB_SCHEDULER", "tcp://127.0.0.1:1")
        patch.setattr(clusters, "ANSWER_SECONDS", 0.5)
        with pytest.raises(SchedulerError, match="scheduler 'tcp://127.0.0.1:1' cannot be used"):
            work_on(folder)
    assert work_on(folder).only("finished")["step"] == 5  # all locks are released


# Races of samplers


def new_race(**given):
    return RunFolder.create(RaceSettings(**{"side": 2, "rounds": 2, "iterations": 20, **given}).to_dict(), kind="search")


def searched(folder):
    """(round, sampler) → number → what must not depend on the workers or on time. Every trial is reported once."""
    found = {}
    for event in folder.events():
        if event["event"] == "trial":
            of_search = found.setdefault((event["round"], event["sampler"]), {})
            assert event["number"] not in of_search, f"trial {event['number']} is reported twice"
            of_search[event["number"]] = {name: event[name] for name in ("params", "val_accuracies", "curves")}
    return found


def test_a_race_killed_twice_reports_every_trial_of_every_search_once():
    folder = new_race()
    script = work_on(folder, ("trial", 5, {"do": "pause"}), ("state", 2, DIE))
    assert (script.only("started")["iterations"], script.only("started")["rounds"]) == (24, 2)
    work_on(folder, ("state", 1, {"do": "resume"}), ("trial", 8, DIE))
    finished = work_on(folder, ("state", 1, {"do": "resume"})).only("finished")
    found = searched(folder)
    assert {*found} == {(round_, sampler) for round_ in (0, 1) for sampler in SAMPLERS}
    assert all(sorted(trials) == [0, 1, 2, 3] for trials in found.values()) and finished["step"] == 24
    best = max((trial["val_accuracies"] for trials in found.values() for trial in trials.values()), default=None)
    assert [finished["best"]["val_accuracy"]] == best and {"sampler", "round"} < {*finished["best"]}
    points = {key: sorted(str(trial["params"]) for trial in trials.values()) for key, trials in found.items()}
    assert points[0, "grid"] == points[1, "grid"] and points[0, "random"] != points[1, "random"]
    curves = {key: sorted(trial["curves"] for trial in trials.values()) for key, trials in found.items()}
    assert curves[0, "grid"] != curves[1, "grid"]  # at the same points: the networks have another seed


def test_the_rounds_of_a_race_run_one_after_another():
    folder = new_race()
    work_on(folder, ("trial", 14, {"do": "stop"}))
    rounds = [event["round"] for event in folder.events() if event["event"] == "trial"]
    assert rounds[:12] == [0] * 12 and set(rounds[12:]) == {1}


def test_a_stopped_race_keeps_finished_trials_and_reports_trials_in_flight():
    folder = new_race(side=5, iterations=2000)
    script = work_on(folder, ("trial", 3, {"do": "stop"}))
    assert script.only("finished")["stopped"] and 3 <= script.only("finished")["step"] < 150
    assert sum(map(len, searched(folder).values())) == script.only("finished")["step"]
    for frame in script.of("frame"):
        assert len({running["sampler"] for running in frame["running"]}) == len(frame["running"])  # at most one per search


def test_a_killed_process_leaves_no_workers_and_the_next_one_completes_the_study(monkeypatch):
    monkeypatch.delenv("NNLIB_SCHEDULER")
    monkeypatch.setenv("NNLIB_STUDY_WORKERS", "1")
    folder = new_study(trials=4, iterations=1000)
    first = WorkerProcess(folder)
    assert first.wait_for("started")["workers"] == 1
    first.wait_for("trial")
    children = psutil.Process(first.process.pid).children(recursive=True)
    first.kill()
    assert children and psutil.wait_procs(children, timeout=PATIENCE)[1] == []
    assert work_on(folder).only("finished")["step"] == 4
    assert sorted(trials(folder)) == [0, 1, 2, 3]


@hub_test
async def test_the_hub_rejects_changes_to_a_study_and_completes_one_that_was_stopped():
    async with a_hub() as hub:
        browser = Browser(hub)
        settings = planned("hidden", trials=4, seeds=1, iterations=5000)  # seconds for a trial, so that the stop comes in time
        with pytest.raises(ValueError, match="trials"):
            await browser.start({**settings.to_dict(), "trials": 0}, kind="study")
        await browser.start(settings.to_dict(), kind="study")
        with pytest.raises(Exception, match="cannot be changed"):
            browser.send("change", learning_rate=0.1)
        await until(lambda: any(event["event"] == "trial" for event in browser.received))
        browser.send("stop")
        await browser.state("stopped")
        folder = browser.run.folder
        done = trials(folder)
        assert 1 <= len(done) < 4
        with pytest.raises(Refused, match="has ended"):
            browser.send("pause")
        browser.send("resume")
        await browser.state("finished")
        after = trials(folder)
        assert sorted(after) == list(range(4)) and {number: after[number] for number in done} == done


@hub_test
async def test_a_finished_study_is_not_resumed():
    folder = new_study()
    folder.set_state("finished")
    async with a_hub() as hub:
        browser = Browser(hub)
        await browser.watch(folder.id)
        with pytest.raises(Refused, match="has ended"):
            browser.send("resume")


@hub_test
async def test_studies_share_the_cores_within_a_configured_limit(monkeypatch):
    monkeypatch.setattr(places_module, "cores", lambda: 8)
    given, start = [], asyncio.create_subprocess_exec

    async def idle(*command, env, **pipes):
        given.append(int(env["NNLIB_STUDY_WORKERS"]))
        # Ends at the first command but that of the frames, which a run gets after some seconds.
        return await start(sys.executable, "-Sc", "while 'frames' in input(): pass", env=env, **pipes)

    monkeypatch.setattr(process_module.asyncio, "create_subprocess_exec", idle)
    study = planned("hidden").to_dict()
    async with a_hub(max_runs=9, study_workers=6) as hub:

        async def begin(session, kind="study", chosen=study):
            browser, count = Browser(hub, session), len(given) + 1
            await browser.start(chosen, kind=kind)
            await until(lambda: len(given) == count and browser.run.process)
            return browser

        first = await begin("a")
        await begin("b", "train", settings())
        await begin("c")
        assert given[0] == 6 and given[2] == 4  # the limit, then half of the cores: a run of another kind does not count
        assert workers_for_a_study() == 2 and workers_for_a_study(first.run.id) == 4
        first.send("stop")
        await begin("d")
        assert given[3] == 4  # one that is about to end does not count either
    assert workers_for_a_study() == cores()


def test_the_server_handles_studies_without_importing_optuna_or_dask():
    studies = ("charts", "export", "plans", "race_charts")
    modules = ("nnlib.runs.server.routes", "nnlib.runs.worker.job", *(f"nnlib.studies.{name}" for name in studies))
    heavy = {"optuna", "distributed", "dask", "torch", "sklearn"}
    code = f"import sys, {', '.join(modules)}; print(*({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == ""

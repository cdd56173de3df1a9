"""The run folder: what can be read of it whatever happened to it."""

import json
import time

import numpy as np
import pytest
from runs_helpers import new_run, settings

from nnlib.runs import store
from nnlib.runs.store import RunFolder


def write_events(folder, *events, torn=""):
    (folder.path / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events) + torn)


def metrics(first, *loss):
    return {"event": "metrics", "first": first, "loss": list(loss)}


def textbook_mean(loss):
    """The definition, a step at a time."""
    mean, weight, means = 0.0, 0.0, []
    for value in loss:
        mean, weight = 0.98 * mean + 0.02 * value, 0.98 * weight + 0.02
        means.append(mean / weight)
    return means


STRANGE_IDS = ["..", "../../etc", "", "x" * 21, "x" * 23, "x" * 21 + "/", "x" * 21 + "\n", "é" * 22, None, {}, 3, ["x"]]


@pytest.mark.parametrize("run_id", STRANGE_IDS)
def test_no_path_is_made_of_a_strange_id(run_id):
    assert RunFolder.find(run_id) is None


def test_ids_cannot_be_guessed():
    ids = {store.new_id() for _ in range(100)}
    assert len(ids) == 100 and all(store.valid_id(run_id) for run_id in ids)


def test_a_torn_last_line_is_no_event():
    folder = new_run()
    write_events(folder, metrics(1, 0.5, 0.4), torn='{"event": "metrics", "first": 3, "lo')
    assert [event["first"] for event in folder.events()] == [1]
    assert folder.history()["loss"]["step"] == [1, 2]


def test_truncation_heals_a_torn_file_and_drops_an_end():
    folder = new_run()
    write_events(folder, metrics(1, 0.5, 0.4), metrics(3, 0.3), {"event": "finished", "step": 2}, torn='{"ev')
    folder.truncate_events(2)
    assert (folder.path / "events.jsonl").read_text() == json.dumps(metrics(1, 0.5, 0.4)) + "\n"


@pytest.mark.parametrize("name", ["status.json", "run.json"])
def test_a_torn_file_is_read_as_missing(name):
    folder = new_run()
    (folder.path / name).write_text('{"sta')
    assert folder.state in ("queued", "interrupted") and isinstance(folder.about, dict)


def test_the_smoothed_curve_is_its_definition():
    loss = np.random.default_rng(0).gamma(1.0, size=2345)
    assert store.smoothed(loss) == pytest.approx(textbook_mean(loss), rel=1e-9)


def test_the_smoothed_curve_passes_over_what_is_no_number():
    assert store.smoothed([1.0, np.nan, 3.0])[[0, 2]] == pytest.approx(textbook_mean([1.0, 3.0]))


def test_a_thinned_curve_is_real_values_and_the_mean_over_all():
    loss = np.random.default_rng(0).gamma(1.0, size=54_321)
    thin = store.thinned(loss)
    assert len(thin["step"]) == len(thin["value"]) == len(thin["smooth"]) == store.SHOWN
    assert thin["step"][0] == 1 and thin["step"][-1] == 54_321
    assert thin["value"] == pytest.approx(loss[np.array(thin["step"]) - 1], rel=1e-4)
    assert thin["smooth"][-1] == pytest.approx(textbook_mean(loss)[-1], rel=1e-4)


def test_a_million_steps_are_thinned_at_once():
    started = time.perf_counter()
    store.thinned(np.random.default_rng(0).random(1_000_000))
    assert time.perf_counter() - started < 1.0


def test_a_short_or_empty_curve_stays_whole():
    assert store.thinned([]) == {"step": [], "value": [], "smooth": []}
    assert store.thinned([2.0, None])["value"] == [2.0, None]


def past(session, steps, dataset="moons", created=0.0):
    folder = RunFolder.create(settings(dataset=dataset), None, session)
    folder.write("run.json", {**folder.about, "created": created})
    write_events(folder, metrics(1, *[0.5] * steps))
    return folder


def test_ghosts_are_the_last_four_of_the_session_on_the_same_data_that_went_somewhere():
    good = [past("me", 60, created=created) for created in range(5)]
    for created in range(5, 12):
        past("me", 10, created=created)
    past("other", 60, created=20)
    past("me", 60, dataset="circles", created=21)
    now = past("me", 60, created=30)
    past("me", 60, created=40)  # later than the one on view
    found = store.ghosts(now)["runs"]
    assert [ghost["run"] for ghost in found] == [folder.id for folder in reversed(good[1:])]
    assert found[0]["label"].startswith("H 12 · lr 0.05")


def test_the_oldest_runs_are_pruned_but_none_that_is_active():
    folders = [past("me", 1, created=created) for created in range(6)]
    for folder in folders[1:]:
        folder.set_state("finished")
    with folders[2].lock():
        store.prune(2)
    left = {run.id for run in store.all_runs()}
    assert left == {folders[i].id for i in (0, 2, 4, 5)}  # 0 is queued, 2 is worked on


def test_what_a_dead_server_left_behind_is_told_apart():
    running, paused, ended, busy = (new_run() for _ in range(4))
    for folder in (running, ended, busy):
        folder.set_state("running")
    paused.set_state("paused")
    write_events(ended, {"event": "finished", "step": 5, "stopped": True})
    with busy.lock():
        assert [run.id for run in store.mark_interrupted(store.left_behind())] == [busy.id]
    assert (running.state, paused.state, ended.state, busy.state) == ("interrupted", "paused", "stopped", "running")

"""Runs of PyTorch networks: their events, the same numbers after a disturbance, and their error messages."""

import json
import subprocess
import sys
from unittest.mock import Mock

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnlib.deep.checkpoint import load_network
from nnlib.deep.device_step import DeviceStep
from nnlib.deep.settings import DepthTable, MlpExperiment
from nnlib.runs import leaderboard
from nnlib.runs.kinds import KINDS
from nnlib.runs.store import RunFolder, all_runs
from tests.runs.runs_helpers import DIE, SMALL_MLP, Browser, WorkerProcess, a_hub, hub_test, losses, numbers, work_on


def new_run(kind="depth", **changed):
    return RunFolder.create(KINDS[kind].settings.from_dict({**SMALL_MLP, "epochs": 4, **changed}).to_dict(), kind=kind)


def test_a_depth_run_reports_what_the_page_draws():
    folder = new_run(epochs=3)
    script = work_on(folder)
    started, finished = script.only("started"), script.only("finished")
    assert started["sizes"] == [64, 16, 12, 10] and started["iterations"] == 3 * started["steps_per_epoch"]
    assert started["device"]["name"] == "cpu" and started["parameters"] == 64 * 16 + 16 + 2 * 16 + 16 * 12 + 12 + 2 * 12 + 130
    for predicted, layer in zip(started["predicted"], started["layers"], strict=True):
        assert layer["activation_norm"] == pytest.approx(predicted, rel=0.5)
    assert started["obstacle"] is None
    evaluations = script.of("evaluation")
    assert [event["epoch"] for event in evaluations] == [1, 2, 3]
    assert all(len(event["layers"]) == 3 and event["samples_per_second"] > 0 for event in evaluations)
    frame = script.of("frame")[-1]
    assert len(frame["probabilities"]) == 12 and frame["weight_pictures"]["units"] == list(range(16))
    assert frame["diagnostics"] == evaluations[-1]["layers"]
    assert finished["outcome"] in ("partly", "learns") and sum(map(sum, finished["confusion"])) == 250
    assert list(losses(folder)) == list(range(1, started["iterations"] + 1))


def test_what_a_depth_run_learned_can_be_loaded():
    folder = new_run(epochs=2)
    finished = work_on(folder).only("finished")
    network, experiment = load_network(folder.path / "network.pt")
    assert experiment.to_dict() == folder.about["settings"]
    data = experiment.load()
    X = torch.from_numpy(data.X_test.raw(slice(None)).reshape(-1, 64) * (2 / 16) - 1).float()
    right = (network.eval()(X).argmax(dim=1).numpy() == data.y_test).mean()
    assert right == pytest.approx(finished["test_accuracy"])


def test_a_convolutional_run_shows_filters_and_feature_maps():
    script = work_on(new_run(channels=[6, 14], epochs=1))
    started, pictures = script.only("started"), script.of("frame")[-1]["weight_pictures"]
    assert (started["sizes"], started["predicted"], len(started["layers"])) == ([64, 6, 14, 10], [], 3)
    assert started["fan_in"] == [9, 54, 14]
    assert pictures["shape"] == [3, 3, 1] and len(pictures["units"]) == 6
    shown = [(each["side"], each["of"], len(each["channels"])) for each in pictures["maps"]]
    assert shown == [(8, 6, 6), (4, 14, 12)]


TABLE = {"kind": "table", "depths": [1, 2], "seeds": 2, "epochs": 2}


@pytest.fixture(scope="module", params=[{}, TABLE], ids=["depth", "table"])
def undisturbed(request, tmp_path_factory):
    """Settings of a run, and the numbers of one that nothing disturbs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNLIB_RUNS", str(tmp_path_factory.mktemp("undisturbed")))
        folder = new_run(**request.param)
        work_on(folder)
        return request.param, numbers(folder)


@pytest.mark.parametrize(
    "moments",
    [
        [("evaluation", 3, DIE)],
        [("frame", 4, {"do": "release"})],
        [("evaluation", 2, {"do": "pause"}), ("state", 2, DIE)],
        [("finished", 1, DIE)],
    ],
    ids=["killed", "released", "killed in a pause", "killed at the end"],
)
def test_a_disturbed_run_ends_with_the_same_numbers(undisturbed, moments):
    settings, whole = undisturbed
    disturbed = new_run(**settings)
    work_on(disturbed, *moments)
    resumed = work_on(disturbed, ("state", 1, {"do": "resume"}))
    assert resumed.of("finished") and numbers(disturbed) == whole
    assert len(leaderboard.entries()) == (4 if settings else 1)


def test_step_and_epoch_run_so_far_and_pause():
    commands = [{"do": "epoch"}, {"do": "step"}, {"do": "epoch"}]
    pauses = [("state", 1, {"do": "pause"}), *(("state", 2 * i + 2, do) for i, do in enumerate(commands)), ("state", 8, DIE)]
    script = work_on(new_run(epochs=100), *pauses)
    (per_epoch,) = {event["steps_per_epoch"] for event in script.of("started")}
    states = [i for i, event in enumerate(script.received) if event.get("state") == "paused"]
    at = [next(e["step"] for e in reversed(script.received[:i]) if e["event"] == "frame") for i in states]
    assert at == [0, per_epoch, per_epoch + 1, 2 * per_epoch]


def test_a_stopped_run_writes_its_report():
    folder = new_run(epochs=500)
    finished = work_on(folder, ("evaluation", 2, {"do": "stop"})).only("finished")
    assert finished["stopped"] and 0 < finished["step"] < 500 * 20 and finished["test_accuracy"] > 0
    (entry,) = leaderboard.entries()
    assert entry["stopped"] and entry["run"] == folder.id


def test_a_table_reports_each_of_its_networks():
    folder = new_run("table", depths=[2, 1], seeds=2, seed=4, epochs=2)
    script = work_on(folder)
    started, finished = script.only("started"), script.only("finished")
    each = started["iterations"] // 4
    assert [(e["depth"], e["seed"], e["first"], e["last"]) for e in started["entries"]] == [
        (2, 4, 1, each), (2, 5, each + 1, 2 * each), (1, 4, 2 * each + 1, 3 * each), (1, 5, 3 * each + 1, 4 * each),
    ]  # fmt: skip
    assert [(e["index"], e["depth"], e["seed"], e["step"]) for e in script.of("entry")] == [
        (i, e["depth"], e["seed"], e["last"]) for i, e in enumerate(started["entries"])
    ]
    assert [event["step"] for event in script.of("evaluation")] == [each // 2 * i for i in range(1, 9)]
    assert finished["step"] == 4 * each and not finished["stopped"] and "val_accuracy" not in finished
    last = folder.read("frame.json")
    assert (last["step"], last["entry"]) == (4 * each, 3)
    assert len(leaderboard.entries()) == 4


def test_each_network_of_a_table_equals_a_separately_trained_one():
    last = work_on(new_run("table", depths=[1, 2], seeds=2, epochs=2)).of("entry")[-1]
    separate = work_on(new_run(epochs=2, seed=1)).only("finished")
    assert (last["val_accuracy"], last["test_accuracy"]) == (separate["val_accuracy"], separate["test_accuracy"])


def test_a_diverged_network_gets_an_entry_and_the_next_one_is_trained():
    settings = {"optimiser": "sgd", "learning_rate": 100.0, "batch_norm": False, "activation": "identity"}
    folder = new_run("table", depths=[1, 2], epochs=2, **settings)
    script = work_on(folder)
    found = [(entry["depth"], entry["outcome"], entry["val_accuracy"]) for entry in script.of("entry")]
    assert found == [(1, "diverges", None), (2, "diverges", None)]
    curve, ends = folder.history()["loss"], [entry["last"] for entry in script.only("started")["entries"]]
    assert any(ends[0] < step <= ends[1] for step in curve["step"]) and curve["step"][-1] < ends[1]
    assert script.only("finished")["step"] == ends[1] and leaderboard.entries() == []


@pytest.mark.parametrize("command", ["step", "epoch"])
def test_a_table_pauses_where_requested_whether_its_networks_converge_or_not(command):
    diverging = {"optimiser": "sgd", "learning_rate": 100.0, "batch_norm": False, "activation": "identity"}
    pauses = [("state", 1, {"do": "pause"}), *(("state", 2 * i, {"do": command}) for i in (1, 2, 3)), ("state", 8, DIE)]
    script = work_on(new_run("table", depths=[1, 2, 3, 4], epochs=3, **diverging), *pauses)
    assert [event["state"] for event in script.of("state")] == ["running", "paused"] * 4


def test_the_learning_rate_belongs_to_the_newest_step_also_after_a_resume():
    folder = new_run()
    first = work_on(folder, ("state", 1, {"do": "epoch"}), ("state", 2, DIE))
    again = work_on(folder, ("state", 1, DIE))
    assert [event["learning_rate"] for event in again.of("frame")] == [first.of("frame")[-1]["learning_rate"]] == [1e-3]


def test_an_unwritable_leaderboard_does_not_fail_the_run(monkeypatch, capsys):
    monkeypatch.setattr(leaderboard, "add", Mock(side_effect=OSError("no room")))
    assert work_on(new_run(epochs=1)).only("finished")["test_accuracy"] > 0
    assert "leaderboard" in capsys.readouterr().err


def test_a_network_without_a_step_gets_no_entry():
    work_on(new_run(epochs=0))
    work_on(new_run("table", depths=[1, 2], epochs=0))
    assert leaderboard.entries() == []


def test_a_stopped_table_keeps_its_finished_networks():
    script = work_on(new_run("table", depths=[1, 2], epochs=20), ("entry", 1, {"do": "stop"}))
    assert script.only("finished")["stopped"] and script.only("entry")["depth"] == 1


# Failures


def test_a_missing_device_fails_the_run_and_says_what_to_choose(failure):
    assert "Choose auto, the best available" in failure(new_run(device="cuda:15"))


def test_a_device_without_memory_fails_the_run_and_says_what_to_try(failure, monkeypatch):
    full = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 80 GiB")
    monkeypatch.setattr(DeviceStep, "compute", Mock(side_effect=full))
    assert "try narrower layers or a smaller batch" in failure(new_run())


def test_a_damaged_checkpoint_fails_the_run_and_says_what_to_do(failure):
    folder = new_run(epochs=2)
    work_on(folder)
    folder.checkpoint.write_bytes(folder.checkpoint.read_bytes()[:5000])
    assert "start its experiment again" in failure(folder)


@hub_test
async def test_the_hub_starts_runs_of_every_kind_and_rejects_changes_to_a_torch_run():
    async with a_hub() as hub:
        browser = Browser(hub)
        for kind, settings in (("depth", MlpExperiment), ("table", DepthTable)):
            await browser.start(settings.from_dict({**SMALL_MLP, "epochs": 500}).to_dict(), kind=kind)
            await browser.step(1)
            known = browser.newest("run")
            assert (known["kind"], known["label"]) == (kind, KINDS[kind].label(known["settings"]))
            with pytest.raises(Exception, match="cannot be changed"):
                browser.send("change", learning_rate=0.1)
            browser.send("stop")
            await browser.state("stopped")
        with pytest.raises(ValueError, match="depth = 99"):
            await browser.start({"depth": 99}, kind="depth")


def test_a_run_folder_of_an_unknown_kind_is_ignored():
    folder = RunFolder.create({}, kind="train")
    folder.write("run.json", {"run": folder.id, "kind": "dream", "settings": {}})
    assert RunFolder.find(folder.id) is None and all_runs()


def test_a_worker_does_not_import_the_compiler_of_pytorch():
    """It takes two seconds."""
    code = "import atexit, sys; atexit.register(lambda: print('torch._dynamo' in sys.modules, file=sys.stderr))"
    worker = WorkerProcess(new_run(epochs=1, channels=[6, 14]), code=code)
    worker.wait_for("finished")
    assert worker.wait() == 0
    assert worker.error == "False\n"


def test_the_server_handles_all_kinds_without_importing_torch():
    code = "import sys, nnlib.runs.server.routes, nnlib.runs.leaderboard, nnlib.runs.worker.job; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"


# The leaderboard

ENTRY = {
    "run": "r", "index": 0, "settings": MlpExperiment().to_dict(), "device": "processor", "finished": 1.0, "stopped": False,
    "val_accuracy": 0.5, "test_accuracy": 0.5, "seconds": 2.0, "epochs": 10, "samples_per_second": 1e5,
}  # fmt: skip


def test_the_best_comes_first_and_only_the_newest_entry_of_a_network_counts():
    for run, accuracy in (("a", 0.4), ("b", 0.6), ("a", 0.5)):
        leaderboard.add({**ENTRY, "run": run, "val_accuracy": accuracy})
    assert [(entry["run"], entry["val_accuracy"]) for entry in leaderboard.entries()] == [("b", 0.6), ("a", 0.5)]


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda each: st.lists(each, max_size=3))
NEARLY = st.builds(lambda name, value: json.dumps({**ENTRY, name: value}).encode(), st.sampled_from(sorted(ENTRY)), JSON)


@given(st.binary(max_size=200) | NEARLY)
def test_lines_that_are_not_entries_are_skipped(rubbish):
    path = leaderboard._path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json.dumps(ENTRY).encode() + b"\n" + rubbish)
    leaderboard.add({**ENTRY, "run": "s"})
    assert {"r", "s"} <= {entry["run"] for entry in leaderboard.entries()}


def test_only_the_best_entries_of_each_data_set_are_stored(monkeypatch):
    monkeypatch.setattr(leaderboard, "MOST", 3)
    monkeypatch.setattr(leaderboard, "LARGEST", 0)  # cut down after each entry
    for dataset in ("cifar10", "digits"):
        for i in range(10):
            experiment = MlpExperiment(dataset=dataset).to_dict()
            leaderboard.add({**ENTRY, "run": f"{dataset} {i}", "settings": experiment, "val_accuracy": (i * 7 % 10) / 10})
    found = [(entry["settings"]["dataset"], entry["val_accuracy"]) for entry in leaderboard.entries()]
    assert sorted(found) == [(dataset, accuracy) for dataset in ("cifar10", "digits") for accuracy in (0.7, 0.8, 0.9)]


def test_a_short_file_is_not_cut_down(monkeypatch):
    monkeypatch.setattr(leaderboard, "MOST", 3)
    for i in range(5):
        leaderboard.add({**ENTRY, "run": str(i)})
    assert len(leaderboard.entries()) == 5


def test_entries_with_settings_no_longer_allowed_are_skipped():
    leaderboard.add({**ENTRY, "settings": {"depth": 99}})
    leaderboard.add({**ENTRY, "val_accuracy": None})
    assert leaderboard.entries() == []

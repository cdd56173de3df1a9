"""Runs on the lab's GPU: the numbers of home, whoever is killed on the way. The lab here: a scheduler with one worker."""

import json
import os
import signal
from contextlib import suppress

import pytest
import torch
from distributed import LocalCluster

from nnlib.__main__ import main
from nnlib.cluster import client as clusters
from nnlib.deep.checkpoint import load_network
from nnlib.deep.devices import find_cluster
from nnlib.runs import leaderboard
from nnlib.runs.worker.work import Failed
from tests.runs.lab_helpers import (
    FAST,
    PAUSE,
    QUIETLY,
    SLOWLY,
    Home,
    here,
    in_the_lab,
    lab_with,
    new_run,
    processes,
    queues,
    wait_until_idle,
    wait_until_no_queue_is_new,
)
from tests.runs.runs_helpers import WorkerProcess, losses, numbers


@pytest.fixture(scope="module")
def lab():
    """A client of the scheduler."""
    with lab_with(workers=1) as client:
        yield client


@pytest.fixture(autouse=True)
def scheduler(lab, monkeypatch):
    monkeypatch.setenv("NNLIB_SCHEDULER", lab.scheduler.address)


def test_a_run_obeys_and_leaves_what_it_leaves_at_home(lab):
    commands = [{"do": "step"}, {"do": "epoch"}, {"do": "stop"}]
    pauses = [("state", 2 * i, command) for i, command in enumerate(commands, start=1)]
    folder = new_run()
    folder.log.write_bytes(b'{"event": "metrics", "first": 1, "loss": [2.0, 1.0]}\n')  # of a process that was killed
    home = in_the_lab(folder, *pauses, first=[PAUSE])
    assert home.of("preparing")[0]["what"] == "Waiting for a GPU of the lab"
    assert home.heard.index(home.only("history")) < home.heard.index(home.only("started"))
    per_epoch = home.only("started")["steps_per_epoch"]
    states = [i for i, event in enumerate(home.heard) if event.get("state") == "paused"]
    at = [next(e["step"] for e in reversed(home.heard[:i]) if e["event"] == "frame") for i in states]
    assert at == [0, 1, per_epoch]
    assert home.only("finished")["stopped"] and home.only("finished")["step"] == per_epoch
    found, _ = here(folder)
    assert losses(folder) == {step: loss for step, loss in found.items() if step <= per_epoch}
    assert folder.read("started.json")["device"].keys() == {"name", "title", "host"}
    assert folder.read("frame.json")["step"] == per_epoch and "probabilities" in folder.read("frame.json")
    _, experiment = load_network(folder.path / "network.pt")
    assert experiment.to_dict() == folder.about["settings"]
    (entry,) = (entry for entry in leaderboard.entries() if entry["run"] == folder.id)
    assert entry["stopped"] and entry["settings"] == folder.about["settings"] and " of " in entry["device"]
    told_again = [folder.read("started.json"), folder.read("frame.json"), folder.end()]
    assert in_the_lab(folder).heard == told_again  # as if nobody had heard of the end


def test_a_worker_that_is_killed_costs_only_time(lab):
    folder, before = new_run("table", depths=[1, 2], epochs=1), queues(lab)
    (pid,) = lab.run(os.getpid).values()

    class Killer(Home):
        def durable(self, event):
            super().durable(event)
            if len(self.of("started")) == 1 and event["event"] == "metrics":
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    home = in_the_lab(folder, ("started", 2, FAST), first=[SLOWLY], kind=Killer)
    assert len(home.of("started")) == 2 and home.only("history")["events"] == []
    assert numbers(folder) == here(folder)
    assert sorted(entry["index"] for entry in leaderboard.entries() if entry["run"] == folder.id) == [0, 1]
    wait_until_no_queue_is_new(lab, before)


def test_what_is_asked_while_its_worker_is_gone_is_asked_of_the_next_one(lab):
    folder = new_run()
    (pid,) = lab.run(os.getpid).values()

    class Killer(Home):
        def _print(self, line):
            super()._print(line)
            if self.heard[-1].get("state") == "paused":
                os.kill(pid, signal.SIGKILL)
                self._commands.append({"do": "resume"})

    home = in_the_lab(folder, ("started", 1, PAUSE), first=[SLOWLY], kind=Killer)
    assert len(home.of("started")) == 2 and home.only("finished")
    assert [event["state"] for event in home.of("state")].count("paused") == 1


def test_nobody_trains_for_a_process_that_was_killed(lab):
    folder = new_run()
    killed = WorkerProcess(folder, patience=60)
    killed.wait_for(lambda event: event.get("what") == "Starting PyTorch")
    assert processes(lab)
    killed.kill()
    wait_until_idle(lab)


def test_a_run_that_is_let_go_before_it_begins_leaves_nothing_behind(lab):
    folder, before = new_run(), queues(lab)
    home = in_the_lab(folder, ("preparing", 2, {"do": "release"}))
    assert not home.of("started") and not folder.log.exists()
    wait_until_idle(lab)
    wait_until_no_queue_is_new(lab, before)


def test_the_command_tells_and_keeps_what_it_tells_and_keeps_at_home(lab, tmp_path, capsys):
    options = "depth --dataset digits --widths 16,12 --batch-size 50 --init he --epochs 1 --json --save".split()
    told = []
    for device, path in (("cpu", tmp_path / "cpu.pt"), ("cluster", tmp_path / "cluster.pt")):
        assert main([*options, str(path), "--device", device]) == 0
        events = list(map(json.loads, capsys.readouterr().out.splitlines()))
        told.append([event for event in events if event["event"] != "preparing"])
    for home, lab_s in zip(*told, strict=True):
        assert home.keys() == lab_s.keys()
        assert [home.get(name) for name in ("event", "loss", "val_accuracy")] == [
            lab_s.get(name) for name in ("event", "loss", "val_accuracy")
        ]
    (network, _), (twin, experiment) = (load_network(tmp_path / f"{name}.pt") for name in ("cpu", "cluster"))
    assert experiment.device == "cluster" and leaderboard.entries() == []
    assert all(map(torch.equal, network.state_dict().values(), twin.state_dict().values()))


# What is said when there is nothing to train on


def failure(folder):
    with pytest.raises(Failed) as failed:
        in_the_lab(folder)
    return str(failed.value)


def test_a_worker_without_the_data_is_named(lab, tmp_path):
    before = {name: os.environ.get(name) for name in ("NNLIB_DATA", "NNLIB_CACHE")}
    lab.run(set_environment, {name: str(tmp_path / name) for name in before})
    try:
        assert "cannot have the data: CIFAR-10" in failure(new_run(dataset="cifar10"))
    finally:
        lab.run(set_environment, before)


def set_environment(values):
    for name, value in values.items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def test_settings_that_fail_there_fail_here_with_the_same_sentence(lab):
    folder = new_run()
    folder.write("run.json", {**folder.about, "settings": {**folder.about["settings"], "epochs": 3}})
    lab.run(set_environment, {"NNLIB_MAX_EPOCHS": "2"})
    try:
        assert "epochs = 3" in failure(folder)
    finally:
        lab.run(set_environment, {"NNLIB_MAX_EPOCHS": None})


def test_an_error_of_the_task_is_not_put_down_to_the_scheduler(lab, monkeypatch):
    def fail(*_):
        raise OSError("its disk is full")

    monkeypatch.setattr("nnlib.runs.relay.work_remotely", fail)
    assert failure(new_run()) == "This run failed (OSError: its disk is full)."


def test_without_a_worker_or_a_scheduler_a_sentence_says_what_to_change(monkeypatch):
    with LocalCluster(n_workers=0, **QUIETLY) as nobody:
        monkeypatch.setenv("NNLIB_SCHEDULER", nobody.scheduler_address)
        assert f"python -m dask worker {nobody.scheduler_address} --resources GPU=1" in failure(new_run())
        assert find_cluster()[0] is None and "--resources GPU=1" in find_cluster()[1]
    monkeypatch.setattr(clusters, "ANSWER_SECONDS", 0.2)
    monkeypatch.setenv("NNLIB_SCHEDULER", "tcp://127.0.0.1:1")
    assert "does not answer within 0.2 s" in failure(new_run())
    assert find_cluster()[0] is None and "does not answer within 0.2 s" in find_cluster()[1]
    monkeypatch.delenv("NNLIB_SCHEDULER")
    assert "set NNLIB_SCHEDULER" in failure(new_run())
    assert find_cluster() == (None, "")


def test_the_device_list_ends_with_the_lab(lab, capsys):
    assert main(["devices", "--json"]) == 0
    *_, last, result = map(json.loads, capsys.readouterr().out.splitlines())
    assert (last["name"], last["title"]) == ("cluster", f"the lab's GPU, through {lab.scheduler.address} (1 worker)")
    assert result["best"] != "cluster" and result["cluster"] is None

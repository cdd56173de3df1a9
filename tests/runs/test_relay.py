"""Runs on the lab's GPU: the numbers of home, whoever is killed on the way. The lab here: a scheduler with one worker."""

import json
import os
import signal
import time
from contextlib import suppress

import psutil
import pytest
import torch
from distributed import Client, LocalCluster
from runs_helpers import PATIENCE, SMALL_MLP, Script, WorkerProcess, losses, numbers, work_on

from nnlib import cluster as clusters
from nnlib.__main__ import main
from nnlib.devices import find_cluster
from nnlib.runs import leaderboard
from nnlib.runs.kinds import KINDS
from nnlib.runs.pipes import Leave
from nnlib.runs.relay import Relay
from nnlib.runs.store import RunFolder
from nnlib.runs.work import Failed
from nnlib.torch_checkpoint import load_network

QUIETLY = {"dashboard_address": None, "scheduler_kwargs": {"dashboard_address": "127.0.0.1:0"}}
PAUSE, SLOWLY, FAST = {"do": "pause"}, {"do": "pace", "steps_per_second": 20}, {"do": "pace", "steps_per_second": None}


@pytest.fixture(scope="module")
def lab():
    """A client of the scheduler."""
    with LocalCluster(
        n_workers=1, threads_per_worker=1, resources={"GPU": 1}, **QUIETLY
    ) as cluster, Client(cluster, set_as_default=False) as client:  # fmt: skip
        yield client


@pytest.fixture(autouse=True)
def scheduler(lab, monkeypatch):
    monkeypatch.setenv("NNLIB_SCHEDULER", lab.scheduler.address)


def new_run(kind="depth", **changed):
    settings = KINDS[kind].settings.from_dict({**SMALL_MLP, "epochs": 2, "device": "cluster", **changed})
    return RunFolder.create(settings.to_dict(), kind=kind)


class Home(Script):
    """The pipes of a relay in this process. `first`: commands that are there from the beginning."""

    def __init__(self, first, *moments):
        super().__init__(*moments)
        self._commands.extend(first)

    def take(self, seconds=0):
        deadline = time.monotonic() + seconds
        while not self._commands and time.monotonic() < deadline:
            time.sleep(0.01)
        return super().take(seconds)

    def _print(self, line):
        if len(self.heard) == 0:
            self.began = time.monotonic()
        assert time.monotonic() < self.began + 120, f"does not end; last: {line}"
        super()._print(line)


def relay(folder, *moments, first=(), kind=Home):
    """Have a run worked on to its end, or to that of its relay. Returns the Home."""
    home = kind(first, *moments)
    experiment = KINDS[folder.about["kind"]].settings.from_dict(folder.about["settings"])
    with suppress(Leave):
        Relay(folder, experiment, home, home).run()
    return home


def here(folder):
    """The numbers of the same run at home."""
    kind, settings = folder.about["kind"], folder.about["settings"]
    home = RunFolder.create({**settings, "device": "cpu"}, kind=kind)
    work_on(home)
    return numbers(home)


def wait_until_idle(lab):
    """Until the worker does nothing any more, and no process of its is left."""
    end = time.monotonic() + PATIENCE
    while any(lab.run(lambda dask_worker: len(dask_worker.state.executing)).values()) or processes(lab):
        assert time.monotonic() < end, "the lab works for nobody"
        time.sleep(0.05)


def wait_until_no_queue_is_new(lab, before):
    """Until the scheduler has only the queues of `before`."""
    end = time.monotonic() + PATIENCE
    while new := queues(lab) - before:
        assert time.monotonic() < end, new
        time.sleep(0.05)


def queues(lab):
    return lab.run_on_scheduler(lambda dask_scheduler: {*dask_scheduler.extensions["queues"].client_refcount})


def processes(lab):
    """Those that the worker has started."""
    (pid,) = lab.run(os.getpid).values()
    return psutil.Process(pid).children()


def test_a_run_obeys_and_leaves_what_it_leaves_at_home(lab):
    commands = [{"do": "step"}, {"do": "epoch"}, {"do": "stop"}]
    pauses = [("state", 2 * i, command) for i, command in enumerate(commands, start=1)]
    folder = new_run()
    folder.log.write_bytes(b'{"event": "metrics", "first": 1, "loss": [2.0, 1.0]}\n')  # of a process that was killed
    home = relay(folder, *pauses, first=[PAUSE])
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
    assert relay(folder).heard == told_again  # as if nobody had heard of the end


def test_a_worker_that_is_killed_costs_only_time(lab):
    folder, before = new_run("table", depths=[1, 2], epochs=1), queues(lab)
    (pid,) = lab.run(os.getpid).values()

    class Killer(Home):
        def durable(self, event):
            super().durable(event)
            if len(self.of("started")) == 1 and event["event"] == "metrics":
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    home = relay(folder, ("started", 2, FAST), first=[SLOWLY], kind=Killer)
    assert len(home.of("started")) == 2 and home.only("history")["events"] == []
    assert numbers(folder) == here(folder)
    assert sorted(entry["index"] for entry in leaderboard.entries() if entry["run"] == folder.id) == [0, 1]
    wait_until_no_queue_is_new(lab, before)


def test_nobody_trains_for_a_process_that_was_killed(lab):
    folder = new_run()
    killed = WorkerProcess(folder, patience=60)
    killed.wait_for(lambda event: event.get("what") == "Starting PyTorch")
    assert processes(lab)
    killed.kill()
    wait_until_idle(lab)


def test_a_run_that_is_let_go_before_it_begins_leaves_nothing_behind(lab):
    folder, before = new_run(), queues(lab)
    home = relay(folder, ("preparing", 2, {"do": "release"}))
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
        relay(folder)
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

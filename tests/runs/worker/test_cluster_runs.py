"""Runs whose networks are trained on a cluster give the same numbers as on this machine, after any disturbance.

The cluster here: a scheduler with two workers, each of which says that it has a GPU.
"""

import json
import multiprocessing.forkserver
import os
import signal
import time
from contextlib import contextmanager, suppress

import dask
import pytest
import torch
from distributed import Client, Future, LocalCluster

from nnlib.__main__ import main
from nnlib.cluster import client as clusters
from nnlib.deep.checkpoint import load_network
from nnlib.deep.devices import find_cluster
from nnlib.deep.settings import DepthTable
from nnlib.runs import leaderboard
from nnlib.runs.kinds import KINDS
from nnlib.runs.store import RunFolder
from nnlib.runs.worker import cluster_training
from nnlib.runs.worker.cluster_job import ClusterJob
from nnlib.runs.worker.job import Failed
from nnlib.runs.worker.pipes import Leave
from nnlib.runs.worker.worker import Worker
from tests.patience import PATIENCE
from tests.runs.runs_helpers import SMALL_MLP, Script, WorkerProcess, losses, numbers, work_on

LONG = {"epochs": 500, "batch_size": 10}  # a run that is longer than any test
# Workers are copies of one process that has imported this, which takes longer than most networks here.
WORKERS_IMPORT = ["distributed", "nnlib.runs.worker.network_task", "nnlib.runs.worker.deep_jobs"]
HERE = {**clusters.HERE, "distributed.worker.multiprocessing-method": "forkserver"}
STOP, RELEASE = {"do": "stop"}, {"do": "release"}


@contextmanager
def cluster_with(workers, gpus=1, processes=True):
    """
    A client of a scheduler with this number of workers, each of which offers so many GPUs.

    A worker that is not a process of its own starts at once, but must not be closed while it trains.
    """
    quietly = {"dashboard_address": None, "scheduler_kwargs": {"dashboard_address": "127.0.0.1:0"}}
    with dask.config.set(HERE):
        cluster = LocalCluster(
            n_workers=workers, threads_per_worker=1, resources={"GPU": gpus}, processes=processes, protocol="tcp", **quietly
        )
    try:
        with Client(cluster, set_as_default=False) as client:
            yield client
    finally:
        with suppress(TimeoutError):  # a busy machine needs longer than Dask waits to end a process that it has killed
            cluster.close()


@pytest.fixture(scope="module")
def cluster():
    multiprocessing.set_forkserver_preload(WORKERS_IMPORT)
    multiprocessing.forkserver.ensure_running()  # Dask would start one that imports pandas
    with cluster_with(2) as client:
        yield client


@pytest.fixture(autouse=True)
def scheduler(cluster, monkeypatch):
    cluster.wait_for_workers(2, timeout=PATIENCE)  # a test before this one may have killed one
    monkeypatch.setenv("NNLIB_SCHEDULER", cluster.scheduler.address)


def new_run(kind="depth", **changed):
    settings = KINDS[kind].settings.from_dict({**SMALL_MLP, "epochs": 2, "device": "cluster", **changed})
    return RunFolder.create(settings.to_dict(), kind=kind)


def new_table(**changed):
    return new_run("table", **{"depths": [1, 2, 3], **changed})


def on_cluster(folder, *moments, script=Script):
    """Work on a run until it ends or is released. Returns the Script."""
    script = script(*moments)
    experiment = KINDS[folder.about["kind"]].settings.from_dict(folder.about["settings"])
    with suppress(Leave):
        job = ClusterJob(folder, experiment, lambda *_: None)
        try:
            Worker(folder, job, script, script).run()
        finally:
            job.close()
    return script


def after_first_result(folder, command):
    """
    A script that gives the command once the first network of a table is trained, whichever that is.

    With three networks and two workers, the third is not handed out yet.
    """

    class AfterFirstResult(Script):
        def take(self, seconds=0):
            if not self.of("stopping") and any((folder.path / "networks").glob("*.json")):
                self._commands.append(command)
            return super().take(seconds)

    return AfterFirstResult


def at_home(folder):
    """The numbers of the same run trained on this machine."""
    home = RunFolder.create({**folder.about["settings"], "device": "cpu"}, kind=folder.about["kind"])
    work_on(home)
    return numbers(home)


def entered(folder):
    return {entry["index"]: entry for entry in leaderboard.entries() if entry["run"] == folder.id}


def wait_until(happened, what):
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def wait_until_idle(cluster):
    busy = lambda dask_worker: len(dask_worker.state.executing)  # noqa: E731
    wait_until(lambda: not any(cluster.run(busy).values()), "the cluster has stopped training")


def test_what_a_second_worker_repeats_of_a_network_is_left_out():
    def metrics(first, *loss):
        return {"event": "metrics", "first": first, "loss": list(loss)}

    def evaluation(step, accuracy):
        return {"event": "evaluation", "step": step, "val_accuracy": accuracy}

    network = cluster_training.Network(0, None)
    first = [metrics(1, 3.0, 2.5), evaluation(2, 0.4)]
    network.receive({"lines": first})
    repeated = [metrics(1, 3.0), metrics(2, 2.5, 2.0, 1.5), evaluation(2, 0.4), evaluation(4, 0.5)]
    network.receive({"lines": [*repeated, metrics(7, 1.0)]})  # the steps between come later
    assert list(network.lines) == [*first, metrics(3, 2.0, 1.5), evaluation(4, 0.5)]
    assert network.val_accuracy == 0.5


def test_a_network_on_a_cluster_gives_the_same_numbers_and_files_as_a_local_one():
    folder = new_run()
    script = on_cluster(folder)
    assert numbers(folder) == at_home(folder)
    device = script.only("started")["device"]
    assert device["name"] == "cpu" and device["host"]
    assert not script.only("finished")["stopped"] and "confusion" in script.only("finished")
    assert "probabilities" in folder.read("frame.json")
    _, experiment = load_network(folder.path / "network.pt")
    assert experiment.to_dict() == folder.about["settings"]
    (entry,) = entered(folder).values()
    assert entry["settings"] == folder.about["settings"] and entry["device"].endswith(f" of {device['host']}")


def test_a_network_reports_while_it_trains_and_ends_with_a_report_when_stopped(cluster):
    folder = new_run(**LONG)
    script = on_cluster(folder, ("evaluation", 3, STOP))
    end = script.only("finished")
    assert end["stopped"] and end["step"] == max(losses(folder)) and end["val_accuracy"] > 0.1
    assert any(0 < frame["step"] < end["step"] and frame["steps_per_second"] for frame in script.of("frame"))
    assert load_network(folder.path / "network.pt") and entered(folder)[0]["stopped"]
    wait_until_idle(cluster)


def test_networks_of_a_table_train_beside_each_other(cluster):
    """The script stops the table when it sees it: networks that train one by one would take longer than any test."""

    class StopBeside(Script):
        def line(self, line):
            super().line(line)
            if self.received[-1].get("beside"):
                self._commands.append(STOP)

    script = on_cluster(new_table(depths=[1, 2], **LONG), script=StopBeside)
    assert script.only("started")["at_once"] == 2 and script.only("finished")["stopped"]
    wait_until_idle(cluster)


def test_networks_of_a_table_are_reported_in_order():
    folder = new_table()
    script = on_cluster(folder)
    assert numbers(folder) == at_home(folder)
    firsts = [event["first"] for event in folder.events() if event["event"] == "metrics"]
    assert firsts == sorted(firsts)
    started, end = script.only("started"), script.only("finished")
    each = started["iterations"] // 3
    assert [(n["depth"], n["first"], n["last"]) for n in started["entries"]] == [
        (depth, (depth - 1) * each + 1, depth * each) for depth in (1, 2, 3)
    ]
    assert end["step"] == 3 * each and not end["stopped"] and end["samples_per_second"] > 0
    assert {index: entry["settings"]["depth"] for index, entry in entered(folder).items()} == {0: 1, 1: 2, 2: 3}
    assert folder.read("frame.json")["entry"] == 2 and not (folder.path / "networks").exists()


def test_a_table_on_one_worker_goes_on_without_preparing_again(monkeypatch):
    with cluster_with(1, processes=False) as alone:
        monkeypatch.setenv("NNLIB_SCHEDULER", alone.scheduler.address)
        process = WorkerProcess(new_table(depths=[1, 2]), patience=PATIENCE)
        process.wait_for("finished")
        assert process.wait(PATIENCE) == 0
    kinds = [event["event"] for event in process.received]
    after = kinds[kinds.index("started") :]
    assert "preparing" not in after and after.count("started") == 1 and after.count("entry") == 2
    assert {event["state"] for event in process.received if event["event"] == "state"} == {"running"}
    assert [event["entry"] for event in process.received if event["event"] == "frame"][-1] == 1


def test_a_network_of_a_killed_worker_is_trained_by_another_worker(cluster):
    folder = new_table(depths=[1, 2], epochs=30)
    pid, *_ = cluster.run(os.getpid).values()

    class Killer(Script):
        killed = False

        def durable(self, event):
            super().durable(event)
            if event["event"] == "evaluation" and not self.killed:
                self.killed = True
                os.kill(pid, signal.SIGKILL)

    script = on_cluster(folder, script=Killer)
    assert script.killed and numbers(folder) == at_home(folder)
    assert entered(folder).keys() == {0, 1}


def test_a_released_table_trains_only_its_unfinished_networks(monkeypatch):
    folder = new_table(epochs=3)
    on_cluster(folder, script=after_first_result(folder, RELEASE))
    done = {int(path.stem) for path in (folder.path / "networks").iterdir()}
    assert 1 <= len(done) < 3 and folder.end() is None
    trained, submit = [], cluster_training.ClusterTraining._submit
    monkeypatch.setattr(
        cluster_training.ClusterTraining,
        "_submit",
        lambda self, network: (trained.append(network.index), submit(self, network)),
    )
    on_cluster(folder)
    assert {*trained} == {0, 1, 2} - done
    assert numbers(folder) == at_home(folder)
    assert entered(folder).keys() == {0, 1, 2}


def test_a_stopped_table_keeps_its_finished_networks(cluster):
    folder = new_table(epochs=8)
    script = on_cluster(folder, script=after_first_result(folder, STOP))
    end = script.only("finished")
    assert end["stopped"] and 1 <= len(script.of("entry")) < 3
    whole, _ = at_home(folder)
    assert losses(folder).items() <= whole.items()
    wait_until_idle(cluster)


def both_trained(dask_scheduler):
    return [task.state for task in dask_scheduler.tasks.values()] == ["memory"] * 2


def test_no_new_network_starts_during_a_pause(cluster):
    folder = new_table()
    process = WorkerProcess(folder, patience=PATIENCE)
    process.send("pause")  # which it gets as soon as the first two networks are handed out
    process.wait_for_state("paused")
    wait_until(lambda: cluster.run_on_scheduler(both_trained), "two networks are trained, and no other one is handed out")
    process.send("release")
    assert process.wait(PATIENCE) == 0
    assert {path.stem for path in (folder.path / "networks").iterdir()} == {"0", "1"}  # trained to the end during the pause
    on_cluster(folder, ("started", 1, {"do": "resume"}))
    assert entered(folder).keys() == {0, 1, 2}


def test_a_network_that_is_done_is_kept_although_nobody_here_has_heard_of_it_yet(cluster, monkeypatch):
    """The scheduler knows first. A run may be released before the news is here."""
    monkeypatch.setattr(Future, "add_done_callback", lambda future, callback: None)
    kept = []
    table = DepthTable.from_dict(new_table(depths=[1, 2]).about["settings"])
    training = cluster_training.ClusterTraining("table", table, on_result=kept.append)
    training.begin()
    wait_until(lambda: cluster.run_on_scheduler(both_trained), "both networks are trained")
    training.close()
    assert sorted(network.index for network in kept) == [0, 1]


@pytest.mark.parametrize("how", ["killed", "stop"])
def test_the_cluster_stops_training_for_a_dead_process(cluster, how):
    folder = new_run(**LONG)
    process = WorkerProcess(folder, patience=PATIENCE)
    process.wait_for("preparing" if how == "stop" else "metrics")
    if how == "killed":
        process.kill()
    else:
        process.send(how)
        assert process.wait(PATIENCE) == 0
    assert folder.end() is None or how == "stop"
    wait_until_idle(cluster)


def test_the_cluster_stops_training_for_a_released_run(cluster):
    folder = new_run(**LONG)
    on_cluster(folder, ("metrics", 1, RELEASE))
    assert folder.end() is None
    wait_until_idle(cluster)


def test_the_command_prints_and_saves_the_same_as_a_local_run(tmp_path, capsys):
    options = "depth --dataset digits --widths 16,12 --batch-size 50 --init he --epochs 1 --json --save".split()
    found = []
    for device, path in (("cpu", tmp_path / "cpu.pt"), ("cluster", tmp_path / "cluster.pt")):
        assert main([*options, str(path), "--device", device]) == 0
        events = list(map(json.loads, capsys.readouterr().out.splitlines()))
        metrics = [event for event in events if event["event"] == "metrics"]  # as many as the speed of the machine asks for
        others = [event for event in events if event["event"] not in ("preparing", "metrics")]
        measured = [[event.get(name) for name in ("event", "val_accuracy", "test_accuracy")] for event in others]
        found.append((sum((event["loss"] for event in metrics), []), measured, [event.keys() for event in others]))
    assert found[0] == found[1]
    (network, _), (twin, experiment) = (load_network(tmp_path / f"{name}.pt") for name in ("cpu", "cluster"))
    assert experiment.device == "cluster" and leaderboard.entries() == []
    assert all(map(torch.equal, network.state_dict().values(), twin.state_dict().values()))


# Failures


def failure(folder):
    with pytest.raises(Failed) as failed:
        on_cluster(folder)
    return str(failed.value)


def set_environment(values):
    for name, value in values.items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})


@pytest.fixture
def workers_with(cluster):
    """A function that changes the environment of the workers until the test ends."""
    changed = {}

    def change(**values):
        changed.update(dict.fromkeys(values))
        cluster.run(set_environment, values)

    yield change
    cluster.run(set_environment, changed | {name: os.environ[name] for name in changed if name in os.environ})


def test_a_worker_without_the_data_is_named(workers_with, tmp_path):
    workers_with(NNLIB_DATA=str(tmp_path / "data"), NNLIB_CACHE=str(tmp_path / "none"))
    assert "cannot load the data: CIFAR-10" in failure(new_run(dataset="cifar10"))


def test_an_error_in_a_task_is_not_attributed_to_the_scheduler(monkeypatch):
    def fail(*_):
        raise OSError("its disk is full")

    monkeypatch.setattr(cluster_training, "train_network", fail)
    assert failure(new_table()) == "This run failed (OSError: its disk is full)."


def test_a_missing_worker_or_scheduler_gives_a_sentence_that_says_what_to_change(monkeypatch):
    with cluster_with(0) as nobody:
        address = nobody.scheduler.address
        monkeypatch.setenv("NNLIB_SCHEDULER", address)
        start = f"start one in the app's folder with `python -m dask worker {address} --resources GPU=1`"
        reason = f"the scheduler {address} has no worker yet: {start}"
        assert failure(new_run()) == f"This run has no device: {reason}, or choose another device."
        assert find_cluster() == (None, reason)
    with cluster_with(1, gpus=0, processes=False) as without:
        monkeypatch.setenv("NNLIB_SCHEDULER", without.scheduler.address)
        assert "has no worker that offers a GPU: start one" in find_cluster()[1]
    monkeypatch.setattr(clusters, "ANSWER_SECONDS", 0.2)
    monkeypatch.setenv("NNLIB_SCHEDULER", "tcp://127.0.0.1:1")
    assert "does not answer within 0.2 s" in failure(new_run())
    assert find_cluster()[0] is None and "does not answer within 0.2 s" in find_cluster()[1]
    monkeypatch.delenv("NNLIB_SCHEDULER")
    assert "set NNLIB_SCHEDULER" in failure(new_run())
    assert find_cluster() == (None, "")


def test_a_lost_scheduler_is_named_in_the_error(monkeypatch):
    folder = new_run(**LONG)
    with cluster_with(1) as short_lived:
        monkeypatch.setenv("NNLIB_SCHEDULER", short_lived.scheduler.address)

        class Closer(Script):
            def durable(self, event):
                super().durable(event)
                if event["event"] == "evaluation" and len(self.of("evaluation")) == 1:
                    short_lived.shutdown()

        with pytest.raises(Failed, match="The scheduler is gone"):
            on_cluster(folder, script=Closer)


def test_the_device_list_ends_with_the_cluster(cluster, capsys):
    assert main(["devices", "--json"]) == 0
    *_, last, result = map(json.loads, capsys.readouterr().out.splitlines())
    assert (last["name"], last["title"]) == ("cluster", f"the lab's GPU, through {cluster.scheduler.address} (2 workers)")
    assert result["best"] != "cluster" and result["cluster"] is None

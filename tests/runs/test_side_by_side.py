"""A table in a lab with two GPUs: the numbers of home, told in the table's order, whoever is killed on the way."""

import json
from pathlib import Path

import pytest

from nnlib.runs import leaderboard
from nnlib.runs.store import RunFolder
from nnlib.runs.worker.work import Failed
from tests.runs.lab_helpers import (
    FAST,
    PAUSE,
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

RESUME, STOP, CRAWLING = {"do": "resume"}, {"do": "stop"}, {"do": "pace", "steps_per_second": 3}


@pytest.fixture(scope="module")
def lab():
    """A client of the scheduler."""
    with lab_with(workers=2) as client:
        yield client


@pytest.fixture(autouse=True)
def scheduler(lab, monkeypatch):
    monkeypatch.setenv("NNLIB_SCHEDULER", lab.scheduler.address)


def new_table(**changed):
    return new_run("table", **{"depths": [1, 2, 3], "epochs": 1, **changed})


def entered(folder):
    return {entry["index"]: entry["settings"]["depth"] for entry in leaderboard.entries() if entry["run"] == folder.id}


def kept(folder):
    return folder.path / "networks"


def test_networks_are_trained_at_once_and_told_one_after_another(lab):
    folder, before = new_table(), queues(lab)

    class Patient(Home):
        """Lets them run fast once two have been seen at work."""

        def _print(self, line):
            super()._print(line)
            if self.heard[-1].get("beside"):
                self._commands.append(FAST)

    home = in_the_lab(folder, first=[CRAWLING], kind=Patient)
    assert numbers(folder) == here(folder)
    firsts = [event["first"] for event in folder.events() if event["event"] == "metrics"]
    assert firsts == sorted(firsts)
    started = home.only("started")
    each = started["iterations"] // 3
    assert [(n["depth"], n["first"], n["last"]) for n in started["entries"]] == [
        (depth, (depth - 1) * each + 1, depth * each) for depth in (1, 2, 3)
    ]
    frames = home.of("frame")
    assert {len(frame["beside"]) for frame in frames} == {0, 1}
    assert {frame["entry"] for frame in frames} == {0, 1, 2}
    assert all(frame["entry"] * each <= frame["step"] <= (frame["entry"] + 1) * each for frame in frames)
    end = home.only("finished")
    assert end["step"] == 3 * each and not end["stopped"] and end["samples_per_second"] > 0
    assert entered(folder) == {0: 1, 1: 2, 2: 3}
    assert folder.read("frame.json")["entry"] == 2 and not kept(folder).exists()
    wait_until_idle(lab)
    wait_until_no_queue_is_new(lab, before)
    assert in_the_lab(folder).heard == [folder.read("started.json"), folder.read("frame.json"), end]


@pytest.mark.parametrize("victim", [0, 1], ids=["whose turn it is", "beside it"])
def test_a_worker_that_is_killed_costs_only_time(lab, victim):
    folder, before = new_table(), queues(lab)

    class Killer(Home):
        killed = False

        def _print(self, line):
            super()._print(line)
            if not self.killed and json.loads(line)["event"] == "metrics":
                self.killed = kill_worker_of(lab, folder, victim)
                self._commands.extend([FAST] * self.killed)

    home = in_the_lab(folder, first=[CRAWLING], kind=Killer)
    assert home.killed
    assert numbers(folder) == here(folder)
    assert entered(folder) == {0: 1, 1: 2, 2: 3}
    wait_until_no_queue_is_new(lab, before)


def kill_worker_of(lab, folder, index):
    """Kill the worker that trains a network, once it has begun. Returns whether it was killed."""
    if not (kept(folder) / str(index) / "started.json").exists():
        return False
    for process in processes(lab):
        settings = RunFolder(Path(process.cmdline()[-1])).about["settings"]
        if settings["depths"] == [index + 1]:
            process.parent().kill()
            return True
    return False


def test_a_table_is_paused_and_stepped_and_goes_on_with_all_its_networks():
    folder = new_table(depths=[1, 2])
    moments = ("state", 1, PAUSE), ("state", 2, {"do": "step"}), ("state", 4, RESUME), ("state", 5, FAST)
    home = in_the_lab(folder, *moments, first=[SLOWLY])
    assert [event["state"] for event in home.of("state")] == ["running", "paused", "running", "paused", "running"]
    assert numbers(folder) == here(folder)


def test_an_epoch_is_trained_and_then_all_networks_are_paused():
    """Also where the network whose turn it is ends with it, and the next one has not begun."""
    folder = new_table(depths=[1, 2, 3], epochs=2)
    epoch = {"do": "epoch"}
    moments = [*(("state", count, epoch) for count in (1, 3, 5)), ("state", 7, RESUME)]
    home = in_the_lab(folder, *moments, first=[CRAWLING, PAUSE, FAST])
    states = [event["state"] for event in home.of("state")]
    assert states == [*["paused", "running"] * 4]
    frames = [event for event in home.heard if event["event"] in ("frame", "state")]
    per_epoch = home.only("started")["steps_per_epoch"]
    at = [before["step"] for before, event in zip(frames, frames[1:]) if event.get("state") == "paused" and "step" in before]
    assert {*at} <= {0, per_epoch, 2 * per_epoch, 3 * per_epoch} and per_epoch in at
    assert numbers(folder) == here(folder)


def test_a_network_that_is_ended_over_there_interrupts_the_table(lab):
    folder = new_table()

    class Ender(Home):
        ended = False

        def _print(self, line):
            super()._print(line)
            if not self.ended and self.heard[-1].get("beside"):
                self.ended = True
                for process in processes(lab):
                    process.terminate()

    home = in_the_lab(folder, first=[CRAWLING], kind=Ender)
    assert home.ended and not home.of("finished") and folder.end() is None
    again = in_the_lab(folder)
    assert again.only("finished") and numbers(folder) == here(folder)


def test_a_table_that_is_stopped_keeps_what_is_done():
    folder = new_table(depths=[1, 2, 3])
    home = in_the_lab(folder, ("entry", 1, STOP))
    end = home.only("finished")
    assert end["stopped"] and home.of("entry")[0]["index"] == 0 and len(home.of("entry")) < 3
    whole, _ = here(folder)
    assert losses(folder).items() <= whole.items()
    assert folder.read("started.json")["iterations"] > end["step"] >= max(losses(folder))
    assert not kept(folder).exists()


def test_a_table_that_was_killed_trains_no_network_twice(lab):
    folder = new_table(epochs=2)
    killed = WorkerProcess(folder, patience=60)
    killed.wait_for("entry")
    killed.kill()
    wait_until_idle(lab)
    done = [RunFolder(path) for path in sorted(kept(folder).iterdir())]
    done = {each.id: each.log.read_bytes() for each in done if any(event["event"] == "entry" for event in each.events())}
    assert "0" in done
    home = in_the_lab(
        folder, ("evaluation", 4, {"do": "release"})
    )  # once more, to see the log of those that are done untouched
    for index, log in done.items():
        assert (kept(folder) / index / "events.jsonl").read_bytes() == log
    assert home.heard.index(home.only("history")) < home.heard.index(home.only("started"))
    in_the_lab(folder)
    assert numbers(folder) == here(folder)
    assert entered(folder) == {0: 1, 1: 2, 2: 3}


def test_a_table_that_is_let_go_before_it_begins_leaves_nothing_behind(lab):
    for command in ({"do": "release"}, STOP):
        folder, before = new_table(), queues(lab)
        home = in_the_lab(folder, first=[command])
        assert not home.of("started") and not folder.log.exists()
        wait_until_idle(lab)
        wait_until_no_queue_is_new(lab, before)


def test_a_network_that_cannot_be_trained_ends_the_table(lab, monkeypatch):
    def fail(*_):
        raise OSError("its disk is full")

    monkeypatch.setattr("nnlib.runs.relay.work_remotely", fail)
    with pytest.raises(Failed, match="This run failed .OSError: its disk is full"):
        in_the_lab(new_table())
    wait_until_idle(lab)

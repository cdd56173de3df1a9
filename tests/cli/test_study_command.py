"""`python -m nnlib study`, called as a user calls it."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys

import psutil
import pytest

from nnlib.__main__ import main
from nnlib.studies.plans import planned
from nnlib.studies.stored_study import StoredStudy
from tests.patience import PATIENCE
from tests.studies.studies_helpers import tiny

SMALL = "--seeds 1 --iterations 200 --trials 4".split()
LONG = "--seeds 1 --iterations 2500 --trials 6 --workers 2 --json".split()

pytestmark = pytest.mark.usefixtures("runs")


@pytest.fixture
def study(scheduler, capsys):
    """Call the command; returns its lines as objects."""

    def call(*arguments, code=0):
        executed = arguments[0] not in ("show", "list", "export")
        assert main(["study", *arguments, *(["--scheduler", scheduler] if executed else []), "--json"]) == code
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return call


def test_a_study_prints_its_trials_and_its_result(study):
    started, *trials, result = study("hidden", "--name", "a", *SMALL)
    assert started["event"] == "started" and started["trials"] == 4 and started["estimated_seconds"] > 0
    assert [trial["event"] for trial in trials] == ["trial"] * 4
    assert sorted(trial["number"] for trial in trials) == [0, 1, 2, 3]
    assert all({"params", "val_accuracy", "test_accuracy", "seconds", "worker"} <= trial.keys() for trial in trials)
    assert result["event"] == "result" and result["trials"] == 4 and not result["interrupted"]
    best = max(trials, key=lambda trial: trial["val_accuracy"])
    assert result["best"]["val_accuracy"] == best["val_accuracy"] and result["verdicts"][0]["verdict"] == "not enough data"
    *shown, again = study("show", "a")
    assert shown == sorted(trials, key=lambda trial: trial["number"]) and again == result
    assert study("list")[0]["name"] == "a"


def test_without_json_the_output_is_text_and_no_bar_is_drawn_into_a_file(scheduler, capsys):
    assert main(["study", "hidden", "--name", "a", *SMALL, "--scheduler", scheduler]) == 0
    out, err = capsys.readouterr()
    trials = re.findall(r"^ +(\d)  hidden \d+ +validation \d+\.\d%$", out, re.MULTILINE)
    assert sorted({*trials}) == ["0", "1", "2", "3"] and "4 of 4 trials of a are finished." in out and err == ""
    assert main(["study", "show", "a"]) == 0
    assert sorted(capsys.readouterr().out.splitlines()) == sorted(out.splitlines())


def test_resume_starts_a_missing_study_and_does_not_repeat_a_finished_one(study):
    assert len(study("lr", "--name", "a", "--resume", *SMALL)) == 6
    assert [line["event"] for line in study("lr", "--name", "a", "--resume")] == ["started", "result"]


def test_all_figures_and_options_of_the_contract_exist(study):
    for figure in ("hidden", "lr", "iterations", "grid"):
        options = (
            f"--dataset digits --trials 2 --name {figure} --seed 0 --seeds 1 --iterations 50 --sampler random --pruner median"
        )
        assert study(figure, *options.split(), "--budget", "small")[-1]["trials"] == 2
    free = (
        "--vary reg,batch_size --batch-size-values 10,20 --reg-values 1e-4,1e-3 --trials 3 --iterations 50 --seeds 1 --std 0.1"
    )
    result = study("free", "--name", "free", *free.split())[-1]
    assert result["settings"]["batch_size_values"] == [10, 20] and result["settings"]["init"] == "normal"


def test_a_study_is_exported(study, tmp_path):
    study("hidden", "--name", "a", *SMALL)
    table, page = tmp_path / "a.csv", tmp_path / "a.html"
    assert study("export", "a", "--csv", str(table), "--html", str(page))[-1]["written"] == [str(table), str(page)]
    assert len(table.read_text().splitlines()) == 5 and "vegaEmbed" in page.read_text()


@pytest.fixture(scope="module")
def folder_with_a_study(tmp_path_factory):
    """A runs folder with the study `taken`, which bad arguments do not change."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNLIB_RUNS", str(folder))
        StoredStudy.begin("taken", planned("hidden"))
    return folder


@pytest.fixture
def taken(runs, folder_with_a_study, monkeypatch):
    """The runs folder is that with the study `taken`."""
    monkeypatch.setenv("NNLIB_RUNS", str(folder_with_a_study))


@pytest.mark.parametrize(
    "arguments",
    [
        ["hidden"],
        ["depth", "--name", "b"],
        ["hidden", "--name", "a b"],
        ["hidden", "--name", "b", "--trials", "none"],
        ["hidden", "--name", "b", "--lr", "-1"],
        ["hidden", "--name", "b", "--workers", "0"],
        ["hidden", "--name", "b", "--sampler", "magic"],
        ["hidden", "--name", "b", "--scheduler", "nonsense"],
        ["free", "--name", "b"],
        ["hidden", "--name", "taken"],
        ["hidden", "--name", "taken", "--resume", "--seed", "1"],
        ["lr", "--name", "taken", "--resume"],
        ["show", "b"],
        ["show", "../b"],
        ["export", "b", "--csv", "x"],
        ["export", "taken"],
        ["export", "taken", "--csv", "/dev/full"],
        ["export", "taken", "--html", "no/such/folder/study.html"],
        [],
    ],
)
def test_bad_arguments_exit_with_2_and_one_line(arguments, taken, capsys):
    with pytest.raises(SystemExit) as exit:
        main(["study", *arguments])
    assert exit.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1


# Separate processes with separate workers


def begin(name, *arguments):
    command = [sys.executable, "-m", "nnlib", "study", "hidden", "--name", name, *LONG, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def read_trials(process, count):
    """The first `count` trials that it prints."""
    found = []
    while len(found) < count:
        line = json.loads(process.stdout.readline())
        if line["event"] == "trial":
            found.append(line)
    return found


def test_ctrl_c_in_a_terminal_keeps_finished_trials(study):
    process = begin("a")
    first = read_trials(process, 2)
    os.killpg(process.pid, signal.SIGINT)  # like a terminal: to every process of the group
    out, err = process.communicate(timeout=PATIENCE)
    result = json.loads(out.splitlines()[-1])
    assert process.returncode == 130 and err == ""
    assert result["event"] == "result" and result["interrupted"] and 2 <= result["trials"] < 6
    shown = study("show", "a")[:-1]
    assert all(trial in shown for trial in first) and len(shown) == result["trials"]


@pytest.mark.parametrize("worker_too", [False, True])
def test_kill_9_loses_and_duplicates_nothing_and_leaves_no_orphans(study, worker_too):
    process = begin("a")
    first = read_trials(process, 2)
    family = psutil.Process(process.pid).children(recursive=True)
    if worker_too:
        with contextlib.suppress(psutil.Error):
            family[-1].kill()
    process.kill()
    first += [line for line in map(json.loads, process.communicate()[0].splitlines()) if line["event"] == "trial"]
    gone, orphans = psutil.wait_procs(family, timeout=PATIENCE)
    assert gone and not orphans
    second = [line for line in study("hidden", "--name", "a", "--resume", "--iterations", "2500") if line["event"] == "trial"]
    shown = study("show", "a")[:-1]
    assert [trial["number"] for trial in shown] == list(range(6))
    assert all(trial in shown for trial in first + second)
    assert not {trial["number"] for trial in first} & {trial["number"] for trial in second}


def test_an_unreadable_study_is_named_and_the_others_are_listed(capsys):
    for name in ("broken", "sound"):
        stored = StoredStudy.begin(name, tiny())
        if name == "broken":
            stored.study.set_user_attr("settings", tiny().to_dict() | {"seeds": 10**6})
    assert main(["study", "list"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("sound") and err.startswith("broken: seeds = 1000000")

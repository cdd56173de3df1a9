"""Every mission can be won on three seeds, a near miss does not win it, and a run is judged from its own log."""

import json

import pytest

from nnlib.cli.main import main
from nnlib.deep.settings import MlpExperiment
from nnlib.deep.threads import threads, use_threads
from nnlib.experiment.settings import Experiment
from nnlib.runs.mission_runs import attempt_of, repeat
from nnlib.runs.store import RunFolder
from nnlib.teaching.missions import MISSIONS, SEEDS, Attempt
from tests.runs.runs_helpers import WorkerProcess, new_run

PATCH = {"W1[0,0]": 1.0, "W1[1,1]": 1.0, "W1[0,2]": -1.0, "W1[1,3]": -1.0, "W2[0,0]": 0.5, "W2[1,0]": 0.5, "W2[2,1]": 0.5}
HE = {"init": "he", "device": "cpu"}

# Mission → what to change in the settings it starts from, the changes by hand, the steps; and the same of a near miss.
WON = {
    "bend": ({"hidden": (8,)}, (), 400),
    "two-hundred-steps": ({"learning_rate": 1.0, "iterations": 1000}, (), 200),
    "straight": ({"activation": "identity", "learning_rate": 0.1}, (), 2000),
    "six-units": ({"learning_rate": 0.3, "iterations": 2000}, (), 1500),
    "one-example": ({"learning_rate": 0.05, "iterations": 12_000}, (), 5400),
    "dead": ({"learning_rate": 6.0}, (), 200),
    "from-zeros": ({}, ((0, PATCH),), 1500),
    "three-layers": ({"init": "he"}, (), 800),
    "sigmoid": ({"optimiser": "adam", "learning_rate": 0.01}, (), 600),
    "overfit": ({"iterations": 4000}, ((1000, {"reg": 0.003}),), 2500),
    "save": ({}, ((200, {"learning_rate": 5.0}), (240, {"learning_rate": 0.3})), 1200),
    "deep-three": ({**HE, "epochs": 30}, (), 180),
    "deep-eight": ({**HE, "epochs": 25, "widths": (64,), "weight_decay": 0.0}, (), 150),
}
MISSED = {
    "bend": ({}, (), 400),
    "two-hundred-steps": ({"learning_rate": 0.1, "iterations": 1000}, (), 400),  # 95 %, but later
    "straight": ({"learning_rate": 0.1}, (), 2000),
    "six-units": ({"hidden": (4, 3), "activation": "tanh", "learning_rate": 0.3}, (), 1500),
    "one-example": ({"learning_rate": 0.05, "batch_size": 2}, (), 5400),
    "dead": ({"learning_rate": 0.5}, (), 200),
    "from-zeros": ({}, (), 400),
    "three-layers": ({"init": "he", "hidden": (30, 30)}, (), 800),
    "sigmoid": ({"learning_rate": 0.01}, (), 600),
    "overfit": ({"iterations": 4000}, (), 1500),  # not cured
    "save": ({}, ((200, {"learning_rate": 5.0}),), 400),  # not saved
    "deep-three": ({"device": "cpu", "batch_norm": True, "epochs": 5}, (), 30),
    "deep-eight": ({**HE, "epochs": 5, "depth": 7}, (), 30),
}


@pytest.fixture(autouse=True)
def one_thread():
    """More cost time on networks as small as these."""
    before = threads()
    use_threads(1)
    yield
    use_threads(before)


def attempt(mission, changed, changes, step, seed=0):
    """A run in this process, on one seed."""
    kind = Experiment if mission.page == "train" else MlpExperiment
    start = {name: kind.parse(name, text) for name, text in mission.start.items()}
    return repeat(Attempt(kind().having(**{**start, **changed}), step, changes=changes), seed)


@pytest.mark.parametrize("name", MISSIONS)
def test_every_mission_is_won_on_three_seeds(name):
    mission = MISSIONS[name]
    for seed in range(SEEDS):
        checks = mission.checks(attempt(mission, *WON[name], seed=seed))
        assert [check.text for check in checks if not check.met] == []


@pytest.mark.parametrize("name", MISSIONS)
def test_a_near_miss_does_not_win(name):
    assert not MISSIONS[name].met(attempt(MISSIONS[name], *MISSED[name]))


def test_a_run_is_judged_from_its_own_log(capsys):
    plain = {"optimiser": "sgd", "schedule": "constant", "batch_size": 64}
    run = new_run(dataset="xor", hidden=[8], iterations=600, learning_rate=0.01, seed=3, **plain)
    worker = WorkerProcess(run)
    worker.send("pause")
    worker.send("change", learning_rate=0.2)
    worker.wait_for("control")
    worker.send("resume")
    worker.wait_for("finished")
    worker.wait()
    found = attempt_of(MISSIONS["bend"], run)
    assert (found.step, found["seed"], found.diverged) == (600, 3, False)
    assert [values for _, values in found.changes] == [{"learning_rate": 0.2}]
    again = repeat(found, seed=3)
    assert [each.step for each in again.evaluations[:-1]] == [each.step for each in found.evaluations]
    assert again.evaluations[-1].val_accuracy == pytest.approx(found.evaluations[-1].val_accuracy, abs=0.03)
    assert len(again.dead) == len(found.dead) == 2

    assert main(["mission", "bend", run.id, "--json"]) == 0
    *seeds, result = map(json.loads, capsys.readouterr().out.splitlines())
    assert [each["seed"] for each in seeds] == [3, 4, 5] and result == {"event": "result", "won": True}
    assert main(["mission", "six-units", run.id]) == 0
    assert "not won" in capsys.readouterr().out


def test_what_is_no_attempt_is_refused(capsys):
    with pytest.raises(ValueError, match="not taken a step"):
        attempt_of(MISSIONS["bend"], new_run())
    for name, kind in (("bend", "depth"), ("deep-three", "train"), ("deep-three", "table")):
        with pytest.raises(ValueError, match="This mission is won with"):
            attempt_of(MISSIONS[name], RunFolder.create({}, kind=kind))
    with pytest.raises(SystemExit):
        main(["mission", "bend", "nowhere"])
    assert "no run" in capsys.readouterr().err


def test_later_steps_and_damaged_lines_do_not_count():
    run = new_run(dataset="xor", hidden=[8])
    figures = {"event": "evaluation", "epoch": 1.0, "loss": None, "train_accuracy": 1.0, "val_loss": 0.1, "val_accuracy": 1.0}
    lines = [{"event": "metrics", "first": 1, "loss": [0.7]}, figures | {"step": 1, "train_accuracy": None}]
    late = [{"event": "metrics", "first": 20_001, "loss": [0.1]}, figures | {"step": 20_001}]
    run.log.write_text("".join(json.dumps(line) + "\n" for line in [*lines, *late]))
    assert attempt_of(MISSIONS["bend"], run).evaluations == ()

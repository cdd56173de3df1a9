"""Exported files, executed: the numbers of the run, to the last bit in NumPy and within float32 in PyTorch."""

import hashlib
import os
import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from nnlib.__main__ import main
from nnlib.data import Points, cifar10_batches, save_points
from nnlib.experiment.presets import PRESETS
from nnlib.experiment.settings import Experiment
from nnlib.export import Change, Recipe
from nnlib.export.python_file import script, torch_script
from nnlib.metrics import accuracy
from nnlib.training import Metrics
from tests.patience import PATIENCE


def settings(**changed):
    return Experiment.from_dict({"iterations": 300, **changed})


def executed(folder, text, environment=None):
    """The lines that a file prints, executed by a Python that does not see nnlib."""
    path = folder / "exported.py"
    path.write_text(text, encoding="utf-8")
    process = subprocess.run(
        [sys.executable, "-P", str(path)], capture_output=True, text=True, timeout=PATIENCE, cwd=folder, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": "", "PYTHONIOENCODING": "utf-8", **(environment or {})},
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    return process.stdout.splitlines()


def trained(recipe):
    """The losses of all steps, and the accuracy on the validation set, of a run in this process."""
    data = recipe.settings.load()
    training, losses = recipe.settings.training_on(data), []
    for change in (*recipe.changes, Change(recipe.steps, {})):
        losses += [e.losses for e in training.events(steps=change.step - training.step) if isinstance(e, Metrics)]
        training.change(**change.values)
    return sum(losses, []), accuracy(training.network, data.X_val, data.y_val)


def last_line(losses, val_accuracy):
    return f"loss {losses[-1]!r} val_accuracy {val_accuracy!r}"


NETWORKS = {
    **{name: replace(preset, iterations=400) for name, preset in PRESETS.items() if preset.dataset != "cifar10"},
    "adam": settings(optimiser="adam", learning_rate=0.01, hidden=[20, 10], activation="sigmoid", init="xavier"),
    "momentum": settings(optimiser="momentum", learning_rate=0.01, dataset="circles", schedule="decay", batch_size=100),
    "l1": settings(penalty="l1", dataset="blobs", schedule="cosine", activation="identity", train_share=0.3, noise=0.1),
    "l1 with momentum": settings(penalty="l1", optimiser="momentum", learning_rate=0.01),
    "mirrored": settings(dataset="digits", flips=True, standardise=True, hidden=[32], schedule="cosine", learning_rate=0.02),
    "large batch": settings(dataset="xor", batch_size=1000, schedule="decay", reg=0.0),
    "zeros": settings(init="zeros"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_file_prints_the_numbers_of_the_run(name, tmp_path):
    recipe = Recipe.of(NETWORKS[name])
    losses, val_accuracy = trained(recipe)
    *steps, last = executed(tmp_path, script(recipe))
    assert last == last_line(losses, val_accuracy)
    assert steps[: len(losses) // 100] == [f"step {n} loss {losses[n - 1]!r}" for n in range(100, len(losses) + 1, 100)]
    assert steps[len(losses) // 100 :] == ([f"diverged at step {len(losses)}"] if len(losses) < recipe.steps else [])


CHANGES = (
    Change(0, {"W1[1,0]": -2.0, "b2[1]": 0.25}),
    Change(100, {"learning_rate": 0.03}),
    Change(150, {"batch_size": 10, "reg": 0.01, "W2[0,1]": 3.0}),
    Change(151, {"learning_rate": 0.3}),
)


@pytest.mark.parametrize("schedule", ["constant", "decay", "cosine"])
def test_changes_by_hand_are_repeated_and_a_stopped_run_stops(schedule, tmp_path):
    recipe = Recipe(settings(schedule=schedule, iterations=1000), 230, CHANGES)
    assert executed(tmp_path, script(recipe))[-1] == last_line(*trained(recipe))


def test_a_learners_own_points_are_in_the_file(tmp_path, runs):
    rng = np.random.default_rng(1)
    points = Points(rng.normal(3, 2, (40, 2)), np.arange(40) % 2, ("blue", "red"))
    recipe = Recipe.of(settings(dataset="points", points=save_points(points), batch_size=8))
    assert executed(tmp_path, script(recipe))[-1] == last_line(*trained(recipe))


@pytest.fixture
def photographs(tmp_path, monkeypatch):
    """A few random images in the form of CIFAR-10, published as it were. Returns the folder."""
    rng, md5 = np.random.default_rng(2), {}
    folder = tmp_path / "data" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for name in cifar10_batches.BATCH_MD5:
        batch = {"data": rng.integers(0, 256, (24, 3072), np.uint8), "labels": rng.integers(0, 10, 24).tolist()}
        content = pickle.dumps(batch, protocol=2)
        (folder / name).write_bytes(content)
        md5[name] = hashlib.md5(content).hexdigest()
    monkeypatch.setattr(cifar10_batches, "BATCH_MD5", md5)
    monkeypatch.setenv("NNLIB_DATA", str(folder.parent))
    monkeypatch.setenv("NNLIB_CACHE", str(tmp_path / "cache"))
    return folder


@pytest.mark.parametrize("preset", ["report", "best"])
def test_a_file_reads_cifar10(preset, photographs, tmp_path):
    recipe = Recipe.of(replace(PRESETS[preset], iterations=40, hidden=(20,)))
    assert executed(tmp_path, script(recipe))[-1] == last_line(*trained(recipe))


def test_a_batch_that_was_not_published_is_not_unpickled(photographs, tmp_path):
    text = script(Recipe.of(replace(PRESETS["report"], iterations=4)))
    (photographs / "data_batch_3").write_bytes(b"cos\nsystem\n(S'touch unpickled'\ntR.")
    with pytest.raises(AssertionError, match="data_batch_3 is not the published file"):
        executed(tmp_path, text)
    assert not (tmp_path / "unpickled").exists()


@pytest.mark.skipif("NNLIB_DATA" not in os.environ, reason="no CIFAR-10")
def test_a_file_reads_cifar10_where_this_machine_has_it(tmp_path):
    recipe = Recipe.of(replace(PRESETS["report"], iterations=10))
    assert executed(tmp_path, script(recipe), {"NNLIB_DATA": os.path.abspath(os.environ["NNLIB_DATA"])})[-1] == last_line(
        *trained(recipe)
    )


@pytest.mark.parametrize("name", ["adam", "l1 with momentum", "mirrored"])
def test_the_file_for_pytorch_agrees_within_float32(name, tmp_path):
    recipe = Recipe(NETWORKS[name], 200, (Change(120, {"reg": 0.001, "W1[0,3]": 0.1}),))
    losses, val_accuracy = trained(recipe)
    first, second, last = executed(tmp_path, torch_script(recipe))
    found = [float(line.split()[3]) for line in (first, second)]
    assert found == pytest.approx([losses[99], losses[199]], rel=1e-4)
    assert float(last.split()[-1]) == pytest.approx(val_accuracy, abs=0.02)


@pytest.mark.parametrize("write", [script, torch_script])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_file_has_the_form_of_this_project(name, write, tmp_path):
    text = write(Recipe(NETWORKS[name], 300, CHANGES))
    for command in (["format", "--check", "--diff"], ["check", "--ignore", "B905"]):
        process = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "--stdin-filename", "exported.py", "-"],
            input=text, capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip
        assert process.returncode == 0, process.stdout + process.stderr


# The command


def test_the_command_writes_what_the_settings_describe(tmp_path, capsys):
    path = tmp_path / "net.py"
    assert main(["export", "--as", "script", "--output", str(path), "--dataset", "moons", "--iterations", "120"]) == 0
    assert path.read_text(encoding="utf-8") == script(Recipe.of(settings(dataset="moons", iterations=120)))
    assert str(path) in capsys.readouterr().out


def test_the_command_writes_a_run(tmp_path, runs):
    from tests.runs.runs_helpers import finish, new_run

    run = new_run(iterations=150)
    finish(run)
    path = tmp_path / "net.py"
    assert main(["export", run.id, "--as", "script", "--output", str(path)]) == 0
    losses = [loss for event in run.events() if event["event"] == "metrics" for loss in event["loss"]]
    assert executed(tmp_path, path.read_text(encoding="utf-8"))[-1].startswith(f"loss {losses[-1]!r} ")


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--as", "tune", "--output", "x.py"], "tune"),
        (["--as", "script"], "--output"),
        (["nosuchrun", "--as", "script", "--output", "x.py"], "nosuchrun"),
        (["nosuchrun", "--as", "script", "--output", "x.py", "--lr", "1"], "not both"),
        (["--as", "script", "--output", "nowhere/x.py"], "nowhere"),
        (["--as", "script", "--output", "x.py", "--lr", "fast"], "learning_rate"),
    ],
)
def test_bad_arguments_give_one_line(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(["export", *arguments])
    error = capsys.readouterr().err
    assert end.value.code == 2 and message in error and error.count("\n") == 1 and not os.listdir(tmp_path)

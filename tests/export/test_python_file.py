"""Exported files, executed: the numbers of the run, to the last bit in NumPy and within float32 in PyTorch."""

import ast
import contextlib
import hashlib
import io
import os
import pickle
import runpy
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image
from threadpoolctl import threadpool_limits

from nnlib.__main__ import main
from nnlib.data import Points, cifar10_batches, save_points
from nnlib.experiment.presets import PRESETS
from nnlib.experiment.settings import Experiment
from nnlib.export import Change, Recipe
from nnlib.export.notebook import notebook
from nnlib.export.python_file import script, torch_script
from nnlib.metrics import accuracy
from nnlib.runs.store import all_runs
from nnlib.training import Metrics
from tests.patience import PATIENCE


@pytest.fixture(autouse=True)
def one_thread():
    """Networks as small as these gain nothing from a second thread, which waits busily."""
    with threadpool_limits(1, user_api="blas"):
        yield


def settings(**changed):
    return Experiment.from_dict({"iterations": 300, **changed})


def executed(folder, text):
    """The lines that a file prints."""
    path = folder / "exported.py"
    path.write_text(text, encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(str(path))
    return out.getvalue().splitlines()


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
    "data of a seed of their own": settings(data_seed=7),
    "digits divided by a seed of their own": settings(dataset="digits", data_seed=7),
    "activations": settings(
        hidden=[8, 8, 8, 8], activations=["tanh", "sigmoid", "identity"], optimiser="adam", learning_rate=0.01
    ),
    "dropout": settings(hidden=[20, 10], dropout=0.3, activation="tanh"),
    "dropout of ReLUs": settings(hidden=[20, 10], dropout=0.5, schedule="decay"),
    "features": settings(dataset="circles", features=["x2", "x1_squared", "x1_x2", "sin_x1"], hidden=[4]),
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
    Change(230, {"b1[0]": 5.0}),
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
    monkeypatch.setattr(sys, "argv", ["exported.py"])
    monkeypatch.setenv("NNLIB_DATA", str(folder.parent))
    monkeypatch.setenv("NNLIB_CACHE", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def encoded_photographs(photographs):
    """Such images in the files of the Hugging Face hub alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    shutil.rmtree(photographs)
    folder = photographs.parent / "cifar10" / "plain_text"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(3)
    for part, n in (("train", 120), ("test", 24)):
        files = [io.BytesIO() for _ in range(n)]
        for file in files:
            Image.fromarray(rng.integers(0, 256, (32, 32, 3), np.uint8)).save(file, "PNG")
        images = pa.array([{"bytes": file.getvalue(), "path": None} for file in files])
        table = pa.table({"img": images, "label": rng.integers(0, 10, n)})
        pq.write_table(table, folder / f"{part}-00000-of-00001.parquet")


@pytest.mark.parametrize("preset", ["report", "best"])
@pytest.mark.parametrize("images", ["photographs", "encoded_photographs"])
def test_a_file_reads_cifar10(preset, images, request, tmp_path):
    request.getfixturevalue(images)
    recipe = Recipe.of(replace(PRESETS[preset], iterations=10, hidden=(4,)))
    assert executed(tmp_path, script(recipe))[-1] == last_line(*trained(recipe))


def test_a_batch_that_was_not_published_is_not_unpickled(photographs, tmp_path):
    text = script(Recipe.of(replace(PRESETS["report"], iterations=4)))
    (photographs / "data_batch_3").write_bytes(b"cos\nsystem\n(S'touch unpickled'\ntR.")
    with pytest.raises(SystemExit, match="data_batch_3 is not the published file"):
        executed(tmp_path, text)
    assert not (tmp_path / "unpickled").exists()


@pytest.fixture
def one_thread_of_pytorch():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", ["adam", "l1 with momentum", "mirrored", "activations", "dropout"])
@pytest.mark.usefixtures("one_thread_of_pytorch")
def test_the_file_for_pytorch_agrees_within_float32(name, tmp_path):
    recipe = Recipe(NETWORKS[name], 200, (Change(120, {"reg": 0.001, "W1[0,3]": 0.1}),))
    losses, val_accuracy = trained(recipe)
    first, second, last = executed(tmp_path, torch_script(recipe))
    found = [float(line.split()[3]) for line in (first, second)]
    assert found == pytest.approx([losses[99], losses[199]], rel=1e-4)
    assert float(last.split()[-1]) == pytest.approx(val_accuracy, abs=0.02)


# The notebook


def code_of(text):
    """The cells of code of a notebook, as one program."""
    return "\n".join(cell.source for cell in nbformat.reads(text, as_version=4).cells if cell.cell_type == "code")


@pytest.mark.parametrize("name", ["l1", "mirrored", "zeros"])
def test_the_cells_of_a_notebook_compute_the_numbers_of_the_run(name, tmp_path, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    recipe = Recipe.of(NETWORKS[name])
    assert executed(tmp_path, code_of(notebook(recipe)))[-1] == last_line(*trained(recipe))


def test_a_notebook_runs_from_top_to_bottom(monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)  # Streamlit sets it wherever it is imported, and then no plot is shown
    recipe = Recipe(settings(), 230, CHANGES)
    document = nbformat.reads(notebook(recipe), as_version=4)
    nbformat.validate(document)
    NotebookClient(document, timeout=PATIENCE, kernel_name="python3").execute()
    outputs = [output for cell in document.cells if cell.cell_type == "code" for output in cell.outputs]
    printed = "".join(output.text for output in outputs if output.output_type == "stream").splitlines()
    assert printed[-1] == last_line(*trained(recipe))
    backward, measured = map(float, printed[0].split()[2::2])  # the check of the gradient
    assert measured == pytest.approx(backward, rel=0.01)
    assert [output.output_type for output in outputs if output.output_type != "stream"] == ["display_data"] * 3


# The form


def test_files_have_the_form_of_this_project_and_need_what_they_say(tmp_path):
    for name, network in NETWORKS.items():
        recipe = Recipe(network, 300, CHANGES)
        for form, (write, ending, needed) in {
            "numpy": (script, "py", {"numpy"}),
            "torch": (torch_script, "py", {"numpy", "torch"}),
            "notebook": (notebook, "ipynb", {"numpy", "matplotlib"}),
        }.items():
            text = write(recipe)
            (tmp_path / f"{name}-{form}.{ending}").write_text(text, encoding="utf-8")
            imported = imports_of(code_of(text) if form == "notebook" else text) - sys.stdlib_module_names
            assert imported == needed | ({"sklearn"} if network.dataset == "digits" else set())
    settings = tmp_path / "ruff.toml"
    untyped = '[lint.extend-per-file-ignores]\n"*" = ["ANN"]\n'  # a learner reads them without type hints
    settings.write_text(f'extend = "{(Path(__file__).parents[2] / "pyproject.toml").as_posix()}"\n{untyped}')
    for command in (["format", "--check", "--diff"], ["check"]):
        process = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "--config", str(settings), str(tmp_path)],
            capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip
        assert process.returncode == 0, process.stdout + process.stderr


def imports_of(text):
    """The packages that a program imports."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
    return names


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
    process = subprocess.run(  # where there is no nnlib
        [sys.executable, "-P", str(path)], capture_output=True, text=True, timeout=PATIENCE, cwd=tmp_path, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": "", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    assert process.stdout.splitlines()[-1].startswith(f"loss {losses[-1]!r} ")


def test_the_command_trains_where_the_file_shows_what_training_led_to(tmp_path, runs):
    path = tmp_path / "weights.npz"
    chosen = ["--dataset", "moons", "--iterations", "5", "--hidden", "4"]
    assert main(["export", "--as", "weights", "--output", str(path), *chosen]) == 0
    training = settings(dataset="moons", iterations=5, hidden=[4])
    training = training.training_on(training.load())
    list(training.events())
    weights = np.load(path)
    assert {name: weights[name].tolist() for name in weights} == {k: v.tolist() for k, v in training.network.params.items()}
    assert not all_runs()


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

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from nnlib.__main__ import main
from nnlib.experiment.checkpoint import load_network
from nnlib.support.extras import EXTRAS
from tests.patience import PATIENCE

TINY = ["train", "--dataset", "moons", "--hidden", "4", "--iterations", "50"]


def lines(capsys):
    return [json.loads(line, parse_constant=pytest.fail) for line in capsys.readouterr().out.splitlines()]


def test_json_output_has_one_object_per_line_and_the_result_last(capsys):
    assert main([*TINY, "--json"]) == 0
    events = lines(capsys)
    assert [event["event"] for event in events[:-1]].count("result") == 0
    result = events[-1]
    assert result["event"] == "result" and result["steps"] == 50
    assert {"val_accuracy", "test_accuracy", "seconds", "steps_per_second"} <= result.keys()
    losses = [loss for event in events if event["event"] == "metrics" for loss in event["loss"]]
    assert len(losses) == 50


def test_all_options_of_the_contract_are_accepted(capsys):
    options = "--hidden 8 --lr 2e-3 --reg 0.25 --batch-size 20 --iterations 5 --lr-decay 0.95 --std 1e-4 --seed 0"
    assert main(["train", "--dataset", "digits", "--json", *options.split()]) == 0
    settings = lines(capsys)[-1]["settings"]
    assert settings["init"] == "normal" and settings["schedule"] == "decay" and settings["learning_rate"] == 0.002


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "--hidden", "many"],
        ["train", "--lr", "-1"],
        ["train", "--dataset", "mnist"],
        ["train", "--nonsense", "1"],
        ["train", "--preset", "nope"],
        ["train", "--save", "/dev/full"],
        ["train", "--save", "/dev"],
        ["train", "--save", "/no/such/folder/net.npz"],
        ["data"],
        ["walk"],
        [],
    ],
)
def test_bad_arguments_exit_with_2_and_one_line(arguments, capsys):
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1


def test_ctrl_c_saves_the_network_and_prints_the_result(tmp_path):
    saved = tmp_path / "net.npz"
    command = ["train", "--iterations", "1000000", "--json", "--save", str(saved)]
    process = subprocess.Popen([sys.executable, "-m", "nnlib", *command], stdout=subprocess.PIPE, text=True)
    first = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    result = json.loads(out.splitlines()[-1])
    assert first["event"] == "metrics" and result["event"] == "result" and result["interrupted"]
    assert 0 < result["steps"] < 1_000_000 and load_network(saved).sizes == (2, 50, 3)


def test_a_diverging_run_suggests_what_to_try(capsys):
    assert main(["train", "--preset", "diverging", "--json"]) == 0
    captured = capsys.readouterr()
    assert "Try a learning rate" in captured.err
    *_, diverged, result = [json.loads(line) for line in captured.out.splitlines()]
    assert diverged["event"] == "diverged" and "Try a learning rate" in diverged["advice"]
    assert result["diverged"]


def test_json_contains_no_nan_or_infinity(capsys):
    wild = "--hidden 200,200,200,200,200 --std 10 --lr 100 --iterations 50"
    assert main(["train", "--json", *wild.split()]) == 0
    assert lines(capsys)[-1]["diverged"]


def test_the_result_is_printed_even_if_the_network_cannot_be_saved(capsys, tmp_path, monkeypatch):
    def save(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nnlib.cli.train.save_network", save)
    assert main([*TINY, "--json", "--save", str(tmp_path / "net.npz")]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out.splitlines()[-1])["event"] == "result"
    assert captured.err.count("\n") == 1


def test_a_network_may_be_saved_over_an_earlier_one(tmp_path):
    saved = tmp_path / "net.npz"
    saved.write_bytes(b"an earlier one")
    assert main([*TINY, "--save", str(saved)]) == 0
    assert load_network(saved).sizes == (2, 4, 2)


def test_help_says_what_each_command_does(capsys):
    with pytest.raises(SystemExit) as exit:
        main(["--help"])
    assert exit.value.code == 0
    commands = re.findall(r"^    (\w+) +(\w.*)$", capsys.readouterr().out, re.MULTILINE)
    assert {"train", "depth", "devices", "data", "study"} <= {name for name, _ in commands}


def test_data_list_names_every_data_set(capsys):
    assert main(["data", "list", "--json"]) == 0
    names = {event["name"] for event in lines(capsys)[:-1]}
    assert {"spiral", "moons", "circles", "xor", "blobs", "digits", "cifar10"} <= names


DEPTH = ["depth", "--dataset", "digits", "--widths", "20,16", "--batch-size", "50", "--device", "cpu"]


def test_depth_prints_its_epochs_and_its_result(capsys):
    assert main([*DEPTH, "--depth", "2", "--init", "he", "--epochs", "2", "--json"]) == 0
    first, *_, last = events = lines(capsys)
    assert first["event"] == "started" and first["sizes"] == [64, 20, 16, 10] and first["device"] == "cpu"
    epochs = [event for event in events if event["event"] == "epoch"]
    assert [event["epoch"] for event in epochs] == [1, 2]
    assert {"train_loss", "train_accuracy", "val_accuracy", "samples_per_second", "layers"} <= epochs[0].keys()
    assert {"val_accuracy", "test_accuracy", "samples_per_second", "device"} <= last.keys()
    assert last["event"] == "result" and last["val_accuracy"] == epochs[-1]["val_accuracy"] and not last["interrupted"]


def test_all_options_of_the_depth_contract_are_accepted(capsys):
    options = "--depth 3 --widths 50,40,30,20 --init normal --std 1e-3 --epochs 0 --device auto"
    assert main(["depth", "--dataset", "digits", "--json", *options.split()]) == 0
    settings = lines(capsys)[-1]["settings"]
    assert (settings["depth"], settings["widths"], settings["init"], settings["std"]) == (3, [50, 40, 30, 20], "normal", 1e-3)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--scheduler", "tcp://127.0.0.1:8786"],
        ["--depth", "17"],
        ["--depth", "three"],
        ["--widths", "50,,40"],
        ["--widths", "none"],
        ["--std", "-1"],
        ["--device", "cuda:15"],
        ["--device", "tpu"],
        ["--preset", "nope"],
        ["--epochs", "1", "--save", "net.npz"],
        ["--epochs", "1", "--save", "no/such/folder/net.pt"],
    ],
)
def test_bad_arguments_of_depth_exit_with_2_and_one_line(arguments, capsys):
    with pytest.raises(SystemExit) as exit:
        main(["depth", "--dataset", "digits", *arguments])
    assert exit.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1


WITHOUT_A_COMPILER = """
import sys
from nnlib.__main__ import main
code = main(sys.argv[1:])
assert not {"torch._dynamo", "sympy"} & sys.modules.keys()
sys.exit(code)
"""


def test_ctrl_c_saves_the_deep_network_and_prints_the_result(tmp_path):
    """And the process has not taken seconds to import PyTorch's compiler."""
    from nnlib.deep.checkpoint import load_network

    saved = tmp_path / "net.pt"
    command = [*DEPTH, "--epochs", "500", "--json", "--save", str(saved)]
    process = subprocess.Popen([sys.executable, "-c", WITHOUT_A_COMPILER, *command], stdout=subprocess.PIPE, text=True)
    first = json.loads(process.stdout.readline())
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    result = json.loads(out.splitlines()[-1])
    assert first["event"] == "started" and result["event"] == "result" and result["interrupted"]
    assert 0 < result["step"] < 500 * 25
    network, experiment = load_network(saved)
    assert experiment.epochs == 500 and network[0].in_features == 64


def test_a_failing_device_gives_a_one_line_error(capsys, monkeypatch):
    import nnlib.deep.training

    def fails(*_):
        raise RuntimeError("CUDA error: unspecified launch failure\nCompile with `TORCH_USE_CUDA_DSA`")

    monkeypatch.setattr(nnlib.deep.training, "build_network", fails)
    assert main([*DEPTH, "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and "was lost" in captured.err


def test_devices_are_listed_best_first(capsys):
    assert main(["devices", "--json"]) == 0
    *devices, result = lines(capsys)
    assert devices[-1]["name"] == "cpu" and devices[0]["name"] == result["best"]


def test_starting_the_command_line_imports_nothing_heavy():
    command = "import sys; from nnlib.__main__ import main; main(['data', 'list'])"
    code = f"{command}; print(*{{name.split('.')[0] for name in sys.modules}})"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"torch", "sympy", "sklearn", "scipy", "optuna", "sqlalchemy", "dask", "distributed", "altair", "streamlit"}
    assert not heavy & set(process.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(("command", "package", "extra"), [(DEPTH, "torch", "torch"), (["study", "list"], "optuna", "cluster")])
def test_a_command_without_its_packages_names_the_extra_that_installs_them(command, package, extra):
    hide = f"""
import importlib.util, sys
sys.modules[{package!r}] = None
importlib.util.find_spec = lambda name: None
from nnlib.__main__ import main
sys.exit(main({command!r}))
"""
    process = subprocess.run([sys.executable, "-c", hide], capture_output=True, text=True)
    assert process.returncode == 1 and process.stdout == ""
    assert process.stderr.startswith(f"nnlib: This needs {package},") and f"'.[{extra}]'" in process.stderr
    assert process.stderr.count("\n") == 1


def test_the_extras_are_those_of_pyproject():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    distributions = {
        re.split(r"[\[>]", requirement)[0].replace("-python", "").replace("-", "_"): extra
        for extra in ("torch", "cluster")
        for requirement in project["optional-dependencies"][extra]
    }
    assert EXTRAS.items() <= distributions.items()


def test_an_invalid_limit_in_the_environment_is_one_sentence():
    process = subprocess.run(  # the limits are read when a process starts
        [sys.executable, "-m", "nnlib", "data", "list"],
        env={**os.environ, "NNLIB_MAX_UNITS": "many"}, capture_output=True, text=True,
    )  # fmt: skip
    sentence = "NNLIB_MAX_UNITS = 'many': must be a whole number from 1 to 1,000,000,000."
    assert (process.returncode, process.stdout, process.stderr) == (2, "", f"nnlib: {sentence}\n")


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("NNLIB_DATA", "/dev/null", "NNLIB_DATA = '/dev/null': must name a folder."),
        (
            "NNLIB_SCHEDULER",
            "localhost:8786",
            "NNLIB_SCHEDULER: The scheduler 'localhost:8786' cannot be used: "
            "give the address that `dask scheduler` printed, such as tcp://host:8786.",
        ),
        (
            "NNLIB_STORAGE",
            "sqlite:////dev/null/x.db",
            "NNLIB_STORAGE = 'sqlite:////dev/null/x.db': /dev/null/x.db cannot be a file.",
        ),
    ],
)
def test_an_invalid_setting_of_the_environment_is_one_sentence(variable, value, sentence, capsys, monkeypatch):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as exit:
        main(["study" if variable == "NNLIB_STORAGE" else "data", "list"])
    assert exit.value.code == 2 and tuple(capsys.readouterr()) == ("", f"nnlib: {sentence}\n")

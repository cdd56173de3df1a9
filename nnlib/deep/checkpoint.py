"""Saving PyTorch networks and trainings as .pt files.

A network has its configuration as JSON beside it, name.pt and name.json. A training is saved again and again, so it has its
configuration inside: the two can then never belong to different moments. A .pt file is a pickle inside; it is only ever read
with weights_only=True, which makes tensors and plain values and runs nothing.
"""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import torch

from nnlib.deep.network import build_network
from nnlib.deep.settings import MlpExperiment
from nnlib.support.atomic import write_atomically
from nnlib.support.checkpoint_files import VERSION, CheckpointError, check_version, checkpoint_errors
from nnlib.support.npz import DamagedFile, check_unpacked_size


class Resumable(Protocol):
    """A TorchTraining or a TableTraining: what has a state that can be saved."""

    def state(self, copy: bool = True) -> dict[str, Any]: ...


def save_network(path: str | Path, network: torch.nn.Sequential, experiment: MlpExperiment, sizes: Sequence[int]) -> None:
    """Write a network's weights, and its configuration beside them.

    Parameters
    ----------
    path : the file for the weights; its name must end in .pt. The configuration gets the same name with .json.
    network : as build_network made it.
    experiment : the settings that it was made with.
    sizes : units of every layer, inputs and classes included.
    """
    path = checked_path(path)
    about = {"version": VERSION, "settings": experiment.to_dict(), "sizes": list(sizes)}
    with write_atomically(path.with_suffix(".json")) as file:
        file.write(json.dumps(about).encode())
    with write_atomically(path) as file:
        torch.save(network.state_dict(), file)


def load_network(path: str | Path) -> tuple[torch.nn.Sequential, MlpExperiment]:
    """Read what save_network wrote.

    Returns
    -------
    (network, experiment), the network on the processor.

    Raises
    ------
    CheckpointError : there is no such file, it is damaged, or weights and configuration do not fit.
    """
    path = checked_path(path)
    with checkpoint_errors():
        about = _configuration(path.with_suffix(".json").read_text())
        state = _load(path)
        experiment = MlpExperiment.from_dict(about["settings"])
        sizes = about["sizes"]
        inputs, *hidden, classes = sizes
        if tuple(hidden) != experiment.hidden:
            raise CheckpointError("The checkpoint's sizes do not fit its settings.")
        fully_connected = sum(fan_in * fan_out for fan_in, fan_out in zip(sizes, sizes[1:]))
        weights = experiment.weights if experiment.channels else fully_connected
        if weights > path.stat().st_size:  # before it is made
            raise CheckpointError("The checkpoint has fewer weights than its sizes say.")
        network = build_network(experiment, inputs, classes)
        network.load_state_dict(state)
    return network, experiment


def save_training(path: str | Path, training: Resumable, config: dict[str, Any]) -> None:
    """Write the state of a TorchTraining or TableTraining, with a JSON-able `config` that describes the run."""
    about = json.dumps({"version": VERSION, "config": config})
    with write_atomically(checked_path(path)) as file:
        torch.save({"about": about, **training.state(copy=False)}, file)


def load_training(path: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read what save_training wrote.

    Returns
    -------
    (state, config): `training.restore(state)` continues from there.

    Raises
    ------
    CheckpointError : there is no such file, it is damaged, or it holds no training.
    """
    with checkpoint_errors():
        content = _load(checked_path(path))
        if not isinstance(content, dict) or content.keys() != {"about", "tensors", "values"}:
            raise CheckpointError("The checkpoint holds no training.")
        return {name: content[name] for name in ("tensors", "values")}, _configuration(content["about"])["config"]


def _configuration(text: str) -> dict[str, Any]:
    about = json.loads(text)
    check_version(about)
    return about


def _load(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        check_unpacked_size(archive, path.stat().st_size)
        if damaged := archive.testzip():  # PyTorch does not compare checksums
            raise DamagedFile(f"the checksum of {damaged} differs")
    return torch.load(path, map_location="cpu", weights_only=True)


def checked_path(path: str | Path) -> Path:
    """Return `path` as a Path. Raises ValueError unless its name ends in .pt, as the .json beside it needs its own name."""
    path = Path(path)
    if path.suffix != ".pt":
        raise ValueError(f"path = {str(path)!r}: must end in .pt.")
    return path

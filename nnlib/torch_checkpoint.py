"""Keeping PyTorch networks and trainings: tensors in a .pt file, the configuration as JSON beside it, name.pt and name.json.

A .pt file is a pickle inside; it is only ever read with weights_only=True, which makes tensors and plain values, and runs
nothing.
"""

import json
import pickle
import zipfile
from pathlib import Path

import torch

from nnlib.atomic import write_atomically
from nnlib.checkpoint import LARGEST, CheckpointError
from nnlib.mlp_experiment import MlpExperiment
from nnlib.torch_mlp import build_network

VERSION = 1
NOT_OURS = (zipfile.BadZipFile, pickle.UnpicklingError)


def save_network(path, network, experiment, sizes):
    """Write the state dict of an nn.Sequential, and beside it the MlpExperiment and the sizes of its layers."""
    _write(path, network.state_dict(), {"settings": experiment.to_dict(), "sizes": list(sizes)})


def load_network(path):
    """(network, experiment) that save_network wrote, the network on the processor. Raises CheckpointError."""
    state, config = _read(path)
    try:
        experiment = MlpExperiment.from_dict(config["settings"])
        inputs, *hidden, classes = config["sizes"]
        if tuple(hidden) != experiment.hidden:
            raise CheckpointError("The checkpoint's sizes do not fit its settings.")
        network = build_network(experiment, inputs, classes)
        network.load_state_dict(state)
    except CheckpointError:
        raise
    except (RuntimeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(f"The checkpoint's configuration makes no such network ({error}).") from None
    return network, experiment


def save_training(path, training, config=None):
    """Write the state of a TorchTraining, and beside it its settings and `config`, whatever else is to be kept (JSON-able)."""
    _write(path, training.state(), {"settings": training.experiment.to_dict(), "config": config})


def load_training(path):
    """(state, experiment, config) that save_training wrote: `TorchTraining(experiment, data).restore(state)` goes on from
    there. Raises CheckpointError."""
    state, about = _read(path)
    try:
        fits = isinstance(state, dict) and state.keys() == {"tensors", "values"}
        if not fits:
            raise CheckpointError("The checkpoint holds no training.")
        return state, MlpExperiment.from_dict(about["settings"]), about["config"]
    except KeyError as error:
        raise CheckpointError(f"The checkpoint's configuration lacks {error}.") from None
    except ValueError as error:
        raise CheckpointError(f"The checkpoint's settings are not allowed: {error}") from None


def _write(path, content, about):
    path = checked_path(path)
    with write_atomically(path.with_suffix(".json")) as file:
        file.write(json.dumps({"version": VERSION, **about}).encode())
    with write_atomically(path) as file:
        torch.save(content, file)


def _read(path):
    path = checked_path(path)
    try:
        about = json.loads(path.with_suffix(".json").read_text())
        if about["version"] != VERSION:
            raise CheckpointError(f"The checkpoint has version {about['version']!r}: must be {VERSION}.")
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                raise CheckpointError(f"The checkpoint unpacks to more than {LARGEST // 1024**3} GiB.")
        return torch.load(path, map_location="cpu", weights_only=True), about
    except CheckpointError:
        raise
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no checkpoint at {error.filename}.") from None
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, EOFError, *NOT_OURS) as error:
        raise CheckpointError(f"The checkpoint is damaged or not one of ours ({str(error).splitlines()[0]}).") from None


def checked_path(path):
    """`path` as a Path. Raises ValueError unless its name ends in .pt, as the JSON beside it needs a name of its own."""
    path = Path(path)
    if path.suffix != ".pt":
        raise ValueError(f"path = {str(path)!r}: must end in .pt.")
    return path

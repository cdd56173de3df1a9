"""Keeping PyTorch networks and trainings as .pt files.

A network has its configuration as JSON beside it, name.pt and name.json. A training, which is saved again and again, has it
inside, so that the two cannot fall apart. A .pt file is a pickle inside; it is only ever read with weights_only=True, which
makes tensors and plain values, and runs nothing.
"""

import json
import pickle
import zipfile
from contextlib import contextmanager
from pathlib import Path

import torch

from nnlib.deep.network import build_network
from nnlib.deep.settings import MlpExperiment
from nnlib.experiment.checkpoint import LARGEST, CheckpointError
from nnlib.support.atomic import write_atomically

VERSION = 1
NOT_OURS = (zipfile.BadZipFile, pickle.UnpicklingError)


def save_network(path, network, experiment, sizes):
    """Write the state dict of an nn.Sequential, and beside it the MlpExperiment and the sizes of its layers."""
    path = checked_path(path)
    about = {"version": VERSION, "settings": experiment.to_dict(), "sizes": list(sizes)}
    with write_atomically(path.with_suffix(".json")) as file:
        file.write(json.dumps(about).encode())
    with write_atomically(path) as file:
        torch.save(network.state_dict(), file)


def load_network(path):
    """(network, experiment) that save_network wrote, the network on the processor. Raises CheckpointError."""
    path = checked_path(path)
    with _refusing_others():
        about = _current(path.with_suffix(".json").read_text())
        state = _load(path)
    try:
        experiment = MlpExperiment.from_dict(about["settings"])
        inputs, *hidden, classes = about["sizes"]
        if tuple(hidden) != experiment.hidden:
            raise CheckpointError("The checkpoint's sizes do not fit its settings.")
        network = build_network(experiment, inputs, classes)
        network.load_state_dict(state)
    except CheckpointError:
        raise
    except (RuntimeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(f"The checkpoint's configuration makes no such network ({error}).") from None
    return network, experiment


def save_training(path, training, config):
    """Write the state of a TorchTraining or TableTraining with `config`, whatever else is to be kept (JSON-able)."""
    about = json.dumps({"version": VERSION, "config": config})
    with write_atomically(checked_path(path)) as file:
        torch.save({"about": about, **training.state()}, file)


def load_training(path):
    """(state, config) that save_training wrote: `training.restore(state)` goes on from there. Raises CheckpointError."""
    with _refusing_others():
        content = _load(checked_path(path))
        if not isinstance(content, dict) or content.keys() != {"about", "tensors", "values"}:
            raise CheckpointError("The checkpoint holds no training.")
        return {name: content[name] for name in ("tensors", "values")}, _current(content["about"])["config"]


def _current(text):
    """The configuration in a JSON text. Raises CheckpointError if it is of another version."""
    about = json.loads(text)
    if about["version"] != VERSION:
        raise CheckpointError(f"The checkpoint has version {about['version']!r}: must be {VERSION}.")
    return about


def _load(path):
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > LARGEST:
            raise CheckpointError(f"The checkpoint unpacks to more than {LARGEST // 1024**3} GiB.")
    return torch.load(path, map_location="cpu", weights_only=True)


@contextmanager
def _refusing_others():
    """In this block, whatever goes wrong with a file that is not ours is raised as a CheckpointError."""
    try:
        yield
    except CheckpointError:
        raise
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no checkpoint at {error.filename}.") from None
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, EOFError, *NOT_OURS) as error:
        told = str(error).splitlines() or [type(error).__name__]
        raise CheckpointError(f"The checkpoint is damaged or not one of ours ({told[0]}).") from None


def checked_path(path):
    """`path` as a Path. Raises ValueError unless its name ends in .pt, as the JSON beside it needs a name of its own."""
    path = Path(path)
    if path.suffix != ".pt":
        raise ValueError(f"path = {str(path)!r}: must end in .pt.")
    return path

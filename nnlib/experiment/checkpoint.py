"""Checkpoints of the NumPy network: one `.npz` file without pickle, with the configuration inside.

A file from elsewhere is not trusted: nothing is unpickled, no array is read before its declared size was compared with the
file's own, and anything that does not fit raises CheckpointError.
"""

import json
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnlib.network import MLP
from nnlib.support.atomic import write_atomically
from nnlib.support.checkpoint_files import VERSION, CheckpointError, check_version, checkpoint_errors
from nnlib.support.npz import read_npz


def save_checkpoint(path: str | Path, state: dict[str, Any], config: dict[str, Any]) -> None:
    """Write a checkpoint; a file that exists already is replaced in one step.

    Parameters
    ----------
    path : the .npz file.
    state : {"arrays": name → array, "values": JSON-able dict}, as Training.state returns it.
    config : JSON-able, whatever describes the run.
    """
    with write_atomically(Path(path)) as file:
        write_checkpoint(file, state, config)


def write_checkpoint(file: BinaryIO, state: dict[str, Any], config: dict[str, Any]) -> None:
    """Write a checkpoint into an open file: see save_checkpoint."""
    names = list(state["arrays"])  # a damaged archive may have lost some of them
    text = json.dumps({"version": VERSION, "values": state["values"], "config": config, "arrays": names})
    np.savez(file, json=np.frombuffer(text.encode(), np.uint8), **state["arrays"])


def load_checkpoint(path: str | Path | BytesIO) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read what save_checkpoint wrote, a file or its bytes.

    Returns
    -------
    (state, config) as they were saved.

    Raises
    ------
    CheckpointError : there is no such file, it is damaged, or it is not a checkpoint.
    """
    with checkpoint_errors():
        arrays = read_npz(path)
        content = json.loads(arrays.pop("json").tobytes())
        check_version(content)
        if content.get("arrays", list(arrays)) != list(arrays):
            raise CheckpointError("The checkpoint is damaged: it lacks arrays.")
        return {"arrays": arrays, "values": content["values"]}, content["config"]


def save_network(path: str | Path, net: MLP) -> None:
    """Write a network with its configuration; `load_network` reads it."""
    config = {
        "sizes": net.sizes,
        "activation": [activation.name for activation in net.activations.values()],
        "init": net.init,
        "std": net.std,
        "penalty": net.penalty,
        "dtype": net.dtype.name,
    }
    save_checkpoint(path, {"arrays": net.params, "values": {}}, {"network": config})


def load_network(path: str | Path) -> MLP:
    """Read a network that save_network wrote.

    Raises
    ------
    CheckpointError : as load_checkpoint, or the arrays do not fit the configuration.
    """
    state, config = load_checkpoint(path)
    arrays = state["arrays"]
    with checkpoint_errors():
        options = {**config["network"], "dtype": np.dtype(config["network"]["dtype"])}
        kinds = {name: (array.shape, array.dtype) for name, array in arrays.items()}
        if kinds != {name: (shape, options["dtype"]) for name, shape in _shapes(options["sizes"]).items()}:
            raise CheckpointError("The checkpoint's arrays do not fit its configuration.")
        net = MLP(**options)
    for name, array in net.params.items():
        array[...] = arrays[name]
    return net


def _shapes(sizes: list[int]) -> dict[str, tuple[int, ...]]:
    """The shape of each parameter of a network of these sizes, known before an array is made."""
    layers = list(enumerate(zip(sizes, sizes[1:]), start=1))
    return {f"W{l}": pair for l, pair in layers} | {f"b{l}": pair[1:] for l, pair in layers}

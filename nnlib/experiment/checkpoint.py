"""Checkpoints of the NumPy network: one `.npz` file without pickle, with the configuration inside.

A file from elsewhere is not trusted: nothing is unpickled, no array is read before its declared size was compared with the
file's own, and anything that does not fit raises CheckpointError.
"""

import io
import json
import zipfile
import zlib
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlib.network import MLP
from nnlib.support.atomic import write_atomically
from nnlib.support.checkpoint_files import VERSION, CheckpointError, check_unpacked_size, check_version

# What reading a damaged or a foreign file can raise.
DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, TokenError, zipfile.BadZipFile, zlib.error)


def save_checkpoint(path: str | Path, state: dict[str, Any], config: dict[str, Any]) -> None:
    """Write a checkpoint; a file that exists already is replaced in one step.

    Parameters
    ----------
    path : the .npz file.
    state : {"arrays": name → array, "values": JSON-able dict}, as Training.state returns it.
    config : JSON-able, whatever describes the run.
    """
    text = json.dumps({"version": VERSION, "values": state["values"], "config": config})
    with write_atomically(Path(path)) as file:
        np.savez(file, json=np.frombuffer(text.encode(), np.uint8), **state["arrays"])


def load_checkpoint(path: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read what save_checkpoint wrote.

    Returns
    -------
    (state, config) as they were saved.

    Raises
    ------
    CheckpointError : there is no such file, it is damaged, or it is not a checkpoint.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_unpacked_size(archive)
            arrays = {name.removesuffix(".npy"): _read_array(archive, name) for name in archive.namelist()}
        content = json.loads(arrays.pop("json").tobytes())
        check_version(content)
        return {"arrays": arrays, "values": content["values"]}, content["config"]
    except CheckpointError:
        raise
    except FileNotFoundError:
        raise CheckpointError(f"There is no checkpoint at {path}.") from None
    except DAMAGED as error:
        raise CheckpointError(f"The checkpoint is damaged or not one of ours ({error}).") from None


def save_network(path: str | Path, net: MLP) -> None:
    """Write a network with its configuration; `load_network` reads it."""
    config = {
        "sizes": net.sizes,
        "activation": net.activation.name,
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
    try:
        options = {**config["network"], "dtype": np.dtype(config["network"]["dtype"])}
        kinds = {name: (array.shape, array.dtype) for name, array in arrays.items()}
        if kinds != {name: (shape, options["dtype"]) for name, shape in _shapes(options["sizes"]).items()}:
            raise CheckpointError("The checkpoint's arrays do not fit its configuration.")
        net = MLP(**options)
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"The checkpoint's configuration makes no network ({error}).") from None
    for name, array in net.params.items():
        array[...] = arrays[name]
    return net


def _shapes(sizes: list[int]) -> dict[str, tuple[int, ...]]:
    """The shape of each parameter of a network of these sizes, known before an array is made."""
    layers = list(enumerate(zip(sizes, sizes[1:]), start=1))
    return {f"W{l}": pair for l, pair in layers} | {f"b{l}": pair[1:] for l, pair in layers}


def _read_array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """One array of the archive, once the size in its header was found equal to the bytes that are there."""
    data = archive.read(name)
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(stream)
    if dtype.kind not in "fiu" or np.prod(shape, dtype=object) * dtype.itemsize != len(data) - stream.tell():
        raise CheckpointError(f"The array {name} does not hold what its header says.")
    return np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)

"""Checkpoints: one `.npz` file without pickle, with the configuration inside.

A file from elsewhere is not trusted: nothing is unpickled, no array is read before its declared size was compared with the
file's own, and what does not fit raises one CheckpointError.
"""

import io
import json
import zipfile
import zlib
from pathlib import Path
from tokenize import TokenError

import numpy as np

from nnlib.network import MLP
from nnlib.support.atomic import write_atomically

VERSION = 1
LARGEST = 2 * 1024**3  # bytes, all arrays together


class CheckpointError(ValueError):
    """The file is not a checkpoint, is damaged, or does not fit. The message says which."""


def save_checkpoint(path, state, config):
    """Write `state` ({"arrays": name → array, "values": JSON-able}) and `config` (JSON-able), replacing `path` in one go."""
    text = json.dumps({"version": VERSION, "values": state["values"], "config": config})
    with write_atomically(Path(path)) as file:
        np.savez(file, json=np.frombuffer(text.encode(), np.uint8), **state["arrays"])


def load_checkpoint(path):
    """Read what save_checkpoint wrote: (state, config). Raises CheckpointError."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                raise CheckpointError(f"The checkpoint unpacks to more than {LARGEST // 1024**3} GiB.")
            arrays = {name.removesuffix(".npy"): _read_array(archive, name) for name in archive.namelist()}
        content = json.loads(arrays.pop("json").tobytes())
        if content["version"] != VERSION:
            raise CheckpointError(f"The checkpoint has version {content['version']!r}: must be {VERSION}.")
        return {"arrays": arrays, "values": content["values"]}, content["config"]
    except CheckpointError:
        raise
    except FileNotFoundError:
        raise CheckpointError(f"There is no checkpoint at {path}.") from None
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        EOFError,
        RuntimeError,
        TokenError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise CheckpointError(f"The checkpoint is damaged or not one of ours ({error}).") from None


def save_network(path, net):
    """Write an MLP, its configuration included."""
    config = {
        "sizes": net.sizes,
        "activation": net.activation.name,
        "init": net.init,
        "std": net.std,
        "penalty": net.penalty,
        "dtype": net.dtype.name,
    }
    save_checkpoint(path, {"arrays": net.params, "values": {}}, {"network": config})


def load_network(path):
    """Read an MLP that save_network wrote. Raises CheckpointError if the file and its configuration disagree."""
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


def _shapes(sizes):
    """What the arrays of a network of these sizes must look like, known before any is made."""
    layers = list(enumerate(zip(sizes, sizes[1:]), start=1))
    return {f"W{l}": pair for l, pair in layers} | {f"b{l}": pair[1:] for l, pair in layers}


def _read_array(archive, name):
    """One array of the archive, after its header's size was compared with the bytes that are really there."""
    data = archive.read(name)
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(stream)
    if dtype.kind not in "fiu" or np.prod(shape, dtype=object) * dtype.itemsize != len(data) - stream.tell():
        raise CheckpointError(f"The array {name} does not hold what its header says.")
    return np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)

"""Reading .npz files that may be damaged, or made by somebody else."""

import errno
import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlib.support.error_text import first_line

FROM_CONTENT = (None, errno.EINVAL)  # of an OSError: a decoder that gives up, or a position that no file has


class DamagedFile(ValueError):
    """The file is damaged, or not of the kind that was expected. The message says how, as far as it is known."""


@contextmanager
def damage_reported() -> Iterator[None]:
    """Raise DamagedFile for whatever the block raises, except an OSError of a file that is missing or cannot be read.

    zipfile, zlib, NumPy, PyTorch and json raise more than a dozen kinds of exceptions, MemoryError among them, for bytes that
    are not what their headers say.
    """
    try:
        yield
    except DamagedFile:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno not in FROM_CONTENT:
            raise
        raise DamagedFile(first_line(error)) from error


def read_npz(path: str | Path | io.BytesIO, largest: int | None = None) -> dict[str, NDArray[Any]]:
    """Read all arrays of a file. Nothing is unpickled, and nothing is unpacked before its declared size was checked.

    Parameters
    ----------
    path : the .npz file, or its bytes.
    largest : the most bytes that it may unpack to; by default its own size, as np.savez compresses nothing.

    Raises
    ------
    OSError : the file is missing or cannot be read.
    DamagedFile : something else is wrong with it.
    """
    with damage_reported(), zipfile.ZipFile(path) as archive:
        if largest is None:
            largest = len(path.getbuffer()) if isinstance(path, io.BytesIO) else os.path.getsize(path)
        check_unpacked_size(archive, largest)
        return {name.removesuffix(".npy"): _read_array(archive, name) for name in archive.namelist()}


def check_unpacked_size(archive: zipfile.ZipFile, largest: int) -> None:
    """Raise DamagedFile if the archive declares that it unpacks to more than `largest` bytes."""
    size = sum(member.file_size for member in archive.infolist())
    if size > largest:
        raise DamagedFile(f"it unpacks to {size:,} bytes, more than the {largest:,} that are allowed")


def _read_array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """One array, once the size in its header was found equal to the bytes that are there."""
    data = archive.read(name)
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(stream)
    if dtype.hasobject or np.prod(shape, dtype=object) * dtype.itemsize != len(data) - stream.tell():
        raise DamagedFile(f"the array {name} is not what its header says")
    return np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)

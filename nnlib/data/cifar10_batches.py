"""Reading CIFAR-10 as torchvision stores it: pickled batches, in a folder or in a .tar.gz.

Unpickling can run any program, so nothing is unpickled before its checksum is known to be the published one, and even
then the unpickler builds NumPy arrays and plain values only.
"""

import codecs
import hashlib
import io
import pickle
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from nnlib.data.cifar10_files import FOLDER, TEST_BATCHES, TRAIN_BATCHES, Source, cannot_read
from nnlib.data.errors import DataError
from nnlib.data.progress import Progress

# Source: torchvision.datasets.CIFAR10 (tgz_md5, train_list, test_list).
ARCHIVE_MD5 = "c58f30108f718f92721af3b95e74349a"
BATCH_MD5 = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}
MAX_BATCH_BYTES = 40_000_000  # a true batch has 31 MB
MAX_ARCHIVE_BYTES = 200_000_000  # the true archive has 170 MB
WHAT = "Reading CIFAR-10"

Block = tuple[str, np.ndarray, np.ndarray]  # "train" or "test", pixels (n, 3072) uint8, labels (n,) int64


def read_folder(source: Source, progress: Progress) -> Iterator[Block]:
    """The batches of cifar-10-batches-py/, in the order of their numbers, test last. Raises DataError."""
    for done, path in enumerate(source.train + source.test):
        progress(WHAT, done, len(BATCH_MD5))
        with _reading(path):
            if path.stat().st_size > MAX_BATCH_BYTES:
                raise _not_published(path)
            data = path.read_bytes()
        yield _part(path.name), *_read_batch(path.name, data, path)


def read_archive(source: Source, progress: Progress) -> Iterator[Block]:
    """The same from cifar-10-python.tar.gz; nothing is extracted to disk, whatever its names. Raises DataError."""
    _check_archive(source.path, progress)
    batches: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for name, data in _members(source.path):  # in the archive's own order: going back means inflating it from the start
        progress(WHAT, len(batches), len(BATCH_MD5))
        batches[name] = _read_batch(name, data, source.path)
    for name in TRAIN_BATCHES + TEST_BATCHES:
        if name not in batches:
            raise DataError(f"{source.path} lacks {FOLDER}/{name}: delete it, and download CIFAR-10 again.")
        yield _part(name), *batches[name]


def _part(name: str) -> str:
    return "test" if name in TEST_BATCHES else "train"


def _check_archive(path: Path, progress: Progress) -> None:
    md5, done = hashlib.md5(usedforsecurity=False), 0
    for chunk, size in _chunks(path):
        md5.update(chunk)
        done += len(chunk)
        progress("Checking CIFAR-10", done, size)
    if md5.hexdigest() != ARCHIVE_MD5:
        raise _not_published(path)


def _chunks(path: Path) -> Iterator[tuple[bytes, int]]:
    """The bytes of a file in pieces, each with the size of the file."""
    with _reading(path), open(path, "rb") as file:
        size = path.stat().st_size
        if size > MAX_ARCHIVE_BYTES:
            raise _not_published(path)
        while chunk := file.read(1 << 22):
            yield chunk, size


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each batch in the archive; members of any other name, kind or size are skipped."""
    with _reading(path), tarfile.open(path, "r:gz") as archive:
        for member in archive:
            folder, _, name = member.name.partition("/")
            if folder == FOLDER and name in BATCH_MD5 and member.isfile() and member.size <= MAX_BATCH_BYTES:
                file = archive.extractfile(member)
                assert file is not None  # it is a regular file
                yield name, file.read()


def _read_batch(name: str, data: bytes, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Check, unpickle and reorder one batch: the file holds each image as channels, rows, columns."""
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != BATCH_MD5[name]:
        raise _not_published(path)
    try:
        batch = _ArraysOnly(io.BytesIO(data), encoding="latin1").load()
        pixels, labels = batch["data"], np.array(batch["labels"])
    except Exception as error:  # a pickle can fail in any way
        raise _not_published(path) from error
    if not (
        labels.size and isinstance(pixels, np.ndarray) and pixels.dtype == np.uint8 and pixels.shape == (len(labels), 3072)
        and labels.shape == (len(labels),) and labels.dtype.kind == "i" and 0 <= labels.min() <= labels.max() <= 9
    ):  # fmt: skip
        raise _not_published(path)
    pixels = pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).reshape(-1, 3072)
    return pixels, labels.astype(np.int64)


class _ArraysOnly(pickle.Unpickler):
    """An unpickler for arrays, dictionaries, lists, text and numbers; anything else is refused by name."""

    ALLOWED = {
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
        ("numpy.core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],  # its place in NumPy 1
        ("numpy._core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],  # its place in NumPy 2
        ("_codecs", "encode"): codecs.encode,  # how Python 3 writes bytes in the old pickle protocols
    }

    def find_class(self, module, name):
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a batch of images")
        return self.ALLOWED[module, name]


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """In this block, an error in reading the file is raised as a DataError."""
    try:
        yield
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise cannot_read(path, error) from error


def _not_published(path: Path) -> DataError:
    return DataError(f"{path} is not CIFAR-10 as published (its checksum differs): delete it, and download CIFAR-10 again.")

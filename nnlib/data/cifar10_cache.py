"""CIFAR-10 converted once, into one memory-mapped file that every process shares.

For each source the cache folder holds two files and a lock, named after the source (see Source.cache_name):

    NAME.npy    (M, 3072) uint8, the training images and then the test images, each a row-major (height, width, channel) image
    NAME.npz    labels (M,), how many of the images train, validate and test, the mean and deviation of the training ones, and
                the CRC-32 of the pixels
    PLACE.lock  held while a process converts this source

The .npz is written last, so where it is, the .npy is whole. Each process compares the checksum once: 75 ms for 184 MB.
"""

import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlib.data.cifar10_batches import read_archive, read_folder
from nnlib.data.cifar10_files import Source, cannot_read
from nnlib.data.cifar10_parquet import read_parquet
from nnlib.data.errors import DataError
from nnlib.data.locked import locked
from nnlib.data.progress import Progress
from nnlib.support.atomic import write_atomically
from nnlib.support.npz import DamagedFile, damage_reported, read_npz

READERS = {"folder": read_folder, "archive": read_archive, "parquet": read_parquet}
FEATURES = 32 * 32 * 3


@dataclass(frozen=True, eq=False)
class Converted:
    """pixels (M, 3072) uint8, a read-only memory map; labels (M,) int64; sizes: how many train, validate and test, in order
    of the rows; mean (3072,) float32, of the training images, in pixels; deviation (3,) float32, of red, green and blue
    around that mean, in pixels."""

    pixels: np.ndarray
    labels: np.ndarray
    sizes: tuple[int, int, int]
    mean: np.ndarray
    deviation: np.ndarray


# Path, size and time of the files of pixels whose checksum this process has compared.
_verified: set[tuple[str, int, int]] = set()


def open_converted(sources: Sequence[Source], folder: Path, progress: Progress) -> Converted:
    """The converted copy, in `folder`, of the first source that has one, or else of the first that can be converted now.

    Of several processes that need it at once, one converts and the others wait for it. A damaged copy is made anew.
    Raises the DataError of the first source.
    """
    for source in sources:
        with suppress(OSError):  # the source has just gone
            if (found := _open(folder / source.cache_name())) is not None:
                return found
    errors = []
    for source in sources:
        try:
            return _open_or_convert(source, folder, progress)
        except DataError as error:
            errors.append(error)
    raise errors[0]


def _open_or_convert(source: Source, folder: Path, progress: Progress) -> Converted:
    try:
        path = folder / source.cache_name()
    except OSError as error:
        raise cannot_read(source.path, error) from error
    try:
        place = path.name.rpartition("-")[0]
        with locked(folder / f"{place}.lock", "Waiting for another program to convert CIFAR-10", progress):
            if (found := _open(path)) is not None:
                return found
            for left in folder.glob(f"{place}-*"):  # damaged, of an older state of the source, or of a killed process
                with suppress(OSError):  # some systems keep a file that another process has open
                    left.unlink()
            _convert(source, path, progress)
        with damage_reported():
            return _read(path)
    except DamagedFile as error:
        raise DataError(
            f"{folder} does not keep what is written to it ({error}): set NNLIB_CACHE to another folder."
        ) from error
    except OSError as error:
        raise DataError(
            f"{folder} cannot take the converted CIFAR-10, 184 MB ({error.strerror or error}): "
            "make room or allow it there, or set NNLIB_CACHE to another folder."
        ) from error


def _open(path: Path) -> Converted | None:
    """What an earlier conversion left, or None where it is missing, unreadable or damaged."""
    try:
        with damage_reported():
            return _read(path)
    except (OSError, DamagedFile):
        return None


def _read(path: Path) -> Converted:
    file = read_npz(path.with_suffix(".npz"))
    labels, sizes, mean, deviation = (file[key] for key in ("labels", "sizes", "mean", "deviation"))
    pixels = np.load(path.with_suffix(".npy"), mmap_mode="r", allow_pickle=False)
    if not (
        pixels.dtype == np.uint8 and pixels.shape == (len(labels), FEATURES) and pixels.flags.c_contiguous
        and sizes.shape == (3,) and sizes.sum() == len(labels) and mean.shape == (FEATURES,) and deviation.shape == (3,)
    ):  # fmt: skip
        raise DamagedFile("its arrays do not fit together")
    state = path.with_suffix(".npy").stat()
    version = (str(path), state.st_size, state.st_mtime_ns)
    if version not in _verified:
        if zlib.crc32(pixels.data) != file["crc32"]:
            raise DamagedFile("the checksum of the pixels differs")
        _verified.add(version)
    return Converted(pixels, labels, (int(sizes[0]), int(sizes[1]), int(sizes[2])), mean, deviation)


def _convert(source: Source, path: Path, progress: Progress) -> None:
    images: dict[str, list[np.ndarray]] = {"train": [], "test": []}
    labels: dict[str, list[np.ndarray]] = {"train": [], "test": []}
    for part, pixels, classes in READERS[source.form](source, progress):
        images[part].append(pixels)
        labels[part].append(classes)
    train, test = (sum(map(len, labels[part])) for part in ("train", "test"))
    if train < 2 or test < 1:
        raise DataError(f"{source.path} has too few images ({train} to train, {test} to test): download CIFAR-10 again.")

    # The report's split: of 50,000 the last 1,000 validate. A smaller copy keeps the proportion, with at least 1.
    val = max(1, round(train / 50))
    sizes = (train - val, val, test)
    _write_images(path.with_suffix(".npy"), images["train"] + images["test"], train + test)
    pixels = np.load(path.with_suffix(".npy"), mmap_mode="r")
    mean, deviation = _statistics(pixels[: sizes[0]], progress)
    with write_atomically(path.with_suffix(".npz")) as file:
        classes = np.concatenate(labels["train"] + labels["test"])
        crc32 = np.array(zlib.crc32(pixels.data))
        np.savez(file, labels=classes, sizes=np.array(sizes), mean=mean, deviation=deviation, crc32=crc32)


def _write_images(path: Path, blocks: Iterable[np.ndarray], count: int) -> None:
    """The blocks as one array in a .npy file, without a second copy of them in memory."""
    header = {"descr": "|u1", "fortran_order": False, "shape": (count, FEATURES)}
    with write_atomically(path) as file:
        np.lib.format.write_array_header_1_0(file, header)
        for block in blocks:
            file.write(np.ascontiguousarray(block).data)


def _statistics(pixels: np.ndarray, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    """Mean image (3072,) and, around it, the deviation of each channel (3,), both float32, of the training images alone.

    A channel, not a pixel, has its own deviation: that keeps the colours of neighbouring pixels comparable.
    """
    starts = range(0, len(pixels), 1000)
    total, squares = np.zeros(FEATURES), np.zeros(FEATURES)
    for start in starts:
        total += pixels[start : start + 1000].sum(axis=0, dtype=np.int64)
    mean = total / len(pixels)
    for start in starts:
        progress("Measuring CIFAR-10", start, len(pixels))
        squares += np.square(pixels[start : start + 1000] - mean.astype(np.float32)).sum(axis=0, dtype=np.float64)
    deviation = np.sqrt(squares.reshape(-1, 3).mean(axis=0) / len(pixels))
    return mean.astype(np.float32), deviation.astype(np.float32)

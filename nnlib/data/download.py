"""Downloading CIFAR-10 with torchvision, all of it or nothing."""

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnlib.data.catalogue import DATASETS, dataset_status
from nnlib.data.cifar10_batches import ARCHIVE_MD5
from nnlib.data.cifar10_files import ARCHIVE
from nnlib.data.errors import DataError
from nnlib.data.locked import locked
from nnlib.data.progress import Progress, cancellable
from nnlib.data.torchvision_import import import_torchvision
from nnlib.support.error_text import first_line
from nnlib.support.extras import missing_extra
from nnlib.support.folders import cache_folder, data_folder
from nnlib.support.validation import one_of

ARCHIVE_BYTES = 170_498_071
SILENCE_SECONDS = 30  # a server that sends nothing for so long is given up
ABANDONED_SECONDS = 600  # a download that has not grown for so long belongs to a process that was killed
PREFIX = ".download-"
WHAT = "Downloading CIFAR-10"

_one_download = threading.Lock()  # torchvision's progress bar and the socket time limit belong to the whole process


def fetch(name: str, progress: Progress | None = None) -> None:
    """Download a data set into data_folder(), unless it is there already. Only "cifar10" ever needs it.

    progress(what, bytes so far, bytes in all) is called with every piece; an exception raised there, or Ctrl-C, cancels.
    The archive gets its name only after its checksum has been checked, so a failed, cancelled or corrupt download
    leaves nothing behind. Raises ValueError for an unknown name, and DataError where the download fails.
    """
    one_of("name", name, DATASETS)
    if dataset_status(name).available:
        return
    if not DATASETS[name].download:
        raise DataError(dataset_status(name).how)
    with cancellable(progress) as report:
        _fetch_cifar10(data_folder(), report)


def _fetch_cifar10(folder: Path, progress: Progress) -> None:
    try:
        with _one_download, locked(cache_folder() / "fetch.lock", "Waiting for another download", progress):
            if not dataset_status("cifar10").available:
                folder.mkdir(parents=True, exist_ok=True)
                _remove_abandoned(folder)
                with tempfile.TemporaryDirectory(prefix=PREFIX, dir=folder) as temporary:
                    _download(Path(temporary), progress)
                    (Path(temporary) / ARCHIVE).replace(folder / ARCHIVE)
    except _Failed as error:
        raise DataError(
            f"CIFAR-10 could not be downloaded ({error}): try again, or put {ARCHIVE} into {folder} by hand."
        ) from error
    except OSError as error:
        raise DataError(
            f"{folder} cannot take CIFAR-10, 170 MB ({error.strerror or error}): "
            "make room or allow it there, or set NNLIB_DATA to another folder."
        ) from error


def _remove_abandoned(folder: Path) -> None:
    """A killed process could not clean up after itself, so the next download does."""
    for left in folder.glob(PREFIX + "*"):
        try:
            newest = max(path.stat().st_mtime for path in (left, *left.iterdir()))
        except OSError:  # it has just gone, or is not a folder, so not ours
            continue
        if newest < time.time() - ABANDONED_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


class _Failed(Exception):
    """The network, the server, or torchvision."""


def _download(folder: Path, progress: Progress) -> None:
    """Put the archive, checked, into `folder`."""
    if sentence := missing_extra("torchvision"):
        raise DataError(sentence)
    progress(WHAT, 0, ARCHIVE_BYTES)
    try:
        import_torchvision()
        from torchvision.datasets import CIFAR10, utils
    except Exception as error:  # beside a torch that it does not fit, torchvision's import can fail in any way
        raise _Failed(f"torchvision cannot be imported, {first_line(error)}") from error
    try:
        with _time_limit(SILENCE_SECONDS), _reported(utils, progress):
            utils.download_url(CIFAR10.url, folder, filename=ARCHIVE, md5=ARCHIVE_MD5)
    except Exception as error:  # URLError, a time limit, a wrong checksum (RuntimeError), an HTTP reply cut short
        raise _Failed(first_line(error)) from error


@contextmanager
def _reported(utils: Any, progress: Progress) -> Iterator[None]:
    """Sends what torchvision would draw as a progress bar to `progress`."""

    class Bar:
        def __init__(self, total=None, **_):
            self.total, self.done = total or ARCHIVE_BYTES, 0

        def update(self, count):
            self.done += count
            progress(WHAT, self.done, self.total)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    drawn, utils.tqdm = utils.tqdm, Bar
    try:
        yield
    finally:
        utils.tqdm = drawn


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """A limit for every wait on a socket that is opened in the block; torchvision sets none."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)

"""Finding the copy of CIFAR-10 that a user already has, whatever its form. Looks at names and sizes only, so it is cheap."""

import errno
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from nnlib.data.errors import DataError
from nnlib.support.error_text import first_line

FOLDER = "cifar-10-batches-py"
ARCHIVE = "cifar-10-python.tar.gz"
PARQUET = Path("cifar10", "plain_text")
TRAIN_BATCHES = tuple(f"data_batch_{i}" for i in range(1, 6))
TEST_BATCHES = ("test_batch",)
LAYOUT = 1  # version of the cache's layout; a new number makes every cache be built again


@dataclass(frozen=True)
class Source:
    """A complete copy: its form ("folder", "archive" or "parquet"), where it is, and its files."""

    form: str
    path: Path
    train: tuple[Path, ...]
    test: tuple[Path, ...]

    def cache_name(self) -> str:
        """cifar10-PLACE-STATE: PLACE stands for the path, STATE for the sizes and times of the files there.

        A source that changes keeps its PLACE and gets a new STATE, so it is converted again, and its old cache can be found.
        """
        files = [[f.name, f.stat().st_size, f.stat().st_mtime_ns] for f in dict.fromkeys(self.train + self.test)]
        return f"cifar10-{_short_hash(str(self.path.resolve()))}-{_short_hash(json.dumps([LAYOUT, self.form, files]))}"


def find_sources(folder: Path) -> list[Source]:
    """The complete copies under `folder`, empty where there is no trace of one.

    In this order: cifar-10-batches-py/ and cifar-10-python.tar.gz, as torchvision stores them, then
    cifar10/plain_text/{train,test}-*.parquet, as the Hugging Face hub does. Raises DataError if there are only copies that
    are incomplete or cannot be read.
    """
    found: list[Source] = []
    problems = []
    for find in (_find_folder, _find_archive, _find_parquet):
        try:
            source = find(folder)
        except DataError as error:
            problems.append(error)
        except OSError as error:
            problems.append(cannot_read(Path(error.filename or folder), error))
        else:
            found += [source] if source else []
    if problems and not found:
        raise problems[0]
    return found


# Each of these returns a Source, or None where there is no copy, and raises DataError or OSError for one that cannot be used.


def _find_folder(folder: Path) -> Source | None:
    path = folder / FOLDER
    if not _is_there(path):
        return None
    lacks = [name for name in TRAIN_BATCHES + TEST_BATCHES if not _is_there(path / name)]
    if lacks:
        raise _incomplete(f"{path} lacks {', '.join(lacks)}")
    return Source("folder", path, tuple(path / n for n in TRAIN_BATCHES), tuple(path / n for n in TEST_BATCHES))


def _find_archive(folder: Path) -> Source | None:
    path = folder / ARCHIVE
    return Source("archive", path, (path,), (path,)) if _is_there(path) else None


def _find_parquet(folder: Path) -> Source | None:
    path = folder / PARQUET
    if not _is_there(path):
        return None
    train, test = (
        tuple(sorted(each for each in path.iterdir() if each.match(f"{part}-*.parquet"))) for part in ("train", "test")
    )
    if not train and not test:
        return None
    for part, files in (("train", train), ("test", test)):
        shards = [re.search(r"-(\d{5})-of-(\d{5})(-\w+)?\.parquet$", file.name) for file in files if _is_there(file)]
        numbers = [int(shard[1]) for shard in shards if shard]
        wanted = max((int(shard[2]) for shard in shards if shard), default=1)
        if not files or numbers and numbers != list(range(wanted)):
            raise _incomplete(f"{path} has {len(files)} of {wanted} {part}-*.parquet files")
    return Source("parquet", path, train, test)


def _incomplete(what: str) -> DataError:
    return DataError(f"{what}: add what is missing, or remove the copy and download CIFAR-10 again.")


def _is_there(path: Path) -> bool:
    """Whether there is a file or folder. Raises OSError if it cannot be read, and DataError for a link that leads nowhere."""
    try:
        path.stat()
    except FileNotFoundError:
        for link in (path, path.parent):
            if link.is_symlink() and not link.exists():
                raise DataError(
                    f"{link} is a link to {os.readlink(link)}, which does not exist: correct or remove it."
                ) from None
        return False
    except NotADirectoryError:
        return False
    if not os.access(path, os.R_OK | os.X_OK * path.is_dir()):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    return True


def cannot_read(path: Path, error: Exception) -> DataError:
    """The sentence for a file of CIFAR-10 that cannot be read, with what to do about this cause."""
    if isinstance(error, PermissionError):
        return DataError(f"{path} may not be read by this user: allow it, or set NNLIB_DATA to another folder.")
    reason = getattr(error, "strerror", None) or first_line(error)
    return DataError(f"{path} cannot be read ({reason}): delete it, and download CIFAR-10 again.")


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]

"""Finding the copy of CIFAR-10 that a user already has, whatever its form. Looks at names and sizes only, so it is cheap."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from nnlib.data.errors import DataError

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


def find_source(folder: Path) -> Source | None:
    """The first complete copy under `folder`, or None where there is no trace of one.

    Tried in this order: cifar-10-batches-py/ and cifar-10-python.tar.gz, as torchvision stores them, then
    cifar10/plain_text/{train,test}-*.parquet, as the Hugging Face hub does. Errors: DataError, if there are only
    incomplete copies, or the folder cannot be read.
    """
    missing = []
    try:
        for find in (_find_folder, _find_archive, _find_parquet):
            found = find(folder)
            if isinstance(found, Source):
                return found
            missing += [found] if found else []
    except OSError as error:
        reason = f"{folder} cannot be read ({error.strerror})"
        raise DataError(f"{reason}: allow it, or set NNLIB_DATA to another folder.") from error
    if missing:
        raise DataError(f"{missing[0]}: add what is missing, or remove the copy and download CIFAR-10 again.")
    return None


# Each of these returns a Source, or a description of what an incomplete copy lacks, or None where there is no copy.


def _find_folder(folder: Path) -> Source | str | None:
    path = folder / FOLDER
    if not path.is_dir():
        return None
    lacks = [name for name in TRAIN_BATCHES + TEST_BATCHES if not (path / name).is_file()]
    if lacks:
        return f"{path} lacks {', '.join(lacks)}"
    return Source("folder", path, tuple(path / n for n in TRAIN_BATCHES), tuple(path / n for n in TEST_BATCHES))


def _find_archive(folder: Path) -> Source | None:
    path = folder / ARCHIVE
    return Source("archive", path, (path,), (path,)) if path.is_file() else None


def _find_parquet(folder: Path) -> Source | str | None:
    path = folder / PARQUET
    train, test = (tuple(sorted(path.glob(f"{part}-*.parquet"))) for part in ("train", "test"))
    if not train and not test:
        return None
    for part, files in (("train", train), ("test", test)):
        parts = re.search(r"-of-(\d{5})\.parquet$", files[0].name) if files else None
        if not files or (parts and int(parts[1]) != len(files)):
            return f"{path} has {len(files)} of {int(parts[1]) if parts else 1} {part}-*.parquet files"
    return Source("parquet", path, train, test)


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]

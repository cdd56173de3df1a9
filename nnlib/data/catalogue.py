"""Which data sets there are, and which of them this machine has."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nnlib.data import cifar10, digits
from nnlib.data.cifar10_files import find_sources
from nnlib.data.errors import DataError
from nnlib.data.planar import POINTS
from nnlib.data.split import sizes_by_share
from nnlib.support.folders import data_folder
from nnlib.support.validation import one_of

NOISE_RANGE = (0.0, 0.5)


@dataclass(frozen=True)
class Entry:
    """The properties of a data set, without loading it.

    Parameters
    ----------
    name, title : str
    kind : str
        "2d" (points of the plane) or "image".
    class_names : tuple of str
        Empty for points that the learner uploads, with classes of their own.
    noise : float or None
        Default standard deviation of generated points, in units of the plane. None if nothing is generated.
    image_shape : tuple of int, optional
        Height, width and channels.
    split : tuple of int, optional
        How many images train, validate and test.
    download : bool
        Whether it may have to be downloaded.
    upload : bool
        Whether the learner uploads it, and load_dataset needs `points`.
    """

    name: str
    title: str
    kind: str
    class_names: tuple[str, ...]
    noise: float | None = None
    image_shape: tuple[int, int, int] | None = None
    split: tuple[int, int, int] | None = None
    download: bool = False
    upload: bool = False

    @property
    def classes(self) -> int | None:
        """K, or None if the learner uploads the points."""
        return len(self.class_names) or None

    @property
    def inputs(self) -> int:
        """D, the numbers in one example."""
        return math.prod(self.image_shape) if self.image_shape else 2

    def examples(self, train_share: float) -> tuple[int, int, int]:
        """How many examples train, validate and test. `train_share` counts for generated points alone."""
        return self.split or sizes_by_share(POINTS, train_share)


DATASETS: Mapping[str, Entry] = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Entry("spiral", "Three spiral arms", "2d", ("arm 1", "arm 2", "arm 3"), 0.04),
            Entry("moons", "Two moons", "2d", ("upper moon", "lower moon"), 0.08),
            Entry("circles", "Two circles", "2d", ("outer circle", "inner circle"), 0.08),
            Entry("xor", "Exclusive or", "2d", ("same signs", "opposite signs"), 0.05),
            Entry("blobs", "Four blobs", "2d", ("blob 1", "blob 2", "blob 3", "blob 4"), 0.18),
            Entry(
                "digits", "Handwritten digits, 8 × 8", "image", digits.CLASS_NAMES,
                image_shape=digits.IMAGE_SHAPE, split=digits.SPLIT,
            ),
            Entry(
                "cifar10", "CIFAR-10 photographs, 32 × 32", "image", cifar10.CLASS_NAMES,
                image_shape=cifar10.IMAGE_SHAPE, split=cifar10.SPLIT, download=True,
            ),
            Entry("points", "Your own points", "2d", (), upload=True),
        )
    }
)  # fmt: skip


@dataclass(frozen=True)
class Status:
    """available: whether load_dataset works now; where: where it comes from, or ""; how: how to get it, or ""."""

    name: str
    title: str
    available: bool
    where: str
    how: str


def dataset_status(name: str) -> Status:
    """Whether a data set is here. Looks at file names only, so a page may ask on every rerun. Raises ValueError."""
    entry = DATASETS[one_of("name", name, DATASETS)]
    where, how = "generated", ""
    if name == "digits":
        path = digits.digits_path()
        where, how = (str(path), "") if path and path.is_file() else ("", "pip install scikit-learn")
    elif name == "cifar10":
        try:
            sources = find_sources(data_folder())
            where, how = (str(sources[0].path), "") if sources else ("", cifar10.how_to_get())
        except DataError as error:
            where, how = "", str(error)
    elif entry.upload:
        where, how = "", "upload a file with the columns x, y, label"
    return Status(name, entry.title, bool(where), where, how)


def describe_datasets() -> list[Status]:
    """The status of every data set, in the order of DATASETS."""
    return [dataset_status(name) for name in DATASETS]

"""CIFAR-10: 60,000 photographs of 32 x 32 pixels in ten classes."""

import numpy as np

from nnlib.data.cifar10_cache import open_converted
from nnlib.data.cifar10_files import ARCHIVE, FOLDER, PARQUET, find_sources
from nnlib.data.dataset import Dataset
from nnlib.data.errors import DataError
from nnlib.data.images import Images
from nnlib.data.progress import Progress, cancellable
from nnlib.support.folders import cache_folder, data_folder

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
IMAGE_SHAPE = (32, 32, 3)
SPLIT = (49_000, 1_000, 10_000)  # train, validate, test


def load_cifar10(standardise: bool = False, progress: Progress | None = None) -> Dataset:
    """Pixels 0 to 255 with the training mean image subtracted, not scaled: the report's learning rates apply as they are.

    Of the 50,000 training images the first 49,000 train and the last 1,000 validate, always the same; 10,000 test. (A copy
    with fewer, as tests use, is cut in the same proportion.) Features are row by row, pixel by pixel: red, green, blue.
    standardise divides each colour channel by its standard deviation around the training mean image, about 62 pixels,
    so every input has a size near 1 and needs other learning rates. The first call converts the images (see
    cifar10_cache), later ones open the result in milliseconds. Raises DataError.
    Source: A. Krizhevsky (2009), "Learning Multiple Layers of Features from Tiny Images".
    """
    sources = find_sources(data_folder())
    if not sources:
        raise DataError(f"CIFAR-10 is not on this machine: {how_to_get()}.")
    with cancellable(progress) as report:
        stored = open_converted(sources, cache_folder(), report)
    scale = np.tile(1 / stored.deviation, 32 * 32) if standardise else 1.0
    ends = np.cumsum((0, *stored.sizes))
    sets = []
    for start, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        images = Images(stored.pixels, range(start, end), IMAGE_SHAPE, stored.mean, scale)
        sets.append((images, stored.labels[start:end]))
    return Dataset.of_parts("cifar10", sets, CLASS_NAMES, IMAGE_SHAPE)


def how_to_get() -> str:
    """Return how to get the images, as one clause."""
    return (
        f"run `python -m nnlib data fetch cifar10` (170 MB), "
        f"or put {ARCHIVE}, {FOLDER}/ or {PARQUET.as_posix()}/*.parquet into {data_folder()}"
    )

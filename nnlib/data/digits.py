"""1,797 handwritten digits of 8 x 8 pixels, which come with scikit-learn: real images without a network."""

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from nnlib.data.dataset import Dataset
from nnlib.data.errors import DataError
from nnlib.data.images import Images
from nnlib.data.split import split_by_sizes

IMAGE_SHAPE = (8, 8, 1)
WHITE = 16  # pixels are 0 to 16: how many of 4 x 4 finer pixels had ink
CLASS_NAMES = tuple("0123456789")
SPLIT = (1_297, 250, 250)  # train, validate, test
COUNT = sum(SPLIT)


def load_digits(seed: int = 0, standardise: bool = False) -> Dataset:
    """Pixels divided by 16, training mean image subtracted; 1,297 train, 250 validate, 250 test, drawn by `seed`.

    standardise divides by the standard deviation of the centred training pixels, one number for all of them: many border
    pixels are never inked, so a deviation of their own would be 0. Raises DataError.
    Source: E. Alpaydin and C. Kaynak (1998), "Optical Recognition of Handwritten Digits", UCI; the 1,797 test images.
    """
    pixels, labels = read_digits()
    parts = split_by_sizes(COUNT, *SPLIT[:2], np.random.default_rng(seed))
    train = pixels[parts[0]].astype(np.float64)
    unit = (train - train.mean(axis=0)).std() if standardise else WHITE
    sets = [(Images(pixels, rows, IMAGE_SHAPE, train.mean(axis=0), 1 / unit, WHITE), labels[rows]) for rows in parts]
    return Dataset.of_parts("digits", sets, CLASS_NAMES, IMAGE_SHAPE)


def read_digits() -> tuple[np.ndarray, np.ndarray]:
    """The images as stored: pixels (1797, 64) uint8, 0 to 16, and labels (1797,) int64. Raises DataError."""
    path = digits_path()
    if path is None or not path.is_file():
        raise DataError("The digits come with scikit-learn, which is not installed here: pip install scikit-learn.")
    try:
        with gzip.open(path, "rt") as file:
            table = np.loadtxt(file, delimiter=",", max_rows=COUNT + 1)
    except (OSError, EOFError, ValueError) as error:
        raise _damaged(path) from error
    if table.shape != (COUNT, 65) or not (0 <= table.min() and table[:, :64].max() <= WHITE and table[:, 64].max() <= 9):
        raise _damaged(path)
    return table[:, :64].astype(np.uint8), table[:, 64].astype(np.int64)


def digits_path() -> Path | None:
    """Where scikit-learn keeps the images. Found without importing it: importing sklearn.datasets costs 2 s."""
    package = find_spec("sklearn")
    if package is None or not package.submodule_search_locations:
        return None
    return Path(package.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"


def _damaged(path: Path) -> DataError:
    return DataError(f"{path} is damaged: reinstall it with pip install --force-reinstall scikit-learn.")

"""Data sets for the lessons: `load_dataset(name)`. Importing this costs NumPy and little else."""

from nnlib.data.catalogue import DATASETS, NOISE_RANGE, Entry, Status, dataset_status, describe_datasets
from nnlib.data.dataset import Dataset
from nnlib.data.download import fetch
from nnlib.data.drawn_points import drawn_points
from nnlib.data.errors import DataError
from nnlib.data.features import COORDINATES, FEATURES
from nnlib.data.flip import flip_horizontally
from nnlib.data.images import Images
from nnlib.data.load import load_dataset
from nnlib.data.points import Points, load_points, save_points
from nnlib.data.points_file import parse_points, points_as_csv

__all__ = [
    "COORDINATES",
    "DATASETS",
    "DataError",
    "Dataset",
    "Entry",
    "FEATURES",
    "Images",
    "NOISE_RANGE",
    "Points",
    "Status",
    "dataset_status",
    "describe_datasets",
    "drawn_points",
    "fetch",
    "flip_horizontally",
    "load_dataset",
    "load_points",
    "parse_points",
    "points_as_csv",
    "save_points",
]

"""How large the data of an experiment are, known without loading them."""

from typing import NamedTuple

from nnlib.data.planar import POINTS
from nnlib.data.split import sizes_by_share


class DataSizes(NamedTuple):
    """inputs, classes (of the plane about), and examples that train, validate and test."""

    inputs: int
    classes: int
    train: int
    val: int
    test: int


SIZES = {"cifar10": DataSizes(3072, 10, 49_000, 1_000, 10_000), "digits": DataSizes(64, 10, 1_297, 250, 250)}
FIXED_SPLIT = ("cifar10",)  # the same whatever the seed


def data_sizes(settings):
    """The DataSizes of the data of an Experiment, or of the StudySettings: of whatever has `dataset` and `train_share`."""
    return SIZES.get(settings.dataset) or DataSizes(2, 3, *sizes_by_share(POINTS, settings.train_share))


def judged_on(settings):
    """How many independent validation examples stand behind the accuracy of a point of a study, the mean over its networks.

    The data are drawn, or split, anew with each network's seed; only of a fixed split do all networks see the same examples.
    """
    return data_sizes(settings).val * (1 if settings.dataset in FIXED_SPLIT else settings.seeds)

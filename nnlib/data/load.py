"""Load any data set by its name."""

from collections.abc import Sequence

import numpy as np

from nnlib.data.catalogue import DATASETS, NOISE_RANGE
from nnlib.data.cifar10 import load_cifar10
from nnlib.data.dataset import Dataset
from nnlib.data.digits import load_digits
from nnlib.data.features import COORDINATES, FEATURES
from nnlib.data.planar import generate
from nnlib.data.points import load_points, to_square
from nnlib.data.progress import Progress
from nnlib.data.split import split_by_share
from nnlib.support.validation import integer, number, one_of


def load_dataset(
    name: str,
    *,
    noise: float | None = None,
    train_share: float = 0.5,
    seed: int = 0,
    standardise: bool = False,
    points: str | None = None,
    features: Sequence[str] = COORDINATES,
    progress: Progress | None = None,
) -> Dataset:
    """Load or generate a data set; the same arguments give the same arrays.

    Parameters
    ----------
    name : "spiral", "moons", "circles", "xor", "blobs", "digits", "cifar10", or "points", a learner's own.
    noise : 0 to 0.5, standard deviation of the normal displacement of generated points, in units of the plane; None is the
        set's own default. Sets that are not generated ignore it.
    train_share : 0.1 to 0.9, the share of the points that trains; the rest is halved into validation and test. Images have a
        fixed split and ignore it: 1,297/250/250 digits, 49,000/1,000/10,000 of CIFAR-10.
    seed : generates and splits the points, splits the digits; CIFAR-10's split is always the same.
    standardise : divide by the standard deviation of the training inputs: of each coordinate, after subtracting its mean, for
        points of the plane; of each colour channel for images, which are centred already.
    points : the digest that save_points gave, for the set "points": shifted and scaled into [-1, 1] x [-1, 1], but for a few
        far ones (see visible_box).
    features : what a network is given of a point of the plane, names in nnlib.data.features. Images ignore it.
    progress : called with (what, done, total) while CIFAR-10 is converted for the first time.

    Raises
    ------
    ValueError : an argument is out of range.
    DataError : a file is missing or damaged.
    """
    entry = DATASETS[one_of("name", name, DATASETS)]
    noise = entry.noise or 0.0 if noise is None else number("noise", noise, *NOISE_RANGE)
    train_share = number("train_share", train_share, 0.1, 0.9)
    seed = integer("seed", seed, 0, 2**63 - 1)
    if name == "cifar10":
        return load_cifar10(standardise, progress)
    if name == "digits":
        return load_digits(seed, standardise)

    features = [one_of("features", feature, FEATURES) for feature in features]
    rng = np.random.default_rng(seed)
    if name == "points":
        own = load_points(points)
        X, y, class_names = to_square(own), own.labels, own.class_names
    else:
        (X, y), class_names = generate(name, len(entry.class_names), noise, rng), entry.class_names
    parts = split_by_share(len(X), train_share, rng)
    if standardise:
        deviation = X[parts[0]].std(axis=0)
        X = (X - X[parts[0]].mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    return Dataset.of_points(name, [(X[rows], y[rows]) for rows in parts], class_names, tuple(features))

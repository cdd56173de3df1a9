"""A data set: inputs and labels in three parts, and the names of the classes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nnlib.data.features import features_of
from nnlib.data.images import Images


@dataclass(frozen=True, eq=False)
class Dataset:
    """Inputs and labels to train on, to choose settings with (validation), and to measure the result with (test).

    X_* : (N, D) float64 features of points of the plane, or Images, a float32 view that converts a batch as it is drawn.
    y_* : (N,) int64 labels, 0 to K - 1.
    class_names : K names, in the order of the labels.
    image_shape : (height, width, channels) with product D, or None if the inputs are features of points of the plane.
    points : coordinates (N, 2) of the points to train on, to validate and to test with; () for images.
    features : the name in nnlib.data.features of each of the D inputs; () for images.
    """

    name: str
    X_train: np.ndarray | Images
    y_train: np.ndarray
    X_val: np.ndarray | Images
    y_val: np.ndarray
    X_test: np.ndarray | Images
    y_test: np.ndarray
    class_names: tuple[str, ...]
    image_shape: tuple[int, int, int] | None = None
    points: tuple[np.ndarray, ...] = ()
    features: tuple[str, ...] = ()

    @classmethod
    def of_parts(
        cls, name: str, parts: Sequence[tuple[np.ndarray | Images, np.ndarray]], class_names: tuple[str, ...],
        image_shape: tuple[int, int, int] | None = None,
    ) -> "Dataset":  # fmt: skip
        """Make a Dataset of three pairs (X, y): training, validation and test."""
        (X_train, y_train), (X_val, y_val), (X_test, y_test) = parts
        return cls(name, X_train, y_train, X_val, y_val, X_test, y_test, class_names, image_shape)

    @classmethod
    def of_points(
        cls, name: str, parts: Sequence[tuple[np.ndarray, np.ndarray]], class_names: tuple[str, ...], features: tuple[str, ...]
    ) -> "Dataset":
        """Make a Dataset of three pairs (points, y), of which the inputs are these features."""
        data = cls.of_parts(name, [(features_of(points, features), y) for points, y in parts], class_names)
        return replace(data, points=tuple(points for points, _ in parts), features=features)

    @property
    def input_size(self) -> int:
        """D, the number of features of one input."""
        return self.X_train.shape[1]

    @property
    def classes(self) -> int:
        """K, the number of classes."""
        return len(self.class_names)

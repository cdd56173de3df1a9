"""What every data set gives: inputs and labels in three parts, and the names of the classes."""

from dataclasses import dataclass

import numpy as np

from nnlib.data.images import Images


@dataclass(frozen=True, eq=False)
class Dataset:
    """Inputs and labels to train on, to choose settings by (validation), and to report at the end (test).

    X_*          (N, D): float64 points of the plane, or Images, a float32 view that converts a batch as it is drawn
    y_*          (N,) int64 labels, 0 to K - 1
    class_names  K names, in the order of the labels
    image_shape  (height, width, channels) with product D, or None where the inputs are points of the plane
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

    @property
    def input_size(self) -> int:
        """D, the number of features of one input."""
        return self.X_train.shape[1]

    @property
    def classes(self) -> int:
        """K, the number of classes."""
        return len(self.class_names)

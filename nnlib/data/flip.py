"""Augmentation: mirror training images at random."""

from functools import lru_cache

import numpy as np


def flip_horizontally(batch: np.ndarray, image_shape: tuple[int, int, int], rng: np.random.Generator) -> np.ndarray:
    """Mirror each image of `batch` left to right with probability 1/2.

    batch        (n, D), changed in place and returned: pass a batch that was drawn for this step, as X[indices] is
    image_shape  (height, width, channels) with product D
    rng          gives n numbers, whatever they are, so a run with the same seed sees the same images

    Flip training batches only: validation and test measure the images as they are. Mirroring commutes with centring
    only if the mean image is symmetric; CIFAR-10's nearly is, and the usual practice, followed here, is to ignore the rest.
    Source: Krizhevsky, Sutskever and Hinton (2012), "ImageNet classification with deep convolutional networks", 4.1.
    """
    height, width, channels = image_shape
    if batch.shape[1:] != (height * width * channels,):
        features = height * width * channels
        raise ValueError(f"batch = array of shape {batch.shape}: must be (n, {features}) for images {image_shape}.")
    mirrored = np.flatnonzero(rng.random(len(batch)) < 0.5)
    batch[mirrored] = np.take(batch[mirrored], _mirrored_columns(image_shape), axis=1)
    return batch


@lru_cache
def _mirrored_columns(image_shape: tuple[int, int, int]) -> np.ndarray:
    """(D,) where each feature of the mirrored image comes from."""
    return np.arange(np.prod(image_shape)).reshape(image_shape)[:, ::-1].ravel()

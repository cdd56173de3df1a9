"""Convolution and max pooling, forward and backward: small filters that slide over images, with the same weights everywhere.

A filter sees one patch of the image at a time. With the patches as rows of a matrix, and the filters as columns of another, a
convolution is a fully connected layer, and its gradients are those of such a layer. Patches overlap, so a pixel receives a
gradient from each patch that it is in: they add up.

    Z = patches(X) Wᵀ + b,   ∂J/∂W = (∂J/∂Z)ᵀ patches(X),   ∂J/∂b = Σ ∂J/∂Z,   ∂J/∂patches(X) = ∂J/∂Z W

Source: Dumoulin & Visin, "A guide to convolution arithmetic for deep learning", 2016, arXiv:1603.07285.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib.support.arrays import Array


def convolve(X: Array, W: Array, b: Array, stride: int = 1, padding: int = 0) -> Array:
    """z[n, m, i, j] = Σ_cuv X[n, c, Si + u, Sj + v] W[m, c, u, v] + b[m], the sum of filter m at position (i, j).

    Parameters
    ----------
    X : (N, C, R, R) images with C channels; they need not be square.
    W, b : (M, C, F, F) and (M,), M filters and their biases.
    stride : S ≥ 1, the pixels from one position of a filter to the next.
    padding : P ≥ 0, the rows and columns of zeros that are put around each image first.

    Returns
    -------
    (N, M, R′, R′) with R′ = ⌊(R + 2P − F)/S⌋ + 1.

    Raises
    ------
    ValueError : the filters are larger than the images with their padding, or have other channels.
    """
    if X.shape[1] != W.shape[1]:
        raise ValueError(f"W has shape {W.shape}: its second size must be {X.shape[1]}, the number of channels of X.")
    Z = patches(X, W.shape[2:], stride, padding) @ W.reshape(len(W), -1).T + b
    return Z.transpose(0, 3, 1, 2)


def convolve_backward(dZ: Array, X: Array, W: Array, stride: int = 1, padding: int = 0) -> tuple[Array, Array, Array]:
    """Gradients of X, W and b, in their shapes. dZ: that of Z, the result of convolve(X, W, b, …)."""
    M, size = len(W), W.shape[2:]
    rows = patches(X, size, stride, padding)
    dZ = dZ.transpose(0, 2, 3, 1)
    dW = dZ.reshape(-1, M).T @ rows.reshape(-1, rows.shape[-1])
    db = dZ.sum(axis=(0, 1, 2))
    dX = add_patches(dZ @ W.reshape(M, -1), X.shape, size, stride, padding)
    return dX, dW.reshape(W.shape), db


def max_pool(X: Array, size: int = 2, stride: int = 2) -> Array:
    """The largest number in each window of size×size pixels, channel by channel: (N, C, R, R) → (N, C, R′, R′)."""
    return _windows(X, size, stride).max(axis=-1)


def max_pool_backward(dA: Array, X: Array, size: int = 2, stride: int = 2) -> Array:
    """Gradient of X. dA: that of max_pool(X, …), which goes to the largest number of a window, the first if equal."""
    largest = _windows(X, size, stride).argmax(axis=-1)[..., np.newaxis]
    d_windows = dA[..., np.newaxis] * (np.arange(size**2) == largest)
    N, C, *pixels = X.shape
    return add_patches(d_windows.reshape(N * C, *d_windows.shape[2:]), (N * C, 1, *pixels), (size, size), stride).reshape(
        X.shape
    )


def _windows(X, size, stride):
    """(N, C, R′, R′, size²): the windows of each channel, whose patches these are if it is an image of its own."""
    rows = patches(X.reshape(-1, 1, *X.shape[2:]), (size, size), stride)
    return rows.reshape(*X.shape[:2], *rows.shape[1:])


def patches(X: Array, size: tuple[int, ...], stride: int = 1, padding: int = 0) -> Array:
    """(N, R′, R′, C·F·F): the patch of each position as a row. X is (N, C, R, R), size (F, F). Also called im2col."""
    for pixels, across in zip(X.shape[2:], size):
        output_size(pixels, across, stride, padding)
    around = (padding, padding)
    windows = sliding_window_view(np.pad(X, ((0, 0), (0, 0), around, around)), size, axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(len(X), *windows.shape[2:4], -1)


def add_patches(rows: Array, shape: tuple[int, ...], size: tuple[int, ...], stride: int = 1, padding: int = 0) -> Array:
    """The way back from `patches`, also called col2im: each number is added to the pixel that it came from.

    rows : (N, R′, R′, C·F·F); shape : of the images, (N, C, R, R).
    """
    N, C, height, width = shape
    down, right = rows.shape[1:3]
    windows = rows.reshape(N, down, right, C, *size)
    X = np.zeros((N, C, height + 2 * padding, width + 2 * padding), rows.dtype)
    for u, v in np.ndindex(*size):
        X[:, :, u : u + down * stride : stride, v : v + right * stride : stride] += windows[..., u, v].transpose(0, 3, 1, 2)
    return X[:, :, padding : padding + height, padding : padding + width]


def output_size(R: int, F: int, stride: int = 1, padding: int = 0) -> int:
    """R′ = ⌊(R + 2P − F)/S⌋ + 1: at how many positions a filter of F pixels fits into R. Raises ValueError if at none."""
    if F > R + 2 * padding:
        raise ValueError(f"F = {F}: a filter must not be larger than the image with its padding, {R + 2 * padding} pixels.")
    return (R + 2 * padding - F) // stride + 1

"""A stack of images that stays uint8 on disk and becomes float32, a batch at a time, as it is drawn."""

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from nnlib.support.arrays import StoredInputs

BLOCK = 1024  # images converted at once where all are wanted: 12 MB of float32 for CIFAR-10
Indices = ArrayLike | slice  # of images, as NumPy takes them


class Images(StoredInputs):
    """A read-only (N, D) float32 matrix, computed on demand from a uint8 one:  x = (pixel - mean) * scale.

    CIFAR-10 in float32 takes 737 MB in every process. Kept as a memory-mapped uint8 file it takes 184 MB once, in the
    operating system's page cache, however many processes train on it, and gathering, converting and centring a batch
    costs about as much as gathering float32 would.

    pixels       (M, D) uint8, maybe a memory map; features in the order of a row-major (height, width, channels) image
    rows         which of the M images belong to this set, in order: a range with step 1, or an int array (N,)
    image_shape  (height, width, channels), with product D
    mean         (D,) float32, in pixel units: the mean image of the training set
    scale        a float, or (D,) float32: 1 over the input's unit, in pixels
    white        the pixel value that is shown as full brightness: 255, or 16 for the digits

    `images[indices]` with an int array (n,), a bool mask (N,), a list or a slice gives float32 (n, D); one int gives (D,).
    np.asarray(images) gives all of it, so it can stand wherever an array of inputs is expected.
    Raises IndexError for an index outside the set, so a training batch can never reach a validation image.
    """

    ndim = 2
    dtype = np.dtype(np.float32)

    def __init__(self, pixels, rows, image_shape, mean, scale=1.0, white=255):
        self.pixels = np.asarray(pixels)  # a plain view: indexing np.memmap itself costs more than the gathering
        self.rows = rows if isinstance(rows, range) else np.asarray(rows, dtype=np.intp)
        self.image_shape = tuple(image_shape)
        self.mean = np.asarray(mean, dtype=np.float32)
        self.scale = np.asarray(scale, dtype=np.float32)
        self.white = white

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), self.pixels.shape[1]

    def __repr__(self) -> str:
        return f"Images(shape={self.shape}, image_shape={self.image_shape}, dtype=float32)"

    def __getitem__(self, indices: Indices) -> np.ndarray:
        pixels = self._gather(indices)
        out = np.empty(pixels.shape, np.float32)
        return self._convert(pixels, out)

    def take(self, indices: Indices, out: np.ndarray) -> np.ndarray:
        """Write images[indices] into the float32 buffer `out` (n, D), and return it."""
        return self._convert(self._gather(indices), out)

    def raw(self, indices: Indices) -> np.ndarray:
        """The stored pixels of the chosen images: uint8 (n, height, width, channels), 0 to `white`."""
        return self._gather(np.atleast_1d(indices) if not isinstance(indices, slice) else indices).reshape(
            -1, *self.image_shape
        )

    def pictures(self, indices: Indices) -> np.ndarray:
        """The chosen images for a screen: uint8 (n, height, width, channels), 0 to 255."""
        raw = self.raw(indices)
        return raw if self.white == 255 else (raw.astype(np.uint16) * 255 // self.white).astype(np.uint8)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("Images are converted as they are read, so an array of them is always a copy")
        out = np.empty(self.shape, np.float32)
        for start in range(0, len(self), BLOCK):
            self.take(slice(start, start + BLOCK), out[start : start + BLOCK])
        return out if dtype is None else out.astype(dtype, copy=False)

    def _gather(self, indices: Indices) -> np.ndarray:
        if isinstance(indices, slice):
            rows = self.rows[indices]
            if isinstance(rows, range) and rows.step == 1:
                return self.pixels[rows.start : rows.stop]  # a view: nothing is copied
            return np.take(self.pixels, np.asarray(rows, dtype=np.intp), axis=0)
        indices = np.asarray(indices)
        if indices.dtype == bool:
            if indices.shape != (len(self),):
                raise IndexError(f"a mask must have shape ({len(self)},), not {indices.shape}")
            indices = np.flatnonzero(indices)
        elif indices.size == 0:
            indices = indices.astype(np.intp)  # np.asarray([]) is float64
        elif indices.dtype.kind not in "iu":
            raise IndexError(f"indices must be whole numbers, not {indices.dtype}")
        return np.take(self.pixels, self._rows_of(indices), axis=0)

    def _rows_of(self, indices: np.ndarray) -> np.ndarray:
        """Rows of `pixels` for indices into this set; negative ones count from the end, as everywhere in NumPy."""
        if not isinstance(self.rows, range):
            return self.rows[indices]
        indices = indices.astype(np.intp, copy=False)  # 255 + 1 is 0 in uint8
        if indices.size and not -len(self) <= indices.min() <= indices.max() < len(self):
            raise IndexError(f"an index lies outside the {len(self)} images of this set")
        return np.where(indices < 0, indices + self.rows.stop, indices + self.rows.start)

    def _convert(self, pixels: np.ndarray, out: np.ndarray) -> np.ndarray:
        if out.shape != pixels.shape or out.dtype != np.float32:
            raise ValueError(f"out = {out.dtype} of shape {out.shape}: must be float32 of shape {pixels.shape}.")
        out[...] = pixels
        out -= self.mean
        if self.scale.ndim or self.scale != 1:
            out *= self.scale
        return out

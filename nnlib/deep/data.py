"""Images that are stored on the device as bytes and converted to float batches there.

CIFAR-10 is uploaded once, 184 MB. A batch is gathered, shifted, mirrored and scaled on the device, so that a step copies
nothing to it.
"""

import warnings
from typing import Any

import torch
from numpy.typing import ArrayLike


class DeviceImages:
    """Images and labels on a device; `len()` is their number.

    Parameters
    ----------
    images : nnlib.data.Images, of which the bytes are used.
    labels : (N,) integers.
    device : name of a torch device.
    """

    def __init__(self, images: Any, labels: ArrayLike, device: str):
        stored = images.raw(slice(None))
        self.height, self.width, self.channels = stored.shape[1:]
        with warnings.catch_warnings():  # torch warns that a read-only memory map cannot be written to
            warnings.filterwarnings("ignore", "The given NumPy array is not writable")
            pixels = torch.from_numpy(stored.reshape(-1, self.channels))
        self._pixels = pixels.to(device)  # (N·height·width, channels) uint8; on the processor still the shared memory map
        self.labels = torch.as_tensor(labels, dtype=torch.int64, device=device)
        self._scale = 2 / images.white
        self._minus_one = torch.tensor(-1.0, device=device)
        self._rows = torch.arange(self.height, device=device)
        self._columns = torch.arange(self.width, device=device)

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, chosen: torch.Tensor) -> torch.Tensor:
        """Return X (B, D), float32 from −1 to 1, of the images with the indices `chosen` (B,), a tensor on the device."""
        return self._scaled(self._pixels.view(len(self), -1).index_select(0, chosen))

    def augmented_batch(self, chosen: torch.Tensor, shift: int, flips: bool) -> torch.Tensor:
        """As `batch`, but each image is shifted by up to `shift` pixels each way, and mirrored with probability ½ if `flips`.

        Pixels that come in from outside repeat the image's edge. All of this is a single look-up of pixels. The random numbers
        come from the device's default generator.
        """
        B, device = len(chosen), chosen.device
        columns = self._columns.expand(B, -1)
        if flips:
            mirrored = torch.rand(B, 1, device=device) < 0.5
            columns = torch.where(mirrored, self.width - 1 - columns, columns)
        rows = self._rows.expand(B, -1)
        if shift:
            by = torch.randint(-shift, shift + 1, (2, B, 1), device=device)
            rows = (rows + by[0]).clamp(0, self.height - 1)
            columns = (columns + by[1]).clamp(0, self.width - 1)
        lines = (chosen[:, None] * self.height + rows) * self.width  # where each line of each image begins
        wanted = (lines[:, :, None] + columns[:, None, :]).view(-1)
        return self._scaled(self._pixels.index_select(0, wanted).view(B, -1))

    def _scaled(self, pixels: torch.Tensor) -> torch.Tensor:
        return torch.add(
            self._minus_one, pixels, alpha=self._scale
        )  # one pass over the pixels; .float().mul_().sub_() takes three

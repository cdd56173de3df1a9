"""Images that live on the device as bytes, and become float batches there.

One upload of 184 MB serves the whole run. A batch is gathered, moved, mirrored and scaled where the network is, so nothing is
copied to the device for a step, and the processor never touches an image.
"""

import warnings

import torch


class DeviceImages:
    """Images and labels on a device. `len()` is how many.

    images : an nnlib.data.Images;  labels : (N,) whole numbers;  device : a torch device.
    """

    def __init__(self, images, labels, device):
        pixels = images.raw(slice(None))
        self.height, self.width, self.channels = pixels.shape[1:]
        with warnings.catch_warnings():  # torch warns that a read-only memory map cannot be written to: nobody does
            warnings.filterwarnings("ignore", "The given NumPy array is not writable")
            pixels = torch.from_numpy(pixels.reshape(-1, self.channels))
        self._pixels = pixels.to(device)  # (N·height·width, channels) uint8; on the processor still the shared memory map
        self.labels = torch.as_tensor(labels, dtype=torch.int64, device=device)
        self._scale = 2 / images.white
        self._minus_one = torch.tensor(-1.0, device=device)
        self._rows = torch.arange(self.height, device=device)
        self._columns = torch.arange(self.width, device=device)

    def __len__(self):
        return len(self.labels)

    def batch(self, chosen):
        """X (B, D) float32 from −1 to 1, of the images with the indices `chosen` (B,), a tensor on the device."""
        return self._scaled(self._pixels.view(len(self), -1).index_select(0, chosen))

    def augmented_batch(self, chosen, shift, flips):
        """As `batch`, but each image moves by up to `shift` pixels each way, and is mirrored with probability ½ if `flips`.

        What moves into the picture repeats its edge. Moving, mirroring and gathering are one look-up of pixels. The random
        numbers are those of the device's default generator.
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

    def _scaled(self, pixels):
        return torch.add(self._minus_one, pixels, alpha=self._scale)  # in one pass, where .float().mul_().sub_() makes three

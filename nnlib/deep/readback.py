"""Numbers that a device computes, read without waiting for the device."""

import torch


class Readback:
    """Reads the entries of a tensor while the device is still filling it, from the first entry on.

    On a CUDA device a copy to the processor is started and asked, at a later call, whether it has arrived.

    Parameters
    ----------
    source : 1-D tensor on any device.
    """

    def __init__(self, source: torch.Tensor):
        self._source = source
        self._requested = 0  # entries of the copy that is under way, 0 for none
        if source.is_cuda:
            self._copy = torch.empty(source.shape, dtype=source.dtype, pin_memory=True)
            self._copied = torch.cuda.Event()

    def first(self, count: int, wait: bool) -> list[float]:
        """Return the first `count` entries if `wait`, else those of them that have arrived, which may be none."""
        if wait or self._source.device.type == "cpu":
            return self._source[:count].tolist()
        if not self._source.is_cuda:  # an Apple GPU cannot say whether a copy is complete
            return []
        arrived = []
        if self._requested and self._copied.query():
            arrived = self._copy[: self._requested].tolist()
            self._requested = 0
        if not self._requested:
            with torch.cuda.device(self._source.device):
                self._copy[:count].copy_(self._source[:count], non_blocking=True)
                self._copied.record()
            self._requested = count
        return arrived

    def reset(self) -> None:
        """Discard the copy that is under way, because the source is being refilled."""
        self._requested = 0

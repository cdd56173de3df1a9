"""Numbers that a device makes, read without making it wait."""

import torch


class Arrival:
    """The entries of a 1-D tensor `source` on a device, which fills them from the first on, as they reach the processor."""

    def __init__(self, source):
        self._source = source
        self._sent = 0  # entries on their way, or arrived and not yet read
        if source.is_cuda:
            self._landing = torch.empty(source.shape, dtype=source.dtype, pin_memory=True)
            self._landed = torch.cuda.Event()

    def first(self, count, wait):
        """A list of the first `count` entries if `wait`, else of as many of them as are here, maybe none."""
        if wait or self._source.device.type == "cpu":
            return self._source[:count].tolist()
        if not self._source.is_cuda:  # an Apple GPU has no copy that can be asked whether it is done
            return []
        arrived = []
        if self._sent and self._landed.query():
            arrived = self._landing[: self._sent].tolist()
            self._sent = 0
        if not self._sent:
            with torch.cuda.device(self._source.device):
                self._landing[:count].copy_(self._source[:count], non_blocking=True)
                self._landed.record()
            self._sent = count
        return arrived

    def forget(self):
        """Do not tell what is on its way: the source is filled anew."""
        self._sent = 0

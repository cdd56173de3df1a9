"""The processor threads that PyTorch computes with."""

import torch


def threads() -> int:
    """Return how many threads PyTorch computes with."""
    return torch.get_num_threads()


def use_threads(number: int) -> None:
    """Compute with so many threads from now on."""
    torch.set_num_threads(number)

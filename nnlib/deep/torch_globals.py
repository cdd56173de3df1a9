"""Global state of PyTorch that a training needs in its own way: the default random generator and the matmul precision.

Each block here restores the state of the program around it, so that trainings do not influence each other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from nnlib.deep.devices import Device

RANDOM_MODULES: dict[str, Any] = {"cuda": torch.cuda, "mps": torch.mps, "cpu": torch}  # which has get_rng_state for a device


class RandomStream:
    """A state of the device's default generator, from which Dropout and augmentation draw, that belongs to one training.

    `state` is a tensor of bytes; a checkpoint saves it.
    """

    def __init__(self, device: Device, seed: int):
        self._module = RANDOM_MODULES[device.kind]
        self._place = (device.name,) if device.kind == "cuda" else ()
        self.state = torch.Generator(device.name).manual_seed(seed).get_state()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """In this block the default generator continues this stream."""
        around = self._module.get_rng_state(*self._place)
        self._module.set_rng_state(self.state, *self._place)
        try:
            yield
        finally:
            self.state = self._module.get_rng_state(*self._place)
            self._module.set_rng_state(around, *self._place)


@contextmanager
def matmul_precision(precision: str) -> Iterator[None]:
    """In this block float32 products use TF32 (10 bits of mantissa) if `precision` is "tf32", else full float32."""
    around = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(around)

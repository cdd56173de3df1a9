"""The devices that PyTorch can compute on here, which of them is the best, and an error message when one fails.

torch and Dask are imported by the functions, not with the module.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nnlib.deep.settings import CLUSTER
from nnlib.support.memory import main_memory
from nnlib.support.validation import shown

GIB = 1024**3


class DeviceError(RuntimeError):
    """A device is missing, its memory is too small, or it was lost. The message says what to change."""


@dataclass(frozen=True)
class Device:
    """A device as a learner chooses it: PyTorch's name, a title to display, and its memory in bytes (0: unknown)."""

    name: str
    title: str
    memory: int

    @property
    def kind(self) -> str:
        """ "cuda", "mps" or "cpu"."""
        return self.name.partition(":")[0]


def list_devices() -> list[Device]:
    """List every Device that works here, the best first: CUDA devices by memory, then Apple's mps, then the processor."""
    import torch

    found = []
    if not cuda_trouble():
        for i in range(torch.cuda.device_count()):
            about = torch.cuda.get_device_properties(i)
            found.append(Device(f"cuda:{i}", about.name, about.total_memory))
        found.sort(key=lambda device: -device.memory)
    if torch.backends.mps.is_available():
        found.append(Device("mps", "Apple GPU", torch.mps.recommended_max_memory()))
    return [*found, Device("cpu", "processor", main_memory())]


def find_device(name: str = "auto") -> Device:
    """Return the Device called `name` of this machine; "auto" is its best, "cuda" its best CUDA device. Raises DeviceError.

    On a worker of a cluster, "cluster" is the best device of the worker's machine.
    """
    devices = list_devices()
    for device in devices:
        if name in ("auto", CLUSTER, device.name, device.kind):
            return device
    choices = " or ".join(["auto, the best available,", *(device.name for device in devices)])
    reason = cuda_trouble() if name.startswith("cuda") else "PyTorch finds no Apple GPU"
    raise DeviceError(f"device = {shown(name)}: {reason or 'there is no such device'}. Choose {choices}.")


def cuda_trouble() -> str:
    """Return why no CUDA device can be used, as a clause, or "" if one can."""
    import torch

    if torch.version.cuda is None:
        return f"this PyTorch ({torch.__version__}) was built without CUDA"
    with warnings.catch_warnings(record=True) as caught:  # a driver that is too old causes only a warning
        warnings.simplefilter("always")
        if torch.cuda.is_available():
            return ""
    for warning in caught:
        if "too old" in str(warning.message):
            return f"the NVIDIA driver is too old for this PyTorch (CUDA {torch.version.cuda}): update it"
    return f"PyTorch (CUDA {torch.version.cuda}) finds no NVIDIA driver, or no device"


def find_cluster() -> tuple[Device | None, str]:
    """Look for workers with a GPU at the Dask scheduler $NNLIB_SCHEDULER. Waits some seconds for an answer.

    Returns
    -------
    (the Device "cluster", "") if there are some, else (None, why not); the reason is a clause, "" if the variable is not set.
    """
    address = os.environ.get("NNLIB_SCHEDULER")
    if not address:
        return None, ""
    from nnlib.cluster.client import Cluster
    from nnlib.cluster.errors import SchedulerError

    try:
        cluster = Cluster.of_scheduler(address)
    except SchedulerError as error:
        reason = str(error).removesuffix(".")
        return None, reason[0].lower() + reason[1:]
    try:
        workers = cluster.gpu_workers()
        if not workers:
            return None, cluster.no_gpu()
    finally:
        cluster.close()
    count = f"{len(workers)} worker{'s' * (len(workers) > 1)}"
    return Device(CLUSTER, f"the lab's GPU, through {address} ({count})", 0), ""


@contextmanager
def device_errors(device: Device) -> Iterator[None]:
    """In this block, errors that `device` causes are raised as a DeviceError; other errors pass."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if isinstance(error, DeviceError) or not (message := _message(device, error)):
            raise
        raise DeviceError(message) from error


def _message(device: Device, error: Exception) -> str:
    """The message for an error that PyTorch raised, or "" if the device did not cause it."""
    text = str(error)
    if isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text:
        size = f" ({device.memory / GIB:.0f} GiB)" if device.memory else ""
        return (
            f"The memory of {device.name}, {device.title}{size}, is too small for these settings, or in use by others: "
            "try narrower layers or a smaller batch."
        )
    if "no kernel image" in text:
        return f"This PyTorch has no code for {device.name}, {device.title}: choose another device, or install a fitting build."
    if "CUDA error" in text or "cuBLAS" in text or "CUBLAS" in text or type(error).__name__ == "AcceleratorError":
        first = text.strip().splitlines()[0] if text.strip() else type(error).__name__
        return f"{device.name}, {device.title}, was lost ({first}): start the run again, on another device if it persists."
    return ""

"""Importing torchvision beside a PyTorch that it was not compiled for.

The torchvision wheel of the package index is compiled against CUDA's PyTorch. Beside a CPU-only PyTorch its compiled
operators cannot load. That alone would do no harm to whoever wants the data sets, but torchvision then describes the shapes
that two of the missing operators return, and dies with "operator torchvision::nms does not exist". So: declare the two by
name and signature, without code behind them. Calling them would fail; the data sets never do.
"""

import importlib
import importlib.machinery
import importlib.util
import sys
from types import ModuleType
from typing import Any

# Source: TORCH_LIBRARY_FRAGMENT(torchvision) in torchvision/csrc/ops/nms.cpp and torchvision/csrc/ops/quantized/cpu.
SCHEMAS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}

_declared: list[Any] = []  # torch removes the declarations of a library object when it is deleted


def import_torchvision() -> ModuleType:
    """Import torchvision and return it; a second call costs nothing. Raises ImportError where it is not installed.

    Where the compiled operators load, as with a matching CUDA build, nothing is declared. Imports torch: 2.6 s.
    """
    if "torchvision" not in sys.modules and not compiled_operators_load():
        declare_missing_operators()
    return importlib.import_module("torchvision")


def compiled_operators_load() -> bool:
    """Whether torchvision's compiled operators work here. Loads them, as importing torchvision would."""
    import torch

    spec = importlib.util.find_spec("torchvision")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("torchvision is not installed: pip install torchvision")
    finder = importlib.machinery.FileFinder(
        spec.submodule_search_locations[0],
        (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES),
    )
    compiled = finder.find_spec("_C")
    if compiled is None:
        return False
    try:
        torch.ops.load_library(compiled.origin)
    except OSError:
        return False
    return True


def declare_missing_operators() -> None:
    """Declare torchvision::nms and torchvision::qnms, as far as they do not exist yet."""
    import torch

    library = torch.library.Library("torchvision", "FRAGMENT")
    for name, signature in SCHEMAS.items():
        if not hasattr(torch.ops.torchvision, name):
            library.define(name + signature)
    _declared.append(library)

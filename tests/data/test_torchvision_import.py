"""torchvision's data sets are usable with any version of torch."""

import subprocess
import sys

import pytest

from nnlib.data import torchvision_import
from tests.patience import PATIENCE

pytest.importorskip("torch")


FRESH = """
import gc, torch, nnlib.data.torchvision_import as t
t.compiled_operators_load = lambda: False
assert t.import_torchvision() is t.import_torchvision()
from torchvision.datasets import CIFAR10
print(CIFAR10.filename)
t.declare_missing_operators(); gc.collect()
print(torch.ops.torchvision.nms.default._schema, torch.ops.torchvision.qnms.default._schema, sep="\\n")
"""


def test_the_data_sets_import_in_a_fresh_process_and_declared_operators_survive_and_are_declared_once():
    done = subprocess.run([sys.executable, "-c", FRESH], capture_output=True, text=True, timeout=PATIENCE)
    signature = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
    declared = [f"torchvision::{name}{signature}" for name in ("nms", "qnms")]
    assert done.stdout.splitlines() == ["cifar-10-python.tar.gz", *declared], done.stderr


def test_nothing_is_declared_when_the_compiled_operators_load(monkeypatch):
    monkeypatch.delitem(sys.modules, "torchvision", raising=False)
    monkeypatch.setattr(torchvision_import, "compiled_operators_load", lambda: True)
    monkeypatch.setattr(torchvision_import, "declare_missing_operators", lambda: pytest.fail("declared"))
    monkeypatch.setattr(torchvision_import.importlib, "import_module", lambda name: name)
    assert torchvision_import.import_torchvision() == "torchvision"


def test_a_missing_torchvision_is_an_import_error(monkeypatch):
    monkeypatch.delitem(sys.modules, "torchvision", raising=False)
    monkeypatch.setattr(torchvision_import.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match="pip install torchvision"):
        torchvision_import.import_torchvision()

"""The estimate of a network's memory, against measured peaks; and a network that this machine cannot hold."""

import pytest

from nnlib.deep import devices_here
from nnlib.deep.devices import Device, DeviceError
from nnlib.deep.memory import memory_bytes
from nnlib.deep.settings import MLP_PRESETS, DepthTable, MlpExperiment

MIB = 1024**2
# Settings, and the peak of the process's own memory in MiB: measured with torch 2.13.0 on two cores, on CIFAR-10.
MEASURED = [
    ({}, 340),
    ({"depth": 1, "widths": [2048]}, 495),
    ({"depth": 2, "widths": [4096]}, 1091),
    ({"depth": 2, "widths": [4096], "optimiser": "sgd"}, 855),
    ({"depth": 2, "widths": [8192]}, 2930),
    ({"depth": 8, "widths": [3500]}, 2914),
    ({"depth": 2, "widths": [8192], "batch_norm": True, "dropout": 0.2, "batch_size": 2000}, 2934),
    ({"depth": 4, "widths": [2000], "batch_norm": True, "dropout": 0.2, "batch_size": 4000}, 1310),
    ({"depth": 4, "widths": [2000], "batch_size": 4000}, 1077),
    ({"depth": 1, "widths": [1000], "batch_size": 8192, "shift": 3, "flips": True}, 674),
]
CONVOLUTIONAL = [("convolutional", 606), ("convolutional-best", 590)]  # presets
# The same networks on a GPU, a checkpoint written at the end: measured with torch 2.11 on an H200.
MEASURED_CUDA = [
    ({}, 951),
    ({"depth": 1, "widths": [2048]}, 1024),
    ({"depth": 2, "widths": [4096]}, 1286),
    ({"depth": 2, "widths": [4096], "optimiser": "sgd"}, 1126),
    ({"depth": 2, "widths": [8192]}, 1991),
    ({"depth": 2, "widths": [8192], "optimiser": "sgd"}, 1278),
    ({"depth": 8, "widths": [3500]}, 2052),
    ({"depth": 2, "widths": [8192], "batch_norm": True, "dropout": 0.2, "batch_size": 2000}, 2023),
    ({"depth": 4, "widths": [2000], "batch_norm": True, "dropout": 0.2, "batch_size": 4000}, 1188),
    ({"depth": 4, "widths": [2000], "batch_size": 4000}, 1157),
    ({"depth": 1, "widths": [1000], "batch_size": 8192, "shift": 3, "flips": True}, 992),
]


@pytest.mark.parametrize(
    ("settings", "peak"), [*MEASURED, *(({**settings, "device": "cuda"}, peak) for settings, peak in MEASURED_CUDA)]
)
def test_the_estimate_is_enough_and_not_far_too_much(settings, peak):
    assert peak * MIB <= memory_bytes(MlpExperiment.from_dict(settings)) <= 1.4 * peak * MIB


@pytest.mark.parametrize(("preset", "peak"), CONVOLUTIONAL)
def test_the_estimate_is_enough_for_the_convolutional_presets_too(preset, peak):
    assert peak * MIB <= memory_bytes(MLP_PRESETS[preset].having(device="cpu")) <= 1.4 * peak * MIB


def test_a_table_needs_what_its_largest_network_needs():
    network = MlpExperiment.from_dict({"widths": [2000]})
    table = DepthTable(network, depths=(1, 4, 2), seeds=3)
    assert memory_bytes(table) == memory_bytes(network.having(depth=4)) > memory_bytes(network)


def test_a_network_trained_elsewhere_needs_less_here():
    def needed(device):
        return memory_bytes(MlpExperiment.from_dict({"depth": 2, "widths": [4000], "batch_size": 4000, "device": device}))

    assert needed("cluster") < needed("cuda") == needed("cuda:1") < needed("cpu") == needed("mps")


@pytest.mark.parametrize(
    ("found", "same_as"),
    [
        (None, "cpu"),
        ({}, "cpu"),
        ({"cpu": "", "cluster": ""}, "cpu"),
        ({"mps": ""}, "cpu"),
        ({"cuda:1": "", "cpu": ""}, "cuda"),
    ],
)
def test_the_best_device_needs_what_that_device_needs(monkeypatch, found, same_as):
    wide = MlpExperiment.from_dict({"depth": 2, "widths": [4000], "batch_size": 4000})
    monkeypatch.setattr(devices_here.question, "answer", None if found is None else devices_here.Found(found, None))
    assert memory_bytes(wide) == memory_bytes(wide.having(device=same_as))
    assert memory_bytes(DepthTable(wide, depths=(2,))) == memory_bytes(wide.having(device=same_as))


def test_each_number_that_an_optimiser_stores_for_a_weight_is_counted():
    def needed(optimiser, device="cpu"):
        return memory_bytes(wide.having(optimiser=optimiser, device=device))

    wide = MlpExperiment.from_dict({"depth": 2, "widths": [4000]})
    assert needed("adam") == needed("adamw")
    assert needed("adam") - needed("momentum") == needed("momentum") - needed("sgd") == 4 * wide.weights
    assert (
        needed("adam", "cuda") - needed("momentum", "cuda")
        == needed("momentum", "cuda") - needed("sgd", "cuda")
        == 4 * wide.weights
    )


def test_a_batch_has_no_more_images_than_there_are():
    digits = MlpExperiment.from_dict({"dataset": "digits", "widths": [8000]})
    assert memory_bytes(digits.having(batch_size=8000)) == memory_bytes(digits.having(batch_size=digits.images))


def test_a_network_that_this_machine_cannot_hold_is_refused(monkeypatch):
    training = pytest.importorskip("nnlib.deep.training")
    monkeypatch.setattr(training, "find_device", lambda name: Device("cpu", "processor", 2 * 1024**3))
    large = MlpExperiment.from_dict({"depth": 2, "widths": [8192], "batch_size": 8192})
    with pytest.raises(DeviceError, match="needs about 4.6 GiB of memory, and this machine has 2.0 GiB: try narrower"):
        training.TorchTraining(large, data=None)

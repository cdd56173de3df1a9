"""The convolutional network of Depth: its shapes and weights, how it sees an image, and how it is stored."""

import numpy as np
import pytest
import torch

from nnlib.deep.checkpoint import load_network, save_network
from nnlib.deep.memory import memory_bytes
from nnlib.deep.network import activations, build_network, layer_signals, weight_layers
from nnlib.deep.settings import MLP_PRESETS, MlpExperiment
from nnlib.deep.training import TorchTraining

DIGITS = {"dataset": "digits", "channels": [6, 8], "init": "he", "batch_norm": True, "device": "cpu"}


def experiment(**changed):
    return MlpExperiment.from_dict(DIGITS | changed)


def test_the_presets_are_as_large_as_they_say():
    report, alike, best = (MLP_PRESETS[name] for name in ("report", "convolutional", "convolutional-best"))
    assert (report.weights, alike.weights) == (156_000, 154_048)
    for preset in (alike, best):
        network = build_network(preset, 3072, 10)
        assert sum(layer.weight.numel() for layer in weight_layers(network)) == preset.weights
        shapes = [tuple(a.shape[1:]) for a, _ in activations(network.eval(), torch.zeros(1, 3072))]
        assert shapes == [(c, side, side) for c, side in zip(preset.channels, preset.sides)] + [(10,)]
        assert sum(map(np.prod, shapes[:-1])) == preset.outputs
    same = {name: value for name, value in alike.changes().items() if name not in ("channels", "init", "batch_norm")}
    assert same == {} and memory_bytes(best) > memory_bytes(alike)  # trained as the report's network is


def test_a_pixel_is_where_it_was_in_the_image():
    """A filter that is 1 in its centre and 0 elsewhere puts out the image itself."""
    network = build_network(experiment(channels=[1], batch_norm=False), 64, 10)
    (filters, _) = weight_layers(network)
    with torch.no_grad():
        filters.weight.zero_()
        filters.weight[0, 0, 1, 1] = 1
    image = torch.arange(64.0).view(1, 64)
    assert torch.equal(activations(network.eval(), image)[0][0].flatten(), image.flatten())


@pytest.mark.parametrize("norm", ["batch_norm", "layer_norm"])
def test_every_layer_has_a_gradient_and_the_settings_of_hidden_layers_mean_nothing(norm):
    small = experiment(**{"batch_norm": False, norm: True, "depth": 5, "residual": True, "dropout": 0.1})
    network = build_network(small, 64, 10)
    layers = layer_signals(network, torch.rand(20, 64), torch.arange(20) % 10)
    assert len(layers) == 3 and all(layer["gradient_norm"] > 0 for layer in layers)
    assert not small.applies("depth") and not small.applies("residual") and not any(small.skips)


def test_it_learns_and_is_read_back(tmp_path):
    training = TorchTraining(experiment(epochs=2, batch_size=30, learning_rate=0.01), experiment().load())
    *_, result = training.events()
    assert result.val_accuracy > 0.5
    first, second = training.feature_maps(0)
    assert first.shape == (6, 8, 8) and second.shape == (8, 4, 4)
    save_network(tmp_path / "network.pt", training.network, training.experiment, training.sizes)
    network, read = load_network(tmp_path / "network.pt")
    assert read == training.experiment
    X = training.val.batch(torch.arange(50))
    with torch.no_grad():
        assert torch.equal(network.eval()(X), training.network.eval()(X))

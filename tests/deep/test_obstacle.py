"""What prevents the gradient of a deep network from changing its weights, detected before training."""

import numpy as np
import pytest

from nnlib.deep.obstacle import obstacle, steps_to_move
from nnlib.deep.settings import MlpExperiment
from nnlib.deep.signal_at_start import LayerSignal, signal_at_start

rng = np.random.default_rng(0)
X, Y = rng.uniform(-1, 1, (200, 3072)), rng.integers(0, 10, 200)


def obstacle_of(draws=1, **settings):
    experiment = MlpExperiment.from_dict(settings)
    return obstacle(experiment, signal_at_start(experiment, X, Y, 10, draws))


def test_momentum_takes_a_tenth_of_the_steps_of_sgd():
    layers = [LayerSignal(1, 9, 4, 0.1, 0.5, 0.5, 0.3, 0.3, 0.2)]
    steps = {name: steps_to_move(MlpExperiment(optimiser=name, learning_rate=0.01), layers) for name in ("sgd", "momentum")}
    assert steps["sgd"] == pytest.approx(0.01 / (0.01 * 0.2**2))
    assert steps["momentum"] == pytest.approx(steps["sgd"] / 10)


# Each was trained on CIFAR-10 for a few epochs: those with an obstacle stayed at the loss of guessing, the others learned.
@pytest.mark.parametrize(
    "settings, name",
    [
        ({"depth": 2}, None),
        ({"depth": 3}, "drowned"),
        ({"depth": 3, "weight_decay": 1e-4}, None),
        ({"depth": 3, "weight_decay": 1e-4, "learning_rate": 1e-4}, "drowned"),
        ({"depth": 3, "learning_rate": 0.01}, None),  # steps ten times as large as the weights
        ({"depth": 3, "optimiser": "adamw"}, None),
        ({"depth": 3, "std": 0.003}, "drowned"),
        ({"depth": 3, "std": 0.01}, None),
        ({"depth": 4, "std": 0.02}, "drowned"),
        ({"depth": 4, "weight_decay": 0}, None),
        ({"depth": 5, "weight_decay": 0}, "below"),
        ({"depth": 2, "optimiser": "sgd"}, "standing"),
        ({"depth": 3, "optimiser": "momentum", "learning_rate": 0.1}, "standing"),
        ({"depth": 1, "optimiser": "sgd", "learning_rate": 0.1}, None),
        ({"depth": 2, "std": 0}, "zero"),
        ({"depth": 8, "init": "he"}, None),
        ({"depth": 8, "init": "torch"}, None),
        ({"depth": 3, "batch_norm": True}, None),
        ({"depth": 16, "layer_norm": True}, None),
        ({"depth": 16, "widths": [50], "residual": True}, None),
        ({"depth": 4, "residual": True}, "drowned"),  # widths that differ: no layer can add the sums of the one before
    ],
)
def test_the_obstacle_is_named(settings, name):
    assert obstacle_of(**settings) == name


def test_a_small_learning_rate_is_not_an_obstacle():
    assert obstacle_of(init="he", optimiser="sgd", learning_rate=1e-12) is None


def test_without_finite_measurements_there_is_no_obstacle():
    assert obstacle_of(draws=0) is None
    with np.errstate(over="ignore", invalid="ignore"):
        assert obstacle_of(depth=8, std=10, widths=[500], activation="identity") is None

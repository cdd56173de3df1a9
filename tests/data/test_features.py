"""What a network is given of a point of the plane."""

import numpy as np
import pytest

from nnlib.data import COORDINATES, FEATURES, load_dataset
from nnlib.experiment.settings import Experiment
from nnlib.runs.pictures import frame_pictures, static_pictures


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_is_what_its_code_says(name):
    data = load_dataset("moons", features=[name, "x2"])
    x1, x2 = data.points[0].T
    code = {"x1": x1, "x2": x2, "x1 * x1": x1**2, "x2 * x2": x2**2, "x1 * x2": x1 * x2}
    code |= {f"np.sin(np.pi * {each})": np.sin(np.pi * values) for each, values in (("x1", x1), ("x2", x2))}
    np.testing.assert_array_equal(data.X_train, np.column_stack([code[FEATURES[name].code], x2]))


def test_without_a_choice_the_inputs_are_the_coordinates():
    data = load_dataset("spiral")
    for X, points in zip((data.X_train, data.X_val, data.X_test), data.points, strict=True):
        np.testing.assert_array_equal(X, points)
    assert data.features == COORDINATES


def test_an_unknown_feature_is_named():
    with pytest.raises(ValueError, match="features = 'x3'"):
        load_dataset("spiral", features=["x3"])


@pytest.mark.parametrize("chosen", [[], ["x1", "x1"], ["x3"]])
def test_an_experiment_needs_some_inputs_each_once(chosen):
    with pytest.raises(ValueError, match="features"):
        Experiment.from_dict({"features": chosen})


def test_an_input_that_suits_the_data_saves_the_hidden_layer():
    """What the help of the setting says."""
    experiment = Experiment(dataset="circles", features=("x1_squared", "x2_squared"), hidden=(), iterations=3000)
    data = experiment.load()
    training = experiment.training_on(data)
    list(training.events())
    assert training.evaluate().val_accuracy > 0.95
    boundary = frame_pictures(training.network, data, True)["boundary"]
    assert boundary != frame_pictures(experiment.network_for(data), data, True)["boundary"]
    static = static_pictures(data)
    assert static["inputs"]["names"] == ["x₁²", "x₂²"]
    assert np.array(static["points"]["x"]).min() < -0.8  # coordinates, not features

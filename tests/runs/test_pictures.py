import base64

import numpy as np
import pytest

from nnlib.experiment.settings import Experiment
from nnlib.runs.pictures import GRID, THUMB, UNITS, final_report, frame_pictures, gallery, static_pictures


def trained(steps=20, **settings):
    """(network, data) after that many steps."""
    experiment = Experiment.from_dict({"iterations": 2000, **settings})
    data = experiment.load()
    training = experiment.training_on(data)
    list(training.events(steps=steps))
    return training.network, data


def decoded(text, *shape):
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape)


def test_the_boundary_shows_the_predictions_with_the_largest_x2_at_the_top():
    net, data = trained(500)
    x1_min, x1_max, x2_min, x2_max = static_pictures(data)["extent"]
    boundary = decoded(frame_pictures(net, data, True)["boundary"], GRID, GRID)
    cell = (x1_max - x1_min) / GRID
    row, column = 5, 40
    centre = np.array([[x1_min + (column + 0.5) * cell, x2_max - (row + 0.5) * cell]])
    psi = net.probabilities(centre)[0]
    assert boundary[row, column] // 16 == psi.argmax()
    assert boundary[row, column] % 16 == pytest.approx(15 * (psi.max() - 1 / 3) / (2 / 3), abs=0.51)


def test_all_points_lie_inside_the_picture():
    static = static_pictures(trained(1)[1])
    x1_min, x1_max, x2_min, x2_max = static["extent"]
    X = np.array(static["points"]["x"])
    assert (X > [x1_min, x2_min]).all() and (X < [x1_max, x2_max]).all()
    assert len(X) == len(static["points"]["y"]) == len(static["points"]["split"])
    assert x1_max - x1_min == pytest.approx(x2_max - x2_min)


def test_drawn_units_are_linked_with_their_weights():
    net, data = trained(5, hidden=[30, 4])
    first, second, last = frame_pictures(net, data, True)["layers"]
    params = net.params
    assert len(first["units"]) == UNITS and len(second["units"]) == 4 and last["units"] == [0, 1, 2]
    np.testing.assert_allclose(first["weights"], params["W1"][:, first["units"]], rtol=1e-3)
    np.testing.assert_allclose(second["weights"], params["W2"][first["units"]][:, second["units"]], rtol=1e-3)
    np.testing.assert_allclose(second["biases"], params["b2"][second["units"]], rtol=1e-3)
    assert decoded(first["thumbnails"], UNITS, THUMB, THUMB).min() >= 128  # a ReLU is never negative


@pytest.mark.parametrize("std", [1e-6, 1.0])
def test_the_pictures_tell_true_sizes(std):
    """Of a network with tiny weights, too: what is drawn faint is not zero."""
    net, data = trained(1, hidden=[3], init="normal", std=std, learning_rate=0)
    first, last = frame_pictures(net, data, True)["layers"]
    np.testing.assert_allclose(first["weights"], net.params["W1"][:, first["units"]], rtol=1e-3)
    x1_min, x1_max, x2_min, x2_max = static_pictures(data)["extent"]
    x1 = x1_min + (2 * np.arange(THUMB) + 0.5) / GRID * (x1_max - x1_min)
    x2 = x2_max - (2 * np.arange(THUMB) + 0.5) / GRID * (x2_max - x2_min)
    z, a = net.forward(np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2).astype(np.float32))
    for layer, values in ((first, a[2][:, first["units"]]), (last, z[3])):
        shown = (
            (decoded(layer["thumbnails"], len(layer["units"]), THUMB**2) - 128.0) / 127 * np.array(layer["largest"])[:, None]
        )
        assert np.abs(shown - values.T).max(axis=1) == pytest.approx(0, abs=np.max(layer["largest"]) / 200)


def test_the_gradient_of_a_unit_is_that_of_its_bias():
    net, data = trained(20, hidden=[5])
    _, grads = net.loss(data.X_train[:200], data.y_train[:200])
    for l, layer in enumerate(frame_pictures(net, data, True)["layers"], start=1):
        np.testing.assert_allclose(layer["gradients"], grads[f"b{l}"][layer["units"]], rtol=1e-3)


def test_softmax_regression_draws_no_hidden_units():
    (only,) = frame_pictures(*trained(5, hidden=[]), True)["layers"]
    assert np.shape(only["weights"]) == (2, 3)


def test_images_show_probabilities_and_weights():
    net, data = trained(5, dataset="digits", hidden=[30])
    gallery = static_pictures(data)["gallery"]
    frame = frame_pictures(net, data, True)
    n = len(gallery["labels"])
    assert decoded(gallery["pixels"], n, 8, 8, 1).max() == 255
    np.testing.assert_allclose(np.sum(frame["probabilities"], axis=1), np.ones(n), atol=1e-3)
    assert decoded(frame["weight_pictures"]["pixels"], 24, 8, 8, 1).max() == 255
    assert "weight_pictures" not in frame_pictures(net, data, False)


def test_the_units_of_images_have_numbers():
    net, data = trained(5, dataset="digits", hidden=[30])
    shown = frame_pictures(net, data, True)["weight_pictures"]
    units = shown["units"]
    np.testing.assert_allclose(shown["largest"], np.abs(net.params["W1"][:, units]).max(axis=0), rtol=1e-3)
    np.testing.assert_allclose(shown["biases"], net.params["b1"][units], rtol=1e-3)
    np.testing.assert_allclose(shown["out"], net.params["W2"][units], rtol=1e-3)
    for hidden in ([], [8, 8]):  # whose weights out lead to no class
        assert "out" not in frame_pictures(*trained(5, dataset="digits", hidden=hidden), True)["weight_pictures"]


def test_the_gallery_has_images_of_all_classes():
    y = np.array([3, 3, 3, 3, 0, 3, 1, 1, 0, 2, 2, 3, 1, 0, 2, 3])
    assert gallery(y).tolist() == [0, 4, 6, 9, 1, 7, 8, 10, 2, 12, 13, 14]
    _, data = trained(1, dataset="digits", hidden=[5])
    shown = static_pictures(data)["gallery"]
    assert {*shown["labels"]} == {*range(10)} and shown["labels"] == data.y_val[gallery(data.y_val)].tolist()


def test_units_without_weights_are_drawn_grey():
    net, data = trained(1, dataset="digits", hidden=[3])
    net.params["W1"][:, 1] = 0
    pixels = decoded(frame_pictures(net, data, True)["weight_pictures"]["pixels"], 3, 64)
    assert set(pixels[1]) == {127} and {0, 255} & set(pixels[0])


def test_a_network_of_nans_can_still_be_drawn():
    net, data = trained(1)
    net.params["W2"][:] = np.nan
    frame_pictures(net, data, True)


def test_the_final_report_is_consistent():
    net, data = trained(300, dataset="digits", hidden=[30], learning_rate=0.05)
    report = final_report(net.probabilities(data.X_val), net.probabilities(data.X_test), data)
    assert report["val_accuracy"] == (net.probabilities(data.X_val).argmax(axis=1) == data.y_val).mean()
    confusion = np.array(report["confusion"])
    assert confusion.sum() == len(data.y_test)
    assert report["test_accuracy"] == pytest.approx(np.trace(confusion) / confusion.sum())
    confidences = [mistake["confidence"] for mistake in report["mistakes"]]
    assert confidences == sorted(confidences, reverse=True)
    assert all(mistake["true"] != mistake["predicted"] for mistake in report["mistakes"])

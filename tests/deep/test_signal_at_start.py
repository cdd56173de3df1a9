import numpy as np
import pytest

from nnlib.data import load_dataset
from nnlib.deep.predicted_signal import initial_variances, mean_reciprocal, predicted_gradients, predicted_layers
from nnlib.deep.settings import MlpExperiment
from nnlib.deep.signal_at_start import draw_weights, look_at_start, pass_through, signal_at_start

rng = np.random.default_rng(0)
X, Y = rng.uniform(-1, 1, (200, 3072)), rng.integers(0, 10, 200)


def signal(draws=10, inputs=3072, **settings):
    return signal_at_start(MlpExperiment.from_dict(settings), X[:, :inputs], Y, 10, draws)


def check_within_ten_per_cent(**settings):
    *hidden, output = signal(widths=[256], inputs=400, **settings)
    np.testing.assert_allclose([l.measured for l in hidden], [l.predicted for l in hidden], rtol=0.1)
    gradients = [(l.gradient_measured, l.gradient_predicted) for l in (*hidden, output)]
    np.testing.assert_allclose(*zip(*gradients), rtol=0.1)


@pytest.mark.parametrize("norm", ["", "batch_norm", "layer_norm"])
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("init", ["normal", "he", "torch"])
def test_signal_and_gradient_are_predicted_within_ten_per_cent_in_wide_layers(init, residual, norm):
    check_within_ten_per_cent(depth=4, init=init, residual=residual, **{norm: True} if norm else {})


@pytest.mark.parametrize(
    "settings",
    [
        {"init": "xavier", "activation": "tanh"},
        {"init": "orthogonal"},
        {"activation": "sigmoid", "residual": True},
        {"init": "he", "activations": ["sigmoid", "identity", "relu"], "layer_norm": True},
        {"init": "he", "activations": ["tanh", "relu", "sigmoid"], "batch_norm": True, "residual": True},
    ],
)
def test_the_predictions_hold_for_other_activations_and_weights(settings):
    check_within_ten_per_cent(depth=3, **settings)


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("norm", ["batch_norm", "layer_norm"])
def test_the_gradient_is_predicted_for_images_of_different_contrast_with_correlated_pixels(norm, residual):
    """With 1 / the mean of v in place of the mean of 1/v, the first layer is 8 to 25 % off."""
    rng = np.random.default_rng(0)
    pictures = (rng.uniform(0.6, 1.4, (200, 1)) * rng.standard_normal((200, 12))) @ rng.standard_normal((12, 400))
    settings = {"depth": 2, "widths": [512], "init": "he", "residual": residual, norm: True}
    first, *_ = signal_at_start(MlpExperiment.from_dict(settings), pictures, Y, 10, 10)
    assert first.gradient_measured == pytest.approx(first.gradient_predicted, rel=0.07)


def test_the_mean_reciprocal_of_a_gamma_distribution():
    for shape in (3, 20):
        v = np.random.default_rng(0).gamma(shape, 2, 1_000_000)
        assert np.mean(1 / v) == pytest.approx(mean_reciprocal(2 * shape, 4 * shape), rel=0.01)
    assert mean_reciprocal(2.0, 0.0) == 0.5
    assert mean_reciprocal(2.0, 1e9) == 1


def test_without_batch_norm_a_relu_layer_multiplies_the_mean_square_by_n_sigma_squared_halved():
    layers = predicted_layers(MlpExperiment.from_dict({"depth": 3, "widths": [50, 40, 30]}), X, 10)
    spreads, gradients = [each.spread for each in layers], predicted_gradients(layers)
    squares = np.square([np.sqrt(np.mean(X**2)), *spreads])
    np.testing.assert_allclose(squares[1:] / squares[:-1], [3072e-6 / 2, 50e-6 / 2, 40e-6 / 2, 30e-6])
    np.testing.assert_allclose(np.square(gradients[:-1]) / np.square(gradients[1:]), [40e-6 / 2, 30e-6 / 2, 10e-6 / 2])
    assert gradients[-1] == pytest.approx(0.3)  # ten logits close to 0: nine entries of 0.1 and one of −0.9


def test_a_residual_layer_multiplies_both_mean_squares_by_one_more():
    layers = predicted_layers(MlpExperiment.from_dict({"depth": 3, "widths": [50], "residual": True}), X, 10)
    spreads, gradients = [each.spread for each in layers], predicted_gradients(layers)
    np.testing.assert_allclose(np.square(spreads[1:3]) / np.square(spreads[:2]), 1 + 50e-6 / 2)
    np.testing.assert_allclose(np.square(gradients[:2]) / np.square(gradients[1:3]), 1 + 50e-6 / 2)


def test_he_initialisation_and_batch_norm_restore_the_signal_lost_in_the_report():
    lost, he, normed = (signal(depth=4, **how) for how in ({}, {"init": "he"}, {"batch_norm": True}))
    assert lost[3].measured < 1e-8 and max(layer.gradient_norm for layer in lost) < 1e-8
    for repaired in (he, normed):
        assert min(layer.measured for layer in repaired[:4]) > 0.1 and min(layer.gradient_norm for layer in repaired) > 0.01


def test_the_gradient_of_a_weight_is_the_root_mean_square_of_the_entries():
    first, last = signal(draws=1, depth=1, widths=[16], init="he", inputs=25)
    assert (first.inputs, first.units) == (25, 16) and first.deviation == pytest.approx((2 / 25) ** 0.5)
    assert first.gradient_of_a_weight == pytest.approx(first.gradient_norm / 20)
    assert last.gradient_of_a_weight == pytest.approx(last.gradient_norm / 160**0.5)


def test_the_layers_are_those_of_the_first_training_images_in_order():
    data = load_dataset("digits")
    experiment = MlpExperiment.from_dict({"dataset": "digits", "depth": 2, "init": "he"})
    found = look_at_start(experiment, data)
    assert [each.layer for each in found] == [1, 2, 3]
    images = data.X_train.raw(slice(200)).reshape(200, 64) / 8 - 1
    assert found == signal_at_start(experiment, images, data.y_train[:200], 10, 1)


@pytest.mark.parametrize("sigma", [1e-3, 1e-4])
def test_batch_norm_hides_a_small_sigma_but_for_its_epsilon(sigma):
    """Its output has mean square v / (v + ε), where v is the variance over the batch of the sums that come in."""
    images = np.repeat([[1.0, -1.0], [3.0, -3.0]], 100, axis=0)  # mean square 5, variance over the images 1
    experiment = MlpExperiment.from_dict({"depth": 1, "widths": [40], "std": sigma, "batch_norm": True})
    variance = 2 * sigma**2 * 1
    hidden, output = (each.spread for each in predicted_layers(experiment, images, 10))
    assert hidden == pytest.approx(np.sqrt(variance / (variance + 1e-5) / 2))
    assert output == pytest.approx(np.sqrt(40 * sigma**2) * hidden)


def test_a_prediction_without_a_network_draws_nothing():
    predicted = signal(draws=0, depth=2, init="he")
    assert [l.predicted for l in predicted] == [l.predicted for l in signal(draws=1, depth=2, init="he")]
    assert all(l.measured is l.gradient_norm is l.gradient_of_a_weight is None for l in predicted)


@pytest.mark.parametrize("init", ["normal", "he", "xavier", "torch", "orthogonal"])
@pytest.mark.parametrize("fans", [(300, 200), (200, 300)])
def test_weights_have_the_stated_variance(init, fans):
    W, b = draw_weights(init, 0.05, *fans, np.random.default_rng(1))
    weight_variance, bias_variance = initial_variances(init, 0.05, *fans)
    assert W.shape == fans and W.mean() == pytest.approx(0, abs=0.01)
    assert W.var() == pytest.approx(weight_variance, rel=0.05) and b.var() == pytest.approx(bias_variance, rel=0.3)


def test_orthogonal_weights_are_orthogonal():
    for fans in ((30, 20), (20, 30)):
        W, _ = draw_weights("orthogonal", 1.0, *fans, np.random.default_rng(1))
        product = W.T @ W if fans[0] > fans[1] else W @ W.T
        np.testing.assert_allclose(product, 2 * np.eye(20), atol=1e-12)


@pytest.mark.parametrize("norm", [{}, {"batch_norm": True}, {"layer_norm": True}])
@pytest.mark.parametrize("residual", [False, True])
def test_spreads_and_gradients_agree_with_pytorch(residual, norm):
    import torch

    from nnlib.deep.network import build_network, layer_signals, weight_layers

    experiment = MlpExperiment.from_dict(
        {
            "depth": 3,
            "widths": [12, 12, 10],  # as many units in the last hidden layer as classes: the output has no residual connection
            "init": "torch",
            "activations": ["tanh", "sigmoid", "relu"],
            "residual": residual,
            "dropout": 0.4,
            **norm,
        }
    )
    network = build_network(experiment, 20, 10).double()
    weights = [(l.weight.detach().numpy().T, l.bias.detach().numpy()) for l in weight_layers(network)]
    squares, _, gradients = pass_through(experiment, weights, X[:, :20], Y)
    found = layer_signals(network, torch.from_numpy(X[:, :20]), torch.from_numpy(Y))
    np.testing.assert_allclose([layer["activation_norm"] for layer in found], np.sqrt(squares))
    np.testing.assert_allclose([layer["gradient_norm"] for layer in found], np.sqrt(gradients))

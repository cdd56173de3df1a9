import numpy as np
import pytest

from nnlib.signal_sizes import WIDTHS, mean_square, random_images, report_network, signal_sizes

X, Y = random_images()
DRAWS = 40


@pytest.mark.parametrize("init, std", [("normal", 1e-3), ("normal", 0.2), ("he", 1.0)])
def test_each_layer_changes_the_mean_square_by_its_factor_on_average_over_the_weights(init, std):
    measured = []
    for seed in range(DRAWS):
        layers = signal_sizes(report_network(4, init, std, seed), X[:20], Y[:20])
        signals = [mean_square(X[:20]), *(layer.signal for layer in layers)]
        measured.append([after / before for before, after in zip(signals, signals[1:])])
    expected = [layer.factor for layer in layers]
    np.testing.assert_allclose(np.mean(measured, axis=0), expected, rtol=0.25)


def test_the_factor_is_n_sigma_squared_halved_by_a_relu():
    factors = [layer.factor for layer in signal_sizes(report_network(2, "normal", 1e-3), X, Y)]
    np.testing.assert_allclose(factors, [3072e-6 / 2, 50e-6 / 2, 40e-6])


def test_he_keeps_the_signal_and_a_small_sigma_loses_signal_and_gradient():
    kept, lost = (signal_sizes(report_network(4, init, 1e-3), X, Y) for init in ("he", "normal"))
    assert [layer.inputs for layer in kept] == [3072, *WIDTHS]
    assert min(layer.signal for layer in kept) > 0.1
    assert lost[3].signal < 1e-15 and max(layer.gradient for layer in lost) < 1e-18


def test_the_gradient_is_that_of_the_loss():
    net = report_network(1, "he", 1.0)
    _, grads = net.loss(X, Y)
    assert [layer.gradient for layer in signal_sizes(net, X, Y)] == [mean_square(grads["W1"]), mean_square(grads["W2"])]

"""A network of filters reads a digit wherever it lies, and an MLP does not."""

import numpy as np
import pytest

from nnlib.finite_differences import numerical_jacobian
from nnlib.teaching.moved_digits import (
    FARTHEST,
    FilterNet,
    accuracies,
    digits,
    moved,
    parameter_count,
    trained_filter_net,
    trained_flat_net,
)


def test_an_mlp_reads_digits_where_it_learned_them_and_hardly_any_that_are_moved():
    shares = accuracies(trained_flat_net())
    assert shares[0] > 0.95 and max(shares[FARTHEST], shares[-FARTHEST]) < 0.35


def test_a_network_of_filters_gives_the_same_answer_wherever_a_digit_lies():
    net, (_, test) = trained_filter_net(), digits()
    psi = net.probabilities(moved(test.images))
    assert (psi.argmax(axis=1) == test.labels).mean() > 0.93
    for right in (-FARTHEST, 3):
        np.testing.assert_allclose(net.probabilities(moved(test.images, right)), psi, rtol=1e-9)
    assert parameter_count(net) < 1_000


@pytest.mark.parametrize("name", ["W", "b", "V", "c"])
def test_its_gradients_agree_with_central_differences(name):
    net, (known, _) = FilterNet(), digits()
    X, y = known.images[:2], known.labels[:2]
    start = net.params[name].copy()

    def loss(flat):
        net.params[name] = flat.reshape(start.shape)
        return np.array([net.loss(X, y)[0]])

    _, grads = net.loss(X, y)
    numeric = numerical_jacobian(loss, start.ravel()).reshape(start.shape)
    np.testing.assert_allclose(grads[name], numeric, atol=1e-7)

import numpy as np
import pytest

from nnlib import MLP, TwoLayerNet


def batch(D, K, N=6, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((N, D)), rng.integers(0, K, N)


def test_the_two_layer_net_is_the_reports_network():
    net = TwoLayerNet(4, 10, 3)
    assert {name: array.shape for name, array in net.params.items()} == {
        "W1": (4, 10), "b1": (10,), "W2": (10, 3), "b2": (3,)}  # fmt: skip
    X, _ = batch(4, 3)
    a2 = np.maximum(0, X @ net.params["W1"] + net.params["b1"])
    exp = np.exp(a2 @ net.params["W2"] + net.params["b2"])
    np.testing.assert_allclose(net.probabilities(X), exp / exp.sum(axis=1, keepdims=True), rtol=1e-12)
    assert net.params["W1"].std() == pytest.approx(1e-4, rel=0.3)  # the standard deviation of 40 numbers


def test_an_untrained_network_guesses():
    X, y = batch(4, 3)
    assert TwoLayerNet(4, 10, 3).loss(X, y)[0] == pytest.approx(np.log(3), abs=1e-4)


def test_writing_into_a_parameter_takes_effect():
    net = TwoLayerNet(2, 3, 2)
    net.params["b2"][:] = [0, 50]
    assert net.predict(np.zeros((1, 2))).tolist() == [1]


@pytest.mark.parametrize("scale", [1e4, -1e4])
def test_huge_logits_give_finite_loss_and_gradients(scale):
    net = MLP((1, 3), init="zeros")
    net.params["W1"][:] = [[scale, 0, -scale]]
    J, grads = net.loss(np.ones((2, 1)), np.array([0, 2]))
    assert np.isfinite(J) and all(np.isfinite(g).all() for g in grads.values())


def test_the_same_seed_gives_the_same_weights_and_another_does_not():
    first, same, other = (MLP((3, 5, 2), seed=seed).params["W1"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


SIGMAS = {"he": (2 / 400) ** 0.5, "xavier": (2 / 700) ** 0.5, "normal": 0.3, "zeros": 0}


@pytest.mark.parametrize(("init", "sigma"), SIGMAS.items())
def test_initialisers_have_their_standard_deviation(init, sigma):
    W = MLP((400, 300, 2), init=init, std=0.3).params["W1"]
    assert W.std() == pytest.approx(sigma, rel=0.02)


def test_float32_stays_float32():
    net = MLP((3, 4, 2), dtype=np.float32)
    X, y = batch(3, 2)
    _, grads = net.loss(X, y, 0.1)
    assert {g.dtype for g in grads.values()} == {np.dtype(np.float32)}
    assert net.probabilities(X).dtype == np.float32


def test_predictions_do_not_depend_on_the_batch_size():
    net = MLP((3, 4, 2))
    X, _ = batch(3, 2, N=2500)
    np.testing.assert_allclose(net.probabilities(X)[2400], net.probabilities(X[2400:2401])[0], rtol=1e-12)


@pytest.mark.parametrize(
    ("X", "y", "names"),
    [
        (np.zeros((2, 3)), [0, 1], "shape (2, 3)"),
        (np.zeros((0, 4)), [], "shape (0, 4)"),
        (np.zeros((2, 4)), [0], "y has shape (1,)"),
        (np.zeros((2, 4)), [0.0, 1.0], "float64"),
        (np.zeros((2, 4)), [0, 3], "0 to 2"),
        (np.zeros((2, 4)), [-1, 0], "0 to 2"),
    ],
)
def test_mismatched_input_is_rejected_with_its_shape(X, y, names):
    with pytest.raises(ValueError) as error:
        TwoLayerNet(4, 5, 3).loss(X, np.array(y))
    assert names in str(error.value)


@pytest.mark.parametrize(
    "arguments",
    [
        {"sizes": (3,)},
        {"sizes": (3, 0, 2)},
        {"sizes": (3, 2.5, 2)},
        {"activation": "swish"},
        {"activation": ["relu", "tanh"]},
        {"init": "magic"},
        {"std": -1},
        {"std": float("nan")},
        {"penalty": "l3"},
        {"dtype": np.int32},
    ],
)
def test_arguments_out_of_range_are_named_in_the_error(arguments):
    with pytest.raises(ValueError, match=next(iter(arguments))):
        MLP(**{"sizes": (3, 4, 2), **arguments})

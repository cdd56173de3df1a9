import numpy as np
import pytest
import torch

from nnlib import MLP
from nnlib.initialisers import INITIALISERS, initial_weights

TORCH = {
    "normal": lambda W: torch.nn.init.normal_(W, 0, 0.3),
    "he": lambda W: torch.nn.init.kaiming_normal_(W, nonlinearity="relu"),
    "xavier": torch.nn.init.xavier_normal_,
    "zeros": torch.nn.init.zeros_,
}


@pytest.mark.parametrize("name", INITIALISERS)
@pytest.mark.parametrize(("fan_in", "fan_out"), [(400, 900), (900, 400)])
def test_each_initialiser_has_the_spread_of_its_torch_counterpart(name, fan_in, fan_out):
    torch.manual_seed(0)
    theirs = TORCH[name](torch.empty(fan_out, fan_in, dtype=torch.float64)).numpy()
    ours = initial_weights(name, fan_in, fan_out, 0.3, np.random.default_rng(0), np.float64)
    assert ours.shape == (fan_in, fan_out)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.01)  # 360,000 weights: their own spread is 0.1 %
    assert abs(ours.mean()) <= 0.01 * ours.std()


def test_an_unknown_initialiser_is_rejected():
    with pytest.raises(ValueError, match="init = 'glorot'"):
        initial_weights("glorot", 2, 2, 1.0, np.random.default_rng(0), np.float64)


def test_no_two_layers_begin_with_the_same_weights():
    net = MLP((50, 50, 50, 50), "relu", "normal", 1.0, seed=3)
    layers = [net.params[f"W{l}"].ravel() for l in (1, 2, 3)]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert abs(np.corrcoef(layers[one], layers[other])[0, 1]) < 0.1
    assert all((net.params[f"b{l}"] == 0).all() for l in (1, 2, 3))


def test_the_seed_alone_decides():
    one, same, other = (MLP((20, 10, 5), seed=seed).params for seed in (1, 1, 2))
    for name in ("W1", "W2"):
        np.testing.assert_array_equal(one[name], same[name])
        assert (one[name] != other[name]).all()

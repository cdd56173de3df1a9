import numpy as np
import pytest
import torch

from nnlib.optimisers import OPTIMISERS, optimiser_named

TORCH = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
    "adam": lambda p: torch.optim.Adam(p, lr=0.05),
}


@pytest.mark.parametrize("name", sorted(OPTIMISERS))
def test_each_optimiser_follows_its_torch_counterpart(name):
    params = {"W1": np.array([[3.0, -2.0]])}
    theirs = torch.tensor(params["W1"].copy(), requires_grad=True)
    ours, reference = optimiser_named(name, params), TORCH[name]([theirs])
    for _ in range(20):
        ours.update(params, {"W1": 2 * params["W1"]}, 0.05)
        reference.zero_grad()
        (theirs**2).sum().backward()
        reference.step()
    np.testing.assert_allclose(params["W1"], theirs.detach().numpy(), rtol=1e-6)


def test_an_unknown_optimiser_is_rejected():
    with pytest.raises(ValueError, match="optimiser = 'sdg'"):
        optimiser_named("sdg", {})

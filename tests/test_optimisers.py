import numpy as np
import pytest
import torch

from nnlib.optimisers import OPTIMISERS, optimiser_named

TORCH = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0),
    "momentum": lambda p: torch.optim.SGD(p, lr=0, momentum=0.9),
    "adam": lambda p: torch.optim.Adam(p, lr=0),
}


@pytest.mark.parametrize("size", [1, 1e-8])  # of the gradients: Adam's ε counts where they are small
@pytest.mark.parametrize("decay", [1, 0.8])
@pytest.mark.parametrize("name", sorted(OPTIMISERS))
def test_each_optimiser_follows_its_torch_counterpart(name, decay, size):
    rng = np.random.default_rng(0)
    params = {"W1": rng.standard_normal((3, 2)), "b1": rng.standard_normal(2)}
    theirs = {key: torch.tensor(array.copy(), requires_grad=True) for key, array in params.items()}
    ours, reference = optimiser_named(name, params), TORCH[name](list(theirs.values()))
    arrays = dict(params)
    for step in range(20):
        rate = 0.05 * decay**step / (1 if name == "adam" else size)
        grads = {key: size * rng.standard_normal(array.shape) for key, array in params.items()}
        for key, gradient in grads.items():
            theirs[key].grad = torch.tensor(gradient.copy())
        reference.param_groups[0]["lr"] = rate
        reference.step()
        ours.update(params, grads, rate)
        for key, array in params.items():
            np.testing.assert_allclose(array, theirs[key].detach().numpy(), rtol=1e-9)
    assert all(params[key] is array for key, array in arrays.items())  # changed in place


def test_an_unknown_optimiser_is_rejected():
    with pytest.raises(ValueError, match="optimiser = 'sdg'"):
        optimiser_named("sdg", {})

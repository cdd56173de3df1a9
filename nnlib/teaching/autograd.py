"""The gradient a third way: PyTorch's reverse-mode differentiation of the same loss, with no backward pass written here.

torch is imported where it is used: it takes seconds and some 200 MB, which nothing else in the library should cost.
"""

import numpy as np

from nnlib.support.validation import number


def autograd_loss(net, X, y, reg=0.0):
    """J~, and ∂J~/∂θ of every parameter by torch's autograd, in float64: what `MLP.loss` returns.

    Only the forward pass is told to torch; it keeps the graph of operations and walks it backwards by itself.

    Parameters: net, an MLP; X (N, D); y (N,) integer labels 0 … K−1; reg, the λ ≥ 0.
    Returns (J~, dict: parameter name → float64 array of its shape). Raises ValueError for a misfit. The network is left as it
    was.
    """
    X = np.asarray(X, np.float64)
    net.check_input_shape(X.shape)
    y = net.checked_labels(y, len(X))
    reg = number("reg", reg, 0, 1e12)

    import torch

    activation = {
        "relu": torch.relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "identity": torch.nn.Identity(),
    }[net.activation.name]
    params = {name: torch.tensor(array, dtype=torch.float64, requires_grad=True) for name, array in net.params.items()}
    a = torch.tensor(X)
    for l in range(1, net.depth + 1):
        z = a @ params[f"W{l}"] + params[f"b{l}"]
        a = activation(z) if l < net.depth else z
    J = torch.nn.functional.cross_entropy(a, torch.tensor(y, dtype=torch.int64))
    for l in range(1, net.depth + 1):
        W = params[f"W{l}"]
        J = J + reg * (W.square() if net.penalty == "l2" else W.abs()).sum()
    J.backward()
    return J.item(), {name: tensor.grad.numpy() for name, tensor in params.items()}

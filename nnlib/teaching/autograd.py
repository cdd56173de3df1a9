"""The gradient computed a third way: by PyTorch's reverse-mode differentiation of the same loss, without a backward pass here.

torch is imported in the function, because the import takes seconds and some 200 MB.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from nnlib.network import MLP
from nnlib.support.arrays import Array
from nnlib.support.validation import number


def autograd_loss(net: MLP, X: ArrayLike, y: ArrayLike, reg: float = 0.0) -> tuple[float, dict[str, Array]]:
    """J~, and ∂J~/∂θ of every parameter by PyTorch's autograd, in float64: what `MLP.loss` returns.

    Only the forward pass is written here; PyTorch records the graph of operations and differentiates it.

    Parameters
    ----------
    net, X, y, reg : as in `MLP.loss`. The network is not changed.

    Returns
    -------
    (J~, grads) : a float, and a dict with the keys and shapes of `net.params`.

    Raises
    ------
    ValueError : shapes or labels do not fit the network.
    """
    X = np.asarray(X, np.float64)
    net.check_input_shape(X.shape)
    y = net.checked_labels(y, len(X))
    reg = number("reg", reg, 0, 1e12)

    import torch

    functions: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
        "relu": torch.relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "identity": lambda z: z,
    }
    params = {name: torch.tensor(array, dtype=torch.float64, requires_grad=True) for name, array in net.params.items()}
    a = torch.tensor(X)
    for l in range(1, net.depth + 1):
        z = a @ params[f"W{l}"] + params[f"b{l}"]
        a = functions[net.activations[l + 1].name](z) if l < net.depth else z
    J = torch.nn.functional.cross_entropy(a, torch.tensor(y, dtype=torch.int64))
    for l in range(1, net.depth + 1):
        W = params[f"W{l}"]
        J = J + reg * (W.square() if net.penalty == "l2" else W.abs()).sum()
    J.backward()
    return J.item(), {name: torch.as_tensor(tensor.grad).numpy() for name, tensor in params.items()}

"""What becomes of a signal on its way through ReLU layers, and of the gradient on its way back.

Weights of mean 0 and variance σ², biases 0: a sum of n products has the mean square nσ² times that of the inputs, and it is
positive as often as negative. The ReLU sets the negative half to 0, which halves the mean square:

    mean square of a(l+1)  =  nσ²/2 · mean square of a(l)        on average over the weights; without the ½ for the logits

Source: He et al., "Delving Deep into Rectifiers", 2015, arXiv:1502.01852.
"""

from dataclasses import dataclass

import numpy as np

from nnlib.initialisers import INITIALISERS
from nnlib.mlp_experiment import WIDTHS
from nnlib.network import MLP

INPUTS, CLASSES = 3072, 10  # of a CIFAR-10 network: 32×32 pixels of three colours
EXAMPLES = 200


@dataclass(frozen=True)
class LayerSizes:
    """One layer of weights, and what it makes of the signal.

    inputs     n, the inputs of each of its units
    factor     by which it changes the mean square of the signal on average: nσ²/2, or nσ² for the last layer
    signal     the mean square of what it puts out: of a(l+1), or of the logits
    gradient   the mean square of ∂J/∂W(l)
    """

    inputs: int
    factor: float
    signal: float
    gradient: float


def report_network(hidden_layers, init, std, seed=0):
    """The report's network with the first `hidden_layers` (1 to 4) of its widths, freshly drawn."""
    return MLP((INPUTS, *WIDTHS[:hidden_layers], CLASSES), init=init, std=std, seed=seed)


def random_images():
    """X (EXAMPLES, INPUTS) between −1 and 1, as scaled pixels are, and y (EXAMPLES,): always the same."""
    rng = np.random.default_rng(0)
    return rng.uniform(-1, 1, (EXAMPLES, INPUTS)), rng.integers(0, CLASSES, EXAMPLES)


def signal_sizes(net, X, y):
    """A LayerSizes for each layer of weights, input layer first. net: an MLP with ReLUs; X (N, D); y (N,) labels."""
    z, a = net.forward(X)
    _, grads = net.loss(X, y)
    return [_layer(net, l, a[l + 1] if l < net.depth else z[l + 1], grads[f"W{l}"]) for l in range(1, net.depth + 1)]


def _layer(net, l, out, gradient):
    fan_in, fan_out = net.sizes[l - 1 : l + 1]
    sigma = INITIALISERS[net.init](fan_in, fan_out, net.std)
    kept = 0.5 if l < net.depth else 1  # the logits pass through no ReLU
    return LayerSizes(fan_in, kept * fan_in * sigma**2, mean_square(out), mean_square(gradient))


def mean_square(array):
    """The mean of the squares of all entries."""
    return float(np.mean(np.square(array)))

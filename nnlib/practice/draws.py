"""Short numbers for small networks that can be computed by hand."""

from dataclasses import dataclass
from random import Random

import numpy as np

from nnlib.losses import one_hot, softmax
from nnlib.network import TwoLayerNet
from nnlib.support.arrays import Array, Labels

N = 2  # examples in the batch


@dataclass(frozen=True)
class SmallNetwork:
    """A network, a batch of N examples, and its forward pass. The probabilities are those of the lessons' ψ."""

    net: TwoLayerNet
    X: Array
    y: Labels
    z2: Array
    a2: Array
    psi: Array

    @property
    def Delta(self) -> Array:
        return one_hot(self.y, self.psi.shape[1])


def small_network(rng: Random, D: int = 2, H: int = 3, K: int = 3) -> SmallNetwork:
    """A network with weights of one decimal."""
    net = TwoLayerNet(D, H, K)
    for array in net.params.values():
        array[...] = decimals(rng, *array.shape)
    X = decimals(rng, N, D) * 2
    z, a = net.forward(X)
    return SmallNetwork(net, X, labels(rng, K), z[2], a[2], softmax(z[3]))


def decimals(rng: Random, *shape: int) -> Array:
    """Numbers of one decimal from −1 to 1, without 0."""
    return np.array([rng.choice((-1, 1)) * rng.randint(1, 10) / 10 for _ in range(int(np.prod(shape)))]).reshape(shape)


def labels(rng: Random, K: int) -> Labels:
    """The classes of N examples."""
    return np.array([rng.randrange(K) for _ in range(N)])


def probabilities(rng: Random, rows: int, K: int = 3) -> Array:
    """Rows of K positive probabilities in steps of 0.05, whose sum is 1."""
    cuts = [[0, *sorted(rng.sample(range(1, 20), K - 1)), 20] for _ in range(rows)]
    return np.diff(np.array(cuts), axis=1) / 20

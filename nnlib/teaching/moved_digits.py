"""Two networks that learn handwritten digits in the middle of an image, to be asked about digits that were moved.

An MLP has a weight for each pixel, so a moved digit meets weights that never saw one. A convolutional network has filters that
see every position, and keeps only the largest answer of each.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nnlib.convolution import convolve, convolve_backward, max_pool, max_pool_backward
from nnlib.data.digits import WHITE, read_digits
from nnlib.losses import cross_entropy, one_hot, softmax
from nnlib.network import MLP
from nnlib.optimisers import Adam, Params
from nnlib.support.arrays import Array, Labels

DIGIT, SIDE = 8, 16  # pixels in a row of a digit, and of the image that it lies in
FARTHEST = (SIDE - DIGIT) // 2  # pixels from the middle to the edge
TRAIN = 1_400  # digits to learn from; the others are for the test
HIDDEN = 64  # units of the MLP
FILTERS, FILTER = 16, 5  # of the convolutional network, and the pixels in a row of each
BATCH, SEED = 50, 0


@dataclass(frozen=True)
class Digits:
    """Images (N, 8, 8) with pixels from 0 to 1, and labels (N,)."""

    images: Array
    labels: Labels


class Network(Protocol):
    """What learns here: parameters, the loss of a batch with its gradients, and labels for images (N, 16, 16)."""

    params: Params

    def loss(self, X: Array, y: Labels) -> tuple[float, Params]: ...

    def predict(self, X: Array) -> Labels: ...


def digits() -> tuple[Digits, Digits]:
    """Those to learn from and those for the test, always the same. Raises nnlib.data.errors.DataError."""
    pixels, labels = read_digits()
    order = np.random.default_rng(SEED).permutation(len(pixels))
    images, labels = pixels[order].reshape(-1, DIGIT, DIGIT) / WHITE, labels[order]
    return Digits(images[:TRAIN], labels[:TRAIN]), Digits(images[TRAIN:], labels[TRAIN:])


def moved(images: Array, right: int = 0) -> Array:
    """(N, 16, 16): each digit (N, 8, 8) in the middle of an empty image, moved by so many pixels; to the left if negative."""
    canvas = np.zeros((len(images), SIDE, SIDE))
    canvas[:, FARTHEST : FARTHEST + DIGIT, FARTHEST + right : FARTHEST + right + DIGIT] = images
    return canvas


class FlatNet:
    """An MLP that takes each image as one row of pixels."""

    def __init__(self) -> None:
        self.net = MLP((SIDE**2, HIDDEN, 10), seed=SEED)
        self.params = self.net.params

    def loss(self, X: Array, y: Labels) -> tuple[float, Params]:
        """The cross-entropy, and the gradient of each parameter."""
        return self.net.loss(X.reshape(len(X), -1), y)

    def probabilities(self, X: Array) -> Array:
        """ψ (N, 10) of images (N, 16, 16)."""
        return self.net.probabilities(X.reshape(len(X), -1))

    def predict(self, X: Array) -> Labels:
        """The most probable digit of each image (N, 16, 16)."""
        return self.probabilities(X).argmax(axis=1)


class FilterNet:
    """Filters, a ReLU, the largest number of each filter over all positions, and a softmax.

        z = W ∗ X + b,   a = max(0, z),   h = max over all positions of a,   ψ = softmax(hV + c)

    With a padding of FILTER − 1, each filter also sees the edges of a digit at the edge of its image. So a digit gives the
    same patches, and the same h, wherever it lies.
    """

    padding = FILTER - 1

    def __init__(self) -> None:
        rng = np.random.default_rng(SEED)
        self.params = {
            "W": rng.standard_normal((FILTERS, 1, FILTER, FILTER)) * np.sqrt(2) / FILTER,
            "b": np.zeros(FILTERS),
            "V": rng.standard_normal((FILTERS, 10)) * np.sqrt(2 / FILTERS),
            "c": np.zeros(10),
        }

    def _forward(self, X):
        a = np.maximum(0, convolve(X[:, np.newaxis], self.params["W"], self.params["b"], padding=self.padding))
        h = max_pool(a, a.shape[2])[:, :, 0, 0]
        return a, h, h @ self.params["V"] + self.params["c"]

    def loss(self, X: Array, y: Labels) -> tuple[float, Params]:
        """The cross-entropy, and the gradient of each parameter, for images (N, R, R)."""
        a, h, logits = self._forward(X)
        d_logits = (softmax(logits) - one_hot(y, 10)) / len(X)
        dh = d_logits @ self.params["V"].T
        dz = max_pool_backward(dh[:, :, np.newaxis, np.newaxis], a, a.shape[2]) * (a > 0)
        _, dW, db = convolve_backward(dz, X[:, np.newaxis], self.params["W"], padding=self.padding)
        return cross_entropy(logits, y), {"W": dW, "b": db, "V": h.T @ d_logits, "c": d_logits.sum(axis=0)}

    def probabilities(self, X: Array) -> Array:
        """ψ (N, 10) of images (N, R, R)."""
        return softmax(self._forward(X)[2])

    def predict(self, X: Array) -> Labels:
        """The most probable digit of each image (N, R, R)."""
        return self.probabilities(X).argmax(axis=1)


def train(net: Network, X: Array, y: Labels, epochs: int, learning_rate: float) -> None:
    """Change the parameters of a network by Adam, with batches of BATCH images in a new order for each epoch."""
    optimiser, rng = Adam(net.params), np.random.default_rng(SEED)
    for _ in range(epochs):
        for batch in np.array_split(rng.permutation(len(X)), len(X) // BATCH):
            _, grads = net.loss(X[batch], y[batch])
            optimiser.update(net.params, grads, learning_rate)


def trained_flat_net() -> FlatNet:
    """The MLP, trained on digits in the middle."""
    net, (known, _) = FlatNet(), digits()
    train(net, moved(known.images), known.labels, epochs=15, learning_rate=0.003)
    return net


def trained_filter_net() -> FilterNet:
    """The convolutional network, trained on the digits alone: what is around them is padding."""
    net, (known, _) = FilterNet(), digits()
    train(net, known.images, known.labels, epochs=12, learning_rate=0.01)
    return net


def parameter_count(net: Network) -> int:
    """How many numbers it learns."""
    return sum(array.size for array in net.params.values())


def accuracies(net: Network) -> dict[int, float]:
    """The accuracy on the test digits, by the number of pixels by which all of them are moved to the right."""
    _, test = digits()
    return {
        right: float((net.predict(moved(test.images, right)) == test.labels).mean()) for right in range(-FARTHEST, FARTHEST + 1)
    }

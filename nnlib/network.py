"""The fully connected network: forward pass, loss, backward pass.

The symbols are those of the lessons; z(2) is z[2] here, W(1) is params["W1"], and dz is the gradient with respect to
z(l). Every row of a matrix is one example.

    a(1) = X,   z(l+1) = a(l) W(l) + b(l),   a(l) = f(z(l)),   ψ = softmax(z(L+1))
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from nnlib.activations import Activation, activation_named
from nnlib.dropout import Dropout
from nnlib.initialisers import initial_weights
from nnlib.losses import cross_entropy, one_hot, penalty, penalty_gradient, penalty_named, softmax
from nnlib.support.arrays import Array, Inputs, Labels, as_inputs
from nnlib.support.validation import integer, number

ROWS_AT_ONCE = 1000  # examples that a prediction computes at a time: the whole set may not fit into memory


class MLP:
    """A fully connected network with any number of hidden layers; its last layer is a softmax.

    Parameters
    ----------
    sizes : sequence of int, (D, H1, …, K): inputs, units of each hidden layer, classes. (D, K) is softmax regression.
    activation : "relu", "tanh", "sigmoid" or "identity", used by every hidden layer; or a sequence of them, one for each.
    init : "normal" (with `std`), "he", "xavier" or "zeros". Biases start at 0.
    std : standard deviation of the "normal" initialiser.
    penalty : "l2" (Σ‖W‖², no ½) or "l1" (Σ|W|): what `reg` multiplies in the loss.
    seed : the same seed gives the same weights.
    dtype : np.float64 to check gradients, np.float32 to train fast.

    Attributes
    ----------
    params : name → array: W1 (D, H1), b1 (H1,), W2, b2, … Writing into an array changes the network.
    depth : L, the number of weight matrices.
    activations : l → the Activation of hidden layer l, from 2 to L; while dropout is used, a Dropout in its place.

    Raises
    ------
    ValueError : an argument is not one of these.
    """

    def __init__(
        self, sizes: Sequence[int], activation: str | Sequence[str] = "relu", init: str = "he", std: float = 1e-4,
        penalty: str = "l2", seed: int = 0, dtype: DTypeLike = np.float64,
    ):  # fmt: skip
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise ValueError(f"dtype = {dtype!r}: must be float32 or float64.")
        if len(sizes) < 2:
            raise ValueError(f"sizes = {sizes!r}: must hold at least the input size and the number of classes.")
        self.sizes = tuple(integer("sizes", size, 1, 10**7) for size in sizes)
        self.depth = len(self.sizes) - 1
        if isinstance(activation, str):
            activation = [activation_named(activation).name] * (self.depth - 1)
        if len(activation) != self.depth - 1:
            raise ValueError(
                f"activation = {activation!r}: must be one name, or one for each of {self.depth - 1} hidden layers."
            )
        self.activations: dict[int, Activation | Dropout] = {
            l: activation_named(name) for l, name in enumerate(activation, start=2)
        }
        self.penalty = penalty_named(penalty)
        self.init = init
        self.std = number("std", std, 0, 1e6)
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        rng = np.random.default_rng(seed)
        self.params: dict[str, Array] = {}
        for l, (fan_in, fan_out) in enumerate(zip(self.sizes, self.sizes[1:]), start=1):
            self.params[f"W{l}"] = initial_weights(init, fan_in, fan_out, self.std, rng, self.dtype)
            self.params[f"b{l}"] = np.zeros(fan_out, self.dtype)

    def forward(self, X: Array) -> tuple[dict[int, Array], dict[int, Array]]:
        """Return dicts z and a by layer: a[1] = X (N, D), z[l] and a[l] (N, H_l), z[L+1] (N, K) the logits."""
        z: dict[int, Array] = {}
        a = {1: X}
        for l in range(1, self.depth + 1):
            z[l + 1] = a[l] @ self.params[f"W{l}"] + self.params[f"b{l}"]
            if l < self.depth:
                a[l + 1] = self.activations[l + 1].function(z[l + 1], out=np.empty_like(z[l + 1]))
        return z, a

    def loss(self, X: ArrayLike, y: ArrayLike, reg: float = 0.0) -> tuple[float, dict[str, Array]]:
        """The loss J~ and its gradient with respect to every parameter.

            J~ = −(1/N) Σᵢ log ψ(zᵢ)_{yᵢ} + λ Σ_l ‖W(l)‖²       with penalty "l1": λ Σ_l Σ|W(l)|

            ∂J/∂z(L+1) = (ψ − Δ)/N                      Δ: one-hot labels
            ∂J~/∂W(l)  = a(l)ᵀ ∂J/∂z(l+1) + 2λ W(l)     with penalty "l1": + λ sign W(l)
            ∂J/∂b(l)   = Σᵢ (∂J/∂z(l+1))ᵢ
            ∂J/∂z(l)   = [∂J/∂z(l+1) W(l)ᵀ] ∘ f′(z(l))

        Parameters
        ----------
        X, y : (N, D) inputs and (N,) integer labels 0 … K−1.
        reg : λ ≥ 0.

        Returns
        -------
        (J~, grads) : a float, and a dict with the keys and shapes of `params`.

        Raises
        ------
        ValueError : shapes or labels do not fit the network.
        """
        X = np.asarray(X, self.dtype)
        self.check_input_shape(X.shape)
        y = self.checked_labels(y, len(X))
        reg = number("reg", reg, 0, 1e12)
        L, N, K = self.depth, len(X), self.sizes[-1]

        z, a = self.forward(X)
        J = self.cost(z[L + 1], y, reg)

        grads = {}
        psi, Delta = softmax(z[L + 1]), one_hot(y, K)
        dz = ((psi - Delta) / N).astype(self.dtype)
        for l in range(L, 0, -1):
            W = self.params[f"W{l}"]
            grads[f"W{l}"] = a[l].T @ dz + reg * penalty_gradient(self.penalty, W)
            grads[f"b{l}"] = dz.sum(axis=0)
            if l > 1:
                dz = self.activations[l].multiply_by_derivative(dz @ W.T, a[l])
        return J, grads

    def cost(self, logits: Array, y: Labels, reg: float) -> float:
        """J~ of logits (N, K) against labels y (N,): cross-entropy plus reg times the penalty of every W."""
        J = cross_entropy(logits, y)
        if reg:
            J += reg * sum(penalty(self.penalty, self.params[f"W{l}"]) for l in range(1, self.depth + 1))
        return J

    def logits(self, X: Inputs | ArrayLike) -> Array:
        """z(L+1) (N, K) for X (N, D), computed some rows at a time: X may be larger than memory."""
        X = as_inputs(X)
        self.check_input_shape(X.shape)
        chunks = []
        for start in range(0, X.shape[0], ROWS_AT_ONCE):
            z, _ = self.forward(np.asarray(X[start : start + ROWS_AT_ONCE], self.dtype))
            chunks.append(z[self.depth + 1])
        return np.concatenate(chunks)

    def probabilities(self, X: Inputs | ArrayLike) -> Array:
        """ψ (N, K) for X (N, D): row i holds the probability of each class for example i."""
        return softmax(self.logits(X))

    def predict(self, X: Inputs | ArrayLike) -> Labels:
        """The most probable class of each row of X (N, D): labels (N,)."""
        return self.logits(X).argmax(axis=1)

    def check_input_shape(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError unless `shape` is (N, D) with N ≥ 1."""
        if len(shape) != 2 or shape[0] == 0 or shape[1] != self.sizes[0]:
            raise ValueError(f"X has shape {tuple(shape)}: must be (N, {self.sizes[0]}) with N ≥ 1.")

    def checked_labels(self, y: ArrayLike, N: int) -> Labels:
        """Return y as an array (N,) of integers 0 … K−1. Raises ValueError if it is not."""
        y, K = np.asarray(y), self.sizes[-1]
        if y.shape != (N,) or y.dtype.kind not in "iu":
            raise ValueError(f"y has shape {y.shape} and type {y.dtype}: must be {N} integers, one for each row of X.")
        if y.min() < 0 or y.max() >= K:
            raise ValueError(f"y holds labels from {y.min()} to {y.max()}: must be 0 to {K - 1}.")
        return y


class TwoLayerNet(MLP):
    """The report's network: one hidden ReLU layer, W1 (D, H), b1 (H,), W2 (H, K), b2 (K,), W ~ N(0, std²)."""

    def __init__(
        self, input_size: int, hidden_size: int, output_size: int, std: float = 1e-4, seed: int = 0,
        dtype: DTypeLike = np.float64,
    ):  # fmt: skip
        super().__init__((input_size, hidden_size, output_size), "relu", "normal", std, seed=seed, dtype=dtype)

"""The fully connected network: forward pass, loss, backward pass.

The symbols are those of the lessons. Batches are row-major: one example a row. A layer number in brackets stands at
the end of a name here: z(2) is z[2], the gradient with respect to z(l) is delta.

    a(1) = X,   z(l+1) = a(l) W(l) + b(l),   a(l) = f(z(l)),   ψ = softmax(z(L+1))
"""

import numpy as np

from nnlib.activations import activation_named
from nnlib.initialisers import initial_weights
from nnlib.losses import cross_entropy, one_hot, penalty, penalty_gradient, penalty_named, softmax
from nnlib.support.validation import integer, number

ROWS_AT_ONCE = 1000  # what a prediction over a large set holds in memory at a time


class MLP:
    """A fully connected network with any number of hidden layers, softmax on top.

    Parameters
    ----------
    sizes : sequence of int, (D, H1, …, K): inputs, units of each hidden layer, classes. (D, K) is softmax regression.
    activation : "relu", "tanh", "sigmoid" or "identity", used by every hidden layer.
    init : "normal" (with `std`), "he", "xavier" or "zeros". Biases start at 0.
    std : standard deviation of the "normal" initialiser.
    penalty : "l2" (Σ‖W‖², no ½) or "l1" (Σ|W|): what `reg` multiplies in the loss.
    seed : the same seed gives the same weights.
    dtype : np.float64 to check gradients, np.float32 to train fast.

    `params` maps W1 (D, H1), b1 (H1,), W2, b2, … to arrays; writing into an array takes effect.
    Raises ValueError for an argument that does not fit.
    """

    def __init__(self, sizes, activation="relu", init="he", std=1e-4, penalty="l2", seed=0, dtype=np.float64):
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise ValueError(f"dtype = {dtype!r}: must be float32 or float64.")
        if len(sizes) < 2:
            raise ValueError(f"sizes = {sizes!r}: must hold at least the input size and the number of classes.")
        self.sizes = tuple(integer("sizes", size, 1, 10**7) for size in sizes)
        self.depth = len(self.sizes) - 1  # L, the number of weight matrices
        self.activation = activation_named(activation)
        self.penalty = penalty_named(penalty)
        self.init = init
        self.std = number("std", std, 0, 1e6)
        self.dtype = np.dtype(dtype)
        rng = np.random.default_rng(seed)
        self.params = {}
        for l, (fan_in, fan_out) in enumerate(zip(self.sizes, self.sizes[1:]), start=1):
            self.params[f"W{l}"] = initial_weights(init, fan_in, fan_out, self.std, rng, self.dtype)
            self.params[f"b{l}"] = np.zeros(fan_out, self.dtype)

    def forward(self, X):
        """Return dicts z and a by layer: a[1] = X (N, D), z[l] and a[l] (N, H_l), z[L+1] (N, K) the logits."""
        z, a = {}, {1: X}
        for l in range(1, self.depth + 1):
            z[l + 1] = a[l] @ self.params[f"W{l}"] + self.params[f"b{l}"]
            if l < self.depth:
                a[l + 1] = self.activation.function(z[l + 1], out=np.empty_like(z[l + 1]))
        return z, a

    def loss(self, X, y, reg=0.0):
        """The loss J~ and its gradient with respect to every parameter.

            J~ = −(1/N) Σᵢ log ψ(zᵢ)_{yᵢ} + λ Σ_l ‖W(l)‖²

            ∂J/∂z(L+1) = (ψ − Δ)/N                      Δ: the labels, one-hot
            ∂J~/∂W(l)  = a(l)ᵀ ∂J/∂z(l+1) + 2λ W(l)
            ∂J/∂b(l)   = Σᵢ (∂J/∂z(l+1))ᵢ
            ∂J/∂z(l)   = [∂J/∂z(l+1) W(l)ᵀ] ∘ f′(z(l))

        Parameters: X (N, D); y (N,) integer labels 0 … K−1; reg, the λ ≥ 0.
        Returns (loss: float, grads: dict with the keys and shapes of `params`). Raises ValueError for a misfit.
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
        delta = ((psi - Delta) / N).astype(self.dtype)
        for l in range(L, 0, -1):
            W = self.params[f"W{l}"]
            grads[f"W{l}"] = a[l].T @ delta + reg * penalty_gradient(self.penalty, W)
            grads[f"b{l}"] = delta.sum(axis=0)
            if l > 1:
                delta = self.activation.multiply_by_derivative(delta @ W.T, a[l])
        return J, grads

    def cost(self, logits, y, reg):
        """J~ of logits (N, K) against labels y (N,): cross-entropy plus reg times the penalty of every W."""
        weights = (self.params[f"W{l}"] for l in range(1, self.depth + 1))
        return cross_entropy(logits, y) + reg * sum(penalty(self.penalty, W) for W in weights)

    def logits(self, X):
        """z(L+1) (N, K) for X (N, D), computed some rows at a time: X may be larger than memory."""
        X = X if hasattr(X, "shape") else np.asarray(X)
        self.check_input_shape(X.shape)
        chunks = []
        for start in range(0, X.shape[0], ROWS_AT_ONCE):
            z, _ = self.forward(np.asarray(X[start : start + ROWS_AT_ONCE], self.dtype))
            chunks.append(z[self.depth + 1])
        return np.concatenate(chunks)

    def probabilities(self, X):
        """ψ (N, K) for X (N, D): row i holds the probability of each class for example i."""
        return softmax(self.logits(X))

    def predict(self, X):
        """The most probable class of each row of X (N, D): labels (N,)."""
        return self.logits(X).argmax(axis=1)

    def check_input_shape(self, shape):
        """Raise ValueError unless `shape` is (N, D) with N ≥ 1."""
        if len(shape) != 2 or shape[0] == 0 or shape[1] != self.sizes[0]:
            raise ValueError(f"X has shape {tuple(shape)}: must be (N, {self.sizes[0]}) with N ≥ 1.")

    def checked_labels(self, y, N):
        """y as an array (N,) of integers 0 … K−1. Raises ValueError otherwise."""
        y, K = np.asarray(y), self.sizes[-1]
        if y.shape != (N,) or y.dtype.kind not in "iu":
            raise ValueError(f"y has shape {y.shape} and type {y.dtype}: must be {N} integers, one for each row of X.")
        if y.min() < 0 or y.max() >= K:
            raise ValueError(f"y holds labels from {y.min()} to {y.max()}: must be 0 to {K - 1}.")
        return y


class TwoLayerNet(MLP):
    """The report's network: one hidden ReLU layer, W1 (D, H), b1 (H,), W2 (H, K), b2 (K,), W ~ N(0, std²)."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4, seed=0, dtype=np.float64):
        super().__init__((input_size, hidden_size, output_size), "relu", "normal", std, seed=seed, dtype=dtype)

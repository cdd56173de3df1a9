"""How a gradient becomes an update. Each optimiser changes the parameters in place and stores its memory in `state`.

The learning rate is an argument of every update, because a schedule or a learner's slider may change it at any step.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nnlib.support.arrays import Array
from nnlib.support.validation import one_of

Params = dict[str, Array]  # name (W1, b1, …) → array


class Optimiser(Protocol):
    """What every optimiser has: `state`, name → array, which a checkpoint saves, and `update`."""

    state: dict[str, NDArray[Any]]

    def update(self, params: Params, grads: Params, learning_rate: float) -> None: ...


class SGD:
    """θ ← θ − η g"""

    def __init__(self, params: Params):
        self.state: dict[str, NDArray[Any]] = {}
        self._scratch = {name: np.empty_like(array) for name, array in params.items()}

    def update(self, params: Params, grads: Params, learning_rate: float) -> None:
        """Change each array of `params` by the gradient of the same name in `grads`."""
        for name, theta in params.items():
            theta -= np.multiply(grads[name], learning_rate, out=self._scratch[name])


class Momentum:
    """v ← μ v + g,  θ ← θ − η v,  with μ = 0.9. Polyak, 1964.

    This is the form of torch.optim.SGD: a new η counts for past gradients too. Sutskever et al., ICML 2013, write
    v ← μ v − η g, θ ← θ + v, which is the same as long as η does not change.
    """

    mu = 0.9

    def __init__(self, params: Params):
        self.state: dict[str, NDArray[Any]] = {f"v_{name}": np.zeros_like(array) for name, array in params.items()}
        self._scratch = {name: np.empty_like(array) for name, array in params.items()}

    def update(self, params: Params, grads: Params, learning_rate: float) -> None:
        """Change each array of `params` by the gradient of the same name in `grads`."""
        for name, theta in params.items():
            v = self.state[f"v_{name}"]
            v *= self.mu
            v += grads[name]
            theta -= np.multiply(v, learning_rate, out=self._scratch[name])


class Adam:
    """m ← β₁ m + (1 − β₁) g,  s ← β₂ s + (1 − β₂) g²,  θ ← θ − η m̂ / (√ŝ + ε)

    m̂ and ŝ correct m and s for their start at 0: m / (1 − β₁ᵗ), s / (1 − β₂ᵗ). β₁ = 0.9, β₂ = 0.999 and ε = 1e-8, as in
    torch.optim.Adam. Kingma & Ba, 2015, arXiv:1412.6980.
    """

    beta1, beta2, epsilon = 0.9, 0.999, 1e-8

    def __init__(self, params: Params):
        self.state: dict[str, NDArray[Any]] = {"t": np.zeros((), np.int64)}
        for name, array in params.items():
            self.state[f"m_{name}"] = np.zeros_like(array)
            self.state[f"s_{name}"] = np.zeros_like(array)
        self._scratch = {name: np.empty_like(array) for name, array in params.items()}

    def update(self, params: Params, grads: Params, learning_rate: float) -> None:
        """Change each array of `params` by the gradient of the same name in `grads`."""
        self.state["t"] += 1
        t = int(self.state["t"])
        m_correction, s_correction = 1 - self.beta1**t, 1 - self.beta2**t
        for name, theta in params.items():
            g, m, s, scratch = grads[name], self.state[f"m_{name}"], self.state[f"s_{name}"], self._scratch[name]
            m *= self.beta1
            m += np.multiply(g, 1 - self.beta1, out=scratch)
            s *= self.beta2
            np.multiply(g, g, out=scratch)
            scratch *= 1 - self.beta2
            s += scratch
            np.divide(s, s_correction, out=scratch)
            np.sqrt(scratch, out=scratch)
            scratch += self.epsilon
            np.divide(m, scratch, out=scratch)
            scratch *= learning_rate / m_correction
            theta -= scratch


OPTIMISERS: dict[str, Callable[[Params], Optimiser]] = {"sgd": SGD, "momentum": Momentum, "adam": Adam}


def optimiser_named(name: str, params: Params) -> Optimiser:
    """Make a new optimiser for `params`: "sgd", "momentum" or "adam". Raises ValueError for another name."""
    return OPTIMISERS[one_of("optimiser", name, OPTIMISERS)](params)

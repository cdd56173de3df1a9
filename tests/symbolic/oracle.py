"""An independent check of answers: the text as Python over NumPy floats, at random networks made without the checker."""

import numpy as np


def softmax(z):
    exp = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return exp / exp.sum(axis=-1, keepdims=True)


FUNCTIONS = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "max": np.maximum,
    "relu": lambda x: np.maximum(0, x),
    "sum": lambda x, axis=None: np.sum(x, axis=axis, keepdims=axis == 1),
    "softmax": softmax,
}
SIGNED = {"J_plus", "J_minus", "J2", "J3", "a", "b", "df"}


def value(text, values):
    """The value of trusted text by Python's rules: NaN if undefined, None if shapes do not fit."""
    with np.errstate(all="ignore"):
        try:
            arrays = {name: np.asarray(each)[()] for name, each in values.items()}  # NumPy scalars, which have a .T
            return np.asarray(eval(text, {"__builtins__": {}}, FUNCTIONS | arrays), float)
        except (TypeError, ValueError):
            return None
        except ZeroDivisionError:
            return np.asarray(np.nan)


def equal(text, other, names, points=8):
    """Whether two texts have the same values, within floating-point precision."""
    rng = np.random.default_rng(7)
    for number in range(points):
        values = point(names, rng, number)
        left, right = value(text, values), value(other, values)
        if left is None or right is None:
            return False
        while left.shape[:1] == (1,) and left.ndim > right.ndim:
            left = left[0]
        if left.shape != right.shape or not np.allclose(left, right, rtol=1e-7, atol=1e-10):
            return False
    return True


def point(names, rng, number):
    """Random floats for the names of an exercise, consistent with their meaning."""
    names = set(names)
    if "delta_ij" in names:
        psi = softmax(rng.normal(size=5))
        j = number % 2
        return {"psi_i": psi[0], "psi_j": psi[j], "delta_ij": np.float64(j == 0)}
    if "Delta_j" in names:
        psi = softmax(rng.normal(size=5))
        j = number % 2
        return {"psi_y": psi[0], "psi_j": psi[j], "Delta_j": np.float64(j == 0)}
    if names & {"psi_1", "z_1"}:
        z, T = rng.normal(size=3), rng.uniform(0.5, 2)
        psi = softmax(z / (T if "T" in names else 1))
        values = {f"z_{k + 1}": z[k] for k in range(3)} | {f"psi_{k + 1}": psi[k] for k in range(3)}
        return values | {"T": np.float64(T), "c": rng.normal()}
    if names == {"x", "s"}:
        s = rng.uniform(0.5, 2)
        return {"s": np.float64(s), "x": np.float64(s * rng.uniform(0.1, 0.9))}
    if names == {"x"}:
        return {"x": rng.normal()}
    if names == {"a2", "da2"}:
        return {"a2": np.tanh(rng.normal(size=(7, 4))), "da2": rng.normal(size=(7, 4))}
    if names & {"X", "P1", "W1", "W2", "psi", "Delta", "dz2"}:
        return network(rng, number)
    values = {name: rng.uniform(0.2, 2) * (rng.choice((-1, 1)) if name in SIGNED else 1) for name in names}
    values |= {name: float(rng.integers(2, 9)) for name in names & {"N", "K"}}  # counts
    return values | {name: rng.uniform(0.05, 0.95) for name in names & {"p_1", "p_2"}}


def network(rng, number):
    N, D, H, K = 6 + number, 5, 4, 3
    X, W1, b1 = rng.normal(size=(N, D)), rng.normal(size=(D, H)), rng.normal(size=H)
    W2, b2 = rng.normal(size=(H, K)), rng.normal(size=K)
    z2 = X @ W1 + b1
    a2 = np.maximum(z2, 0)
    z3 = a2 @ W2 + b2
    psi, Delta = softmax(z3), np.eye(K)[rng.integers(0, K, N)]
    dz3 = (psi - Delta) / N
    dz2 = dz3 @ W2.T * (z2 > 0)
    given = dict(X=X, P1=X, W1=W1, b1=b1, W2=W2, b2=b2, z2=z2, a2=a2, z3=z3, psi=psi, Delta=Delta, dz3=dz3, dz2=dz2)
    return given | {"ones": np.ones((N, 1)), "N": np.float64(N), "lam": np.float64(rng.uniform(0.1, 1))}

"""A loss curve, thinned and smoothed for a screen."""

from collections.abc import Sequence

import numpy as np

SHOWN = 2000  # points of a loss curve that a browser receives at most
SMOOTHING = 0.98  # of the exponential mean, a step
BLOCK = 500  # steps smoothed at once; few enough that 0.98^-500 is no large number


def thinned(loss: Sequence[float | None], ends: Sequence[int] = ()) -> dict[str, list]:
    """Return at most SHOWN of the losses, evenly chosen, the first and the last among them, and their running mean there.

    Parameters
    ----------
    loss : one value for each step, from step 1 on; None where it is not finite
    ends : steps after which another network begins, and with it another mean

    Returns
    -------
    {"step", "value", "smooth"}, three lists of the same length
    """
    losses = np.asarray(loss, dtype=float)
    mean = np.concatenate([smoothed(part) for part in np.split(losses, [end for end in ends if end < len(losses)])])
    chosen = np.unique(np.linspace(0, len(losses) - 1, min(len(losses), SHOWN)).astype(int))
    return {
        "step": (chosen + 1).tolist(),
        "value": _significant(losses[chosen]),
        "smooth": _significant(mean[chosen]),
    }


def smoothed(loss: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return the exponential mean mₜ = 0.98 mₜ₋₁ + 0.02 lossₜ, divided by 1 − 0.98ᵗ for its start at zero. (n,) → (n,).

    A value that is not finite is passed over: the mean stays as it was, and so does the weight that it is divided by.
    """
    losses = np.asarray(loss, dtype=float)
    counts = np.isfinite(losses)
    with np.errstate(invalid="ignore"):  # 0/0 before the first finite loss
        return _decaying_sum(np.where(counts, losses, 0.0), counts) / _decaying_sum(counts.astype(float), counts)


def _decaying_sum(values, counts):
    """sₜ = 0.98 sₜ₋₁ + valuesₜ where counts, else sₜ₋₁. Block by block: sₜ = 0.98ᵗ (s₀ + Σ valuesᵢ / 0.98ⁱ)."""
    sums, last = np.empty(len(values)), 0.0
    for start in range(0, len(values), BLOCK):
        block = slice(start, start + BLOCK)
        decay = SMOOTHING ** np.cumsum(counts[block])
        sums[block] = decay * (last + np.cumsum(values[block] / decay))
        last = sums[block][-1]
    return sums


def _significant(values):
    """Five significant digits, enough for any screen; None for what is not finite."""
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values]

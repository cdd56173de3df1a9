"""Points above and below the graph of a function."""

from collections.abc import Callable

import numpy as np

from nnlib.data.point_rules import checked_points
from nnlib.data.points import Points
from nnlib.support.validation import integer, number

LEAST, MOST = 10, 2000  # points
LARGEST_X = 1000.0
SHORTEST = 0.01  # range of x
LARGEST_Y = 1e6
CLASSES = ("above", "below")
TRIES = 40  # random points for each one that is wanted


def points_of_function(
    f: Callable[[np.ndarray], np.ndarray], low: float, high: float, n: int = 300, noise: float = 0.0, seed: int = 0
) -> tuple[Points, tuple[float, float, float, float]]:
    """Draw points in a square of the plane, half of them above y = f(x) and half below.

    Parameters
    ----------
    f : function of an array (m,) of x, which returns the array (m,) of f(x). What it raises is passed on.
    low, high : the range of x, which is the width of the square. In y, its middle is the median of f.
    n : 10 to 2,000 points
    noise : 0 to 0.5, standard deviation of the normal displacement of each coordinate, after the classes are known, in halves
        of the side of the square
    seed : of the random numbers

    Returns
    -------
    Points of the classes "above" and "below", and the square: (lowest x, highest x, lowest y, highest y)

    Raises
    ------
    ValueError
        For an invalid argument, or if f is too large.
    """
    low, high = number("low", low, -LARGEST_X, LARGEST_X), number("high", high, -LARGEST_X, LARGEST_X)
    if high - low < SHORTEST:
        raise ValueError(f"x goes from {low:g} to {high:g}: the second number must be larger than the first.")
    n, noise = integer("n", n, LEAST, MOST), number("noise", noise, 0, 0.5)
    rng = np.random.default_rng(integer("seed", seed, 0, 2**63 - 1))

    half = (high - low) / 2
    x = rng.uniform(low, high, TRIES * n)
    y_of_f = f(x)
    centre = float(np.median(y_of_f))  # so each class has a quarter of the square or more
    if abs(centre) > LARGEST_Y:
        raise ValueError(f"f(x) is about {centre:.0e} where x goes from {low:g} to {high:g}: use smaller numbers.")
    y = rng.uniform(centre - half, centre + half, len(x))
    is_above = y > y_of_f
    chosen = [np.flatnonzero(is_above == above)[:count] for above, count in ((True, n - n // 2), (False, n // 2))]
    X = np.column_stack([x, y])[np.concatenate(chosen)] + noise * half * rng.standard_normal((n, 2))
    labels = np.repeat(CLASSES, [len(rows) for rows in chosen]).tolist()
    return checked_points(X, labels, CLASSES), (low, high, centre - half, centre + half)

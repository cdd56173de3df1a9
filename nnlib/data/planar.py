"""Points of the plane: five sets a learner can see whole, generated within about [-1, 1] x [-1, 1]."""

import numpy as np

POINTS = 600  # in all; a multiple of 2, 3 and 4, so that every class has the same number


def spiral(n: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Three arms that wind outward by 4 radians (two thirds of a turn): no straight line tells them apart.

    Source: the "toy spiral data" of CS231n, Stanford, "Minimal neural network case study".
    """
    arms = []
    for start in (0, 2 * np.pi / 3, 4 * np.pi / 3):
        radius = rng.uniform(0.05, 1, n)
        angle = start + 4 * radius
        arms.append(np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]))
    return arms


def moons(n: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Two half circles, each around an end of the other. Source: sklearn.datasets.make_moons, centred and shrunk by 1.5."""
    t, u = rng.uniform(0, np.pi, (2, n))
    upper = np.column_stack([np.cos(t), np.sin(t)])
    lower = np.column_stack([1 - np.cos(u), 0.5 - np.sin(u)])
    return [(moon - [0.5, 0.25]) / 1.5 for moon in (upper, lower)]


def circles(n: int, rng: np.random.Generator) -> list[np.ndarray]:
    """A circle of radius 0.9 around one of radius 0.45."""
    angle = rng.uniform(0, 2 * np.pi, (2, n))
    return [r * np.column_stack([np.cos(a), np.sin(a)]) for r, a in zip((0.9, 0.45), angle, strict=True)]


def xor(n: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Coordinates of the same sign against coordinates of opposite signs; a gap of 0.1 along both axes."""
    sets = []
    for product in (1, -1):
        sign = rng.choice([-1, 1], n)
        sets.append(rng.uniform(0.05, 1, (n, 2)) * np.column_stack([sign, product * sign]))
    return sets


def blobs(n: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Four round clouds; `noise` is their standard deviation, so without noise each is one point."""
    return [np.tile(centre, (n, 1)) for centre in ((0.6, 0.5), (-0.5, 0.6), (-0.6, -0.5), (0.5, -0.6))]


SHAPES = {"spiral": spiral, "moons": moons, "circles": circles, "xor": xor, "blobs": blobs}


def generate(name: str, classes: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """All 600 points of a set, class by class: X (600, 2) float64, y (600,) int64.

    noise is the standard deviation, in units of the plane, of the normal displacement of each coordinate.
    """
    X = np.concatenate(SHAPES[name](POINTS // classes, rng)).astype(np.float64)
    return X + noise * rng.standard_normal(X.shape), np.repeat(np.arange(classes), POINTS // classes)


def visible_box(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest coordinates, (2,) each, of the points to show: a few far ones do not shrink the others.

    All points are shown, unless a fiftieth of them, or one of fewer than 100, makes the plane more than three times as wide,
    and each class has others.
    """
    distance = np.abs(X - np.median(X, axis=0)).max(axis=1)
    near = np.argsort(distance, kind="stable")[: -max(1, len(X) // 50)]
    widths = [np.ptp(points, axis=0).max(initial=0) for points in (X, X[near])]
    few_are_far = 0 < 3 * widths[1] < widths[0] and np.array_equal(np.unique(y), np.unique(y[near]))
    shown = X[near] if few_are_far else X
    return shown.min(axis=0), shown.max(axis=0)

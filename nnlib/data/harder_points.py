"""Ways to make a learner's own points harder to learn. Each takes points, an amount and a generator, and returns new points."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nnlib.data.planar import visible_box
from nnlib.data.point_rules import MIN_ROWS, MIN_ROWS_OF_CLASS
from nnlib.data.points import Points


def add_noise(points: Points, amount: float, rng: np.random.Generator) -> Points:
    """Displace each coordinate by a normal number with a standard deviation of `amount` halves of the plane's side."""
    low, high = visible_box(points.X, points.labels)
    half = (high - low).max() / 2
    return replace(points, X=points.X + amount * half * rng.standard_normal(points.X.shape))


def overlap(points: Points, amount: float, rng: np.random.Generator) -> Points:
    """Move each class as a whole towards the centre of all classes, by the share `amount` of the way."""
    means = np.array([points.X[points.labels == k].mean(axis=0) for k in range(len(points.class_names))])
    return replace(points, X=points.X + amount * (means.mean(axis=0) - means)[points.labels])


def flip_labels(points: Points, amount: float, rng: np.random.Generator) -> Points:
    """Give the share `amount` of each class's points, drawn at random, the label of another class.

    Three points of each class keep their label.
    """
    labels, classes = points.labels.copy(), len(points.class_names)
    for k in range(classes):
        own = rng.permutation(np.flatnonzero(points.labels == k))
        chosen = own[: min(round(amount * len(own)), len(own) - MIN_ROWS_OF_CLASS)]
        labels[chosen] = (k + rng.integers(1, classes, len(chosen))) % classes
    return replace(points, labels=labels)


def remove(points: Points, amount: float, rng: np.random.Generator) -> Points:
    """Remove the share `amount` of the points at random. Three of each class, and ten in all, always stay."""
    order = rng.permutation(len(points.X))
    rank = np.empty(len(order), int)  # of each point within its class
    for k in range(len(points.class_names)):
        own = order[points.labels[order] == k]
        rank[own] = np.arange(len(own))
    first = order[np.argsort(rank[order] >= MIN_ROWS_OF_CLASS, kind="stable")]  # those that must stay come first
    needed = int((rank < MIN_ROWS_OF_CLASS).sum())
    stays = np.sort(first[: max(MIN_ROWS, needed, round((1 - amount) * len(order)))])
    return replace(points, X=points.X[stays], labels=points.labels[stays])


@dataclass(frozen=True)
class Way:
    """title, help: what a learner reads; most: the largest amount; change: the function."""

    title: str
    help: str
    most: float
    change: Callable[[Points, float, np.random.Generator], Points]


WAYS = {
    "noise": Way("Add noise", "Moves every point a little, in a random direction: borders become blurred.", 0.5, add_noise),
    "overlap": Way("Overlap more", "Moves the classes towards each other; their shapes stay the same.", 1.0, overlap),
    "flip": Way("Flip some labels", "Gives some points the wrong class, as mistakes in real data.", 0.5, flip_labels),
    "fewer": Way("Fewer points", "Removes points at random: the fewer there are, the easier they are memorised.", 0.9, remove),
}

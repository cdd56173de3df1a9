"""Random points at which two formulas are compared, true to the lessons: ψ sums to 1, Δ is one-hot, a(2) = max(0, z(2)).

A point gives every name of an exercise a value. Values that depend on others are computed from them, so that an answer may
use a(2) or max(0, z(2)). There are two kinds of number. With fractions, which are exact, ψ is any set of probabilities. For
exp, log or softmax, numbers have many digits instead, and ψ is the softmax of the logits. (No formula without exp or log can
distinguish the two: the only other equation between logits and ψ is that ψ sums to 1.)

Formulas with max, abs or a comparison have kinks. So numbers have every sign and many sizes, and some z(2) lie very close to
0: `z2 > 0.001` must not count as `z2 > 0`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

import numpy as np
from numpy.typing import NDArray

from nnlib.symbolic.answers.evaluation import Scalar, digits, evaluate
from nnlib.symbolic.answers.grammar import parse_once

SIZE = 2**31  # how many numbers each one is drawn from
FAR = 22  # power of ten, beyond every number that can be typed
FAR_IN_ARRAYS = 10  # its square and cube are the size of products of arrays, and the exponent of exp
FAR_BATCHES = (1, 257, 1, 2, 1, 3, 1, 5)  # numbers of examples


@dataclass(frozen=True, eq=False)
class Point:
    """Values by name; letters for the sizes of the arrays; and the case, if the exercise has cases.

    known: the values of parts of the lessons' formulas here, as in evaluate
    """

    values: Mapping
    sizes: Mapping[int, str] = field(default_factory=dict)
    case: str = ""
    known: dict = field(default_factory=dict, init=False, repr=False)


@dataclass(frozen=True, eq=False)
class RenamedPoints:
    """Draws the points of `draw` with other names: what is drawn once can be used for both."""

    draw: Callable[["Draw"], Point]
    renamed: Callable[[Point], Point]

    def __call__(self, draw: "Draw") -> Point:
        return self.renamed(self.draw(draw))


class Draw:
    """Random numbers, exact or with many digits.

    `number` points were drawn before: cases take turns, and no two points have the same N.
    """

    def __init__(self, rng: Random, exact: bool, number: int):
        self.rng, self.exact, self.number = rng, exact, number

    def made(self, value: int | Fraction) -> Scalar:
        """Return `value`, an int or a Fraction, in the kind of number that is drawn."""
        return Fraction(value) if self.exact else digits(Fraction(value))

    def positive(self) -> Scalar:
        """Up to 2."""
        return self.made(Fraction(2 * self.rng.randint(1, SIZE), SIZE))

    def scale(self) -> Scalar:
        """A power of ten, from 10⁻¹² to 100."""
        return self.made(Fraction(10) ** self.rng.randint(-12, 2))

    def positive_of_any_size(self) -> Scalar:
        """Three in four up to 2, the others of any size."""
        return self.positive() * (1 if self.rng.randrange(4) else self.scale())

    def above_one(self) -> Scalar:
        return self.made(1) + self.positive_of_any_size()

    def signed(self) -> Scalar:
        return self.positive() * self.rng.choice((-1, 1))

    def signed_of_any_size(self) -> Scalar:
        return self.positive_of_any_size() * self.rng.choice((-1, 1))

    def fraction_of_one(self) -> Scalar:
        """Between 0 and 1."""
        return self.made(Fraction(self.rng.randint(1, SIZE), SIZE + 1))

    def probabilities(self, count: int) -> list[Scalar]:
        """`count` positive numbers whose sum is 1."""
        parts = [self.positive() for _ in range(count)]
        return [part / sum(parts) for part in parts]

    def logits(self, count: int) -> list[Scalar]:
        return [self.signed() for _ in range(count)]

    def batch_of_probabilities(self, count: int, classes: int) -> NDArray[np.object_]:
        """(count, classes) positive numbers, whose sum is 1 in each row."""
        return np.array([self.probabilities(classes) for _ in range(count)], object)

    def array(self, *shape: int) -> NDArray[np.object_]:
        return _filled(shape, self.signed)

    def network_sizes(self) -> tuple[int, ...]:
        """Return N, D, H, K, all distinct, so that a transpose, or a 5 instead of N, is never right."""
        return 8 + self.number, *self.rng.sample(range(3, 8), 3)


class FarDraw(Draw):
    """Numbers far from ordinary ones: smaller or larger than any that can be typed, and batches of 1 example or of many."""

    reach = FAR

    def scale(self) -> Scalar:
        """Very small, very large, or between: up to 60, numbers differ to whose exponential 1 may be added."""
        return self.made(self.rng.choice((Fraction(1, 10**self.reach), 30, 10**self.reach)))

    def positive_of_any_size(self) -> Scalar:
        return self.positive() * self.scale()

    def fraction_of_one(self) -> Scalar:
        """Close to 0, to 1, or between."""
        return 1 / (1 + self.positive_of_any_size())

    def probabilities(self, count: int) -> list[Scalar]:
        """Some nearly 0, one nearly 1, or the first two of them nearly all."""
        parts = [self.positive_of_any_size() for _ in range(count)]
        if self.number % 8 in (3, 4):
            parts[:2] = [self.positive() * 10**self.reach for _ in parts[:2]]
        return [part / sum(parts) for part in parts]

    def logits(self, count: int) -> list[Scalar]:
        """Their differences are ordinary, so that no probability is lost beside 1."""
        shift = self.signed_of_any_size()
        return [shift + 30 * self.signed() for _ in range(count)]

    def batch_of_probabilities(self, count: int, classes: int) -> NDArray[np.object_]:
        """A few different rows: a sum of many fractions with nothing in common would be too long."""
        rows = [self.probabilities(classes) for _ in range(4)]
        return np.array([self.rng.choice(rows) for _ in range(count)], object)

    def array(self, *shape: int) -> NDArray[np.object_]:
        far = FarDraw(self.rng, self.exact, self.number)
        far.reach = FAR_IN_ARRAYS
        return _filled(shape, far.signed_of_any_size)

    def network_sizes(self) -> tuple[int, ...]:
        N = FAR_BATCHES[self.number]
        return N, *self.rng.sample([size for size in range(2, 6) if size != N], 3)


class EasyDraw(Draw):
    """Simple numbers for counterexamples: a learner can check them by mental arithmetic."""

    NUMBERS = (2, 3, 5, 4, 6)
    PROBABILITIES = {1: "1", 2: "0.3 0.7", 3: "0.2 0.7 0.1", 4: "0.2 0.6 0.1 0.1"}

    def __init__(self, exact: bool, number: int):
        super().__init__(Random(number), exact, number)
        self.unused: list[int] = []

    def positive(self) -> Scalar:
        self.unused = self.unused or [*self.NUMBERS[self.number :], *self.NUMBERS[: self.number]]
        return self.made(self.unused.pop(0))

    def scale(self) -> Scalar:
        return self.made(1)

    def above_one(self) -> Scalar:
        return self.positive()

    def fraction_of_one(self) -> Scalar:
        return self.made(Fraction(1, 4))

    def probabilities(self, count: int) -> list[Scalar]:
        return [self.made(Fraction(text)) for text in self.PROBABILITIES[count].split()]

    def array(self, *shape: int) -> NDArray[np.object_]:
        return _filled(shape, lambda: self.made(Fraction(self.rng.choice((-2, -1, 1, 2)), 2)))

    def network_sizes(self) -> tuple[int, ...]:
        return 2, 4, 5, 3


def _filled(shape: tuple[int, ...], entry: Callable[[], Scalar]) -> NDArray[np.object_]:
    """An array of objects with `entry()` in every place."""
    array = np.empty(shape, object)
    for place in np.ndindex(*shape):
        array[place] = entry()
    return array


# The definitions of the network, computed in this order.
DEFINITIONS = {
    "z2": "X @ W1 + b1",
    "mask": "z2 > 0",
    "a2": "max(0, z2)",
    "z3": "a2 @ W2 + b2",
    "psi": "softmax(z3)",
    "dz3": "(psi - Delta)/N",
    "da2": "dz3 @ W2.T",
    "dz2": "da2 * mask",
}


def network(draw: Draw) -> Point:
    """The network of the lessons with one hidden layer, its batch, and the gradients on the way back."""
    # At every other point the first example lies close to the kinks of all its ReLUs.
    return _network(draw, (lambda: draw.signed() * draw.scale()) if draw.number % 2 else None)


def network_on_a_kink(draw: Draw) -> Point:
    """The network of the lessons, where z(2) of the first example is 0."""
    return _network(draw, lambda: draw.made(0))


def _network(draw, first_z2):
    """Draw a network. `first_z2` draws the entries of z(2) for the first example; without it they are not controlled."""
    N, D, H, K = draw.network_sizes()
    values = {
        "X": draw.array(N, D),
        "W1": draw.array(D, H),
        "b1": draw.array(H),
        "W2": draw.array(H, K),
        "b2": draw.array(K),
        "Delta": np.array([_one_hot(draw, K, draw.rng.randrange(K)) for _ in range(N)], object),
        "lam": draw.positive_of_any_size(),
        "N": draw.made(N),
        "ones": _filled((N, 1), lambda: draw.made(1)),
    }
    if first_z2:
        values["b1"] = _filled((H,), first_z2) - values["X"][0] @ values["W1"]
    if draw.exact:
        values["psi"] = draw.batch_of_probabilities(N, K)
    for name, definition in DEFINITIONS.items():
        if name not in values:
            values[name] = evaluate(parse_once(definition, tuple(values)), values)
    return Point(values, {N: "N", D: "D", H: "H", K: "K"})


def smooth_layer(draw: Draw) -> Point:
    """A hidden layer of tanh: activations a2 between −1 and 1, and the upstream gradient da2."""
    N, _, H, _ = draw.network_sizes()
    a2 = _filled((N, H), lambda: draw.fraction_of_one() * draw.rng.choice((-1, 1)))
    return Point({"a2": a2, "da2": draw.array(N, H)}, {N: "N", H: "H"})


def _one_hot(draw, count, place):
    return [draw.made(int(k == place)) for k in range(count)]


def numbers(**kinds: str) -> Callable[[Draw], Point]:
    """Return a function that draws single numbers. `kinds` maps each name to one of `draws`."""

    def point(draw):
        draws = {
            "positive": draw.positive_of_any_size,
            "above_one": draw.above_one,
            "signed": draw.signed_of_any_size,
            "fraction_of_one": draw.fraction_of_one,
        }
        return Point({name: draws[kind]() for name, kind in kinds.items()})

    return point


def classes(count: int, **kinds: str) -> Callable[[Draw], Point]:
    """Logits z_1 … and their probabilities psi_1 …, and more single numbers as `kinds` says."""

    def point(draw):
        z = draw.logits(count)
        if draw.exact:
            psi = draw.probabilities(count)
        else:
            psi = evaluate(parse_once("softmax(z)", ("z",)), {"z": np.array(z, object)})
        values = {f"z_{k}": entry for k, entry in enumerate(z, start=1)}
        values |= {f"psi_{k}": entry for k, entry in enumerate(psi, start=1)}
        return Point({**values, **numbers(**kinds)(draw).values})

    return point


def two_indices(draw: Draw) -> Point:
    """psi_i, psi_j and delta_ij, by turns with i = j and with i ≠ j."""
    psi_i, psi_j, *_ = draw.probabilities(4)
    if draw.number % 2:
        return Point({"psi_i": psi_i, "psi_j": psi_j, "delta_ij": draw.made(0)}, case="i ≠ j")
    return Point({"psi_i": psi_i, "psi_j": psi_i, "delta_ij": draw.made(1)}, case="i = j")


def one_example(draw: Draw) -> Point:
    """psi_j and Delta_j of one example, by turns for the class j that its label y names and for another."""
    psi_j, psi_y, *_ = draw.probabilities(4)
    if draw.number % 2:
        return Point({"psi_j": psi_j, "psi_y": psi_y, "Delta_j": draw.made(0)}, case="j ≠ y")
    return Point({"psi_j": psi_y, "psi_y": psi_y, "Delta_j": draw.made(1)}, case="j = y")


def beside_the_kink(draw: Draw) -> Point:
    """A step s and an x between 0 and s."""
    s = draw.positive_of_any_size()
    return Point({"x": s * draw.fraction_of_one(), "s": s})

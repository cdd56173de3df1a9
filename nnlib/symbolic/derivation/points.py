"""Where the lines of a derivation are compared: random numbers for everything elementary, at several sizes."""

from collections.abc import Sequence
from itertools import product
from random import Random

from sympy import Function, ImmutableMatrix, MatrixSymbol, Rational, Symbol, exp

from nnlib.symbolic.derivation.notation import (
    W1,
    W2,
    D,
    Delta,
    F,
    H,
    K,
    L,
    M,
    N,
    T,
    X,
    a,
    b1,
    b2,
    c,
    d,
    fan_in,
    h,
    i,
    j,
    k,
    lam,
    layer_by_layer,
    layer_norm,
    loss_of_one,
    n,
    network,
    normal_sum,
    one_unit,
    q,
    q_after,
    r,
    residual_unit,
    sigma,
    softmax_of_one,
    t,
    u,
    v,
    w,
    x,
    y,
    z,
    z_i,
)
from nnlib.symbolic.derivation.numeric import Point, arithmetic

CLASSES = (2, 6)  # the least and the most classes that a derivation is written out for
POINTS = 8  # for one example, if its number of classes is known; a whole network is compared at one point for each of SIZES
SIZES = ((2, 2, 3, 2), (3, 2, 2, 3), (2, 3, 3, 4), (1, 2, 3, 2))  # N, D, H, K


def softmax_points(
    classes: int | None = None, first: int | None = None, second: int | None = None, temperature: int | Symbol = 1
) -> list[Point]:
    """Logits z from N(0, 1), for 2 to 6 classes or for `classes`; i, also the label y, and j at all corners, or as given."""
    random = Random(0)
    sizes = range(CLASSES[0], CLASSES[1] + 1) if classes is None else [classes]
    corners = [(size, one, other) for size in sizes for one in (1, size) for other in (1, size)]
    return [
        _one_example(random, size, first or one, second or other, temperature)
        for size, one, other in corners * max(1, POINTS // len(corners))
    ]


def _one_example(random, classes, first, second, temperature):
    mp = arithmetic()
    values = {(z, (index,)): mp.mpf(random.gauss(0, 1)) for index in range(1, classes + 1)}
    values |= {c: mp.mpf(random.gauss(0, 1)), T: mp.mpf(random.uniform(0.5, 3))}
    values |= {(Delta, (index,)): int(index == first) for index in range(1, classes + 1)}
    definitions = softmax_of_one(temperature) | loss_of_one()
    return Point({K: classes, i: first, y: first, j: second}, values, definitions, mp)


def function_points() -> list[Point]:
    """Values of x, and for each another f: some positive function of x."""
    random = Random(0)
    return [_one_function(random.gauss(0, 1), random.uniform(0.5, 2)) for _ in range(POINTS)]


def _one_function(rate, value):
    mp = arithmetic()
    return Point({}, {Symbol("x"): mp.mpf(value)}, {Function("f"): lambda x: exp(Rational(rate) * x) + x**2}, mp)


def network_points(
    sizes: Sequence[tuple[int, int, int, int]] = SIZES, matrices: dict[MatrixSymbol, ImmutableMatrix] | None = None
) -> list[Point]:
    """Inputs, weights and biases from N(0, 1) and random labels; the index of each kind anywhere it may be.

    sizes: (N, D, H, K) of each point; matrices: definitions of names of whole matrices.
    """
    random = Random(0)
    return [_batch(random, size, matrices or {}) for size in sizes]


def _batch(random, size, matrices):
    examples, inputs, hidden, classes = size
    mp = arithmetic()
    shapes = {X: (examples, inputs), W1: (inputs, hidden), b1: (hidden,), W2: (hidden, classes), b2: (classes,)}
    values = {(base, indices): mp.mpf(random.gauss(0, 1)) for base, shape in shapes.items() for indices in _all_indices(shape)}
    for row in range(1, examples + 1):
        label = random.randint(1, classes)
        values |= {(Delta, (row, column)): int(column == label) for column in range(1, classes + 1)}
    anywhere = {n: examples, d: inputs, h: hidden, k: classes, j: classes}
    indices = {index: random.randint(1, size) for index, size in anywhere.items()}
    sizes = {N: examples, D: inputs, H: hidden, K: classes}
    return Point(sizes | indices, values | {lam: mp.mpf(random.uniform(0, 1))}, network(*size) | matrices, mp)


def unit_points() -> list[Point]:
    """Layers of 1 to 4 inputs, and as many units that they feed.

    Each weight has two outcomes of its own, with mean 0 and the variance σ² that all share. A unit is on or off, evenly.
    """
    random = Random(0)
    return [_layer(random, size) for size in range(1, 5)]


def he_points() -> list[Point]:
    """The layers of unit_points, with the variance 2/F."""
    return [point.at({sigma: point.mp.sqrt(point.mp.mpf(2) / point.indices[F])}) for point in unit_points()]


def residual_points() -> list[Point]:
    """The layers of unit_points. What the residual connection passes on has the mean square 2q, what it passes back r."""
    return [_with_connection(point) for point in unit_points()]


def _with_connection(point):
    mp = point.mp
    passed = {x: mp.sqrt(2 * point.value(q)), t: mp.sqrt(point.value(r))}
    outcomes = tuple(
        (probability / 4, values | {x: on * passed[x], t: back * passed[t]})
        for (probability, values), on, back in product(point.outcomes, (1, -1), (1, -1))
    )
    return Point(point.indices, point.values, residual_unit(), mp, outcomes)


def layer_norm_points() -> list[Point]:
    """Sums of layers of 2 to 5 units."""
    random, mp = Random(0), arithmetic()
    return [
        Point({M: size}, {(z, (i,)): mp.mpf(random.gauss(0, 1)) for i in range(1, size + 1)}, layer_norm(), mp)
        for size in range(2, 6)
    ]


def _layer(random, size):
    mp = arithmetic()
    numbers = range(1, size + 1)
    values = {(base, (number,)): mp.mpf(random.gauss(0, 1)) for base in (a, u) for number in numbers}
    values[sigma] = mp.mpf(random.uniform(0.5, 2))
    drawn = {(w, (number,)): _two_outcomes(mp, values[sigma], random.uniform(0.5, 2)) for number in numbers}
    drawn[z_i] = [(mp.mpf(0.5), 1), (mp.mpf(0.5), -1)]
    outcomes = tuple(
        (mp.fprod(probability for probability, _ in each), {name: value for name, (_, value) in zip(drawn, each)})
        for each in product(*drawn.values())
    )
    return Point({F: size, M: size}, values, one_unit(), mp, outcomes)


def _two_outcomes(mp, deviation, lean):
    """High with probability 1/(1 + lean²), low otherwise; the larger `lean`, the rarer and higher the high one."""
    high, low = deviation * lean, -deviation / lean
    return [(-low / (high - low), high), (high / (high - low), low)]


def normal_points() -> list[Point]:
    """Variances v of a normal z."""
    random, mp, definitions = Random(0), arithmetic(), normal_sum()
    return [Point({}, {v: mp.mpf(random.uniform(0.1, 3))}, definitions, mp) for _ in range(3)]


def depth_points() -> list[Point]:
    """Networks of 2 to 5 layers, all of different sizes."""
    random = Random(0)
    return [_layers(random, depth) for depth in range(2, 6)]


def _layers(random, depth):
    mp = arithmetic()
    values = {(fan_in, (number,)): random.randint(1, 100) for number in range(1, depth + 1)}
    values |= {(q_after, (0,)): mp.mpf(random.uniform(0.5, 2)), sigma: mp.mpf(random.uniform(0.5, 2))}
    return Point({L: depth}, values, layer_by_layer(), mp)


def _all_indices(shape):
    if len(shape) == 1:
        return [(index,) for index in range(1, shape[0] + 1)]
    return [(row, column) for row in range(1, shape[0] + 1) for column in range(1, shape[1] + 1)]

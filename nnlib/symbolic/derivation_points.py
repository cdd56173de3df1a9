"""Where the lines of a derivation are compared: random numbers for everything elementary, at several sizes."""

from random import Random

from sympy import Function, Rational, Symbol, exp

from nnlib.symbolic.notation import (
    W1,
    W2,
    D,
    Delta,
    H,
    K,
    N,
    T,
    X,
    b1,
    b2,
    c,
    d,
    h,
    i,
    j,
    k,
    lam,
    loss_of_one,
    n,
    network,
    softmax_of_one,
    y,
    z,
)
from nnlib.symbolic.numeric import Point, arithmetic

CLASSES = (2, 6)  # the least and the most classes that a derivation is written out for
POINTS = 20  # for one example; a whole network is compared at one point for each of SIZES
SIZES = ((2, 2, 3, 2), (3, 2, 2, 3), (2, 3, 3, 4), (1, 2, 3, 2))  # N, D, H, K


def softmax_points(classes=None, first=None, second=None, temperature=1):
    """Logits z from N(0, 1), for 2 to 6 classes or for `classes`; i, also the label y, and j at all corners, or as given."""
    random = Random(0)
    sizes = range(CLASSES[0], CLASSES[1] + 1) if classes is None else [classes]
    corners = [(size, one, other) for size in sizes for one in (1, size) for other in (1, size)]
    return [
        _one_example(random, size, first or one, second or other, temperature)
        for size, one, other in corners * (POINTS // len(corners))
    ]


def _one_example(random, classes, first, second, temperature):
    mp = arithmetic()
    values = {(z, (index,)): mp.mpf(random.gauss(0, 1)) for index in range(1, classes + 1)}
    values |= {c: mp.mpf(random.gauss(0, 1)), T: mp.mpf(random.uniform(0.5, 3))}
    values |= {(Delta, (index,)): int(index == first) for index in range(1, classes + 1)}
    definitions = softmax_of_one(K, temperature) | loss_of_one()
    return Point({K: classes, i: first, y: first, j: second}, values, definitions, mp)


def function_points():
    """Values of x, and for each another f: some positive function of x."""
    random = Random(0)
    return [_one_function(random.gauss(0, 1), random.uniform(0.5, 2)) for _ in range(POINTS)]


def _one_function(rate, value):
    mp = arithmetic()
    return Point({}, {Symbol("x"): mp.mpf(value)}, {Function("f"): lambda x: exp(Rational(rate) * x) + x**2}, mp)


def network_points(sizes=SIZES, matrices=None):
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


def _all_indices(shape):
    if len(shape) == 1:
        return [(index,) for index in range(1, shape[0] + 1)]
    return [(row, column) for row in range(1, shape[0] + 1) for column in range(1, shape[1] + 1)]

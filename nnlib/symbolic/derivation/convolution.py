"""The gradients of a convolution in one row of pixels: by a weight, which all positions share, and by a pixel.

A filter with D weights slides over R pixels and stops at N = R − D + 1 positions. P holds the patches, one in each row, and A
the weights again, so that one matrix product computes all positions at once:

    z_n = Σ_l P_nl w_l + b,  P_nl = x_{n+l−1}          z_n = Σ_l x_l A_ln + b,  A_ln = w_{l−n+1}, or 0 outside of the filter

    ∂J/∂w_d = Σ_n P_nd ∂J/∂z_n                         ∂J/∂x_m = Σ_n A_mn ∂J/∂z_n
"""

from functools import cache
from random import Random

from sympy import Derivative, IndexedBase, Integer, Sum, Symbol

from nnlib.symbolic.derivation.derivation import Derivation, Setting, Writer
from nnlib.symbolic.derivation.differentiation import differentiated
from nnlib.symbolic.derivation.notation import D, J, N, d, l, m, n, w, z
from nnlib.symbolic.derivation.numeric import Point, arithmetic
from nnlib.symbolic.derivation.printing import Product

R = Symbol("R", integer=True, positive=True)  # pixels in the row
x, P, A, t = (IndexedBase(name) for name in "xPAt")
b = Symbol("b", real=True)
SIZES = ((3, 2), (5, 3), (4, 1), (4, 4))  # R, D


@cache
def shared_weight() -> Derivation:
    """∂J/∂w_d = Σ_n P_nd ∂J/∂z_n: a sum over all positions."""
    write = Writer("convolution-weight", "One weight of the filter", Derivative(J, w[d]), Setting({}, _points, {"b": b}))
    upstream = Derivative(J, z[n])
    write.line(
        Sum(Product(upstream, Derivative(z[n], w[d])), (n, 1, N)),
        "chain rule",
        "The weight is used at every position $n$ of the filter, and changes every $z_n$: one path for each, and the paths are "
        "added.",
    )
    total = Sum(x[n + l - 1] * w[l], (l, 1, D)) + b
    write.line(
        Sum(Product(upstream, Derivative(total, w[d])), (n, 1, N)),
        "definition",
        "At position $n$ the filter covers the pixels from $x_n$ on.",
    )
    write.line(
        differentiated(write.last, only=total),
        "local gradient",
        "In the sum at position $n$, only $w_d\\, x_{d+n-1}$ contains the weight. Its slope is the pixel under it.",
    )
    write.line(
        Sum(Product(upstream, P[n, d]), (n, 1, N)),
        "patches",
        "$P_{nd}$ is pixel $d$ of patch $n$. So this is row $d$ of $P^\\top$ times $\\partial J/\\partial z$: a patch adds "
        "to the gradient as an example of a batch does.",
        {
            "sum_n(d(J)/d(z_n)*w_d)": "The slope of a product by the weight is its other factor: the pixel.",
        },
    )
    return write.done()


@cache
def one_pixel() -> Derivation:
    """∂J/∂x_m = Σ_n A_mn ∂J/∂z_n: a sum over the patches that have the pixel."""
    write = Writer("convolution-pixel", "One pixel of the image", Derivative(J, x[m]), Setting({}, _points, {"b": b}))
    upstream = Derivative(J, z[n])
    write.line(
        Sum(Product(upstream, Derivative(z[n], x[m])), (n, 1, N)),
        "chain rule",
        "The pixel may lie in several patches, and changes the sum of each: one path for each position, and the paths are "
        "added.",
    )
    total = Sum(x[l] * A[l, n], (l, 1, R)) + b
    write.line(
        Sum(Product(upstream, Derivative(total, x[m])), (n, 1, N)),
        "definition",
        "As a product with a matrix: $A_{ln}$ is the weight that lies on pixel $l$ while the filter is at position $n$, and 0 "
        "where the filter does not reach.",
    )
    write.line(
        differentiated(write.last, only=total),
        "local gradient",
        "In the sum at position $n$, only $x_m A_{mn}$ contains the pixel. This is row $m$ of $A$ times "
        "$\\partial J/\\partial z$.",
        {
            "sum_n(d(J)/d(z_n)*x_m)": "The slope of a product by the pixel is its other factor: the weight that lies on it.",
        },
    )
    return write.done()


def _points():
    random = Random(0)
    return [_row_of_pixels(random, *size) for size in SIZES]


def _row_of_pixels(random, pixels, weights):
    """Random pixels, weights, bias and targets t, with J = ½ Σ_n (z_n − t_n)²; the indices d and m anywhere they may be."""
    mp, positions = arithmetic(), pixels - weights + 1
    counts = {x: pixels, w: weights, t: positions}
    values = {(base, (number,)): mp.mpf(random.gauss(0, 1)) for base, count in counts.items() for number in range(1, count + 1)}
    definitions = {
        J: Sum((z[n] - t[n]) ** 2, (n, 1, positions)) / 2,
        z: lambda position: Sum(P[position, l] * w[l], (l, 1, weights)) + b,
        P: lambda position, place: x[position + place - 1],
        A: lambda pixel, position: w[pixel - position + 1] if 0 <= pixel - position < weights else Integer(0),
    }
    indices = {R: pixels, D: weights, N: positions, d: random.randint(1, weights), m: random.randint(1, pixels)}
    return Point(indices, values | {b: mp.mpf(random.gauss(0, 1))}, definitions, mp)

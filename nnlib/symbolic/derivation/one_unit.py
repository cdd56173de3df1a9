"""The chain rule on one unit, with numbers instead of matrices: z = wx + b, a = max(0, z), J = (a − t)².

∂J/∂w = 2 (a − t) · 1[z > 0] · x
"""

from functools import cache
from random import Random

from sympy import Derivative, Integer, Max, Symbol

from nnlib.symbolic.derivation.derivation import Derivation, Setting, Writer
from nnlib.symbolic.derivation.differentiation import differentiated
from nnlib.symbolic.derivation.notation import J
from nnlib.symbolic.derivation.numeric import Point, arithmetic
from nnlib.symbolic.derivation.printing import Product

x, w, b, z, a, t = (Symbol(name, real=True) for name in "xwbzat")
DEFINITIONS = {J: (a - t) ** 2, a: Max(0, z), z: w * x + b}
POINTS = 10


@cache
def one_weight() -> Derivation:
    """∂J/∂w = 2 (a − t) · 1[z > 0] · x."""
    write = Writer("unit-weight", "The weight of one unit", Derivative(J, w), Setting({}, _points, {"b": b}))
    upstream, relu, total = Derivative(J, a), Derivative(a, z), Derivative(z, w)
    write.line(
        Product(upstream, relu, total),
        "chain rule",
        "The weight changes $z$, $z$ changes $a$, and $a$ changes $J$: one factor for each node on the way.",
    )
    write.line(
        Product(Integer(2), a - t, relu, total),
        "power rule",
        "$J = (a - t)^2$. This is the upstream gradient that arrives at $a$.",
        {"(a - t)*d(a)/d(z)*d(z)/d(w)": "The derivative of a square has a factor 2."},
    )
    relu = differentiated(Derivative(Max(0, z), z))
    write.line(
        Product(Integer(2), a - t, relu, total),
        "ReLU",
        "$a = \\max(0, z)$ has slope 1 where $z > 0$, and 0 elsewhere: the local gradient of the ReLU.",
    )
    write.line(
        Product(Integer(2), a - t, relu, x),
        "local gradient",
        "$z = wx + b$: where $w$ grows by a little, $z$ grows by $x$ times as much.",
        {"2*(a - t)*x": "A unit that is off passes no gradient back: where is the mask?"},
    )
    return write.done()


def _points():
    random, mp = Random(0), arithmetic()
    return [Point({}, {name: mp.mpf(random.gauss(0, 1)) for name in (x, w, b, t)}, DEFINITIONS, mp) for _ in range(POINTS)]

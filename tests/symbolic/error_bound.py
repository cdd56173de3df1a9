"""The probability that two different formulas are found equal: an upper bound, after Schwartz (1980) and Zippel (1979)."""

from nnlib.symbolic.answers.equivalence import POINTS_OF_ARRAYS
from nnlib.symbolic.answers.formula import Call, Formula, Name, Number, Operation, Power, children
from nnlib.symbolic.answers.points import SIZE

MOST_ENTRIES = 13 * 7  # of an array at a random point


def chance_of_error(left: Formula, right: Formula, points: int = POINTS_OF_ARRAYS, size: int = SIZE) -> float:
    """An upper bound of the probability that two different formulas, compared in fractions, are found equal."""
    return min(1.0, (rational_degree(left.root) + rational_degree(right.root)) / size) ** points


def rational_degree(node) -> int:
    """An upper bound of the degree of the polynomials above and below the fraction bar, in the numbers that are drawn."""
    below = [rational_degree(child) for child in children(node)]
    match node:
        case Number():
            return 0
        case Name(name):
            return DEGREES.get(name, 1)
        case Power(_, exponent):
            return below[0] * abs(exponent)
        case Operation("@"):
            return MOST_ENTRIES * sum(below)
        case Call("sum"):
            return MOST_ENTRIES * below[0]
    return sum(below)


# For the names that stand for several sampled numbers, or for none.
DEGREES = {"b1": 2, "z2": 2, "a2": 2, "z3": 3, "da2": 14, "dz2": 14} | dict.fromkeys(
    ("mask", "Delta", "delta_ij", "Delta_j"), 0
)

"""The functions of an answer, by all the names that learners know them by."""

from collections.abc import Callable
from fractions import Fraction

from nnlib.symbolic.answers.formula import (
    Call,
    Comparison,
    FormulaError,
    Node,
    Number,
    Operation,
    Power,
    Sign,
    Transpose,
    dimensions,
)

LARGEST_POWER = 8

# How many arguments each function of a Formula takes; max takes more as well.
FUNCTIONS = {"exp": 1, "log": 1, "sqrt": 1, "abs": 1, "relu": 1, "softmax": 1, "sum": 1, "mean": 1, "max": 2, "where": 3}
FUNCTIONS |= {"diag": 1}
ALSO_CALLED = {"ln": "log", "maximum": "max", "fabs": "abs", "absolute": "abs", "matmul": "dot", "mm": "dot", "t": "transpose"}
ALSO_CALLED |= {"mul": "multiply", "sub": "subtract", "div": "divide", "pow": "power", "clamp": "clip"}
OVER_AXES = ("sum", "mean", "softmax")
EXAMPLES = {"max": "`max(0, x)`", "where": "`where(z > 0, x, 0)`"}


def function_named(word: str) -> str | None:
    """The function with this name, in any case: ln and Log are log."""
    if word == "T":
        return None  # t(x) is a function, and A^T(x) a transpose
    word = ALSO_CALLED.get(word.lower(), word.lower())
    return word if word in FUNCTIONS or word in WRITTEN_AS else None


def product(left: Node, right: Node) -> Operation:
    """The product of paper, left beside right: that of two matrices is written @ here."""
    masked = isinstance(left, Comparison) or isinstance(right, Comparison)
    return Operation("@" if not masked and dimensions(left) and dimensions(right) else "*", left, right)


def norm(node: Node) -> Call:
    """The norm of an array, the root of the sum of its squares; that of a number is its absolute value."""
    if not dimensions(node):
        return Call("abs", (node,))
    return Call("sqrt", (Call("sum", (Power(node, 2),)),))


def power(base: Node, exponent: Node) -> Node:
    """`base` to the power of a constant. Raises FormulaError unless it is a whole number or a half."""
    value = _constant(exponent)
    if value is not None and abs(value) == Fraction(1, 2):
        root = Call("sqrt", (base,))
        return root if value > 0 else Operation("/", Number(Fraction(1), "1"), root)
    if value is None or value.denominator != 1:
        raise FormulaError("An exponent is a whole number here: type `exp(x)` for powers of e, `sqrt(x)` for roots.")
    if abs(value) > LARGEST_POWER:
        raise FormulaError(f"Exponents go from −{LARGEST_POWER} to {LARGEST_POWER} here.")
    match base:
        case Call("sqrt", (Call("sum", (Power(_, 2),), None) as squares,)) if value == 2:
            return squares  # a squared norm needs no root, and stays exact
    return Power(base, int(value))


def _constant(node):
    """The value of an exponent, or None."""
    match node:
        case Number(value, _):
            return value
        case Sign(operator, operand) if (value := _constant(operand)) is not None:
            return -value if operator == "-" else value
        case Operation("/", Number(above, _), Number(below, _)) if below:
            return above / below
    return None


def call(function: str, arguments: list[Node], axis: str | None = None) -> Node:
    """Return the node of a function of these arguments. Raises FormulaError if they do not fit."""
    if function in OVER_AXES and len(arguments) == 2 and isinstance(arguments[1], Number | Sign):
        value = _constant(arguments.pop())
        axis = str(value) if axis is None else "twice"
    fits = axis is None or (function in OVER_AXES and axis in ("0", "1", "-1"))
    if function in WRITTEN_AS:
        if len(arguments) != WRITTEN_AS[function][0] or not fits:
            raise FormulaError(f"Type `{WRITTEN_AS[function][1]}`.")
        return WRITTEN_AS[function][2](*arguments)
    enough = len(arguments) >= 2 if function == "max" else len(arguments) == FUNCTIONS.get(function, 1)
    if not enough or not fits or (function == "softmax" and axis == "0"):
        raise FormulaError(f"Type {example(function)}.")
    if function == "softmax" or axis is None:
        return Call(function, tuple(arguments))
    return Call(function, tuple(arguments), abs(int(axis)))


def example(function: str) -> str:
    """How a function is typed, in words."""
    if function in ("sum", "mean"):
        return f"`{function}(x)`, `{function}(x, axis=0)` or `{function}(x, axis=1)`"
    return EXAMPLES.get(function, f"`{function}(x)`")


def _step(x, at_zero):
    zero = Number(Fraction(0), "0")
    match _constant(at_zero):
        case 0:
            return Comparison(">", x, zero)
        case 1:
            return Comparison(">=", x, zero)
    raise FormulaError("Type `(z > 0)`.")


# Functions that are written in other ways: how many arguments, how to type it, and the node.
WRITTEN_AS: dict[str, tuple[int, str, Callable]] = {
    "dot": (2, "A @ B", product),
    "multiply": (2, "x*y", lambda x, y: Operation("*", x, y)),
    "add": (2, "x + y", lambda x, y: Operation("+", x, y)),
    "subtract": (2, "x - y", lambda x, y: Operation("-", x, y)),
    "divide": (2, "x/y", lambda x, y: Operation("/", x, y)),
    "transpose": (1, "A.T", Transpose),
    "square": (1, "x^2", lambda x: power(x, Number(Fraction(2), "2"))),
    "power": (2, "x^2", power),
    "norm": (1, "norm(A)^2", norm),
    "clip": (2, "max(0, x)", lambda x, least: Call("max", (x, least))),
    "heaviside": (2, "(z > 0)", _step),
}

"""The value of a formula: one walk over the tree, with floats, fractions or numbers of many digits."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial, reduce
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnlib.symbolic.answers.formula import (
    Call,
    Comparison,
    Formula,
    FormulaError,
    Name,
    Node,
    Number,
    Operation,
    Power,
    Sign,
    Transpose,
)

Scalar = Any  # a float, a Fraction or an mpmath number, for which mpmath has no type
Value = Scalar | NDArray[Any]

MOST_WORK = 120_000  # operations on two short numbers: half a second at most
DIGITS = 100  # of the numbers that `digits` makes
LONGEST_FRACTION = 4_000  # bits
SHORT = 256  # bits: work with a fraction of this length counts twice
INTEGERS = (int, np.integer)
OPERATIONS = 10  # exp, log or sqrt of a number counts as so many


class UndefinedPoint(FormulaError):
    """The formula has no value here: a division by zero, the logarithm or the root of a negative number."""


class ShapeError(FormulaError):
    """Two arrays whose shapes do not fit."""


class Work:
    """A limit on the work for formulas, in operations and not in time, so that a slow machine gives the same verdict."""

    def __init__(self, most: float = MOST_WORK):
        self.most, self.spent = most, 0

    def spend(self, operations: int) -> None:
        """Count operations. Raises FormulaError above the limit."""
        self.spent += operations
        if self.spent > self.most:
            raise FormulaError("This formula takes too long to evaluate. Write it shorter.")


@dataclass(frozen=True)
class Arithmetic:
    """A kind of number.

    `number` converts a Fraction; `functions` maps exp, log and sqrt to functions of one number; `largest` is the largest number
    that exp takes: with many digits, enough of them are left after its point.
    """

    number: Callable
    functions: Mapping[str, Callable]
    largest: int = 10_000


@cache
def _many_digits():
    """Return mpmath with DIGITS digits, in its own context: the default context is SymPy's, and all threads share it."""
    import mpmath

    context = mpmath.MPContext()
    context.dps = DIGITS
    return context


def digits(value: int | float | str | Fraction) -> Scalar:
    """Return `value` as an mpmath number with DIGITS digits."""
    context = _many_digits()
    return context.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else context.mpf(value)


def _no_fraction(value):
    raise TypeError("exp, log and sqrt of a fraction are not fractions: use numbers with many digits.")


FLOATS = Arithmetic(float, {"exp": np.exp, "log": np.log, "sqrt": np.sqrt})
FRACTIONS = Arithmetic(Fraction, dict.fromkeys(("exp", "log", "sqrt"), _no_fraction))


@cache
def _arithmetic_of(kind):
    """Return the Arithmetic for values of the type `kind`."""
    if kind is Fraction:
        return FRACTIONS
    if kind.__name__ == "mpf":
        context = _many_digits()
        return Arithmetic(digits, {"exp": context.exp, "log": context.log, "sqrt": context.sqrt}, 10**50)
    return FLOATS


def evaluate(
    formula: Formula,
    values: Mapping[str, Any],
    sizes: Mapping[int, str] | None = None,
    work: Work | None = None,
    undefined: Literal["raise", "nan"] = "raise",
    known: dict | None = None,
    keep: bool = False,
) -> Value:
    """Evaluate a formula.

    Parameters
    ----------
    formula : Formula
    values : mapping
        By name a number, or an array of floats, of Fractions or of mpmath numbers (dtype object), all of one kind. Fractions
        give an exact result. Plain ints are converted to that kind.
    sizes : mapping, optional
        Letters for the sizes of the arrays, for messages: {5: "N"}.
    work : Work, optional
        The limit, by default MOST_WORK. Floats are quick and have no limit.
    undefined : str
        With "nan", arrays of floats contain inf and nan where a number overflows or is divided by zero.
    known : dict, optional
        What parts of formulas are worth at these values: node → (its value, the operations for it).
    keep : bool
        Whether the parts of this formula are added to `known`.

    Returns
    -------
    number or array
        A row (K,) is combined with every row of (N, K), a column (N, 1) with every column.

    Raises
    ------
    ShapeError
        If two shapes do not fit.
    UndefinedPoint
        If the formula has no value here.
    FormulaError
        If it takes too much work.
    """
    arithmetic = _arithmetic_of(next((kind for kind in map(_kind, values.values()) if kind not in (int, float)), float))
    work = Work(math.inf) if arithmetic is FLOATS else work or Work()
    # Fractions and mpmath numbers raise their own errors, and may set NumPy's flags.
    flagged: Literal["raise", "ignore"] = "raise" if arithmetic is FLOATS and undefined == "raise" else "ignore"
    try:
        with np.errstate(divide=flagged, invalid=flagged, over=flagged):
            prepared = {name: _prepared(values[name], arithmetic) for name in formula.names}
            walk = Walk if known is None else partial(_WalkAtPoint, known=known, keep=keep)
            return walk(prepared, arithmetic, sizes or {}, work).value(formula.root)
    except (ZeroDivisionError, FloatingPointError, OverflowError):
        raise UndefinedPoint("This divides by zero, or becomes too large.") from None


def _kind(value):
    """Return the type of a number, or of the entries of an array."""
    entry = value.flat[0] if isinstance(value, np.ndarray) else value
    return {"i": int, "u": int, "b": int, "f": float}.get(getattr(getattr(entry, "dtype", None), "kind", ""), type(entry))


def _prepared(value, arithmetic):
    """Return `value` in the numbers of `arithmetic`."""
    if arithmetic is FLOATS:
        return value.astype(float) if isinstance(value, np.ndarray) else float(value)
    if not isinstance(value, np.ndarray):
        return arithmetic.number(Fraction(int(value))) if isinstance(value, INTEGERS) else value
    if any(issubclass(kind, INTEGERS) for kind in set(map(type, value.flat))):
        return _each(lambda entry: _prepared(entry, arithmetic), value)
    return value


def _each(function, *values):
    """Apply `function` to every entry: a number for numbers, an array of objects for arrays."""
    return np.frompyfunc(function, len(values), 1)(*values)


COMPARISONS = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


@dataclass(frozen=True)
class Walk:
    """Walks over a formula, from the names up to its value."""

    values: Mapping
    arithmetic: Arithmetic
    sizes: Mapping
    work: Work

    def value(self, node: Node) -> Value:
        """Return the value of `node`, count the work, and check the length of fractions."""
        result = self.compute(node)
        longest = _checked_length(result) if self.arithmetic is FRACTIONS and _may_lengthen(node) else 0
        self.work.spend(np.size(result) * (1 + longest // SHORT))
        return result

    def compute(self, node: Node) -> Value:
        match node:
            case Number(value, _):
                return self.arithmetic.number(value)
            case Name(name):
                return self.values[name]
            case Sign(operator, operand):
                return -self.value(operand) if operator == "-" else self.value(operand)
            case Power(base, exponent):
                return self.value(base) ** exponent
            case Transpose(operand):
                array = self.value(operand)
                return array.T if isinstance(array, np.ndarray) else array
            case Operation("@", left, right):
                return self.matrix_product(self.value(left), self.value(right))
            case Operation(operator, left, right):
                return self.entry_by_entry(operator, self.value(left), self.value(right))
            case Comparison(operator, left, right):
                return self.entry_by_entry(operator, self.value(left), self.value(right))
            case Call(function, arguments, axis):
                return self.call(function, [self.value(argument) for argument in arguments], axis)
        raise TypeError(f"{node!r} is not a part of a formula.")

    def matrix_product(self, left: Value, right: Value) -> Value:
        shapes = np.shape(left), np.shape(right)
        if () in shapes:
            raise ShapeError("`@` multiplies two matrices. A number is multiplied with `*`.")
        inner = shapes[0][-1], shapes[1][0]
        if inner[0] != inner[1]:
            raise ShapeError(
                f"{self.shape(left)} @ {self.shape(right)} do not fit: "
                f"the inner sizes {self.size(inner[0])} and {self.size(inner[1])} differ."
                + (" Type `*` for a product entry by entry." if shapes[0] == shapes[1] else "")
            )
        product = _exact_product(left, right) if self.arithmetic is FRACTIONS else left @ right
        self.work.spend(np.size(product) * inner[0])
        return product

    def entry_by_entry(self, operator: str, left: Value, right: Value) -> Value:
        if not fit(np.shape(left), np.shape(right)):
            raise ShapeError(
                f"{self.shape(left)} {operator} {self.shape(right)} do not fit: "
                + _advice(operator, np.shape(left), np.shape(right))
            )
        match operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return left / right
        compare = COMPARISONS[operator]
        one, zero = (self.arithmetic.number(Fraction(bit)) for bit in (1, 0))
        return np.where(compare(left, right), one, zero)[()]

    def call(self, function: str, arguments: list[Value], axis: int | None) -> Value:
        match function:
            case "sum":
                return self.sum(arguments[0], axis)
            case "mean":
                return self.mean(arguments[0], axis)
            case "max":
                return reduce(self.larger, arguments)
            case "where":
                return self.where(*arguments)
            case "relu":
                return self.larger(self.arithmetic.number(Fraction(0)), *arguments)
            case "abs":
                return abs(arguments[0])
            case "softmax":
                return self.softmax(arguments[0])
            case "diag":
                return self.diagonal(arguments[0])
        return self.elementary(function, arguments[0])

    def sum(self, array: Value, axis: int | None) -> Value:
        if axis is None:
            return np.sum(array)
        if axis >= np.ndim(array):
            raise ShapeError(f"`sum(…, axis={axis})` needs an array with that axis, and this is {self.shape(array)}.")
        return np.sum(array, axis=axis, keepdims=axis == 1)

    def mean(self, array: Value, axis: int | None) -> Value:
        total = self.sum(array, axis)
        return total / self.arithmetic.number(Fraction(np.size(array), np.size(total)))

    def larger(self, left: Value, right: Value) -> Value:
        if not fit(np.shape(left), np.shape(right)):
            raise ShapeError(f"`max` of {self.shape(left)} and {self.shape(right)}: the shapes do not fit.")
        return np.maximum(left, right)

    def where(self, condition: Value, left: Value, right: Value) -> Value:
        """`left` where the condition is not 0, else `right`."""
        shapes = [np.shape(value) for value in (condition, left, right)]
        if not all(fit(one, other) for one, other in combinations(shapes, 2)):
            raise ShapeError(f"`where` of {', '.join(map(self.shape, (condition, left, right)))}: the shapes do not fit.")
        return np.where(condition != 0, left, right)[()]

    def diagonal(self, vector: Value) -> NDArray[Any]:
        if np.size(vector) != max(np.shape(vector), default=0):
            raise ShapeError(f"`diag` needs a row or a column, and this is {self.shape(vector)}.")
        return np.where(np.eye(np.size(vector), dtype=bool), np.ravel(vector), self.arithmetic.number(Fraction(0)))

    def softmax(self, z: Value) -> NDArray[Any]:
        """exp(z) / Σ exp(z), row by row; a vector is one row."""
        if np.ndim(z) == 0:
            raise ShapeError("`softmax` needs a row or a matrix of logits, and this is a number.")
        exp = self.elementary("exp", z - np.max(z, axis=-1, keepdims=True))
        return exp / np.sum(exp, axis=-1, keepdims=True)

    def elementary(self, function: str, x: Value) -> Value:
        """exp, log, sqrt or, of floats, another function of a number or of every entry."""
        if function in ("log", "sqrt") and np.any(x < 0):
            raise UndefinedPoint(f"`{function}` of a negative number is not defined.")
        if function == "log" and np.any(x == 0):
            raise UndefinedPoint("`log` of 0 is not defined.")
        if function == "exp" and np.any(abs(x) > self.arithmetic.largest):
            raise UndefinedPoint("`exp` becomes too large here.")
        self.work.spend(OPERATIONS * np.size(x))
        return _each(self.arithmetic.functions[function], x) if self.arithmetic is not FLOATS else getattr(np, function)(x)

    def shape(self, array: Value) -> str:
        return shape_in_words(np.shape(array), self.sizes)

    def size(self, size: int) -> str:
        return str(self.sizes.get(size, size))


@dataclass(frozen=True)
class _WalkAtPoint(Walk):
    """A walk that takes over the values of known parts. Their work counts as if it were done, so that the limit is the same."""

    known: dict
    keep: bool

    def value(self, node):
        if isinstance(node, Name | Number):
            return super().value(node)
        if found := self.known.get(node):
            result, operations = found
            self.work.spend(operations)
            return result
        before = self.work.spent
        result = super().value(node)
        if self.keep:
            self.known[node] = result, self.work.spent - before
        return result


def _may_lengthen(node):
    """Whether fractions in the value of `node` may be longer than those that it is computed from."""
    return isinstance(node, Operation | Power) or (isinstance(node, Call) and node.function in ("sum", "mean"))


def _exact_product(left, right):
    """Return left @ right in fractions. A common denominator for each row and each column saves most divisions."""
    tops, bottoms = zip(_over_common_denominator(left, -1), _over_common_denominator(right, 0))
    return _each(Fraction, tops[0] @ tops[1], np.multiply.outer(*bottoms))


def _over_common_denominator(array, axis):
    """Return numerators, and their common denominators along an axis."""
    bottoms = _each(lambda entry: entry.denominator, array)
    common = np.lcm.reduce(bottoms, axis=axis, keepdims=True)
    return _each(lambda entry: entry.numerator, array) * (common // bottoms), np.squeeze(common, axis)


def shape_in_words(shape: tuple[int, ...], sizes: Mapping[int, str]) -> str:
    """Return a shape for a message: "N×K" or "a row of K numbers" where `sizes` has letters, else in figures, "(5, 3)"."""
    if not shape:
        return "a number"
    letters = [str(sizes.get(size, size)) for size in shape]
    if len(letters) == 1:
        return f"a row of {letters[0]} numbers" if sizes else f"({letters[0]},)"
    return "×".join(letters) if sizes else f"({', '.join(letters)})"


def _advice(operator, left, right):
    """Say why two shapes do not fit `operator`, an operator entry by entry."""
    if left == right[::-1]:
        return "one of the two has to be transposed."
    if operator == "*" and len(left) == len(right) == 2 and (left[1] == right[0] or left[0] == right[1]):
        order = "" if left[1] == right[0] else ", in the other order"
        return f"`*` works entry by entry. Type `@` for the product of two matrices{order}."
    return f"`{operator}` works entry by entry, on arrays of one shape, or with a row or a column of it."


def fit(left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    """Whether two shapes can be combined entry by entry: they are equal, or one is a number, a row or a column."""
    if len(left) < len(right):
        left, right = right, left
    if len(left) == len(right) == 2 and left != right:
        return any(left[axis] == right[axis] and 1 in (left[1 - axis], right[1 - axis]) for axis in (0, 1))
    return left == right or right == () or (len(left) == 2 and right == (left[1],))


def _checked_length(value):
    """Return the bits of the longest numerator or denominator in `value`. Raises FormulaError if there are too many."""
    entries = value.flat if isinstance(value, np.ndarray) else [value]
    parts = [part for entry in entries for part in entry.as_integer_ratio()]
    longest = max(max(parts, default=0), -min(parts, default=0)).bit_length()
    if longest > LONGEST_FRACTION:
        raise FormulaError("The fractions in this formula become too long. Write it shorter.")
    return longest

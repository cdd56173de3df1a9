"""A function of x that a learner types: read by the grammar of answers, with sin, cos, tan, tanh and π besides."""

import math
import re
from dataclasses import dataclass

import numpy as np

from nnlib.symbolic.answers.evaluation import ShapeError, UndefinedPoint, evaluate
from nnlib.symbolic.answers.formula import Formula, FormulaError
from nnlib.symbolic.answers.grammar import INSTEAD, parse

FURTHER = ("sin", "cos", "tan", "tanh")
REMARKS = INSTEAD | {f"{name}x": f"Type `{name}(x)`." for name in (*FURTHER, "exp", "log", "ln", "sqrt", "abs")}
POWER_OF_NAME = re.compile(rf"\b({'|'.join(FURTHER)}) ?(?:\^|\*\*|[²³])", re.IGNORECASE)
OF_ARRAYS = {"sum", "mean"}  # they would add the values at different x
LEFT_SIDE = re.compile(r" *(?:y|f ?\( ?x ?\)) *=(?!=)", re.IGNORECASE)
DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
GRID = 101  # values of x at which an undefined function is tried
HALVINGS = 30  # between the last x with a value and the first without


@dataclass(frozen=True)
class FunctionOfX:
    """A function of one number. Call it with an array of x."""

    formula: Formula

    @property
    def latex(self) -> str:
        """The function as it was read."""
        return self.formula.latex

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Evaluate the function.

        Parameters
        ----------
        x : (n,) array of float

        Returns
        -------
        (n,) array of float

        Raises
        ------
        FormulaError
            If it has no value at some x. The message says where, and why.
        """
        try:
            return np.broadcast_to(self._value(x), x.shape)
        except UndefinedPoint as error:
            raise FormulaError(f"f(x) has no value {self._where_undefined(x)}. {error}") from None

    def _value(self, x):
        return evaluate(self.formula, {"x": x, "pi": math.pi})

    def _is_defined(self, x):
        try:
            self._value(x)
        except UndefinedPoint:
            return False
        return True

    def _where_undefined(self, x):
        """The first range of x, within that of an array, where the function has no value, in words."""
        grid = np.linspace(x.min(), x.max(), GRID)
        missing = [not self._is_defined(each) for each in grid]
        if True not in missing:
            return "at some x in between"  # narrower than the grid
        first = missing.index(True)
        end = next((i for i in range(first, GRID) if not missing[i]), GRID)
        start = self._edge(grid[first - 1], grid[first]) if first else None
        stop = self._edge(grid[end], grid[end - 1]) if end < GRID else None
        if start is None:
            return "for any x" if stop is None else f"for x < {stop:.3g}"
        return f"for x > {start:.3g}" if stop is None else f"for x from {start:.3g} to {stop:.3g}"

    def _edge(self, inside, outside):
        """Where the function ends between x with a value and x without one."""
        close = abs(outside - inside) * 1e-6
        for _ in range(HALVINGS):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if self._is_defined(middle) else (inside, middle)
        return 0.0 if abs(inside) < close else inside


def function_of_x(text: str) -> FunctionOfX:
    """Read what a learner typed for f(x). Text is never executed, and its length and its powers are limited.

    A comma between two digits is a decimal comma where the text cannot be read otherwise.

    Raises
    ------
    FormulaError
        If the text is not a function of x. The message says what to type instead.
    """
    text = LEFT_SIDE.sub("", text, count=1) if isinstance(text, str) and LEFT_SIDE.match(text) else text
    try:
        formula = _parsed(text)
    except FormulaError:
        if not isinstance(text, str) or not DECIMAL_COMMA.search(text):
            raise
        formula = _parsed(DECIMAL_COMMA.sub(".", text))
    if found := formula.functions & OF_ARRAYS:
        raise FormulaError(f"`{min(found)}` adds the entries of an array, and x is one number here.")
    try:
        evaluate(formula, {"x": 0.5, "pi": math.pi})
    except UndefinedPoint:
        pass  # at this x
    except ShapeError:
        raise FormulaError("x is one number here: functions of arrays and the product of matrices have no use.") from None
    return FunctionOfX(formula)


def _parsed(text):
    if isinstance(text, str) and (found := POWER_OF_NAME.search(text)):
        raise FormulaError(f"Type a power of `{found[1]}(x)` with the exponent at the end: `{found[1]}(x)^2`.")
    return parse(text, ("x", "pi"), REMARKS, further=FURTHER)

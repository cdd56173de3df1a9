"""The backward pass as a listing: a few lines of text, run by the whitelist evaluator and compared with finite differences.

    psi = softmax(z3)
    dz3 = (psi - Delta)/N                 dz3 stands for ∂J~/∂z(3), and so on
    …

A line sets a name to a formula (`dW2 = …`, see nnlib.symbolic.answers.grammar for what can be typed) or changes an array in
place (`dW2 += …`, also -=, *= and /=). Its name may be written as in the lessons: `ψ`, `∂J/∂W2`. A given name cannot be set;
its array can be changed in place, which is the cause of some mistakes. As in NumPy, `dW2 = W2` gives the array a second name,
and no copy is made. Empty lines, and text after a #, are ignored.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from nnlib.gradient_check import SMALLEST, numeric_gradients, relative_error
from nnlib.losses import one_hot
from nnlib.network import TwoLayerNet
from nnlib.support.arrays import Array, Labels
from nnlib.symbolic.answers.evaluation import evaluate, fit
from nnlib.symbolic.answers.formula import Formula, FormulaError, Name, Transpose
from nnlib.symbolic.answers.grammar import parse

LISTING = (
    "psi = softmax(z3)",
    "dz3 = (psi - Delta)/N",
    "dW2 = a2.T @ dz3 + 2*lam*W2",
    "db2 = sum(dz3, axis=0)",
    "mask = z2 > 0",
    "dz2 = (dz3 @ W2.T) * mask",
    "dW1 = X.T @ dz2 + 2*lam*W1",
    "db1 = sum(dz2, axis=0)",
)

GIVEN = ("X", "Delta", "N", "lam", "W1", "b1", "W2", "b2", "z2", "a2", "z3")  # before the first line
GIVEN_ARRAYS = tuple(name for name in GIVEN if name not in ("N", "lam"))
SET_BY_LINES = ("psi", "dz3", "da2", "mask", "dz2", "dW1", "db1", "dW2", "db2")
NAMES = GIVEN + SET_BY_LINES
PARAMETERS = ("W1", "b1", "W2", "b2")
MOST_LINES = 20  # besides empty ones
AGREES = 1e-6  # relative error: that of a correct gradient is far smaller, that of a wrong one almost always larger

STATEMENT = re.compile(r"((?:[^()]|\([^()]*\))*?)([-+*/]?)(?<![<>!=])=(?!=)(.*)")  # not the = of sum(x, axis=0)
IDENTIFIER = re.compile(r"[A-Za-z]\w*", re.ASCII)
NO_STATEMENT = "A line sets a name, as in `dW2 = a2.T @ dz3`."
IN_PLACE = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}


class ListingError(FormulaError):
    """A line that cannot be run; the error that says why is its __cause__.

    `line` is its number, counted from 1, or None if a line is missing; then there is no __cause__.
    """

    def __init__(self, line: int | None, message: str):
        super().__init__(f"Line {line}: {message}" if line else message)
        self.line = line


@dataclass(frozen=True)
class Checked:
    """The gradient of one parameter, as a listing computes it, compared with central differences.

    gradient : the listing's result: an array of any shape, or a number.
    numeric : by central differences, of the parameter's shape.
    errors : relative error of each entry, of the parameter's shape; infinite where the gradient is not finite, and everywhere
        if its shape is wrong.
    """

    gradient: Any
    numeric: Array
    errors: Array

    @property
    def shape_fits(self) -> bool:
        """Whether the gradient has the parameter's shape."""
        return np.shape(self.gradient) == self.numeric.shape

    @property
    def worst(self) -> float:
        """The largest error."""
        return float(self.errors.max())

    @property
    def agrees(self) -> bool:
        """Whether all entries agree with the central differences."""
        return self.worst <= AGREES


def check(listing: Sequence[str], net: TwoLayerNet, X: Array, y: Labels, reg: float = 0.0) -> dict[str, Checked]:
    """Run the listing, and compare each gradient with central differences of the loss, entry by entry.

    Parameters
    ----------
    listing : lines of a backward pass.
    net, X, y, reg : the network, inputs (N, D), labels (N,) and λ.

    Returns
    -------
    dict: parameter name → Checked.

    Raises
    ------
    ListingError : a line cannot be run, or is missing.
    """
    return compare(gradients(listing, net, X, y, reg), net, X, y, reg)


def compare(found: Mapping[str, Any], net: TwoLayerNet, X: Array, y: Labels, reg: float = 0.0) -> dict[str, Checked]:
    """Compare gradients, by parameter name, with central differences, as `check` does."""
    numeric = numeric_gradients(net, X, y, reg)
    return {name: Checked(found[name], numeric[name], _errors(found[name], numeric[name])) for name in found}


def gradients(listing: Sequence[str], net: TwoLayerNet, X: Array, y: Labels, reg: float = 0.0) -> dict[str, Any]:
    """Run the listing. Returns dict: parameter name → the value of dW1, db1, dW2, db2. Parameters and errors as in `check`."""
    found, errors = run_what_can_be_run(listing, net, X, y, reg)
    if errors:
        raise errors[0]
    return found


def run_what_can_be_run(
    listing: Sequence[str], net: TwoLayerNet, X: Array, y: Labels, reg: float = 0.0
) -> tuple[dict[str, Any], list[ListingError]]:
    """Run the listing, without the lines that cannot be run. Parameters as in `check`.

    Returns
    -------
    dict: parameter name → the value of dW1, db1, dW2, db2, where a line sets it; and what `check` would raise, line by line.
    """
    lines = {line: text for line, text in enumerate(listing, start=1) if not _is_empty(text)}
    if len(lines) > MOST_LINES:
        return {}, [ListingError(None, f"This is too long: a listing has at most {MOST_LINES} lines here.")]
    values = _given(net, X, y, reg)
    errors = []
    for line, text in lines.items():
        try:
            _run(text, values)
        except FormulaError as error:
            errors.append(ListingError(line, str(error)))
            errors[-1].__cause__ = error
    for name in PARAMETERS:
        if f"d{name}" not in values:
            errors.append(ListingError(None, f"No line sets `d{name}`: each of dW1, db1, dW2 and db2 is needed."))
    return {name: values[f"d{name}"] for name in PARAMETERS if f"d{name}" in values}, errors


def _is_empty(text: str) -> bool:
    return isinstance(text, str) and not text.partition("#")[0].strip()


def _given(net: TwoLayerNet, X: Array, y: Labels, reg: float) -> dict[str, Any]:
    """The values known before the backward pass begins, as new arrays that a listing may change."""
    X = np.array(X, float)
    z, a = net.forward(X)
    params = {name: array.copy() for name, array in net.params.items()}
    return {"X": X, "Delta": one_hot(y, net.sizes[-1]), "N": len(X), "lam": reg, **params, "z2": z[2], "a2": a[2], "z3": z[3]}


def _run(text: str, values: dict[str, Any]) -> None:
    """Run one line, which reads and changes `values`. Raises FormulaError."""
    if not isinstance(text, str):
        raise FormulaError("Type a line as text.")
    statement = STATEMENT.fullmatch(text.partition("#")[0])
    if statement is None:
        raise FormulaError(NO_STATEMENT)
    left, operator, right = statement.groups()
    name = _name(left.strip())
    if name not in SET_BY_LINES and (not operator or name not in GIVEN_ARRAYS):
        raise FormulaError(_cannot_be_set(name))
    value = _value(_formula(right), values)
    if operator:
        _change_in_place(name, operator, value, values)
    else:
        values[name] = value


@lru_cache(256)
def _formula(text: str) -> Formula:
    """Read the right side of a line. Gradient descent runs the same few lines in each of its steps."""
    return parse(text, NAMES)


def _name(text: str) -> str:
    """The name on the left side of a line."""
    if IDENTIFIER.fullmatch(text):
        return text
    with suppress(FormulaError):
        match parse(text, NAMES).root:
            case Name(name):
                return name
    raise FormulaError(NO_STATEMENT)


def _cannot_be_set(name: str) -> str:
    alike = [each for each in SET_BY_LINES if each.lower() == name.lower()]
    if alike:
        return f"`{name}` cannot be set. Did you mean `{alike[0]}`?"
    if name in GIVEN_ARRAYS:
        return f"`{name}` is given and cannot be set. It can be changed in place, as in `{name} -= …`."
    settable = ", ".join(f"`{each}`" for each in SET_BY_LINES)
    return f"`{name[:20]}` cannot be set. A line begins with one of {settable}."


def _value(formula: Formula, values: dict[str, Any]) -> Any:
    """The value of a formula. For a bare name it is the array itself, and for its transpose a view of it, as in NumPy."""
    missing = sorted(formula.names - values.keys())
    if missing:
        raise FormulaError(f"`{missing[0]}` has no value yet: a line above must set it.")
    match formula.root:
        case Name(name):
            return values[name]
        case Transpose(Name(name)):
            return np.transpose(values[name])
    return evaluate(formula, values, undefined="nan")


def _change_in_place(name: str, operator: str, value: Any, values: dict[str, Any]) -> None:
    if name not in values:
        raise FormulaError(f"`{name}` has no value yet that `{operator}=` could change.")
    with np.errstate(all="ignore"):
        if not isinstance(values[name], np.ndarray):  # a number cannot be changed in place: the name gets a new one
            values[name] = IN_PLACE[operator](values[name], value)
            return
        shapes = np.shape(values[name]), np.shape(value)
        if not fit(*shapes) or np.broadcast_shapes(*shapes) != shapes[0]:
            raise FormulaError(
                f"`{operator}=` cannot change the shape of `{name}`: it has the shape {shapes[0]}, the right side {shapes[1]}."
            )
        IN_PLACE[operator](values[name], value, out=values[name])


def _errors(gradient: Any, numeric: Array) -> Array:
    if np.shape(gradient) != numeric.shape:
        return np.full(numeric.shape, np.inf)
    return relative_error(gradient, numeric, SMALLEST)

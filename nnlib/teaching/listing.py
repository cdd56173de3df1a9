"""The backward pass as a listing: a few lines of text, run by the whitelist evaluator and held against finite differences.

    psi = softmax(z3)
    dz3 = (psi - Delta)/N                 dz3 stands for ∂J~/∂z(3), and so on
    …

A line sets a name to a formula (`dW2 = …`, see nnlib.symbolic.answers.grammar for what can be typed) or changes an array in
place
(`dW2 += …`, also -=, *= and /=). What is given is not set anew; its arrays can be changed in place, which is how some slips
come about. As in NumPy, `dW2 = W2` gives the array a second name, and no copy is made. Empty lines and what follows a # are
skipped.
"""

import re
from dataclasses import dataclass

import numpy as np

from nnlib.gradient_check import SMALLEST, numeric_gradients, relative_error
from nnlib.losses import one_hot
from nnlib.symbolic.answers.evaluation import evaluate, fit
from nnlib.symbolic.answers.formula import FormulaError, Name, Transpose
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
SET_BY_LINES = ("psi", "dz3", "mask", "dz2", "dW1", "db1", "dW2", "db2")
NAMES = GIVEN + SET_BY_LINES
PARAMETERS = ("W1", "b1", "W2", "b2")
MOST_LINES = 20
AGREES = 1e-6  # relative; finite differences of a right gradient stay well below, those of a wrong one hardly ever do

STATEMENT = re.compile(r"\s*([A-Za-z]\w*)\s*([-+*/]?)=(?!=)(.*)", re.ASCII)
IN_PLACE = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}


class ListingError(FormulaError):
    """A line that cannot be run, for the reason that is its __cause__.

    `line` is its number, counted from 1, or None where a line is missing: then nothing caused it.
    """

    def __init__(self, line, message):
        super().__init__(f"Line {line}: {message}" if line else message)
        self.line = line


@dataclass(frozen=True)
class Checked:
    """One parameter's gradient: as the listing has it, by central differences, and the relative error of each entry.

    gradient   an array of any shape, or a number
    numeric    of the parameter's shape
    errors     of the parameter's shape; infinite where the gradient is not finite, and everywhere if its shape differs
    """

    gradient: np.ndarray
    numeric: np.ndarray
    errors: np.ndarray

    @property
    def shape_fits(self):
        return np.shape(self.gradient) == self.numeric.shape

    @property
    def worst(self):
        return float(self.errors.max())

    @property
    def agrees(self):
        return self.worst <= AGREES


def check(listing, net, X, y, reg=0.0):
    """Run the listing, and compare each gradient with central differences of the loss, entry by entry.

    Parameters: listing, a sequence of lines; net, a TwoLayerNet; X (N, D); y (N,) labels; reg, the λ.
    Returns dict: parameter name → Checked. Raises ListingError for a line that cannot be run.
    """
    found = gradients(listing, net, X, y, reg)
    numeric = numeric_gradients(net, X, y, reg)
    return {name: Checked(found[name], numeric[name], _errors(found[name], numeric[name])) for name in PARAMETERS}


def gradients(listing, net, X, y, reg=0.0):
    """What the listing comes to: dict, parameter name → the value of dW1, db1, dW2, db2. Arguments and errors as in `check`."""
    values = _given(net, X, y, reg)
    if len(listing) > MOST_LINES:
        raise ListingError(None, f"This is too long: a listing has at most {MOST_LINES} lines here.")
    for line, text in enumerate(listing, start=1):
        try:
            _run(text, values)
        except FormulaError as error:
            raise ListingError(line, str(error)) from error
    for name in PARAMETERS:
        if f"d{name}" not in values:
            raise ListingError(None, f"No line sets `d{name}`: each of dW1, db1, dW2 and db2 is needed.")
    return {name: values[f"d{name}"] for name in PARAMETERS}


def _given(net, X, y, reg):
    """What is known before the backward pass begins, as fresh arrays that a listing may change."""
    X = np.array(X, float)
    z, a = net.forward(X)
    params = {name: array.copy() for name, array in net.params.items()}
    return {"X": X, "Delta": one_hot(y, net.sizes[-1]), "N": len(X), "lam": reg, **params, "z2": z[2], "a2": a[2], "z3": z[3]}


def _run(text, values):
    """Run one line on `values`. Raises FormulaError."""
    if not isinstance(text, str):
        raise FormulaError("Type a line as text.")
    text = text.partition("#")[0]
    if not text.strip():
        return
    statement = STATEMENT.fullmatch(text)
    if statement is None:
        raise FormulaError("A line sets a name, as in `dW2 = a2.T @ dz3`.")
    name, operator, right = statement.groups()
    if name not in SET_BY_LINES and (not operator or name not in GIVEN_ARRAYS):
        raise FormulaError(_cannot_be_set(name))
    value = _value(parse(right, NAMES), values)
    if operator:
        _change_in_place(name, operator, value, values)
    else:
        values[name] = value


def _cannot_be_set(name):
    alike = [each for each in SET_BY_LINES if each.lower() == name.lower()]
    if alike:
        return f"`{name}` cannot be set. Did you mean `{alike[0]}`?"
    if name in GIVEN_ARRAYS:
        return f"`{name}` is given and cannot be set. It can be changed in place, as in `{name} -= …`."
    settable = ", ".join(f"`{each}`" for each in SET_BY_LINES)
    return f"`{name[:20]}` cannot be set. A line begins with one of {settable}."


def _value(formula, values):
    """What a formula comes to. A bare name is the array itself, and its transpose a view of it, as in NumPy."""
    missing = sorted(formula.names - values.keys())
    if missing:
        raise FormulaError(f"`{missing[0]}` has no value yet: a line above must set it.")
    match formula.root:
        case Name(name):
            return values[name]
        case Transpose(Name(name)):
            return np.transpose(values[name])
    return evaluate(formula, values, undefined="nan")


def _change_in_place(name, operator, value, values):
    if name not in values:
        raise FormulaError(f"`{name}` has no value yet that `{operator}=` could change.")
    with np.errstate(all="ignore"):
        if not isinstance(values[name], np.ndarray):  # numbers are not changed, a name gets another one
            values[name] = IN_PLACE[operator](values[name], value)
            return
        shapes = np.shape(values[name]), np.shape(value)
        if not fit(*shapes) or np.broadcast_shapes(*shapes) != shapes[0]:
            told = f"it has the shape {shapes[0]}, the right side {shapes[1]}"
            raise FormulaError(f"`{operator}=` cannot change the shape of `{name}`: {told}.")
        IN_PLACE[operator](values[name], value, out=values[name])


def _errors(gradient, numeric):
    if np.shape(gradient) != numeric.shape:
        return np.full(numeric.shape, np.inf)
    finite = np.isfinite(gradient)
    errors = relative_error(np.where(finite, gradient, 0), numeric, SMALLEST)
    return np.where(finite, errors, np.inf)

"""A formula as a tree, which the grammar builds, the evaluator walks, and which is written as LaTeX."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from nnlib.symbolic.symbols import symbol_latex


class FormulaError(ValueError):
    """A formula that cannot be read or evaluated. Its text tells the learner what to type instead (Markdown)."""


@dataclass(frozen=True)
class Number:
    value: Fraction
    text: str  # as it was typed: 0.5 stays 0.5


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Sign:
    operator: str  # "+" or "-"
    operand: object


@dataclass(frozen=True)
class Operation:
    operator: str  # + - * / @
    left: object
    right: object


@dataclass(frozen=True)
class Power:
    base: object
    exponent: int


@dataclass(frozen=True)
class Comparison:
    operator: str  # < <= > >=
    left: object
    right: object


@dataclass(frozen=True)
class Transpose:
    operand: object


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple
    axis: int | None = None


def children(node) -> tuple:
    """Return the nodes directly below `node`, left to right."""
    match node:
        case Sign(_, operand) | Transpose(operand):
            return (operand,)
        case Operation(_, left, right) | Comparison(_, left, right):
            return (left, right)
        case Power(base, _):
            return (base,)
        case Call(_, arguments, _):
            return arguments
    return ()


def nodes(node) -> Iterator:
    """Yield `node` and every node below it."""
    yield node
    for child in children(node):
        yield from nodes(child)


@dataclass(frozen=True)
class Formula:
    """A formula that has passed the grammar.

    Parameters
    ----------
    text : str
        What was typed, with symbols spelled as letters.
    root : node
        The topmost node.
    """

    text: str
    root: object

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that occur in it."""
        return frozenset(node.name for node in nodes(self.root) if isinstance(node, Name))

    @cached_property
    def functions(self) -> frozenset[str]:
        """The functions that it calls."""
        return frozenset(node.function for node in nodes(self.root) if isinstance(node, Call))

    @cached_property
    def multiplies_matrices(self) -> bool:
        """Whether it has a product with @."""
        return any(isinstance(node, Operation) and node.operator == "@" for node in nodes(self.root))

    @cached_property
    def latex(self) -> str:
        """The formula as LaTeX, with the products and brackets as they were read."""
        return _latex(self.root)


COMPARED = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"}
SUMS = {None: r"\sum", 0: r"\sum_{\text{rows}}", 1: r"\sum_{\text{columns}}"}
ARRAY = re.compile(r"X|psi|Delta|mask|(d?[azWb])\d|delta\d")

ATOM, RAISED, FACTOR, SIGNED, TERM = 5, 4, 3, 2, 1  # how tightly a part binds


def holds_array(node) -> bool:
    """Whether `node` is an array, according to its names: `*` between two of them is written ∘, entry by entry."""
    if isinstance(node, Name):
        return ARRAY.fullmatch(node.name) is not None
    if isinstance(node, Call) and node.function == "sum" and node.axis is None:
        return False
    return any(holds_array(child) for child in children(node))


def _latex(node, binding=0):
    """LaTeX of `node`, in brackets if it binds less tightly than `binding`."""
    latex, own = _written(node)
    return rf"\left({latex}\right)" if own < binding else latex


def _written(node):
    """(LaTeX of `node`, how tightly it binds)."""
    match node:
        case Number(_, text):
            mantissa, e, exponent = text.lower().partition("e")
            return (rf"{mantissa} \cdot 10^{{{int(exponent)}}}", FACTOR) if e else (text, ATOM)
        case Name(name):
            latex = symbol_latex(name)
            return latex, RAISED if "^" in latex or latex.startswith(r"\frac") else ATOM
        case Sign(operator, operand):
            return f"{operator}{_latex(operand, FACTOR)}", SIGNED
        case Operation("/", left, right):
            return rf"\frac{{{_latex(left)}}}{{{_latex(right)}}}", FACTOR
        case Operation("*" | "@" as operator, left, right):
            first, binding = _written(left)
            first = first if binding >= SIGNED else rf"\left({first}\right)"  # −a b needs no brackets around −a
            return f"{first} {_product(operator, left, right)}{_latex(right, RAISED)}", SIGNED if binding == SIGNED else FACTOR
        case Operation(operator, left, right):
            return f"{_latex(left, TERM)} {operator} {_latex(right, FACTOR)}", TERM
        case Power(base, exponent):
            return f"{_latex(base, ATOM)}^{{{exponent}}}", RAISED
        case Comparison(operator, left, right):
            return rf"\mathbf{{1}}\left[{_latex(left)} {COMPARED[operator]} {_latex(right)}\right]", ATOM
        case Transpose(Name(name)) if symbol_latex(name).endswith(")}"):
            return symbol_latex(name)[:-1] + r"\top}", RAISED
        case Transpose(operand):
            return rf"{_latex(operand, ATOM)}^{{\top}}", RAISED
        case Call():
            return _call(node)
    raise TypeError(f"{node!r} is not a part of a formula.")


def _product(operator, left, right):
    """The sign of a product: ∘ entry by entry, a dot before a figure, nothing where paper writes nothing."""
    if operator == "*" and holds_array(left) and holds_array(right):
        return r"\circ "
    return r"\cdot " if _begins_with_figure(right) else ""


def _begins_with_figure(node):
    while isinstance(node, Power):
        node = node.base
    return isinstance(node, Number)


def _call(node):
    """(LaTeX of a call, how tightly it binds)."""
    if node.function == "sum" and node.axis is None and isinstance(node.arguments[0], Power):
        base, exponent = node.arguments[0].base, node.arguments[0].exponent
        if exponent == 2 and holds_array(base):
            return rf"\lVert {_latex(base)} \rVert^{{2}}", RAISED
    if node.function == "sum":
        return rf"{SUMS[node.axis]} {_latex(node.arguments[0], RAISED)}", FACTOR
    inside = ", ".join(_latex(argument) for argument in node.arguments)
    if node.function == "sqrt":
        return rf"\sqrt{{{inside}}}", ATOM
    if node.function == "abs":
        return rf"\left|{inside}\right|", ATOM
    if node.function == "exp":
        return f"e^{{{inside}}}", RAISED
    function = rf"\{node.function}" if node.function in ("log", "max") else rf"\operatorname{{{node.function}}}"
    return rf"{function}\left({inside}\right)", ATOM

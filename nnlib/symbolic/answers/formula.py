"""A formula as a tree, which the grammar builds, the evaluator walks, and which is written as LaTeX."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from nnlib.symbolic.symbols import shape_of, symbol_latex


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
    operand: "Node"


@dataclass(frozen=True)
class Operation:
    operator: str  # + - * / @
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Power:
    base: "Node"
    exponent: int


@dataclass(frozen=True)
class Comparison:
    operator: str  # < <= > >= == !=
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Transpose:
    operand: "Node"


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple["Node", ...]
    axis: int | None = None


@dataclass(frozen=True)
class SumOver:
    """A sum over every value of an index: Σ_k term."""

    index: str  # one letter
    term: "Node"


@dataclass(frozen=True)
class Derivative:
    """A partial derivative, ∂of/∂by, not carried out."""

    of: "Node"
    by: Name


Node = Number | Name | Sign | Operation | Power | Comparison | Transpose | Call | SumOver | Derivative


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below `node`, left to right."""
    match node:
        case Sign(_, operand) | Transpose(operand):
            return (operand,)
        case Operation(_, left, right) | Comparison(_, left, right):
            return (left, right)
        case Power(base, _):
            return (base,)
        case SumOver(_, term):
            return (term,)
        case Derivative(of, by):
            return (of, by)
        case Call(_, arguments, _):
            return arguments
    return ()


def nodes(node: Node) -> Iterator[Node]:
    """Yield `node` and every node below it."""
    yield node
    for child in children(node):
        yield from nodes(child)


def with_numbers(node: Any, change: Callable[[Number], Number]) -> Any:
    """Return `node` with `change(number)` in place of every number in it."""
    if isinstance(node, Number):
        return change(node)
    if isinstance(node, tuple):
        return tuple(with_numbers(part, change) for part in node)
    if not is_dataclass(node):
        return node
    return node.__class__(*(with_numbers(getattr(node, part.name), change) for part in fields(node)))


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
    root: Node

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


COMPARED = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}
OVER_AXES = {"sum": r"\sum", "mean": r"\operatorname{mean}"}
AXES = {None: "", 0: r"_{\text{rows}}", 1: r"_{\text{columns}}"}

ATOM, RAISED, FACTOR, SIGNED, TERM = 5, 4, 3, 2, 1  # how tightly a part binds


def dimensions(node: Node) -> int:
    """How many dimensions the value of `node` has, according to its names: 0 for a number, 1 for a row, 2 for a matrix."""
    below = [dimensions(child) for child in children(node)]
    match node:
        case Name(name):
            return len(shape_of(name))
        case Operation("@"):
            return max(0, sum(below) - 2)
        case Call("sum" | "mean", _, None):
            return 0
        case Call("sum" | "mean", _, 0):
            return max(0, below[0] - 1)
    return max(below, default=0)


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
            first = (
                first if binding >= SIGNED and not _ends_open(left) else rf"\left({first}\right)"
            )  # −a b needs no brackets around −a
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
        case SumOver(index, term):
            return rf"\sum_{{{index}}} {_latex(term, FACTOR)}", FACTOR
        case Derivative(Name() | Call() as of, by):
            return rf"\frac{{\partial {_latex(of, RAISED)}}}{{\partial {_latex(by)}}}", RAISED
        case Derivative(of, by):
            return rf"\frac{{\partial}}{{\partial {_latex(by)}}} {_latex(of, ATOM)}", FACTOR
        case Call():
            return _call(node)
    raise TypeError(f"{node!r} is not a part of a formula.")


def _product(operator, left, right):
    """The sign of a product: ∘ entry by entry, a dot before a figure, nothing where paper writes nothing."""
    if operator == "*" and dimensions(left) and dimensions(right):
        return r"\circ "
    return r"\cdot " if _begins_with_figure(right) else ""


def _ends_open(node):
    """Whether a factor after `node` would seem to belong to its sum."""
    while isinstance(node, Sign | Operation) and getattr(node, "operator", "") in "-+*@":
        node = node.operand if isinstance(node, Sign) else node.right
    return isinstance(node, SumOver) or (isinstance(node, Call) and node.function in OVER_AXES and not _is_norm(node))


def _is_norm(node):
    """Whether `node` is a sum over all entries of the square of an array, which is written as a squared norm."""
    match node:
        case Call("sum", (Power(base, 2),), None):
            return dimensions(base) > 0
    return False


def _begins_with_figure(node):
    while isinstance(node, Power):
        node = node.base
    return isinstance(node, Number)


def _call(node):
    """(LaTeX of a call, how tightly it binds)."""
    if _is_norm(node):
        return rf"\lVert {_latex(node.arguments[0].base)} \rVert^{{2}}", RAISED
    if node.function in OVER_AXES:
        return f"{OVER_AXES[node.function]}{AXES[node.axis]} {_latex(node.arguments[0], RAISED)}", FACTOR
    if node.function == "where":
        return _cases(*node.arguments), ATOM
    inside = ", ".join(_latex(argument) for argument in node.arguments)
    if node.function == "sqrt":
        return rf"\sqrt{{{inside}}}", ATOM
    if node.function == "abs":
        return rf"\left|{inside}\right|", ATOM
    if node.function == "exp":
        return f"e^{{{inside}}}", RAISED
    function = rf"\{node.function}" if node.function in ("log", "max") else rf"\operatorname{{{node.function}}}"
    return rf"{function}\left({inside}\right)", ATOM


def _cases(condition, holds, fails):
    """The two cases of `where`."""
    match condition:
        case Comparison(operator, left, right):
            words = f"{_latex(left)} {COMPARED[operator]} {_latex(right)}"
        case Name(name) if name.startswith("delta_"):
            words = " = ".join(name[-2:])
        case _:
            words = rf"{_latex(condition)} \ne 0"
    return rf"\begin{{cases}} {_latex(holds)} & \text{{if }} {words} \\ {_latex(fails)} & \text{{otherwise}} \end{{cases}}"

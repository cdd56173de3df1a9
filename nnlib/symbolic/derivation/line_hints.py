"""Hints about a line that is not equal to the line before: a known slip, or the one change that would make it right."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import combinations

import numpy as np
from sympy import KroneckerDelta

from nnlib.symbolic.answers.evaluation import Work
from nnlib.symbolic.answers.formula import (
    Call,
    Derivative,
    Formula,
    FormulaError,
    Name,
    Node,
    Number,
    Operation,
    Sign,
    SumOver,
    children,
    nodes,
)
from nnlib.symbolic.derivation.derivation import Derivation
from nnlib.symbolic.derivation.form import factors_of, multiplied_out, renamed, with_children
from nnlib.symbolic.derivation.line_values import close, values_of
from nnlib.symbolic.derivation.numeric import value_of
from nnlib.symbolic.derivation.reader import Reader

Change = tuple[str, Node]  # what is to be said if it makes the line right, and the line with it


def hint(derivation: Derivation, number: int, formula: Formula, mine: list, work: Work, before: str) -> str:
    """Return one or two sentences of Markdown about a wrong line.

    Parameters
    ----------
    derivation, number : where the line was written
    formula, mine : the line, and its values
    work : the limit for what is tried
    before : what the line before it is called
    """
    reader, points, right = derivation.reader, derivation.points, derivation.values

    def is_right(root):
        try:
            return all(map(close, values_of(Formula("", root), reader, points, work), right))
        except FormulaError:
            work.spend(1)  # raises when none is left
            return False

    try:
        if found := _known_slip(derivation, number, formula, mine, work):
            return found
        if found := _one_case(reader, points, mine, right):
            return found
        for words, root in _changes(derivation, number, formula.root):
            if is_right(root):
                return words
    except FormulaError:
        pass  # the limit is reached
    return f"Not equal to the {before}.{_in_numbers(mine[0], right[0], before)}"


def _known_slip(derivation, number, formula, mine, work):
    """The hint of a slip: of any later step if the line has its form, of the step at hand also if it has its value alone."""
    reader = derivation.reader
    slips = [slip for step in derivation.steps[number - 1 :] for slip in step.slips]
    form = multiplied_out(formula.root)
    for slip in slips:
        if multiplied_out(reader.read(slip.text).root) == form:
            return slip.hint
    for slip in derivation.steps[number - 1].slips:
        if all(map(close, mine, values_of(reader.read(slip.text), reader, derivation.points, work))):
            return slip.hint
    return ""


def _one_case(reader, points, mine, right):
    """Say so if a line is right in one of the cases i = j and i ≠ j alone."""
    for delta in reader.names.values():
        if not isinstance(delta, KroneckerDelta) or not set(delta.args) <= points[0].indices.keys() - reader.summed:
            continue
        equal = [bool(value_of(delta, point)) for point in points]
        fits = [close(one, other) for one, other in zip(mine, right)]
        one, other = sorted(map(str, delta.args))
        for case, where, elsewhere in ((True, "=", r"\ne"), (False, r"\ne", "=")):
            if fits == [each == case for each in equal]:
                return f"Right where ${one} {where} {other}$, but not where ${one} {elsewhere} {other}$."
    return ""


def _changes(derivation: Derivation, number: int, root: Node) -> Iterator[Change]:
    """Single changes that may make a line right."""
    reader = derivation.reader
    yield "Nearly: the sign is wrong.", Sign("-", root)
    yield from _with_one_part_changed(root, _with_the_other_sign)
    yield from _swapped(root, reader)
    yield from _with_one_part_changed(root, lambda node: _with_another_index(node, reader))
    following = derivation.roots[number]
    factors = factors_of(following) if following else []
    for factor in [each for each in factors if isinstance(each, Derivative)]:
        yield "An inner derivative is missing: the chain rule multiplies by it.", Operation("*", root, factor)
    for index in reader.sizes:
        yield f"A sum is missing, the one over ${index}$.", SumOver(index, root)
    powers = dict.fromkeys(node for node in nodes(root) if isinstance(node, Call))
    extra: list[Node] = [Number(Fraction(2), "2"), *map(Name, reader.names), *powers]
    for each in extra:
        shown = _shown(each)
        yield f"Nearly: a factor {shown} is missing.", Operation("*", root, each)
        yield f"Nearly: it is {shown} times too large.", Operation("/", root, each)
    for each in extra:
        yield from _with_one_part_changed(root, partial(_with_a_factor_in_one_term, factor=each))


def _with_a_factor_in_one_term(node, factor):
    """One side of a sum or difference times the factor."""
    if isinstance(node, Operation) and node.operator in "+-":
        for left, right, term in (
            (Operation("*", node.left, factor), node.right, node.left),
            (node.left, Operation("*", node.right, factor), node.right),
        ):
            yield (
                f"Nearly: a factor {_shown(factor)} is missing in the term {_shown(term)}.",
                Operation(node.operator, left, right),
            )


def _shown(node):
    match node:
        case Number(_, text) | Name(text):
            return f"`{text}`"
    return f"${Formula('', node).latex}$"


def _with_one_part_changed(node: Node, change: Callable[[Node], Iterator[Change]]) -> Iterator[Change]:
    yield from change(node)
    below = list(children(node))
    for place, child in enumerate(below):
        for words, changed in _with_one_part_changed(child, change):
            yield words, with_children(node, [*below[:place], changed, *below[place + 1 :]])


def _with_the_other_sign(node):
    match node:
        case Operation("+" | "-" as operator, left, right):
            yield "Nearly: one of the signs is wrong.", Operation("-" if operator == "+" else "+", left, right)
        case Sign("-", operand):
            yield "Nearly: one of the signs is wrong.", operand


def _with_another_index(node, reader):
    if isinstance(node, Name):
        stem, line, _ = node.name.partition("_")
        for other in reader.names:
            if line and other != node.name and other.startswith(stem + line):
                yield f"Nearly: look at the indices. One `{node.name}` is wrong.", Name(other)


def _swapped(root: Node, reader: Reader) -> Iterator[Change]:
    letters = sorted({letter for node in nodes(root) if isinstance(node, Name) for letter in node.name.partition("_")[2]})
    for one, other in combinations(letters, 2):
        swapped = renamed(root, {one: other, other: one})
        if all(node.name in reader.names for node in nodes(swapped) if isinstance(node, Name)):
            yield f"Nearly: the indices ${one}$ and ${other}$ are swapped.", swapped


def _in_numbers(mine, right, before):
    if np.ndim(mine) or np.ndim(right):
        return "" if np.shape(mine) == np.shape(right) else " It has another shape."
    shown = [f"{float(value):.3g}".replace("-", "−") for value in (mine, right)]
    return f" At one random point yours is {shown[0]}, and the {before} is {shown[1]}." if shown[0] != shown[1] else ""

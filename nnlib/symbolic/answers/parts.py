"""The parts of a formula that have a form of their own: functions and their arguments, powers of e, bars, sums, derivatives.

`read` is the FormulaReader, on the token after the one that begins the part.
"""

import re
from typing import Any

from nnlib.symbolic.answers import messages
from nnlib.symbolic.answers.calls import FUNCTIONS, call, example, function_named, norm
from nnlib.symbolic.answers.formula import Call, Derivative, FormulaError, Name, Node, SumOver
from nnlib.symbolic.answers.tokens import BEGIN_FACTORS, BRACKETS, Token

FormulaReader = Any  # that of operators.py, which imports this file

AXES = {"rows": "0", "columns": "1"}  # as a sum over them is typeset


def function(read: FormulaReader, name: str) -> Node:
    """A function of arguments in brackets, or of one factor, as in log x."""
    if read.next.kind in BRACKETS:
        found, axis = arguments(read, indexed=name == "sum")
        if name == "sum" and len(found) == 2 and isinstance(found[1], str):
            return SumOver(found[1], found[0])
        return call(name, found, axis)
    takes_one = name in read.spelling.further or FUNCTIONS.get(name) == 1
    if not takes_one or name in ("sum", "mean") or read.next.kind not in (*BEGIN_FACTORS, "number"):
        raise FormulaError(f"`{name}` needs brackets: type {example(name)}.")
    start = read.place
    argument = read.power()
    if read.factor_follows():
        first, second = read.typed(start), read.place
        read.beside(argument)
        rest = read.typed(second)
        raise messages.two_ways(f"{name}({first} {rest})", f"{name}({first}) {rest}")
    if read.next.kind == "/" and not read.next.spaced and read.tokens[read.place + 1].kind != "∂":
        first, bar = read.typed(start), read.place
        read.take("/")
        read.factors()
        rest = read.typed(bar)
        raise messages.two_ways(f"{name}({first}{rest})", f"{name}({first}){rest}")
    return call(name, [argument])


def method(read: FormulaReader, node: Node, name: str) -> Node:
    """A function after its argument, as in x.sum(axis=0)."""
    found = function_named(name)
    if found is None:
        raise FormulaError(messages.unknown_method(name, read.instead))
    if read.next.kind not in BRACKETS:
        remedy = "Type a transpose as `A.T`." if found == "transpose" else f"`.{name}` needs brackets: type {example(found)}."
        raise FormulaError(remedy)
    others, axis = arguments(read)
    return call(found, [node, *others], axis)


def arguments(read: FormulaReader, indexed: bool = False) -> tuple[list[Any], str | None]:
    """Arguments in brackets: their nodes, and the axis. The index of sum(x, k) is a letter.

    indexed: whether there may be an index
    """
    bracket = read.take(*BRACKETS)
    assert bracket is not None  # the caller has seen it
    read.opened(bracket)
    found: list = []
    axis = None
    while read.next.kind not in (*BRACKETS.values(), "end"):
        if token := read.take("axis"):
            axis = token.text if axis is None else "twice"
        elif read.calculus and indexed and len(found) == 1 and _is_index(read):
            found.append(read.typed(read.place, read.place + 1))
            read.place += 1
        else:
            found.append(read.comparison())
        if not read.take(","):
            break
    read.closed(bracket)
    return found, axis


def _is_index(read):
    letter = read.typed(read.place, read.place + 1)
    return re.fullmatch("[a-z]", letter) and read.tokens[read.place + 1].kind in BRACKETS.values()


def power_of_e(read: FormulaReader) -> Call:
    """What is after e."""
    read.take("^")
    start = read.place
    argument = read.exponent()
    if read.factor_follows() and not read.next.spaced and read.tokens[start].kind not in BRACKETS:
        first, second = read.typed(start), read.place
        read.beside(argument)
        raise messages.two_ways(f"exp({first} {read.typed(second)})", f"exp({first}) {read.typed(second)}")
    return Call("exp", (argument,))


def between_bars(read: FormulaReader, bar: Token) -> Call:
    """|x| or ‖x‖, after its first bar; ‖ may be typed as two bars."""
    double = bar.kind == "‖" or (read.next.kind == "|" and bool(read.take("|")))
    read.opened(bar)
    inside = read.sum()
    if not read.take(bar.kind) or (double and bar.kind == "|" and not read.take("|")):
        raise FormulaError("A bar is opened and not closed: type `abs(x)` for |x|, and `norm(A)^2` for a squared norm.")
    read.open.pop()
    return norm(inside) if double else Call("abs", (inside,))


def sum_over(read: FormulaReader, token: Token) -> Node:
    """What is after Σ, Σ_k or mean_rows: the whole product. After sum_k and mean_rows it is the bracket, if there is one."""
    name = "mean" if read.text.startswith("mean", token.start) else "sum"
    indexed = token.text and token.text not in AXES
    if indexed and not read.calculus:
        raise FormulaError(messages.NO_SUM_OVER)
    bracket = None if read.text[token.start] == "Σ" else read.take(*BRACKETS)
    term = read.product() if bracket is None else read.bracketed(bracket)
    return SumOver(token.text, term) if indexed else call(name, [term], AXES.get(token.text))


def derivative(read: FormulaReader) -> Derivative:
    """∂x/∂z or ∂/∂z (x), after its first ∂."""
    if not read.calculus:
        raise FormulaError(messages.NO_DERIVATIVE)
    of = None if read.next.kind == "/" else read.factors()
    if not read.take("/") or not read.take("∂"):
        raise FormulaError(messages.half_a_derivative(read.spelling.names))
    by = read.primary()
    if not isinstance(by, Name):
        raise FormulaError(messages.half_a_derivative(read.spelling.names))
    if of is None:
        bracketed = read.next.kind in BRACKETS
        of = read.power()
        if not bracketed and read.factor_follows():
            raise FormulaError("Type brackets around what is differentiated.")
    return Derivative(of, by)

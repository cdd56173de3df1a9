"""Other ways to write a formula, and ways to get it wrong: one change, at one place of its tree."""

from dataclasses import fields, is_dataclass, replace
from fractions import Fraction

from nnlib.symbolic.answers.formula import Call, Comparison, Name, Number, Operation, Power, Sign, Transpose, children


def typed(node):
    """A tree as text, with every bracket."""
    match node:
        case Number(_, text):
            return text
        case Name(name):
            return name
        case Sign(operator, operand):
            return f"({operator}{typed(operand)})"
        case Operation(operator, left, right) | Comparison(operator, left, right):
            return f"({typed(left)} {operator} {typed(right)})"
        case Power(base, exponent):
            return f"({typed(base)})**{exponent}"
        case Transpose(operand):
            return f"({typed(operand)}).T"
        case Call(function, arguments, axis):
            inside = [typed(argument) for argument in arguments]
            return f"{function}({', '.join(inside + [f'axis={axis}'] * (axis is not None))})"
    raise TypeError(node)


def number(value):
    return Number(Fraction(value), str(value))


def rewritten_here(node):
    """Other ways to write this node: the same value, another form."""
    yield Sign("-", Sign("-", node))
    yield Operation("/", Operation("*", number(2), node), number(2))
    yield Operation("+", node, Operation("*", number(0), node))
    yield Operation("-", Operation("*", number(3), node), Operation("*", number(2), node))
    match node:
        case Name():
            yield Transpose(Transpose(node))
        case Operation("+" | "*" as operator, left, right):
            yield Operation(operator, right, left)
        case Operation("@", left, right):
            yield Transpose(Operation("@", Transpose(right), Transpose(left)))
        case Operation("-", left, right):
            yield Operation("+", left, Sign("-", right))
            yield Sign("-", Operation("-", right, left))
        case Operation("/", left, right):
            yield Operation("*", left, Power(right, -1))
            yield Operation("*", Operation("/", number(1), right), left)
        case Power(base, 2):
            yield Operation("*", base, base)
        case Call("log", (x,)):
            yield Sign("-", Call("log", (Operation("/", number(1), x),)))
        case Call("exp", (x,)):
            yield Operation("/", number(1), Call("exp", (Sign("-", x),)))
        case Call("max", (Number(), x)):
            yield Operation("*", x, Comparison(">", x, number(0)))
            yield Call("relu", (x,))
        case Call("sum", (x,), None):
            yield Call("sum", (Call("sum", (x,), 0),))
        case Comparison(">", left, right):
            yield Comparison("<", right, left)
    match node:
        case Operation("*" | "@" | "/" as operator, Operation("+" | "-" as inner, a, b), right):
            yield Operation(inner, Operation(operator, a, right), Operation(operator, b, right))
        case Operation("*" | "@" as operator, left, Operation("+" | "-" as inner, a, b)):
            yield Operation(inner, Operation(operator, left, a), Operation(operator, left, b))


def mutated_here(node, names):
    """What a learner may get wrong at this node."""
    match node:
        case Number(value, _):
            yield number(value + 1)
        case Name(name):
            yield from (Name(other) for other in names if other != name)
            yield Operation("*", number(2), node)
            yield Power(node, 2)
            yield Transpose(node)
        case Sign(_, operand) | Transpose(operand):
            yield operand
        case Operation("+" | "-" as operator, left, right):
            yield Operation("-" if operator == "+" else "+", left, right)
            yield left
            yield right
        case Operation("*" | "/" as operator, left, right):
            yield Operation("/" if operator == "*" else "*", left, right)
            yield Operation("+", left, right)
            yield left
            yield right
        case Operation("@", left, right):
            yield Operation("@", right, left)
            yield Operation("@", Transpose(right), left)
            yield left
        case Power(base, exponent):
            yield base
            yield Power(base, exponent + 1)
        case Call("sum", (x,), axis):
            yield x
            yield Call("sum", (x,), {0: 1, 1: None, None: 0}[axis])
        case Call("abs" | "log" | "exp" | "max", arguments):
            yield arguments[-1]
        case Comparison(_, left, right):
            yield Comparison("<", left, right)
            yield left


def everywhere(node, change):
    """Every tree that `change` makes at one place of `node`; `change` yields replacements."""
    yield from change(node)
    for place, child in enumerate(children(node)):
        for new in everywhere(child, change):
            yield _with_child(node, place, new)


def _with_child(node, place, new):
    if isinstance(node, Call):
        return replace(node, arguments=tuple(new if k == place else old for k, old in enumerate(node.arguments)))
    holders = [field.name for field in fields(node) if is_dataclass(getattr(node, field.name))]
    return replace(node, **{holders[place]: new})

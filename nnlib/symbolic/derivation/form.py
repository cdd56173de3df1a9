"""The form of a line: what stays the same if its terms, factors, and the letters of its sums are exchanged.

Two lines of a derivation are equal in value, so it is their forms that tell which one a learner has written. `as_written` keeps
brackets, fractions and signs: −(Δ − ψ) and ψ − Δ differ. `multiplied_out` does not: there a line is a sum of products, and
a factor stands before a sum, not behind it. Neither cancels anything.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import permutations

from nnlib.symbolic.answers.formula import (
    Call,
    Comparison,
    Derivative,
    FormulaError,
    Name,
    Node,
    Number,
    Operation,
    Power,
    Sign,
    SumOver,
    Transpose,
    children,
    dimensions,
    nodes,
)

MOST_TERMS = 100
LETTERS = "αβγδεζηθ"  # of the indices of sums
SHORT_FOR_DERIVATIVES = (Name("G2"), Name("G3"))


def left_to_do(node: Node) -> tuple[int, int, int]:
    """Measure what is left to do in a line: the size of what is to be differentiated, functions and sums, and all parts.

    G2 and G3 are short for derivatives of one letter.
    """
    below = list(nodes(node))
    differentiated = sum(len(list(nodes(each.of))) for each in below if isinstance(each, Derivative))
    differentiated += sum(each in SHORT_FOR_DERIVATIVES for each in below)
    functions = sum(isinstance(each, Call | SumOver) or each == Name("S") for each in below)
    return differentiated, functions, len(below)


# How far from the loss the names of the lessons are: each is computed from those behind it.
PLACE = {"J_tilde": 0, "J": 1, "psi": 2, "z3": 3, "a": 3, "a2": 4, "z": 5, "z2": 5} | dict.fromkeys(
    ("w", "b", "x", "W1", "b1", "W2", "b2", "X"), 6
)


def way_back(node: Node) -> int:
    """How far the derivatives in a line reach back from the loss.

    The sum of the squares of their lengths: the chain rule, which makes several short ones of a long one, lowers it.
    """
    lengths = [_length(each) for each in nodes(node) if isinstance(each, Derivative)]
    lengths += [PLACE[f"z{each.name[1]}"] - PLACE["J"] for each in nodes(node) if each in SHORT_FOR_DERIVATIVES]
    return sum(length**2 for length in lengths)


def _length(derivative):
    end = _places(derivative.by)
    return max(0, max(end) - max(_places(derivative.of), default=max(end))) if end else 0


def _places(node):
    names = [each.name for each in nodes(node) if isinstance(each, Name)]
    stems = [name if name in PLACE else name.partition("_")[0] for name in names]
    return [PLACE[stem] for stem in stems if stem in PLACE]


KINDS = (  # of what may be left to do
    (lambda node: isinstance(node, Derivative), "derivative"),
    (lambda node: isinstance(node, SumOver), "sum"),
    (lambda node: node == Name("S"), "$S$"),
    (lambda node: isinstance(node, Call) and node.function == "exp", "power of $e$"),
    (lambda node: isinstance(node, Call) and node.function == "log", "logarithm"),
    (lambda node: isinstance(node, Call) and node.function == "max", "maximum"),
    (lambda node: isinstance(node, Call) and node.function == "mean", "mean"),
    (lambda node: isinstance(node, Call) and node.function == "where", "separate cases"),
    (lambda node: node == Name("G3"), "$G^{(3)}$"),
    (lambda node: node == Name("G2"), "$G^{(2)}$"),
    (lambda node: isinstance(node, Name) and re.fullmatch(r"Delta_\d", node.name), r"$\Delta$"),
)


def kinds_only_in(node: Node, other: Node) -> list[str]:
    """What kinds of parts, in words, are in `node` and not in `other`."""
    return [words for is_one, words in KINDS if any(map(is_one, nodes(node))) and not any(map(is_one, nodes(other)))]


def renamed(node: Node, letters: dict[str, str]) -> Node:
    """`node` with other letters for indices, in the subscripts of its names and below its sums."""
    match node:
        case Name(name):
            stem, line, subscript = name.partition("_")
            return Name(stem + line + "".join(letters.get(letter, letter) for letter in subscript))
        case SumOver(index, term):
            return SumOver(letters.get(index, index), renamed(term, letters))
    return with_children(node, [renamed(child, letters) for child in children(node)])


def with_name(node: Node, old: str, new: str) -> Node:
    """`node` with the name `new` in place of `old`."""
    return Name(new) if node == Name(old) else with_children(node, [with_name(child, old, new) for child in children(node)])


def with_children(node: Node, below: list) -> Node:
    """`node` with other nodes directly below it."""
    match node:
        case Sign(operator, _) | Comparison(operator) | Operation(operator):
            return type(node)(operator, *below)
        case Power(_, exponent):
            return Power(below[0], exponent)
        case SumOver(index, _):
            return SumOver(index, *below)
        case Call(function, _, axis):
            return Call(function, tuple(below), axis)
        case Transpose() | Derivative():
            return type(node)(*below)
    return node


def as_written(node: Node, depth: int = 0) -> tuple:
    """The form of `node`, with its brackets, fractions and signs. depth: how many sums it is in."""
    match node:
        case Number(value, _):
            return ("number", str(value))
        case Name(name):
            return ("name", _delta_in_order(name))
        case Sign("-", operand):
            return ("-", as_written(operand, depth))
        case Sign(_, operand):
            return as_written(operand, depth)
        case Operation("+" | "-"):
            return ("+", *sorted(_terms(node, depth), key=repr))
        case Operation("*" | "/" | "@"):
            sign, node = _sign_in_front(node)
            form = _product_as_written(node, depth)
            return ("-", form) if sign < 0 else form
        case SumOver(index, term):
            letter = LETTERS[min(depth, len(LETTERS) - 1)]
            return ("sum", letter, as_written(renamed(term, {index: letter}), depth + 1))
        case Call("max", arguments):
            return ("max", *sorted((as_written(argument, depth) for argument in arguments), key=repr))
    return (*_kind(node), *(as_written(child, depth) for child in children(node)))


def _kind(node):
    """What `node` is, apart from what is below it."""
    own = [getattr(node, name, None) for name in ("operator", "function", "axis", "exponent")]
    return (type(node).__name__, *(str(each) for each in own if each is not None))


def _delta_in_order(text):
    return re.sub("delta_(..)", lambda match: "delta_" + "".join(sorted(match[1])), text)


def _terms(node, depth):
    match node:
        case Operation("+", left, right):
            return [*_terms(left, depth), *_terms(right, depth)]
        case Operation("-", left, right):
            return [*_terms(left, depth), ("-", as_written(right, depth))]
    return [as_written(node, depth)]


def _sign_in_front(node):
    """A product as (−1, the product without it) if it begins with a minus."""
    match node:
        case Sign(operator, operand):
            return (-1 if operator == "-" else 1), operand
        case Operation("*" | "/" | "@" as operator, left, right):
            sign, left = _sign_in_front(left)
            return sign, Operation(operator, left, right)
    return 1, node


def _product_as_written(node, depth):
    match node:
        case Operation("/", left, right):
            return ("/", as_written(left, depth), as_written(right, depth))
        case Operation("*"):
            return ("*", *sorted((as_written(factor, depth) for factor in factors_of(node)), key=repr))
        case Operation("@"):
            return ("@", *(as_written(factor, depth) for factor in factors_of(node, "@")))
    return as_written(node, depth)


def factors_of(node: Node, operator: str = "*") -> list[Node]:
    """The factors of a product, from left to right; a node that is none is its own factor."""
    if isinstance(node, Operation) and node.operator == operator:
        return [*factors_of(node.left, operator), *factors_of(node.right, operator)]
    return [node]


def multiplied_out(node: Node) -> str:
    """The form of `node` as a sum of products. Raises FormulaError if it has too many terms."""
    return _frozen(_Expansion().terms(node))


def factors_and_terms(node: Node) -> int:
    """How many factors and terms `node` has as a sum of products. Raises FormulaError if it has too many terms."""
    return sum(1 + len(above) + len(below) for above, below in _Expansion().terms(node))


Factors = tuple[str, ...]
Terms = dict[tuple[Factors, Factors], Fraction]  # (factors above, factors below) → how often
MATRIX = "▦"  # begins a factor that is a matrix
UNBOUND = 0xE000  # characters from here on are letters of sums that are not finished


class _Expansion:
    def __init__(self):
        self.letters = 0
        self.sums: dict[str, tuple] = {}  # the factor of a sum → its letters, and the factors in it

    def terms(self, node: Node) -> Terms:
        match node:
            case Number(value, _):
                return {((), ()): value} if value else {}
            case Sign(operator, operand):
                return _times(self.terms(operand), {((), ()): Fraction(-1 if operator == "-" else 1)})
            case Operation("+", left, right):
                return _added(self.terms(left), self.terms(right))
            case Operation("-", left, right):
                return self.terms(Operation("+", left, Sign("-", right)))
            case Operation("*", left, right):
                return _times(self.terms(left), self.terms(right))
            case Operation("/", left, right):
                return _times(self.terms(left), _inverse(self.terms(right)))
            case Operation("@", left, right):
                return _times(self.terms(left), self.terms(right), _matrix_product)
            case Power(base, exponent):
                return self.power(self.terms(base), exponent)
            case Transpose(operand):
                return {(tuple(map(_transposed, above)), below): n for (above, below), n in self.terms(operand).items()}
            case SumOver(index, term):
                return self.sum_over(index, term)
            case Call("sum", (rows,), 0):
                return self.terms(Operation("@", Transpose(Name("ones")), rows))
        matrix = MATRIX if dimensions(node) else ""
        return {((matrix + self.factor(node),), ()): Fraction(1)}

    def power(self, base, exponent):
        result: Terms = {((), ()): Fraction(1)}
        for _ in range(abs(exponent)):
            result = _times(result, base)
        return result if exponent >= 0 else _inverse(result)

    def factor(self, node):
        """A part that stays as it is, with what is in it multiplied out."""
        if isinstance(node, Name):
            return _delta_in_order(node.name)
        inside = [_frozen(self.terms(child)) for child in children(node)]
        match node:
            case Comparison("<" | "<=" as operator):
                return f"({inside[1]} {operator.replace('<', '>')} {inside[0]})"
            case Call("max"):
                inside.sort()
        return f"{' '.join(_kind(node))}({'; '.join(inside)})"

    def unbound(self):
        self.letters += 1
        return chr(UNBOUND + self.letters)

    def sum_over(self, index, term):
        """Σ of every term, behind the factors that do not depend on the index. A sum in a sum is one sum over two letters."""
        letter = self.unbound()
        result: Terms = {}
        for (above, below), count in self.terms(renamed(term, {index: letter})).items():
            letters = [letter]
            inside: tuple[list[str], list[str]] = ([], [])
            outside: tuple[list[str], list[str]] = ([], [])
            for side, factors in enumerate((above, below)):
                for each in factors:
                    (inside if letter in each else outside)[side].append(each)
            for each in [each for each in inside[0] if each in self.sums]:
                inside[0].remove(each)
                fresh, within = self.with_other_letters(*self.sums[each])
                letters += fresh
                inside[0].extend(within[0])
                inside[1].extend(within[1])
            found = _finished(letters, inside)
            self.sums[found] = letters, inside
            result = _added(result, {(_in_order([*outside[0], found]), _in_order(outside[1])): count})
        return result

    def with_other_letters(self, letters, factors):
        fresh = [self.unbound() for _ in letters]
        exchange = str.maketrans(dict(zip(letters, fresh)))
        return fresh, [[each.translate(exchange) for each in side] for side in factors]


def _finished(letters, factors):
    """The factor of a sum, with its letters chosen so that equal sums are equal."""
    free = [letter for letter in LETTERS if letter not in repr(factors)]
    orders = permutations(free[: len(letters)]) if len(letters) <= 3 else [free]
    return min(_with_letters(letters, order, factors) for order in orders)


def _with_letters(letters, order, factors):
    exchange = str.maketrans(dict(zip(letters, order)))
    above, below = ([_delta_in_order(each.translate(exchange)) for each in side] for side in factors)
    return f"Σ{len(letters)}({'·'.join(_in_order(above))}/{'·'.join(_in_order(below))})"


def _in_order(factors):
    return tuple(sorted(factors))


def _added(left: Terms, right: Terms) -> Terms:
    result = dict(left)
    for term, count in right.items():
        result[term] = result.get(term, Fraction(0)) + count
    if len(result) > MOST_TERMS:
        raise FormulaError("This has too many terms when it is multiplied out. Write it shorter.")
    return {term: count for term, count in result.items() if count}


def _beside(left, right):
    return left + right


def _times(left: Terms, right: Terms, join: Callable[[Factors, Factors], Factors] = _beside) -> Terms:
    result: Terms = {}
    for (above, below), count in left.items():
        for (also_above, also_below), also in right.items():
            term = (_in_order(join(above, also_above)), _in_order(below + also_below))
            result = _added(result, {term: count * also})
    return result


def _inverse(terms: Terms) -> Terms:
    if not terms:
        raise FormulaError("This divides by zero.")
    if len(terms) == 1:
        (((above, below), count),) = terms.items()
        return {(below, above): 1 / count}
    return {((), (f"({_frozen(terms)})",)): Fraction(1)}


def _matrix_product(left, right):
    """The factors of A @ B: numbers beside one matrix, in which the order stays."""
    numbers = [each for each in left + right if not each.startswith(MATRIX)]
    chains = ["∘".join(each for each in side if each.startswith(MATRIX)) for side in (left, right)]
    return (*numbers, "@".join(filter(None, chains)))


def _transposed(factor):
    if not factor.startswith(MATRIX):
        return factor
    return "@".join(each.removesuffix("ᵀ") if each.endswith("ᵀ") else f"{each}ᵀ" for each in reversed(factor.split("@")))


def _frozen(terms: Terms) -> str:
    return " + ".join(sorted(f"{count}·{'·'.join(above)}/{'·'.join(below)}" for (above, below), count in terms.items()))

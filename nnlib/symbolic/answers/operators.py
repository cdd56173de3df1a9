"""Reads a formula from left to right: comparisons of sums of products of powers, and what stands in brackets and bars."""

from fractions import Fraction

from nnlib.symbolic.answers import messages, parts
from nnlib.symbolic.answers.calls import power, product
from nnlib.symbolic.answers.characters import GLUE
from nnlib.symbolic.answers.formula import (
    Call,
    Comparison,
    FormulaError,
    Name,
    Node,
    Number,
    Operation,
    Sign,
    Transpose,
    dimensions,
)
from nnlib.symbolic.answers.tokens import BEGIN_FACTORS, BRACKETS, Token

DEEPEST = 25  # brackets within brackets
MOST_NESTED = 60  # parts within parts, also without brackets, as in log log x
COMPARISONS = ("<", "<=", ">", ">=", "=", "==", "!=")


class FormulaReader:
    """Reads tokens from left to right. Each method reads one kind of part, and leaves `next` on the token after it."""

    def __init__(self, text, tokens, spelling, instead, calculus):
        self.text, self.tokens, self.spelling, self.instead, self.calculus = text, tokens, spelling, instead, calculus
        self.place = self.nested = 0
        self.open: list[str] = []  # brackets and bars

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self, *kinds: str) -> Token | None:
        """Return the next token if it is one of these, and go on after it."""
        if self.next.kind not in kinds:
            return None
        self.place += 1
        return self.tokens[self.place - 1]

    def typed(self, start: int, end: int | None = None) -> str:
        """The text from one token up to another, by default the next."""
        stop = self.place if end is None else end
        return self.text[self.tokens[start].start : self.tokens[stop - 1].end].replace(GLUE, "")

    def whole(self) -> Node:
        depth = 0
        for token in self.tokens:
            depth += (token.kind in BRACKETS) - (token.kind in BRACKETS.values())
            if not depth and token.kind in ("=", "=="):
                raise messages.equals_sign(self.typed(0, len(self.tokens) - 1))
        root = self.comparison()
        if self.next.kind != "end":
            raise FormulaError(messages.left_over(self.next, self.spelling, self.instead))
        return root

    def comparison(self) -> Node:
        same = self.same_index()
        if same is not None:
            return same
        left = self.sum()
        sign = self.take(*COMPARISONS)
        if not sign:
            return left
        right = self.sum()
        if self.next.kind in COMPARISONS:
            raise FormulaError("Type one comparison at a time, as in `(z > 0)`.")
        return Comparison("==" if sign.kind == "=" else sign.kind, left, right)

    def same_index(self) -> Name | Operation | None:
        """Read i == j as Kronecker's delta, where the exercise has one."""
        one, sign, other = (*self.tokens[self.place : self.place + 3], None, None)[:3]
        if not self.open or not sign or not other or sign.kind not in ("=", "==", "!="):
            return None
        pair = self.text[one.start : one.end] + self.text[other.start : other.end]
        found = [name for name in (f"delta_{pair}", f"delta_{pair[::-1]}") if name in self.spelling.names]
        found += [
            f"Delta_{letter}" for letter in pair.replace("y", "", 1) if "y" in pair and f"Delta_{letter}" in self.spelling.names
        ]
        if len(pair) != 2 or not found:
            return None
        self.place += 3
        same = Name(found[0])
        return same if sign.kind != "!=" else Operation("-", Number(Fraction(1), "1"), same)

    def sum(self) -> Node:
        left = self.product()
        while sign := self.take("+", "-"):
            left = Operation(sign.kind, left, self.product())
        return left

    def product(self) -> Node:
        start = self.place
        left = self.factors()
        while sign := self.take("*", "/", "@", "·"):
            match sign.kind:
                case "*":
                    left = Operation("*", left, self.factors())
                case "/":
                    left = self.divided(left, start)
                case "@":
                    left = self.beside(Operation("@", left, self.signed()))
                case "·":
                    left = self.beside(product(left, self.signed()))
        return left

    def divided(self, left: Node, start: int) -> Node:
        """Read what is after a fraction bar. In x/2 y with its space, y is a factor of the whole."""
        bar, first = self.place - 1, self.place
        below = self.signed()
        if not self.factor_follows():
            return Operation("/", left, below)
        attached = not self.tokens[bar].spaced and not self.tokens[first].spaced
        if attached and self.next.spaced:
            return self.beside(Operation("/", left, below))
        second = self.place
        self.beside(below)
        above, middle, rest = self.typed(start, bar), self.typed(first, second), self.typed(second)
        gap = " " * self.tokens[second].spaced
        raise messages.two_ways(f"{above}/({middle}{gap}{rest})", f"({above}/{middle}) {rest}")

    def factors(self) -> Node:
        return self.beside(self.signed())

    def beside(self, left: Node) -> Node:
        """Read the factors that stand beside `left`, without a sign."""
        while self.factor_follows():
            left = product(left, self.power())
        return left

    def factor_follows(self) -> bool:
        if self.next.kind == "number":
            raise FormulaError(messages.number_after(self.tokens[self.place - 1], self.next))
        return self.next.kind in BEGIN_FACTORS or (self.next.kind in ("‖", "|") and self.open[-1:] != [self.next.kind])

    def signed(self) -> Node:
        if sign := self.take("+", "-"):
            return Sign(sign.kind, self.signed())
        return self.power()

    def power(self) -> Node:
        base = self.transposed(self.primary())
        raised = False
        while self.take("^"):
            if self.transpose_in_exponent():
                base = self.transposed(self.transpose(base))
                continue
            if raised:
                raise FormulaError("A power of a power needs brackets: type `(x^2)^3`.")
            base, raised = self.transposed(power(base, self.exponent())), True
        return base

    def transpose_in_exponent(self) -> bool:
        """Read T, (T) or {T} as in A^T, where T is not a name."""
        opened = self.take(*BRACKETS)
        if self.take("transpose") or (self.next.kind == "unknown" and self.next.text == "T" and self.take("unknown")):
            if opened and not self.take(BRACKETS[opened.kind]):
                raise FormulaError("Type a transpose as `A.T`.")
            return True
        self.place -= bool(opened)
        return False

    def exponent(self) -> Node:
        if sign := self.take("+", "-"):
            return Sign(sign.kind, self.exponent())
        return self.primary()

    def transposed(self, node: Node) -> Node:
        """Read what follows a factor: .T, and functions as in x.sum(axis=0)."""
        while sign := self.take("transpose", "method", "'"):
            if sign.kind == "method":
                node = parts.method(self, node, sign.text)
            elif sign.kind == "'" and dimensions(node) < 2:
                raise FormulaError("Leave out the quote: type a transpose as `A.T`. A derivative has a name of its own.")
            else:
                node = self.transpose(node)
        return node

    def transpose(self, node: Node) -> Transpose:
        """The transpose of a part. The 1 of 1ᵀ is a column of ones."""
        if not isinstance(node, Number):
            return Transpose(node)
        if node.value != 1:
            raise FormulaError("`.T` transposes what is before it, as in `A.T`.")
        if "ones" not in self.spelling.names:
            raise FormulaError(messages.NO_ONES)
        return Transpose(Name("ones"))

    def primary(self) -> Node:
        """Read a part that is not a product or a power of others, with what is inside it."""
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise FormulaError("Too many parts are nested in one another. Write it with fewer.")
        part = self.part()
        self.nested -= 1
        return part

    def part(self) -> Node:
        token = self.next
        self.place += 1
        match token.kind:
            case "number":
                return _number(token.text)
            case "name":
                return Name(token.text)
            case "function":
                return parts.function(self, token.text)
            case "e":
                return parts.power_of_e(self)
            case "√":
                return Call("sqrt", (self.transposed(self.primary()),))
            case "over":
                return parts.sum_over(self, token)
            case "∂":
                return parts.derivative(self)
            case "(" | "[" | "{":
                return self.bracketed(token)
            case "|" | "‖":
                return parts.between_bars(self, token)
            case "unknown":
                raise FormulaError(messages.unknown(token.text, self.spelling, self.instead))
        self.place -= 1
        raise FormulaError(messages.missing(token, len(self.open)))

    def bracketed(self, bracket: Token) -> Node:
        """Read what is inside a bracket, and the bracket after it."""
        self.opened(bracket)
        inside = self.comparison()
        self.closed(bracket)
        return inside

    def opened(self, bracket: Token) -> None:
        self.open.append(bracket.kind)
        if len(self.open) > DEEPEST:
            raise FormulaError(f"Brackets may be nested {DEEPEST} deep. Write it with fewer.")

    def closed(self, bracket: Token) -> None:
        if not self.take(BRACKETS[bracket.kind]):
            raise FormulaError(messages.not_closed(bracket.kind, self.next, len(self.open)))
        self.open.pop()


def _number(text):
    """An exact Number: 0.1 is a tenth."""
    return Number(Fraction(text), text.removesuffix(".0") if not text.endswith(".") else text[:-1])

"""What a learner may type, and how it is read: as on paper, in one line.

    psi_i*(1 - psi_j), psi_i(1 - psi_j), 2λW2      products with a sign, or side by side
    a2.T @ (psi - Delta)/N, X W1 + b1              @ multiplies matrices, and so do · and nothing between them, as on the page
    dz3 ∘ 1{z2 > 0}, dz3*(z2 > 0)                  ∘ and * multiply entry by entry; a comparison is 1 where it holds, else 0;
                                                   (i == j) is delta_ij
    sum(dz3, axis=0), dz3.sum(0)                   adds the rows (over the batch); axis=1 adds along each row and keeps a
                                                   column; sum(x) adds every entry. mean divides such a sum by its terms
    e^x, exp(z_1)/(exp(z_1) + exp(z_2)), log psi_y also ln, sqrt, abs, max(0, x), relu(x), softmax(x), where(z2 > 0, x, 0)
    |x|, ‖W‖², sum(W^2), √x, ½                     also norm(W)^2; the exponent of a power is a whole number or a half
    X.T, a2ᵀ, W^(1), psi1, W₂                      all common forms of sub- and superscripts
    np.exp(x), torch.relu(x), X.dot(W1)            NumPy's and PyTorch's names for these
    \\psi_i, \\frac{1}{N} X^\\top                       simple LaTeX; see latex.py
    50%                                            as the whole answer: 50/100

In derivations also, where the caller allows it:

    Σ_k ψ_k z_k, sum_k(psi_k*z_k), sum(psi_k, k)   a sum over an index
    ∂ψ_i/∂z_j, d(psi_i)/d(z_j), ∂/∂z_j (x)         a partial derivative

A text that can be read in two ways, such as x/2h, is not read: the message asks which one is meant. Products side by side bind
like * and @, from left to right, but stay together behind * and ∘. Text is never executed. Its length, its brackets and its
powers are limited, so that no accepted formula takes long to evaluate.
"""

import re
from collections.abc import Collection, Mapping
from fractions import Fraction
from types import MappingProxyType

from nnlib.symbolic.answers import messages
from nnlib.symbolic.answers.calls import FUNCTIONS, call, example, function_named, norm, power, product
from nnlib.symbolic.answers.characters import GLUE, LONGEST, in_characters
from nnlib.symbolic.answers.formula import (
    Call,
    Comparison,
    Derivative,
    Formula,
    FormulaError,
    Name,
    Number,
    Operation,
    Power,
    Sign,
    SumOver,
    Transpose,
    children,
    dimensions,
)
from nnlib.symbolic.answers.messages import INSTEAD
from nnlib.symbolic.answers.spelling import spelling_of
from nnlib.symbolic.answers.tokens import tokens_of, without_python

__all__ = ["FUNCTIONS", "INSTEAD", "LONGEST", "parse"]

DEEPEST = 25  # brackets within brackets
MOST_NESTED = 60  # parts within parts, also without brackets, as in log log x
HIGHEST_DEGREE = 64  # of the whole formula: limits the length of its numbers
BRACKETS = {"(": ")", "[": "]", "{": "}"}
COMPARISONS = ("<", "<=", ">", ">=", "=", "==", "!=")
BEGIN_FACTORS = ("name", "function", "over", "e", "√", "∂", *BRACKETS)


def parse(
    text: str,
    names: Collection[str],
    instead: Mapping[str, str] = INSTEAD,
    calculus: bool = False,
    written: Mapping[str, str] = MappingProxyType({}),
) -> Formula:
    """Read what a learner typed.

    Parameters
    ----------
    text : str
        See the top of this file.
    names : collection of str
        The names that may occur in it.
    instead : mapping
        Messages for other names: INSTEAD, and perhaps more.
    calculus : bool
        Whether it may contain sums over an index and derivatives.
    written : mapping
        Other forms of names, as {"f(x)": "f"}.

    Returns
    -------
    Formula

    Raises
    ------
    FormulaError
        For anything else. The message says what to type instead.
    """
    spelling = spelling_of(tuple(names), tuple(written.items()))

    def read(text):
        plain = spelling.in_one_word(without_python(in_characters(text), spelling))
        root = _Reader(plain, tokens_of(plain, spelling, calculus), spelling, instead, calculus).whole()
        if _degree(root) > HIGHEST_DEGREE:
            raise FormulaError("The powers in this formula are too high. A short formula is enough here.")
        return Formula(plain.replace(GLUE, ""), root)

    try:
        return read(text)
    except messages.Proposal as error:
        try:
            for formula in error.formulas:
                read(formula)
        except FormulaError:
            raise FormulaError(error.without) from None
        raise


class _Reader:
    """Reads tokens from left to right. Each method reads one kind of part, and leaves `next` on the token behind it."""

    def __init__(self, text, tokens, spelling, instead, calculus):
        self.text, self.tokens, self.spelling, self.instead, self.calculus = text, tokens, spelling, instead, calculus
        self.place = self.nested = 0
        self.open: list[str] = []  # brackets and bars

    @property
    def next(self):
        return self.tokens[self.place]

    def take(self, *kinds):
        """Return the next token if it is one of these, and go on behind it."""
        if self.next.kind not in kinds:
            return None
        self.place += 1
        return self.tokens[self.place - 1]

    def typed(self, start, end=None):
        """The text from one token up to another, by default the next."""
        stop = self.place if end is None else end
        return self.text[self.tokens[start].start : self.tokens[stop - 1].end].replace(GLUE, "")

    def whole(self):
        depth = 0
        for token in self.tokens:
            depth += (token.kind in BRACKETS) - (token.kind in BRACKETS.values())
            if not depth and token.kind in ("=", "=="):
                raise messages.equals_sign(self.typed(0, len(self.tokens) - 1))
        root = self.comparison()
        if self.next.kind != "end":
            raise FormulaError(messages.left_over(self.next, self.spelling, self.instead))
        return root

    def comparison(self):
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

    def same_index(self):
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

    def sum(self):
        left = self.product()
        while sign := self.take("+", "-"):
            left = Operation(sign.kind, left, self.product())
        return left

    def product(self):
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

    def divided(self, left, start):
        """Read what is behind a fraction bar. In x/2 y with its space, y is a factor of the whole."""
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

    def factors(self):
        return self.beside(self.signed())

    def beside(self, left):
        """Read the factors that stand beside `left`, without a sign."""
        while self.factor_follows():
            left = product(left, self.power())
        return left

    def factor_follows(self):
        if self.next.kind == "number":
            raise FormulaError(messages.number_behind(self.tokens[self.place - 1], self.next))
        return self.next.kind in BEGIN_FACTORS or (self.next.kind in ("‖", "|") and self.open[-1:] != [self.next.kind])

    def signed(self):
        signs = []
        while sign := self.take("+", "-"):
            signs.append(sign.kind)
        factor = self.power()
        for sign in reversed(signs):
            factor = Sign(sign, factor)
        return factor

    def power(self):
        base = self.transposed(self.primary())
        raised = False
        while self.take("^"):
            if self.transpose_in_exponent():
                base = self.transposed(Transpose(base))
                continue
            if raised:
                raise FormulaError("A power of a power needs brackets: type `(x^2)^3`.")
            base, raised = self.transposed(power(base, self.exponent())), True
        return base

    def transpose_in_exponent(self):
        """Read T, (T) or {T} as in A^T, where T is not a name."""
        opened = self.take(*BRACKETS)
        if self.take("transpose") or (self.next.kind == "unknown" and self.next.text == "T" and self.take("unknown")):
            if opened and not self.take(BRACKETS[opened.kind]):
                raise FormulaError("Type a transpose as `A.T`.")
            return True
        self.place -= bool(opened)
        return False

    def exponent(self):
        signs = []
        while sign := self.take("+", "-"):
            signs.append(sign.kind)
        exponent = self.primary()
        for sign in reversed(signs):
            exponent = Sign(sign, exponent)
        return exponent

    def transposed(self, node):
        """Read what follows a factor: .T, and functions as in x.sum(axis=0)."""
        while sign := self.take("transpose", "method", "'"):
            before = self.tokens[self.place - 2]
            if before.kind == "number":
                raise FormulaError("`.T` transposes what is before it, as in `A.T`.")
            if sign.kind == "method":
                node = self.method(node, sign)
            elif sign.kind == "'" and dimensions(node) < 2:
                raise FormulaError("Leave out the quote: type a transpose as `A.T`. A derivative has a name of its own.")
            else:
                node = Transpose(node)
        return node

    def method(self, node, token):
        function = function_named(token.text)
        if function is None:
            raise FormulaError(messages.unknown_method(token.text, self.instead))
        if self.next.kind != "(":
            if function == "transpose":
                raise FormulaError("Type a transpose as `A.T`.")
            raise FormulaError(f"`.{token.text}` needs brackets: type {example(function)}.")
        arguments, axis = self.arguments()
        return call(function, [node, *arguments], axis)

    def primary(self):
        """Read a part that is not a product or a power of others, with what is inside it."""
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise FormulaError("Too many parts are nested in one another. Write it with fewer.")
        part = self.part()
        self.nested -= 1
        return part

    def part(self):
        token = self.next
        self.place += 1
        match token.kind:
            case "number":
                return _number(token.text)
            case "name":
                return Name(token.text)
            case "function":
                return self.function(token)
            case "e":
                return self.power_of_e()
            case "√":
                return Call("sqrt", (self.transposed(self.primary()),))
            case "over":
                return self.sum_over(token)
            case "∂":
                return self.derivative()
            case "(" | "[" | "{":
                return self.bracketed(token)
            case "|" | "‖":
                return self.between_bars(token)
            case "unknown":
                raise FormulaError(messages.unknown(token.text, self.spelling, self.instead))
        self.place -= 1
        raise FormulaError(messages.missing(token, len(self.open)))

    def bracketed(self, bracket):
        """Read what is inside a bracket, and the bracket behind it."""
        self.opened(bracket)
        inside = self.comparison()
        self.closed(bracket)
        return inside

    def opened(self, bracket):
        self.open.append(bracket.kind)
        if len(self.open) > DEEPEST:
            raise FormulaError(f"Brackets may be nested {DEEPEST} deep. Write it with fewer.")

    def closed(self, bracket):
        if not self.take(BRACKETS[bracket.kind]):
            raise FormulaError(messages.not_closed(bracket.kind, self.next, len(self.open)))
        self.open.pop()

    def between_bars(self, bar):
        """Read |x| or ‖x‖; ‖ may be typed as two bars."""
        double = bar.kind == "‖" or (self.next.kind == "|" and bool(self.take("|")))
        self.opened(bar)
        inside = self.sum()
        if not self.take(bar.kind) or (double and bar.kind == "|" and not self.take("|")):
            raise FormulaError("A bar is opened and not closed: type `abs(x)` for |x|, and `norm(A)^2` for a squared norm.")
        self.open.pop()
        return norm(inside) if double else Call("abs", (inside,))

    def function(self, token):
        if self.next.kind in BRACKETS:
            arguments, axis = self.arguments(indexed=token.text == "sum")
            if token.text == "sum" and len(arguments) == 2 and isinstance(arguments[1], str):
                return SumOver(arguments[1], arguments[0])
            return call(token.text, arguments, axis)
        if FUNCTIONS.get(token.text) != 1 or token.text in ("sum", "mean") or self.next.kind not in (*BEGIN_FACTORS, "number"):
            raise FormulaError(f"`{token.text}` needs brackets: type {example(token.text)}.")
        start = self.place
        argument = self.power()
        if self.factor_follows():
            first, second = self.typed(start), self.place
            self.beside(argument)
            rest = self.typed(second)
            raise messages.two_ways(f"{token.text}({first} {rest})", f"{token.text}({first}) {rest}")
        if self.next.kind == "/" and not self.next.spaced:
            first, bar = self.typed(start), self.take("/")
            self.factors()
            rest = self.text[bar.start : self.tokens[self.place - 1].end].replace(GLUE, "")
            raise messages.two_ways(f"{token.text}({first}{rest})", f"{token.text}({first}){rest}")
        return call(token.text, [argument])

    def arguments(self, indexed=False):
        """Read arguments in brackets: their nodes, and the axis. The index of sum(x, k) is a letter.

        indexed: whether there may be an index
        """
        bracket = self.take(*BRACKETS)
        self.opened(bracket)
        arguments: list = []
        axis = None
        while self.next.kind not in (*BRACKETS.values(), "end"):
            if token := self.take("axis"):
                axis = token.text if axis is None else "twice"
            elif self.calculus and indexed and len(arguments) == 1 and self.is_index():
                arguments.append(self.typed(self.place, self.place + 1))
                self.place += 1
            else:
                arguments.append(self.comparison())
            if not self.take(","):
                break
        self.closed(bracket)
        return arguments, axis

    def is_index(self):
        letter = self.typed(self.place, self.place + 1)
        return re.fullmatch("[a-z]", letter) and self.tokens[self.place + 1].kind in BRACKETS.values()

    def power_of_e(self):
        self.take("^")
        start = self.place
        argument = self.exponent()
        if self.factor_follows() and not self.next.spaced and self.tokens[start].kind not in BRACKETS:
            first, second = self.typed(start), self.place
            self.beside(argument)
            raise messages.two_ways(f"exp({first} {self.typed(second)})", f"exp({first}) {self.typed(second)}")
        return Call("exp", (argument,))

    def sum_over(self, token):
        """Read what is behind Σ_k: the whole product. Behind sum_k it is the bracket, if there is one."""
        if not token.text:
            return call("sum", [self.product()])
        if not self.calculus:
            raise FormulaError(messages.NO_SUM_OVER)
        if self.text[token.start] == "Σ" or self.next.kind not in BRACKETS:
            return SumOver(token.text, self.product())
        term = self.bracketed(self.take(*BRACKETS))
        return SumOver(token.text, term)

    def derivative(self):
        """Read ∂x/∂z or ∂/∂z (x), behind its first ∂."""
        if not self.calculus:
            raise FormulaError(messages.NO_DERIVATIVE)
        of = None if self.next.kind == "/" else self.factors()
        if not self.take("/") or not self.take("∂"):
            raise FormulaError(messages.half_a_derivative(self.spelling.names))
        by = self.primary()
        if not isinstance(by, Name):
            raise FormulaError(messages.half_a_derivative(self.spelling.names))
        if of is None:
            bracketed = self.next.kind in BRACKETS
            of = self.power()
            if not bracketed and self.factor_follows():
                raise FormulaError("Type brackets around what is differentiated.")
        return Derivative(of, by)


def _number(text):
    """An exact Number: 0.1 is a tenth."""
    return Number(Fraction(text), text.removesuffix(".0") if not text.endswith(".") else text[:-1])


def _degree(node):
    """Return an upper bound of the number of factors in any term of `node`: the length of its numbers grows with it."""
    below = [_degree(child) for child in children(node)]
    match node:
        case Power(_, exponent):
            return below[0] * max(1, abs(exponent))  # the base is evaluated even for a power of 0
        case Operation("*" | "/" | "@"):
            return sum(below)
    return max(below, default=1)

"""What a learner may type, and how it is read.

A formula is typed as on paper, on one line:

    psi_i*(1 - psi_j)                              names, numbers, + - * / and brackets
    a2.T @ (psi - Delta)/N + 2*lam*W2              .T transposes, @ multiplies matrices, * multiplies entry by entry
    sum(dz3, axis=0)                               adds the rows (over the batch); axis=1 adds along each row and keeps a
                                                   column; sum(x) adds every entry; dz3.sum(axis=0) is also read
    dz3 @ W2.T * (z2 > 0)                          a comparison is 1 where it holds, else 0
    exp(z_1)/(exp(z_1) + exp(z_2)), log(psi_y)     also sqrt, abs, max(0, x), relu(x), softmax(x); ln is read as log
    where(z2 > 0, x, 0)                            x where the comparison holds, else 0; maximum is read as max
    psi_i**2, h**-1                                powers are whole numbers from −8 to 8; ^ is read as **

    50%                                            as the whole answer: 50/100

Symbols pasted from a page are also read: ψ Δ λ δ × · − ᵀ ² and subscripts such as ᵢ. The case of names does not matter, since
a phone's keyboard begins a line with a capital: Psi is psi, and w1 is W1. Any other text is rejected with a sentence that says
what to type instead. Text is never executed: it is split into known tokens before Python's ast parses it, and only a few node
types are converted to a Formula. Length, brackets and powers are limited, so that no accepted formula takes long to evaluate.
"""

import ast
import difflib
import re
import unicodedata
from collections.abc import Collection, Mapping
from fractions import Fraction
from itertools import takewhile

from nnlib.symbolic.answers.formula import (
    Call,
    Comparison,
    Formula,
    FormulaError,
    Name,
    Number,
    Operation,
    Power,
    Sign,
    Transpose,
    children,
    holds_array,
)

LONGEST = 300  # characters
MOST_TOKENS = 150
DEEPEST = 25  # brackets within brackets
LARGEST_POWER = 8
HIGHEST_DEGREE = 64  # of the whole formula: limits the length of its numbers
MOST_DIGITS = 12
LARGEST_EXPONENT = 9  # of 10, in a number such as 1e-5

# How many arguments each function takes; max takes more as well.
FUNCTIONS = {"exp": 1, "log": 1, "sqrt": 1, "abs": 1, "relu": 1, "softmax": 1, "sum": 1, "max": 2, "where": 3}
ALSO_CALLED = {"ln": "log", "maximum": "max"}

# Symbols as learners paste them from the lessons, and the letters that they stand for.
SYMBOLS = {
    **dict(zip("ψΨΔ∆λδσθε", ("psi", "psi", "Delta", "Delta", "lam", "delta", "sigma", "theta", "eps"))),
    **dict.fromkeys("×·⋅∗⊙∘", "*"),
    **dict.fromkeys("−–", "-"),
    **dict.fromkeys("\t\N{NO-BREAK SPACE}\N{THIN SPACE}", " "),
    **dict(zip("÷≥≤", ("/", ">=", "<="))),
    **dict.fromkeys("ᵀ⊤", ".T"),
    **dict(zip("²³", ("**2", "**3"))),
    **dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖ", "0123456789ijk")),
}
SUBSCRIPTS = re.compile("([₀-₉ᵢⱼₖ]+)")
# A symbol beside another name or a digit: λW2 is two names, and ψ_i is one.
NAMED = "".join(symbol for symbol, name in SYMBOLS.items() if name.isalpha() and len(name) > 1)
BESIDE_LETTERS = re.compile(rf"(?<=[^\W_])(?=[{NAMED}])|(?<=[{NAMED}])(?=[^\W_])")
PERCENT = re.compile(r"([0-9.]+) *%")

TOKEN = re.compile(
    r"(?P<axis>axis *= *\d)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<transpose>\.T(?![A-Za-z0-9_]))"
    r"|(?P<method>\.sum(?![A-Za-z0-9_]))"
    r"|(?P<operator>\*\*|>=|<=|//|[-+*/@(),<>])"
)

# Names that learners know from elsewhere, and what to type here.
INSTEAD = {
    "lambda": "`lambda` is a reserved word of Python: type `lam`.",
    "transpose": "Type a transpose with a dot, as in `A.T`.",
    "dot": "Type the product of two matrices with `@`, as in `A @ B`.",
    "matmul": "Type the product of two matrices with `@`, as in `A @ B`.",
    "mean": "There is no `mean` here: type a sum and divide it, `sum(x, axis=0)/N`.",
    "e": "Type `exp(x)` for a power of e.",
    "keepdims": "Leave out `keepdims`: a sum with `axis=1` keeps a column here, one with `axis=0` gives a row.",
    "axis": "Type `axis` only within a sum: `sum(x, axis=0)` or `sum(x, axis=1)`.",
    "norm": "Type a squared norm as a sum, `sum(W**2)`.",
    "frac": "Type a fraction with `/`: `(a + b)/c`.",
}

MODULES = ("np", "numpy", "math", "torch")
# δ is not Δ: in these lessons δ is Kronecker's delta or an error signal, and Δ holds the labels.
NEVER_MEANT = ("delta",)

# ASCII characters that are not allowed, and what to type instead.
INSTEAD_OF_CHARACTER = {
    "%": "`%` may stand only behind a number that is the whole answer. Type a division with `/`.",
    "\\": "Leave out the backslash: type `psi`, not LaTeX.",
    "{": "Leave out the curly brackets: type `psi_i`, and `(…)` to group.",
    "}": "Leave out the curly brackets: type `psi_i`, and `(…)` to group.",
    "[": "Type round brackets: entries are written `psi_i` or `psi_1` here.",
    "]": "Type round brackets: entries are written `psi_i` or `psi_1` here.",
    "'": "Leave out the quote: a transpose is typed as `.T`, and a derivative has a name of its own.",
    '"': "Text in quotes is not allowed in a formula: type names as they are.",
    "|": "Type `abs(x)` for the absolute value, and `sum(W**2)` for a squared norm.",
    "!": "`!` is not allowed in these formulas.",
    "`": "Leave out the backticks.",
}
DOT = "A dot is for decimals, as in `0.5`, for `.T`, the transpose, and for `.sum(axis=0)`; nothing else follows a dot."


def parse(text: str, names: Collection[str], instead: Mapping[str, str] = INSTEAD) -> Formula:
    """Read what a learner typed.

    Parameters
    ----------
    text : str
        See the top of this file.
    names : collection of str
        The names that may occur in it.
    instead : mapping
        Messages for other names: INSTEAD, and perhaps more.

    Returns
    -------
    Formula

    Raises
    ------
    FormulaError
        For anything else. The message says what to type instead.
    """
    plain = _in_letters(text)
    tokens = _tokens(plain, names, instead)
    _check_neighbours(tokens, names)
    _check_brackets(tokens)
    try:
        tree = ast.parse(" ".join(word for _, word in tokens), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError):
        raise FormulaError("This formula is not complete: look for a missing term, or a sign with nothing beside it.") from None
    root = _node(tree.body, names)
    if _degree(root) > HIGHEST_DEGREE:
        raise FormulaError("The powers in this formula are too high. A short formula is enough here.")
    return Formula(plain, root)


def _in_letters(text):
    """Return `text` in ASCII, with symbols spelled out. Raises FormulaError if it is not text, too long, or not ASCII."""
    if not isinstance(text, str):
        raise FormulaError("Type a formula as text.")
    if len(text) > LONGEST:
        raise FormulaError(f"This is too long: a formula has at most {LONGEST} characters here.")
    text = text.strip(" \t\r\n")
    if not text:
        raise FormulaError("Type a formula.")
    if "\n" in text or "\r" in text:
        raise FormulaError("Type the formula on one line.")
    text = SUBSCRIPTS.sub(r"_\1", text).replace("__", "_") if SUBSCRIPTS.search(text) else text
    text = PERCENT.sub(r"\1/100", text) if PERCENT.fullmatch(text) else text
    text = BESIDE_LETTERS.sub(" ", text)
    plain = "".join(SYMBOLS.get(character, character) for character in text)
    for character in plain:
        if character in INSTEAD_OF_CHARACTER:
            raise FormulaError(INSTEAD_OF_CHARACTER[character])
        if not " " <= character <= "~":
            raise FormulaError(f"I cannot read the character {_shown(character)}. Type it with the plain keys of a keyboard.")
    return plain.replace("^", "**")


def _shown(character):
    """Return a character for a message: itself, if it is visible, and its name."""
    name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    return f"“{character}” ({name})" if unicodedata.category(character)[0] in "LNPS" else f"({name})"


def _tokens(text, names, instead):
    """Split `text` into a list of (kind, word), with names as the exercise spells them.

    Raises FormulaError at the first part that is not a token, or a name not in `names`.
    """
    if "T" not in names:
        text = re.sub(r"\*\*\s*(T\b|\(\s*T\s*\))", ".T", text)
    if "=" in re.sub(r"(axis|keepdims) *=|[<>]=", "", text):
        raise FormulaError("Leave out the equals sign: type only the right-hand side.")
    tokens, position = [], 0
    while position < len(text):
        if text[position] == " ":
            position += 1
            continue
        match = TOKEN.match(text, position)
        if match is None:
            raise FormulaError(_not_read(text, position, instead))
        kind, word = match.lastgroup, match.group()
        if kind == "number":
            _check_number(word)
        if kind == "name":
            word = _spelling(word, names)
            if word not in names and word not in FUNCTIONS:
                raise FormulaError(_from_a_module(word, text[match.end() :], instead) or _unknown(word, names, instead))
        tokens.append((kind, word))
        position = match.end()
    if len(tokens) > MOST_TOKENS:
        raise FormulaError("This is too long: a few terms are enough for every formula here.")
    return tokens


def _check_number(word):
    mantissa, _, exponent = word.lower().partition("e")
    if sum(map(str.isdigit, mantissa)) > MOST_DIGITS or abs(int(exponent or 0)) > LARGEST_EXPONENT:
        raise FormulaError(f"A number has at most {MOST_DIGITS} digits here. Keep fractions as they are: type `1/3`.")
    if re.fullmatch(r"0\d+", mantissa):
        raise FormulaError(f"A number does not begin with 0: type `{int(mantissa)}`.")


def _spelling(word, names):
    """Return a name in its known spelling, whatever its case. A name that could be two names is not changed."""
    if word in names or word in FUNCTIONS or word in NEVER_MEANT:
        return word
    alike = {name for name in (*names, *FUNCTIONS, *ALSO_CALLED) if name.lower() == word.lower()}
    meant = alike.pop() if len(alike) == 1 else word
    return ALSO_CALLED.get(meant, meant)


def _not_read(text, position, instead):
    """Return the message about text that is not a token."""
    if text[position] != ".":
        return f"`{text[position]}` is not allowed in a formula."
    method = re.match(r"[A-Za-z]\w*", text[position + 1 :])
    return instead.get(method.group(), DOT) if method else DOT


def _from_a_module(word, rest, instead):
    """Return the message about np.exp(x) and the like: `word` is the module, `rest` the text after it. None for other words."""
    if word.lower() not in MODULES:
        return None
    called = re.match(r" *\. *(\w+)", rest)
    function = called and ALSO_CALLED.get(called.group(1), called.group(1))
    if function in FUNCTIONS:
        return f"Leave out `{word}.`: type `{_example(function)}`."
    return instead.get(function, f"Leave out `{word}.`: type names without a module.")


def _unknown(word, names, instead):
    """Return the message about a name that the exercise does not have."""
    if word.lower() in instead:
        return instead[word.lower()]
    known = [*names, *FUNCTIONS]
    shown = word if len(word) <= 20 else word[:20] + "…"
    message = f"I do not know `{shown}`. "
    for left in names:
        if word.startswith(left) and word[len(left) :] in names:
            return message + f"Did you leave out a sign? Type {_products([left, word[len(left) :]], names)}."
    if word[-1] == "T" and word[:-1] in names:
        return message + f"Type a transpose with a dot: `{word[:-1]}.T`."
    alike = [name for name in known if name.lower() == word.lower()] or difflib.get_close_matches(word, known, 1)
    if alike:
        message += f"Did you mean `{alike[0]}`? "
    return message + "Here you can use " + ", ".join(f"`{name}`" for name in names) + "."


def _factor(kind, word, names):
    """A factor of a product in words: a number or a name as it is, anything else as brackets."""
    if kind == "number" or word in names:
        return word
    return f"{word}(…)" if word in FUNCTIONS else "(…)"


def _products(factors, names):
    """How to type the product of these factors, in words. Of two names of arrays, only the learner knows which product."""
    entries = f"`{'*'.join(factors)}`"
    numbers = [factor for factor in factors if not holds_array(Name(factor)) and (factor in names or factor[0].isdigit())]
    if len(factors) - len(numbers) < 2 or not any(holds_array(Name(name)) for name in names):
        return f"a product as {entries}"
    matrices = "*".join([*numbers, " @ ".join(factor for factor in factors if factor not in numbers)])
    return f"a product as `{matrices}` for matrices, or {entries} for entry by entry"


def _check_neighbours(tokens, names):
    """Raise FormulaError if a sign is missing between two tokens, or is in a wrong place."""
    for place, ((kind, word), (next_kind, next_word)) in enumerate(zip(tokens, [*tokens[1:], ("end", "")])):
        if word == "//":
            raise FormulaError("Type a division with one `/`.")
        if kind == "name" and word not in names:
            if next_word != "(":
                raise FormulaError(f"`{word}` needs brackets: type `{_example(word)}`.")
            continue
        ends = kind in ("number", "name", "transpose") or word == ")"
        if ends and (next_kind in ("number", "name") or next_word == "("):
            if kind == "name" and next_word == "(":
                product = _products([word, "(…)"], names)
                raise FormulaError(f"`{word}` is not a function: to multiply it by the bracket, type {product}.")
            run = [*takewhile(lambda token: token[0] == "number" or token[1] in names, tokens[place:])]
            if len(run) > 1:
                factors = [word for _, word in run]
            else:
                factors = [_factor(kind, word, names), _factor(next_kind, next_word, names)]
            product = _products(factors[:4], names)
            raise FormulaError(f"There is a sign missing between `{word}` and `{next_word}`: type {product}.")
        if next_kind == "method" and (kind == "number" or not ends):
            raise FormulaError("`.sum(axis=0)` adds up what is before it, as in `(psi - Delta).sum(axis=0)`.")
        if kind == "method" and next_word != "(":
            raise FormulaError("`.sum` needs brackets: type `sum(x)`, `sum(x, axis=0)` or `sum(x, axis=1)`.")
        if next_kind == "transpose" and (kind == "number" or not ends):
            raise FormulaError("`.T` transposes what is before it, as in `a2.T` or `(psi - Delta).T`.")


def _check_brackets(tokens):
    depth = 0
    for _, word in tokens:
        depth += (word == "(") - (word == ")")
        if depth < 0:
            raise FormulaError("A bracket is closed that was never opened.")
        if depth > DEEPEST:
            raise FormulaError(f"Brackets may be nested {DEEPEST} deep. Write it with fewer.")
    if depth:
        raise FormulaError("A bracket is opened and not closed." if depth == 1 else f"{depth} brackets are not closed.")


OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.UAdd: "+", ast.USub: "-"}
COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


def _node(tree, names):
    """Convert a node of Python's ast to a node of a Formula. Raises FormulaError for every type that is not listed here."""
    match tree:
        case ast.Constant(value=int() | float()) if not isinstance(tree.value, bool):
            return _number(tree)
        case ast.Name(id=name) if name in names:
            return Name(name)
        case ast.UnaryOp(op=ast.UAdd() | ast.USub() as operator, operand=operand):
            return Sign(OPERATORS[type(operator)], _node(operand, names))
        case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
            return Power(_node(base, names), _exponent(_node(exponent, names)))
        case ast.BinOp(op=operator, left=left, right=right) if type(operator) in OPERATORS:
            return Operation(OPERATORS[type(operator)], _node(left, names), _node(right, names))
        case ast.Compare(ops=[operator], left=left, comparators=[right]) if type(operator) in COMPARISONS:
            return Comparison(COMPARISONS[type(operator)], _node(left, names), _node(right, names))
        case ast.Attribute(attr="T", value=operand):
            return Transpose(_node(operand, names))
        case ast.Call(func=ast.Name(id=function), args=arguments) if function in FUNCTIONS:
            return _call(function, arguments, tree.keywords, names)
        case ast.Call(func=ast.Attribute(attr="sum", value=operand), args=arguments):
            return _call("sum", [operand, *arguments], tree.keywords, names)
        case ast.Tuple():
            raise FormulaError("I do not understand the comma. Type decimals with a point: `0.5`.")
        case ast.Compare():
            raise FormulaError("Type one comparison at a time, as in `(z2 > 0)`.")
    raise FormulaError("Only names, numbers, `+ - * / @ **`, `.T`, brackets and a few functions can be read.")


def _number(tree):
    """Convert an ast.Constant to an exact Number: 0.1 is a tenth. Its text is rebuilt, as ast does not keep the token."""
    text = repr(tree.value)
    return Number(Fraction(text), text.removesuffix(".0"))


def _exponent(node):
    """Return `node` as an exponent. Raises FormulaError if it is not a whole number, or too large."""
    sign = 1
    while isinstance(node, Sign):
        sign = -sign if node.operator == "-" else sign
        node = node.operand
    if not isinstance(node, Number) or node.value.denominator != 1:
        raise FormulaError("An exponent is a whole number here: type `exp(x)` for powers of e, `sqrt(x)` for roots.")
    if node.value > LARGEST_POWER:
        raise FormulaError(f"Exponents go from −{LARGEST_POWER} to {LARGEST_POWER} here.")
    return sign * int(node.value)


def _call(function, arguments, keywords, names):
    """Return the Call of a known function. Raises FormulaError for wrong arguments."""
    axis = None
    for keyword in keywords:
        value = keyword.value
        if function != "sum" or keyword.arg != "axis" or not isinstance(value, ast.Constant) or value.value not in (0, 1):
            raise FormulaError("Type `sum(x)`, `sum(x, axis=0)` or `sum(x, axis=1)`.")
        axis = 1 if value.value else 0
    enough = len(arguments) >= 2 if function == "max" else len(arguments) == FUNCTIONS[function]
    if not enough or len(keywords) > 1:
        raise FormulaError(f"Type `{function}` as `{_example(function)}`.")
    return Call(function, tuple(_node(argument, names) for argument in arguments), axis)


def _example(function):
    return {"max": "max(0, x)", "sum": "sum(x, axis=0)", "where": "where(z > 0, x, 0)"}.get(function, f"{function}(x)")


def _degree(node):
    """Return an upper bound of the number of factors in any term of `node`: the length of its numbers grows with it."""
    below = [_degree(child) for child in children(node)]
    match node:
        case Power(_, exponent):
            return below[0] * max(1, abs(exponent))  # the base is evaluated even for a power of 0
        case Operation("*" | "/" | "@"):
            return sum(below)
    return max(below, default=1)

"""What is said about a text that cannot be read. What a message proposes to type can be read."""

import difflib
from collections.abc import Collection, Mapping

from nnlib.symbolic.answers.calls import FUNCTIONS
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.answers.spelling import Spelling
from nnlib.symbolic.answers.tokens import Token
from nnlib.symbolic.symbols import SYMBOLS, shape_of, symbol_latex

NO_ONES = "There is no column of ones here. Type `sum(x, axis=0)`: it adds the rows, as 𝟏ᵀ x does."

# Names that learners know from elsewhere, and what to type here.
INSTEAD = {
    "e": "Type `exp(x)` for a power of e.",
    "axis": "An axis stands within a sum: type `sum(x, axis=0)` or `sum(x, axis=1)`.",
    "keepdims": "Leave out `keepdims`: a sum with `axis=1` keeps a column here, one with `axis=0` gives a row.",
    "ones": NO_ONES,
    "frac": "Type a fraction with `/`: `(a + b)/c`.",
}
NO_SUM_OVER = "A sum over an index cannot be typed here. Type `sum(x)`, `sum(x, axis=0)` or `sum(x, axis=1)`."
NO_DERIVATIVE = "A derivative cannot be typed here: carry it out, and type the result."
NOT_COMPLETE = "This formula is not complete: look for a missing term, or a sign with nothing beside it."


class NotHere(FormulaError):
    """A symbol of the lessons that is not among the names of this formula."""


class Proposal(FormulaError):
    """An error with formulas, made from the learner's text, that may be typed instead.

    `without` is the message if they cannot be read either.
    """

    def __init__(self, message: str, formulas: tuple[str, ...], without: str):
        super().__init__(f"{message} {' or '.join(f'`{formula}`' for formula in formulas)}.")
        self.formulas, self.without = formulas, without


def two_ways(*readings: str) -> Proposal:
    """Ask which reading is meant."""
    question = "This can be read in two ways."
    return Proposal(f"{question} Type", readings, f"{question} Put brackets around what belongs together.")


def unknown(word: str, spelling: Spelling, instead: Mapping[str, str]) -> str:
    """The message about a name that the exercise does not have. Raises NotHere if it is a symbol of the lessons."""
    usable = ", ".join(f"`{name}`" for name in spelling.names)
    if word in SYMBOLS:
        raise NotHere(instead.get(word) or f"${symbol_latex(word)}$ is not among the names here. You can use {usable}.")
    if word.lower() in instead:
        return instead[word.lower()]
    whole, _, indices = word.partition("_")
    if indices and (name := spelling.name(whole)) and shape_of(name):
        return f"Whole matrices stand here: type `{name}`, without indices."
    if word[0] == "d" and (word == "d" or spelling.split(word[1:])):
        return f"I do not know `{word[:20]}`. {NO_DERIVATIVE}"
    shown = word if len(word) <= 20 else word[:20] + "…"
    known = [*spelling.names, *FUNCTIONS, *spelling.further]
    alike = [name for name in known if name.lower() == word.lower()] or difflib.get_close_matches(word, known, 1)
    guess = f"Did you mean `{alike[0]}`? " if alike else ""
    return f"I do not know `{shown}`. {guess}Here you can use {usable}."


def unknown_method(word: str, instead: Mapping[str, str]) -> str:
    """The message about x.word."""
    return instead.get(
        word, "A dot is for decimals, as in `0.5`, for `.T`, the transpose, and for functions as in `x.sum(axis=0)`."
    )


def number_after(before: Token, number: Token) -> str:
    """The message about x 2 or x2."""
    left = before.text if before.kind in ("name", "number") else "x"
    return f"There is a sign missing between `{before.text}` and `{number.text}`: type a product as `{left}*{number.text}`."


def equals_sign(text: str) -> Proposal:
    """The message about a formula with an equals sign."""
    message = "Leave out the equals sign: type only the right-hand side"
    return Proposal(f"{message},", (text.rpartition("=")[2].strip(),), f"{message}.")


def left_over(token: Token, spelling: Spelling, instead: Mapping[str, str]) -> str:
    """The message about the first token after a formula that is complete."""
    if token.kind in (")", "]", "}"):
        return "A bracket is closed that was never opened."
    if token.kind == ",":
        return COMMA
    if token.kind == "//":
        return "Type a division with one `/`."
    if token.kind == "unknown":
        return unknown(token.text, spelling, instead)
    return NOT_COMPLETE


COMMA = "I do not understand the comma. Type decimals with a point: `0.5`."


def missing(token: Token, depth: int) -> str:
    """The message about a token that cannot begin a term."""
    if token.kind in ("transpose", "method"):
        return "`.T` and `.sum(axis=0)` stand after what they are for, as in `x.T` or `x.sum(axis=0)`."
    if token.kind == "end" and depth:
        return "A bracket is opened and not closed." if depth == 1 else f"{depth} brackets are not closed."
    return NOT_COMPLETE


def not_closed(opened: str, token: Token, depth: int) -> str:
    """The message about a bracket that is not closed where it should be."""
    if token.kind == "end":
        return "A bracket is opened and not closed." if depth == 1 else f"{depth} brackets are not closed."
    if token.kind in (")", "]", "}"):
        return f"The bracket `{opened}` is closed by `{token.kind}`: look which one is missing."
    if token.kind == ",":
        return COMMA
    return NOT_COMPLETE


def half_a_derivative(names: Collection[str]) -> str:
    """The message about a derivative that is not complete."""
    one, other = (list(names) * 2)[:2]
    return f"Type a derivative as `d({one})/d({other})`."

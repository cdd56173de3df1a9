"""The words of an answer: numbers, names, functions and signs."""

import re
from dataclasses import dataclass

from nnlib.symbolic.answers.characters import GLUE
from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.answers.spelling import Spelling

MOST_TOKENS = 150
MOST_DIGITS = 12
LARGEST_EXPONENT = 9  # of 10, in a number such as 1e-5
BRACKETS = {"(": ")", "[": "]", "{": "}"}
BEGIN_FACTORS = ("name", "function", "over", "e", "√", "∂", *BRACKETS)

TOKEN = re.compile(
    r"(?P<axis>(?:axis|dim) *= *-?\d+)"
    r"|(?P<number>(?:\d+(?:\.(?!T\b)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<over>(?:Σ|\b(?:[Ss]um|mean)(?=_)|\bmean(?=[ \x1f]+[A-Za-z]))"
    r"(?:_ ?(?:\{ *)?(?P<index>[a-z]|rows|columns)(?![A-Za-z0-9_])(?: *= *\d)?(?: *\})?)?(?: ?\^ ?\{?[A-Z]\}?)?)"
    r"|(?P<word>[A-Za-z]\w*)"
    r"|(?P<method>\. *(?P<called>[A-Za-z]\w*))"
    r"|(?P<sign>//|>=|<=|==|!=|[-+*/@^·√∂(){}\[\]<>=,'‖|])",
    re.ASCII,
)

# What Python users write around a formula.
MODULES = r"(?:np|numpy|math|torch|jnp|tf|nn|F)"
PYTHON = (
    (rf"\b{MODULES} ?\.(?: ?(?:linalg|nn|functional|special|math)\.)* ?(?=[A-Za-z])", ""),
    (r", *keepdims? *= *(?:True|False|1|0)\b", ""),
    (r"\. ?(?:astype|to|type) ?\( ?(?:np\.|torch\.)?(?:float|int|bool)\w* ?\)|\. ?(?:float|double|int) ?\( ?\)", ""),
    (r"\bmin *= *(?=[\d.])|, *(?:max *= *)?None\b", ""),
    (r"(‖|\|\|)(\^2)?_ ?(?:F|2)\b", r"\1\2"),
    (r"(?<![\w.])(?:1|I|ones)[ \x1f_]*(?=[{(\[][^)\]}]*[<>=])", GLUE),  # an indicator: the comparison itself is 1 or 0
    (r"\bones ?\( ?[(\[]? ?N ?, ?1 ?[)\]]? ?\)", "ones"),
    (r"\bones ?\( ?[(\[]? ?(?:1 ?, ?)?N ?[)\]]? ?\)(?:\.T\b)?", "ones.T"),
)
# A sum over the examples of a batch, as Σ_n (ψ − Δ)_n: a sum of rows.
OVER_EXAMPLES = re.compile(r"Σ ?_ ?\{? *([ni])(?![A-Za-z0-9_])[\x1f ]*(?:= *1)? *\}?")


@dataclass(frozen=True)
class Token:
    """
    kind : number, name, function, method, axis, over (a sum over an index), transpose, e, unknown or end; or a sign itself
    text : what it stands for
    start, end : its place in the text
    spaced : whether a space stands before it
    """

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False


def without_python(text: str) -> str:
    """Return `text` without modules, casts and arguments that change nothing here."""
    for pattern, replacement in PYTHON:
        text = re.sub(pattern, replacement, text)
    return text


def with_sums_over_rows(text: str) -> str:
    """Return `text` with Σ_rows (x) for Σ_n (x)_n, and for Σ_i (x)_i."""
    for letter in {match[1] for match in OVER_EXAMPLES.finditer(text)}:
        rows = rf"(?<=[)\]}}\w\x1f])_ ?\{{? *{letter}\b *\}}?"
        if re.search(rows, without := OVER_EXAMPLES.sub("Σ_rows ", text)):
            text = re.sub(rows, "", without)
    return text


def tokens_of(text: str, spelling: Spelling, calculus: bool) -> list[Token]:
    """Split `text` into tokens. Raises FormulaError at the first part that is not one."""
    if re.search(r"[A-Za-z_]\w*\[[ \d:.,]*\]", text):
        raise FormulaError("Entries of an array have names of their own here, counted from 1.")
    tokens: list[Token] = []
    place, spaced = 0, False
    while place < len(text):
        if text[place] in " " + GLUE:
            spaced = spaced or text[place] == " "
            place += 1
            continue
        match = TOKEN.match(text, place)
        if match is None:
            raise FormulaError(_not_read(text[place]))
        tokens += _read(match, spaced, spelling, calculus)
        place, spaced = match.end(), False
        if len(tokens) > MOST_TOKENS:
            raise FormulaError("This is too long: a few terms are enough for every formula here.")
    return [*tokens, Token("end", "", len(text), len(text), spaced)]


def _read(match, spaced, spelling, calculus):
    kind, word, (start, end) = match.lastgroup, match.group(), match.span()
    if kind == "number":
        _check_number(word)
    if kind == "word":
        return _words(match, spaced, spelling, calculus)
    if match["method"]:
        kind, word = ("transpose", "T") if match["called"] == "T" else ("method", match["called"])
    if match["over"]:
        kind, word = "over", match["index"] or ""
    if match["axis"]:
        word = word.split("=")[1].strip()
    return [Token(word if kind == "sign" else kind, word, start, end, spaced)]


def _words(match, spaced, spelling, calculus):
    """The tokens of a word, which may be several names."""
    word, start, end = match.group(), match.start(), match.end()
    opened = match.string[end:].lstrip(" " + GLUE)[:1]
    if (name := spelling.name(word)) is not None:
        return [Token("name", name, start, end, spaced)]
    if opened in ("(", "[", "{") and (function := spelling.function(word)):
        return [Token("function", function, start, end, spaced)]
    front, rest = [], word
    if word[0] == "T" and match.string[:start].rstrip(" " + GLUE)[-1:] == "^":  # a2^Tdz3
        front, rest = [Token("transpose", "T", start, start + 1, spaced)], word[1:]
    if calculus and word[0] == "d" and (word == "d" or spelling.split(word[1:])):
        front, rest = [Token("∂", "d", start, start + 1, spaced)], word[1:]
    if opened == "^" and rest[-1:] == "e":
        pieces = [*spelling.split(rest[:-1]), "e"] if rest[:-1] else ["e"]
        pieces = [] if rest[:-1] and len(pieces) == 1 else pieces
    else:
        pieces = spelling.split(rest)
    if rest and not pieces:
        return [Token("unknown", word, start, end, spaced)]
    return front + [
        Token(_kind(piece, spelling), spelling.function(piece) or piece if _kind(piece, spelling) == "function" else piece,
              start, end, spaced and not front and not place)
        for place, piece in enumerate(pieces)
    ]  # fmt: skip


def _kind(piece, spelling):
    if piece in spelling.names:
        return "name"
    return {"T": "transpose", "e": "e"}.get(piece, "function")


def _check_number(word):
    mantissa, _, exponent = word.lower().partition("e")
    if sum(map(str.isdigit, mantissa)) > MOST_DIGITS or abs(int(exponent or 0)) > LARGEST_EXPONENT:
        raise FormulaError(f"A number has at most {MOST_DIGITS} digits here. Keep fractions as they are: type `1/3`.")
    if re.fullmatch(r"0\d+", mantissa):
        raise FormulaError(f"A number does not begin with 0: type `{int(mantissa)}`.")


def _not_read(character):
    if character == ".":
        return "A dot is for decimals, as in `0.5`, for `.T`, the transpose, and for functions as in `x.sum(axis=0)`."
    if character == "_":
        return "An index is a letter or a number here: it cannot be computed."
    return f"`{character}` is not allowed in a formula."

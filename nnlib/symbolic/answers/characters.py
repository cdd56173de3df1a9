"""The characters of an answer: symbols, scripts, dashes and dots of every kind, written with few characters.

The result consists of the keys of a keyboard and of OTHERS. Powers are written with ^, subscripts with _.
"""

import re
import unicodedata
from fractions import Fraction

from nnlib.symbolic.answers.formula import FormulaError
from nnlib.symbolic.answers.latex import GLUE, without_latex

LONGEST = 300  # characters
OTHERS = "·Σ√∂‖"  # a product, a sum, a root, a derivative, a norm

# Symbols as learners paste them from a page or find them on a phone.
SYMBOLS = {
    **dict(zip("ψΨΔ∆λδσθεϵ", ("psi", "psi", "Delta", "Delta", "lam", "delta", "sigma", "theta", "eps", "eps"))),
    "π": "pi",
    **dict.fromkeys("·⋅∙•", "·"),
    **dict.fromkeys("×∗⊙∘◦✕", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict(zip("≥⩾≤⩽≠", (">=", ">=", "<=", "<=", "!="))),
    **dict.fromkeys("⊤⊺", "^T"),
    **dict.fromkeys("∑Σ", "Σ"),
    **dict.fromkeys("‖∥", "‖"),
    **dict.fromkeys("∣", "|"),
    **dict(zip("’‘′″‴", ("'", "'", "'", "''", "'''"))),
    **dict.fromkeys("−➖", "-"),
    **dict.fromkeys("\t\r\n", " "),
    **dict.fromkeys("\u200b\u2060\u2061\u2062\u2064\ufeff", GLUE),  # invisible, in what is copied from a page
    **{"𝟏": f"{GLUE}ones{GLUE}", "𝟙": f"{GLUE}ones{GLUE}", "\u0303": f"_tilde{GLUE}"},  # the tilde above a letter
    **dict(zip("√∂", "√∂")),
}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵀ", "0123456789+-()T")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₙₕₘₗᵧ", "0123456789+-ijknhmly")
RAISED = re.compile("(?:⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]+⁾|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|ᵀ)+")
LOWERED = re.compile("_?([₀-₉ᵢⱼₖₙₕₘₗᵧ]+|[₊₋])")
IN_BRACES = re.compile(r"_ ?(?:\{([\w ,]+|[+-])\}|\((\w+)\))", re.ASCII)
PERCENT = re.compile(r"([0-9.]+) *%")
PASTED = re.compile(r"(\$+|`+)(.*)\1")  # a formula between the signs that mark it in other texts

# Characters that are not allowed, and what to type instead.
INSTEAD_OF_CHARACTER = {
    "%": "`%` may only follow a number that is the whole answer. Type a division with `/`.",
    '"': "Text in quotes is not allowed in a formula: type names as they are.",
    "`": "Leave out the backticks.",
}


def in_characters(text: str) -> str:
    """Return `text` in the characters that the grammar reads. Raises FormulaError if that is not possible."""
    if not isinstance(text, str):
        raise FormulaError("Type a formula as text.")
    if len(text) > LONGEST:
        raise FormulaError(f"This is too long: a formula has at most {LONGEST} characters here.")
    if _copied_from_screen(text):
        raise FormulaError("What is copied from the screen comes twice, without its fractions and exponents. Type the formula.")
    text = text.strip(" \t\r\n")
    if "\n" in text or "\r" in text:
        raise FormulaError("Type the formula on one line.")
    text = PASTED.sub(r"\2", text) if PASTED.fullmatch(text) else text
    text = without_latex(text)
    text = re.sub("^ *=(?!=)", "", text).strip(" ").rstrip(" .;")
    if not text:
        raise FormulaError("Type a formula.")
    text = PERCENT.sub(r"\1/100", text) if PERCENT.fullmatch(text) else text
    text = RAISED.sub(_raised, LOWERED.sub(_lowered, text))
    plain = "".join(map(_plain, text)).replace("**", "^").replace("^^", "^")
    return IN_BRACES.sub(lambda match: "_" + re.sub("[ ,]", "", match[1] or match[2]) + GLUE, plain)


def _copied_from_screen(text):
    """Whether a browser copied a typeset formula: its signs come twice, in italics of their own and then plain."""
    plain = [unicodedata.normalize("NFKC", character) for character in text]
    signs = [(new, "𝐀" <= old <= "𝟿") for new, old in zip(plain, text) if new.isalnum()]
    first, second = signs[: len(signs) // 2], signs[len(signs) // 2 :]
    in_italics = any(italic for _, italic in first) and not any(italic for _, italic in second)
    return in_italics and sorted(sign for sign, _ in first) == sorted(sign for sign, _ in second)


def _raised(match):
    """⁻¹ as ^-1, ⁽²⁾ᵀ as ^(2)^T."""
    parts = re.findall(r"\(\d+\)|[+-]?\d+|T", match.group().translate(SUPERSCRIPTS))
    return "".join(f"^{part}" for part in parts) + GLUE


def _lowered(match):
    return "_" + match[1].translate(SUBSCRIPTS) + GLUE


def _plain(character):
    """Return a character as one or more of those that are read."""
    if character in SYMBOLS:
        return SYMBOLS[character]
    if unicodedata.decomposition(character).startswith(("<font>", "<wide>", "<narrow>")):  # 𝜓, （ and their like
        plain = unicodedata.normalize("NFKC", character)
        return _plain(plain) if len(plain) == 1 and plain != character else _unread(character)
    if unicodedata.name(character, "").startswith("VULGAR FRACTION"):
        return f"({Fraction(unicodedata.numeric(character)).limit_denominator(10)})"
    category = unicodedata.category(character)
    if character not in INSTEAD_OF_CHARACTER and (" " <= character <= "~" or character in OTHERS + GLUE):
        return character
    return {"Pd": "-", "Zs": " "}.get(category) or _unread(character)


def _unread(character):
    if character in INSTEAD_OF_CHARACTER:
        raise FormulaError(INSTEAD_OF_CHARACTER[character])
    name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    visible = unicodedata.category(character)[0] in "LNPS"
    shown = f"“{character}” ({name})" if visible else f"({name})"
    raise FormulaError(f"I cannot read the character {shown}. Type it with the plain keys of a keyboard.")

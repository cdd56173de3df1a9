r"""LaTeX as learners copy it from their notes: \psi_i, \frac{1}{N}, X^\top\delta, \sum_k, in the characters of an answer.

Commands are replaced by the signs and words that the grammar reads; groups in braces stay, because braces are brackets there.
"""

import re

from nnlib.symbolic.answers.formula import FormulaError

GLUE = "\x1f"  # ends a name, and is not a space

SIGNS = {
    **dict.fromkeys(("cdot", "bullet"), "·"),
    **dict.fromkeys(("times", "circ", "odot", "ast"), "*"),
    **{"div": "/", "partial": "∂", "sum": "Σ", "sqrt": "√", "top": "T", "intercal": "T"},
    **{"ge": ">=", "geq": ">=", "gt": ">", "le": "<=", "leq": "<=", "lt": "<", "ne": "!=", "neq": "!="},
    **dict.fromkeys(("|", "Vert", "lVert", "rVert"), "‖"),
    **dict.fromkeys(("vert", "lvert", "rvert", "mid"), "|"),
    **{"{": "{", "}": "}", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]"},
    **dict.fromkeys(("limits", "nolimits", "left", "right", "bigl", "bigr", "Bigl", "Bigr", "displaystyle"), ""),
    **dict.fromkeys(("(", ")", "[", "]", "!"), ""),  # around a whole formula; a narrower space
    **dict.fromkeys((",", ";", ":", " ", "quad", "qquad"), " "),
    **dict.fromkeys(("mathrm", "mathbf", "mathbb", "mathit", "boldsymbol", "bm", "operatorname", "text"), ""),
}
WORDS = {
    **{name: name for name in ("psi", "Delta", "delta", "sigma", "theta", "mu", "log", "ln", "exp", "max", "min")},
    **{name: name for name in ("pi", "sin", "cos", "tan", "tanh")},
    **{"Psi": "psi", "lambda": "lam", "epsilon": "eps", "varepsilon": "eps"},
}
NOT_TYPED = {
    "begin": "A matrix is typed by its name, not entry by entry.",
    "int": "An integral cannot be typed here: carry it out, and type the result.",
    "prod": "A product over an index cannot be typed here. Type its factors one by one, or as a power.",
}
ONES = re.compile(r"\\(?:mathbf|mathbb|boldsymbol|bm) ?(?:\{1\}|1)")
CASES = re.compile(r"\\begin ?\{cases\}((?:(?!\\begin).)*?)\\end ?\{cases\}")
IF = re.compile(r"\\(?:text|mathrm|mbox) ?\{ *(?:if|for|where) *\}|\bif\b")
OTHERWISE = re.compile(r"(?:\\(?:text|mathrm|mbox) ?\{)? *(?:otherwise|else) *\}?")
OPPOSITE = {"=": "!=", "!=": "=", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}
FRACTION = re.compile(r"\\[dt]?frac(?![A-Za-z])")
TILDE = re.compile(r"\\tilde ?(?:\{ *(\w) *\}|(\w))")
UPRIGHT = re.compile(r"\\(?:mathrm|mathbf|mathbb|mathit|boldsymbol|bm|operatorname|text) ?\{(\w*)\}", re.ASCII)
COMMAND = re.compile(r"\\([A-Za-z]+|.)( *)(?=(.?))")
ARGUMENT = re.compile(r" *(\\[A-Za-z]+|[^\\{} ])")


def without_latex(text: str) -> str:
    """Return `text` without backslashes. Raises FormulaError at a command that is not known."""
    if "\\" not in text:
        return text
    while CASES.search(text):
        text = CASES.sub(_choice, text)
    text = TILDE.sub(rf"\1\2_tilde{GLUE}", ONES.sub(f"{GLUE}ones{GLUE}", text))
    text = UPRIGHT.sub(r"\1", text)
    while fractions := list(FRACTION.finditer(text)):
        last = fractions[-1]  # so that what it contains is already replaced
        above, end = _argument(text, last.end())
        below, end = _argument(text, end)
        derivative = all(part.lstrip().startswith(r"\partial") for part in (above, below))
        fraction = f"{above}/{below}" if derivative else f"(({above})/({below}))"
        text = text[: last.start()] + fraction + text[end:]
    return COMMAND.sub(_replaced, text)


def _choice(match):
    """The two rows of cases as where(condition, value, other value)."""
    rows = [row.split("&") for row in re.split(r"\\\\ *(?:\[[^\]]*\])?", match[1]) if row.strip()]
    if [len(row) for row in rows] != [2, 2]:
        raise FormulaError("Two cases are typed as `where(z > 0, x, 0)`.")
    (value, condition), (other, rest) = rows
    condition, rest = (without_latex(IF.sub("", each)).strip(" ,.") for each in (condition, OTHERWISE.sub("", rest)))
    opposite = re.sub("[<>!]?=|[<>]", lambda sign: OPPOSITE[sign[0]], condition)
    if rest and rest.replace(" ", "") != opposite.replace(" ", ""):
        raise FormulaError("The second case is for all that is left: type `where(z > 0, x, 0)`.")
    return f"where({condition}, {value}, {other})"


def _argument(text, start):
    """What a fraction takes next, a group in braces or one sign, and its end."""
    place = start + len(text[start:]) - len(text[start:].lstrip(" "))
    if text[place : place + 1] != "{":
        found = ARGUMENT.match(text, start)
        if not found:
            raise FormulaError("A fraction needs two parts, each in braces.")
        return found[1], found.end()
    depth = 0
    for end in range(place, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if not depth:
            return text[place + 1 : end], end + 1
    raise FormulaError("A part of a fraction is opened with a brace, and not closed.")


def _replaced(match):
    command, space, following = match.groups()
    if command in SIGNS:
        return SIGNS[command] + space
    if command in WORDS:
        return GLUE + WORDS[command] + space * following.isalnum() + GLUE * (following == "\\")
    if command in NOT_TYPED:
        raise FormulaError(NOT_TYPED[command])
    raise FormulaError(f"The command “\\{command[:20]}” is not read here. Leave it out, or type its sign on the keyboard.")

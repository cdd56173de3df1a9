"""A formula in the characters of the screen, as a learner types or copies it."""

import re

SIGNS = {
    **dict(zip((r"\psi", r"\Delta", r"\delta", r"\lambda", r"\sigma", r"\varepsilon", r"\theta"), "ψΔδλσεθ")),
    **dict(zip((r"\partial", r"\sum", r"\circ", r"\cdot", r"\le", r"\ge", r"\ne", r"\top"), "∂∑∘·≤≥≠ᵀ")),
    **dict.fromkeys((r"\left", r"\right"), ""),
    **dict.fromkeys((r"\lVert", r"\rVert"), "‖"),
    **{
        r"\log": "log",
        r"\max": "max",
        r"\,": " ",
        r"\mathbb{E}": "E",
        r"\tilde{J}": "J̃",
        r"\mathbf 1": "𝟏",
        r"\mathbf{1}": "𝟏",
    },
}
RAISED = str.maketrans("0123456789()-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁻")
LOWERED = str.maketrans("0123456789+-ijknhmly", "₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₙₕₘₗᵧ")


def characters(latex: str) -> str:
    """One line: a fraction is (a)/(b), a power of e is e^(x). What needs several lines is returned as it is."""
    if re.search(r"\\(begin|int|prod)", latex):
        return latex
    text = re.sub(r"\\(?:operatorname|text)\{(\w+)\}", r"\1", latex)
    for command in sorted(SIGNS, key=len, reverse=True):
        text = re.sub(re.escape(command) + r"(?![A-Za-z])", SIGNS[command], text)
    text = re.sub(r"\^\{([\d()-]*)(ᵀ?)\}", lambda match: match[1].translate(RAISED) + match[2], text).replace("^ᵀ", "ᵀ")
    text = re.sub(r"_\{([0-9+ijknhmly-]+)\}", lambda match: match[1].translate(LOWERED), text)
    while "{" in text:
        text = re.sub(r"\\frac\{(∂[^{}]*)\}\{(∂[^{}]*)\}", r"\1/\2", text)
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
        text = re.sub(r"\\sqrt\{([^{}]*)\}", r"√(\1)", text)
        text = re.sub(r"(?<!c)(?<!t)(?<!\})\{([^{}]*)\}", r"(\1)", text)
    return text

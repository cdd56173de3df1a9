"""Text that is not the app's own, for the elements of Streamlit that read Markdown.

The text of a link, an upload or a stored file could otherwise show links, images that the browser loads from elsewhere, or
formulas.
"""

import re

PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
AUTOLINK = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\S)", re.IGNORECASE)  # web and mail addresses are links without any sign
CODE = re.compile("(`[^`]+`)")
CODE_OR_FORMULA = re.compile(r"(`[^`]+`|\$[^$]+\$)")
WORD_JOINER = "\u2060"  # is not seen, and takes no space


def plain(text: object) -> str:
    """The text as Markdown that shows it as it is, on one line."""
    return _escaped(" ".join(str(text).split()))


def plain_with_code(text: str) -> str:
    """The same, except that what is between backticks is shown as code: a command that is copied stays as it is."""
    return _escaped_but(CODE, text)


def plain_with_formulas(text: str) -> str:
    """The same, except that code and formulas are shown as such: a checker's sentence, which may quote a learner."""
    return _escaped_but(CODE_OR_FORMULA, text)


def _escaped_but(shown, text):
    return "".join(part if shown.fullmatch(part) else _escaped(part) for part in shown.split(" ".join(text.split())))


def _escaped(line: str) -> str:
    return PUNCTUATION.sub(r"\\\g<0>", AUTOLINK.sub(WORD_JOINER, line))


def clip(text: str) -> str:
    """The beginning of the text, for a message that quotes it."""
    printable = "".join(c if c.isprintable() else "?" for c in text)
    return printable if len(printable) <= 40 else printable[:40] + "…"

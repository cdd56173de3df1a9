"""Checks of the texts that teachers and students type. All of them are hostile until they are checked, and escaped after."""

import re
import unicodedata

from nnlib.classroom.errors import ClassError

NAME, PSEUDONYM, TITLE, QUESTION, CHOICE = 60, 30, 80, 600, 300  # characters
ANSWER, MESSAGE, PAGE = 3000, 500, 120
CHOICES = (2, 7)  # six of a teacher's own, or those of a prediction with "I do not know yet"
ADDRESS = re.compile(r"[a-z_]{0,30}(\?[^\s#\\<>\"']{0,2000})?")  # of a page of the app: never of another site
WORD_JOINER = "\u2060"  # in Markdown of the app that must not make links of addresses
NOT_SHARED = re.compile(r"(?<=[?&])key=[^&]*&?")  # controls a run; its address alone lets others watch it


def one_line(what: str, text: object, longest: int) -> str:
    """Return a text on one line, in one form of Unicode. Raises ClassError if it is empty, too long, or has invisible signs."""
    line = unicodedata.normalize("NFC", " ".join(text.split())) if isinstance(text, str) and len(text) <= 10_000 else ""
    if not 0 < len(line) <= longest or not line.isprintable():
        raise ClassError(f"{what} has 1 to {longest} characters that can be seen.")
    return line


def spelling(pseudonym: str) -> str:
    """Return what two pseudonyms have in common that look almost alike."""
    return unicodedata.normalize("NFKC", pseudonym).casefold()


def address(text: object) -> str:
    """Return the address of a page, relative to the app's own, without the key that controls a run. Raises ClassError."""
    if not isinstance(text, str) or not ADDRESS.fullmatch(text):
        raise ClassError("This is not the address of a page of Backprop Lab.")
    return NOT_SHARED.sub("", text).rstrip("?&")


def question(text: object) -> str:
    """Return a checked question. Raises ClassError."""
    return one_line("A question", text.replace(WORD_JOINER, "") if isinstance(text, str) else text, QUESTION)


def choices(texts: object) -> list[str]:
    """Return checked answers to choose from. Raises ClassError."""
    fewest, most = CHOICES
    found = [one_line("An answer", each, CHOICE) for each in texts] if isinstance(texts, (list, tuple)) else []
    if not fewest <= len(found) <= most or len(set(found)) < len(found):
        raise ClassError(f"A vote has {fewest} to {most} different answers.")
    return found

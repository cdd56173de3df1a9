"""Text that is not the app's own, shown by elements that read Markdown."""

import re

import pytest

from pages.ui.plain_text import WORD_JOINER, clip, plain
from tests.pages.as_shown import as_shown

HOSTILE = [
    "[x](http://elsewhere.example)", "![x](https://elsewhere.example/x.png)", "<img src=x>", "<https://elsewhere.example>",
    "www.elsewhere.example", "WWW.elsewhere.example", "a@elsewhere.example", "$x^2$", ":red[x]", ":material/home:", ":smile:",
    "`x`", "```", "**x**", "_x_", "~~x~~", "# x", "- x", "1. x", "> x", "| a | b |", "[^1]", "&copy;", "\\[x](y)", "x\\",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_sign_of_markdown_keeps_its_meaning(text):
    assert re.fullmatch(r"(\\[!-/:-@\[-`{-~]|[^!-/:-@\[-`{-~])*", plain(text))
    assert not re.search(
        r"[:@](?!\s|$)", plain(text).replace("\\", "").replace(f":{WORD_JOINER}", "").replace(f"@{WORD_JOINER}", "")
    )
    assert not re.search(r"(?i)www\\?\.", plain(text))
    assert as_shown(plain(text)) == text


def test_the_text_stays_on_one_line():
    assert as_shown(plain("a\n\n# b\tc  d")) == "a # b c d"


def test_a_quotation_is_short_and_printable():
    assert clip("x" * 50) == "x" * 40 + "…" and clip("a\nb\x00") == "a?b?"

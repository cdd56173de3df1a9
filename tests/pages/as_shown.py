"""What a reader sees of text that pages/ui/plain_text.py has made safe."""

import re

from pages.ui.plain_text import WORD_JOINER


def as_shown(markdown: str) -> str:
    """The text without escapes."""
    return re.sub(r"\\(.)", r"\1", markdown).replace(WORD_JOINER, "")

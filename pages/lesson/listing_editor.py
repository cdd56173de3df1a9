"""A field with line numbers in which a learner writes a backward pass. Its text is recorded while it is typed."""

from collections.abc import Callable

import streamlit as st

from pages.lesson.answer_keys import answer_keys, keys_of
from pages.lesson.progress import LONGEST_LISTING
from pages.ui.component_message import sent

NUMBERS = "".join(f"{number}\\A " for number in range(1, 61))  # as many as can be needed, each on a line of its own in CSS
NAMES = ("psi", "Delta", "lam")  # those that a keyboard may lack in the form of the lessons
SYNTAX = """
Each line sets a name, as `dW2 = …`, or changes one in place, as `dW2 += …`. `@` multiplies matrices, `*` multiplies entry by
entry, `.T` transposes, `(z2 > 0)` is 1 where it is true, else 0, `sum(x, axis=0)` adds the rows of the batch, and `softmax(z3)`
gives the probabilities of each row. Text after `#` is ignored.
"""
# The height of the field is that of its text, so the numbers stay beside their lines. A long line scrolls and does not wrap.
STYLE = f"""<style>
[class*="st-key-listing_"] [data-testid="stTextArea"] textarea {{
  padding-left: 2.75rem;
  font-family: "Source Code Pro", monospace;
  font-size: 1rem;
  line-height: 1.5rem;
  min-height: 13.5rem;
  white-space: pre;
  overflow-x: auto;
}}
[class*="st-key-listing_"] [data-testid="stTextAreaRootElement"] {{ position: relative; }}
[class*="st-key-listing_"] [data-testid="stTextAreaRootElement"]::before {{
  content: "{NUMBERS}";
  position: absolute;
  inset: 0 auto 0 0;
  width: 2.25rem;
  padding-top: 0.75rem;
  overflow: hidden;
  font-family: "Source Code Pro", monospace;
  line-height: 1.5rem;
  text-align: right;
  white-space: pre;
  opacity: 0.75;
}}
</style>"""


def listing_editor(field: str, text: str, record: Callable[[str], None]):
    """Draw it.

    Parameters
    ----------
    field : its key, which begins with "listing_"
    text : what is in it at first
    record : called with the text when it has changed
    """

    def typed():
        text = sent(keys_of(field), "typed")
        if isinstance(text, str) and len(text) <= LONGEST_LISTING:
            record(text)

    st.html(STYLE)
    st.text_area(
        "Your backward pass, one name a line",
        text,
        "content",
        LONGEST_LISTING,
        field,
        help=SYNTAX,
        on_change=lambda: record(st.session_state[field]),
    )
    answer_keys(field, NAMES, text, on_typed=typed)

"""Links to the exam, the sheets and the review: what to do with what was learned."""

from typing import Any

import streamlit as st

from pages.lesson.lessons import EXAM, SHEETS

ARROW = ":material/arrow_forward:"
REVIEW = "Exercises that you answered wrong, or right by a guess, come back on Home after minutes, days and weeks."
WAYS: tuple[tuple[str, str, dict[str, Any], str], ...] = (  # script, title, parameters of the link, about
    (EXAM.script, EXAM.title, {}, EXAM.about),
    (SHEETS.script, "Summary", {"part": "summary"}, "All formulas of the five lessons on one page, to read or to print."),
    (SHEETS.script, "Worksheets", {"part": "worksheet"}, "Exercises with other letters and numbers, and their solutions."),
    ("home/page.py", "Review", {}, REVIEW),
)


def practise() -> None:
    """Draw them."""
    st.header("Practise", anchor=False)
    with st.grid(4, min_column_width=200):
        for script, title, parameters, about in WAYS:
            with st.container(gap="xxsmall"):
                st.page_link(script, label=f"**{title}**", icon=ARROW, query_params=parameters)
                st.markdown(about)

"""The teacher's page: the class and its code, votes, who is stuck, assignments, hand-ins, and the guide."""

import streamlit as st

from nnlib.classroom.errors import ClassError, NotAllowed
from pages.classroom.component import opening_form
from pages.classroom.membership import store, teacher
from pages.lesson.browser_storage import store_in_browser
from pages.lesson.lesson import WIDTH
from pages.lesson.part_on_view import PARAMETER, choose_part, part_on_view
from pages.teach.guide import guide
from pages.ui.address import notes, unknown_in_address
from pages.ui.extras import installed
from pages.ui.messages import show_messages

PAGE = "teach"
PARTS = {
    "class": "Class",
    "vote": "Vote",
    "stuck": "Who is stuck",
    "board": "Leaderboard",
    "assignments": "Assignments",
    "hand-ins": "Hand-ins",
    "guide": "Guide",
}

ABOUT = """
Open a class, and your students join with a code and a pseudonym, without accounts. You then see who is stuck, let the class
vote on a question before you show the answer, and bring all screens to the page that you are on. A class is deleted after a
term, or when you delete it.

For a projector, with or without a class: [presenter mode](#presenter) makes everything larger, and shows a figure alone.
"""


def _lesson():
    """The teacher's class, or None."""
    try:
        return store().lesson(teacher()) if teacher() else None
    except NotAllowed:
        return None
    except ClassError as error:
        st.error(str(error))
        return None


lesson = _lesson() if installed("sqlalchemy") else None
with st.container(width=WIDTH):
    if lesson is None:
        st.title("Teach", anchor=False)
        show_messages([*notes(), *unknown_in_address(PARAMETER)])
        st.markdown(ABOUT)
        if installed("sqlalchemy"):
            opening_form()
        guide()
    else:
        part = part_on_view(PAGE, list(PARTS))
        choose_part(PAGE, part, PARTS, "Part of Teach")
        show_messages([*notes(), *unknown_in_address(PARAMETER)])
        if part == "class":
            from pages.teach.lesson_part import lesson_part

            lesson_part(lesson)
        elif part == "vote":
            from pages.teach.vote_part import vote_part

            vote_part()
        elif part == "stuck":
            from pages.teach.stuck_part import stuck_part

            stuck_part()
        elif part == "board":
            from pages.teach.board_part import board_part

            board_part()
        elif part == "assignments":
            from pages.teach.assignments_part import assignments_part

            assignments_part(lesson)
        elif part == "hand-ins":
            from pages.teach.grades_part import grades_part

            grades_part(lesson)
        else:
            guide()
store_in_browser()

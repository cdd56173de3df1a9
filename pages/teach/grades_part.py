"""Hand-ins: files of students are checked, and become one CSV for the gradebook."""

import streamlit as st

from nnlib.classroom.grades import check, grades, points, to_csv
from nnlib.classroom.records import Lesson
from pages.ui.plain_text import plain

HOW = """
Put in the files that your students have handed in. The server checks its signature on each: a file that was changed, or that
another server or another class has made, is named and not counted. Of several files of a student, the newest counts.
"""
COLUMNS = """
The first columns are those that Canvas imports. In Moodle, map *SIS Login ID* to the username. So a pseudonym that is the
student's login finds its row by itself; otherwise fill in the column.
"""


def grades_part(lesson: Lesson) -> None:
    """Draw it."""
    st.title("Hand-ins", anchor=False)
    st.markdown(HOW)
    sent = st.file_uploader("Files", "json", accept_multiple_files=True, key="hand_ins", label_visibility="collapsed")
    if not sent:
        return
    files = [check(each.name, each.getvalue(), lesson.key) for each in sent]
    for each in files:
        if each.problem:
            st.error(f"**{plain(each.name)}**: {plain(each.problem)}", icon=":material/gpp_bad:")
    found = grades(files)
    if not found:
        return
    lines = ["| Student | Assignments, in time | Exercises | Answers | Missions | Runs |", "|---|---|---|---|---|---|"]
    with st.container(key="class_grades"):
        st.markdown("\n".join([*lines, *map(_row, found)]))
    st.download_button(
        "Download the CSV",
        to_csv(files),
        "grades.csv",
        "text/csv",
        type="primary",
        icon=":material/download:",
        key="grades_csv",
        on_click="ignore",
    )
    st.caption(COLUMNS)


def _row(grade):
    content = grade.newest.content
    assignments = " · ".join(f"{plain(title)} {_points(each)}" for title, each in grade.assignments.items())
    solved = sum(each["solved"] for each in content["exercises"])
    answers = sum(len(each["attempts"]) for each in content["exercises"])
    name = f"**{plain(content['student'])}**"
    return f"| {name} | {assignments} | {solved} | {answers} | {len(content['missions'])} | {len(content['runs'])} |"


def _points(assignment):
    in_time, late, count = points(assignment)
    return f"**{in_time}** of {count}" + (f", {late} late" if late else "")

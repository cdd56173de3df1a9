"""Assignments: exercises, missions and experiments with a date, as a link that the students open."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import streamlit as st

from nnlib.classroom.assignment import new_assignment, to_token
from nnlib.classroom.errors import ClassError
from nnlib.classroom.records import Lesson
from nnlib.classroom.texts import TITLE
from nnlib.practice import number_exercises
from nnlib.symbolic import exercises
from nnlib.teaching.missions import MISSIONS
from pages.hand_in.experiments import PAGES
from pages.lesson.lessons import LESSONS
from pages.teach.lesson_part import address_of_app
from pages.ui.plain_text import plain

# In the session's state: of the link made last, or why none could be made
TOKEN, PROBLEM = "assignment_token", "assignment_problem"
HOW = """
Each student gets different numbers and variants. With the link, students can also join the class until the date. The server
does not store assignments: everything is in the link, so keep it.
"""


def assignments_part(lesson: Lesson) -> None:
    """Draw it."""
    st.title("A new assignment", anchor=False)
    st.markdown(HOW)
    names = _exercises()
    with st.form("assignment", border=False):
        st.text_input("Title", max_chars=TITLE, key="assignment_title", autocomplete="off")
        st.date_input("Due at the end of", date.today() + timedelta(7), key="assignment_day")
        st.multiselect("Exercises", list(names), format_func=names.get, key="assignment_exercises")
        st.multiselect("Missions", list(MISSIONS), format_func=lambda name: MISSIONS[name].title, key="assignment_missions")
        st.text_area(
            "Experiments, one link on each line",
            key="assignment_experiments",
            placeholder="The link that “Copy link” on Train or Depth gives",
            help="A student has done it when a run with these settings has ended, with any weights and points.",
        )
        st.form_submit_button("Make the link", icon=":material/link:", type="primary", on_click=_make, args=(lesson,))
    if problem := st.session_state.pop(PROBLEM, None):
        st.warning(problem, icon=":material/error:")
    if token := st.session_state.get(TOKEN):
        _link(token)


def _make(lesson):
    title, day, links, chosen, missions = (
        st.session_state[f"assignment_{name}"] for name in ("title", "day", "experiments", "exercises", "missions")
    )
    st.session_state.pop(TOKEN, None)
    try:
        experiments = [_experiment(line) for line in links.splitlines() if line.strip()]
        assignment = new_assignment(title, lesson.name, lesson.key, _end_of(day), chosen, missions, experiments)
        st.session_state[TOKEN] = to_token(assignment)
    except ClassError as error:
        st.session_state[PROBLEM] = str(error)


def _exercises():
    """The names of all exercises, lesson by lesson, by their ids."""
    found = [*exercises(), *number_exercises()]
    return {
        each.id: f"{number} {lesson.title}: {each.title}"
        for number, lesson in enumerate(LESSONS, 1)
        for each in found
        if each.lesson == lesson.key
    }


def _end_of(day):
    """The end of a day, in Unix time, where the teacher is."""
    zone = ZoneInfo(st.context.timezone) if st.context.timezone else UTC
    return int(datetime.combine(day, time(23, 59, 59), zone).timestamp())


def _experiment(link: str) -> str:
    """The address of an experiment, without the app's own. Raises ClassError."""
    url = urlsplit(link.strip())
    address = f"{url.path.rstrip('/').rpartition('/')[2]}?{url.query}"
    if url.path.rstrip("/").rpartition("/")[2] not in PAGES:
        raise ClassError(f"“{link.strip()[:60]}” is not a link to an experiment on Train or Depth.")
    return address


def _link(token):
    st.subheader("Its link", anchor=False)
    st.code(f"{address_of_app()}/hand_in?{urlencode({'assignment': token})}", language=None, wrap_lines=True)
    st.caption(
        plain("Give it to the class, in your course page or by “Bring all screens here”. Open it yourself in a private window.")
    )

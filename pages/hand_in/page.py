"""What a student does for a class: the items of an assignment with their ticks, and the file to hand in."""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from nnlib.classroom.assignment import Assignment, Done, read_token
from nnlib.classroom.errors import ClassError, NotAllowed
from nnlib.classroom.hand_in import signed
from pages.classroom.component import joining_form_of_assignment
from pages.classroom.membership import member, store
from pages.join.words import what_is_stored
from pages.lesson.browser_storage import store_in_browser
from pages.lesson.lessons import slug
from pages.ui.address import unknown_in_address
from pages.ui.extras import installed
from pages.ui.messages import show_messages
from pages.ui.plain_text import plain

ASSIGNMENT = "assignment"  # in the address
ABOUT = """
A hand-in is a file for your teacher: every answer that you have given since you joined your class, with its time, and your
predictions, missions, exams and runs. The server signs it, so nobody can change it on the way.
"""
JOIN_FIRST = "This assignment is for the class **{}**. Choose the pseudonym under which your teacher knows you."
OTHER_CLASS = "This assignment is for the class **{}**, and you are in another one: leave that in the bar below first."
DONE, OPEN = ":green[:material/check_circle:]", ":material/radio_button_unchecked:"


def _page():
    token = st.query_params.get(ASSIGNMENT)
    try:
        assignment = read_token(token) if token else None
    except NotAllowed as error:
        st.title("Hand in", anchor=False)
        st.error(str(error))
        return
    st.title(plain(assignment.title) if assignment else "Hand in", anchor=False)
    show_messages(unknown_in_address(ASSIGNMENT))
    if not installed("sqlalchemy"):
        return
    student = _student()
    if student is None:
        _join(assignment, token)
    elif assignment and assignment.class_key != student.member.class_key:
        st.warning(OTHER_CLASS.format(plain(assignment.class_name)), icon=":material/groups:")
    else:
        if assignment:
            _assignment(assignment, student)
        _hand_in(assignment, student)


def _student():
    """The student that this browser is, or None."""
    from pages.hand_in.work import Student
    from pages.live.this_browser import this_browser

    token = member()
    if token is None:
        return None
    try:
        return Student(store().membership(token), store().attempts(token), this_browser())
    except NotAllowed:
        return None


def _join(assignment, token):
    if assignment is None:
        st.markdown(ABOUT)
        st.info("Join your class first: with its code, or by the link of an assignment.", icon=":material/groups:")
        st.page_link("join/page.py", label="Join a class", icon=":material/group_add:")
        return
    st.markdown(JOIN_FIRST.format(plain(assignment.class_name)))
    st.markdown(f"{_number_of_items(assignment)}, due {_date(assignment.due)}.")
    joining_form_of_assignment(token)
    st.markdown(what_is_stored())


def _number_of_items(assignment):
    count = len([*assignment.exercises, *assignment.missions, *assignment.experiments])
    return f"{count} task{'s' * (count != 1)}"


def _date(time: float) -> str:
    """A time of the student's own clock."""
    zone = ZoneInfo(st.context.timezone) if st.context.timezone else UTC
    return f"{datetime.fromtimestamp(time, zone):%A, %d %B %Y, %H:%M}"


def _assignment(assignment: Assignment, student):
    items = student.done(assignment)
    count = sum(each.at is not None for each in items)
    st.markdown(f"Class **{plain(assignment.class_name)}**, due **{_date(assignment.due)}**.")
    st.progress(count / len(items), f"{count} of {len(items)} done")
    next_one = next((number for number, each in enumerate(items) if each.at is None), None)
    ids = [*assignment.exercises, *assignment.missions, *assignment.experiments]
    for number, (name, done) in enumerate(zip(ids, items, strict=True)):
        fold = st.expander(_line(done, assignment.due), expanded=number == next_one, key=f"item_{number}", on_change="rerun")
        if fold.open:
            with fold:
                _item(assignment, student, name, done)


def _line(done: Done, due):
    tries = f" · {done.tries} {'try' if done.tries == 1 else 'tries'}" if done.kind == "exercise" and done.tries else ""
    late = " · late" if done.at is not None and done.at > due else ""
    return f"{OPEN if done.at is None else DONE} **{plain(done.title)}** · {done.kind}{tries}{late}"


def _item(assignment, student, name, done):
    from nnlib.practice.number_exercise import NumberExercise
    from pages.hand_in.work import restore
    from pages.lesson.exercise_card import exercise_card
    from pages.lesson.number_card import number_card

    if done.kind == "exercise":
        exercise = student.own(assignment, name)
        restore(exercise, student.of("exercise", exercise.id))
        (number_card if isinstance(exercise, NumberExercise) else exercise_card)(exercise)
    elif done.kind == "mission":
        from nnlib.teaching.missions import MISSIONS
        from pages.live.missions import CHOSEN
        from pages.live.missions import OPEN as PANEL

        st.markdown(MISSIONS[name].goal)
        if st.button("Open the mission", icon=":material/flag:", key=f"mission_{name}"):
            st.session_state.update({PANEL: True, CHOSEN: name})
            st.switch_page(f"{MISSIONS[name].page}/page.py")
    else:
        from urllib.parse import parse_qsl

        page, _, query = name.partition("?")
        st.markdown("Start a run with these settings, then let it finish or stop it. The seeds may be others.")
        st.page_link(
            f"{page}/page.py", label="Open the experiment", icon=":material/arrow_forward:", query_params=dict(parse_qsl(query))
        )


def _hand_in(assignment, student):
    from pages.hand_in.work import content, not_seen_by_the_class

    st.header("Your hand-in", anchor=False)
    if assignment is None:
        st.markdown(ABOUT)
    kinds = Counter(kind for kind, _ in {(each.kind, each.item) for each in student.attempts})
    solved = len({each.item for each in student.attempts if each.kind == "exercise" and each.right})
    st.markdown(
        f"As **{plain(student.member.pseudonym)}** in class **{plain(student.member.name)}**. Exercises tried: "
        f"{kinds['exercise']}, solved: {solved}. Predictions: {kinds['prediction']}. Missions: {kinds['mission']}. "
        f"Exams: {kinds['exam start']}. The runs of this browser are in it, too."
    )
    not_seen = not_seen_by_the_class(student)
    if not_seen:
        st.info(
            f"Solved before you joined, or not seen by this server: {plain(', '.join(not_seen))}. The file names "
            "them as such. Answer them again, and they count.",
            icon=":material/visibility_off:",
        )
    parts = [
        "backprop-lab",
        student.member.name,
        student.member.pseudonym,
        assignment.title if assignment else "all",
        f"{datetime.now(UTC):%Y-%m-%d %H%M}",
    ]
    st.download_button(
        "Download the signed file",
        lambda: signed(content(student, assignment, not_seen)),
        f"{'-'.join(filter(None, map(slug, parts)))}.json",
        "application/json",
        type="primary",
        icon=":material/download:",
        key="hand_in_file",
        on_click="ignore",
    )
    st.caption("Hand it in where your teacher collects it. The file is as of now: download it again when you have done more.")


with st.container(width=800):
    try:
        _page()
    except ClassError as error:
        st.error(str(error))
store_in_browser()

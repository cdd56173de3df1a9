"""Who is stuck: the exercises by students, live, those first who need help; and by exercise, with the common mistakes."""

import time

import streamlit as st

from nnlib.classroom.help_needed import AWAY, IDLE, SOLVED, STUCK, TRYING, counts, exercise_of, needs
from nnlib.classroom.records import Slip, Student
from nnlib.practice import number_exercises
from nnlib.symbolic import exercises
from pages.classroom.membership import done, show_refusal
from pages.lesson.lessons import CLASS_PAGES, LESSONS, LIVE_PAGES, PRACTICE_PAGES
from pages.ui.plain_text import plain, plain_with_formulas

# Beside the word, because a colour alone says nothing to some.
SIGNS = {STUCK: ":red[●]", IDLE: ":orange[◐]", TRYING: ":blue[○]", SOLVED: ":green[✓]", AWAY: ":gray[–]"}
SLIPS = 2  # shown of an exercise
HEADS = ("Student", "State", "Exercise", "Tries", "Last mistake", "Solved", "Runs", "On the page")


def stuck_part() -> None:
    """Draw it."""
    st.title("Who is stuck", anchor=False)
    st.caption("Exercises of this lesson. Whoever needs help stands first, also those who do not ask.")
    _tables()


@st.fragment(run_every=1.5)
def _tables():
    students: list[Student] = []
    slips: list[Slip] = []

    def read(store, secret):
        students.extend(store.students(secret))
        slips.extend(store.slips(secret))

    show_refusal()
    if not done(read):
        return
    if not students:
        st.markdown("Nobody has joined yet.")
        return
    now = time.time()
    with st.container(key="class_students"):
        st.markdown(_table(HEADS, map(_student, needs(students, now))))
    if rows := [_exercise(each, slips) for each in counts(students)]:
        with st.container(key="class_exercises"):
            st.markdown(_table(("Exercise", "Tried", "Solved", "Common mistakes"), rows))
    _remove(students)


def _table(heads, rows):
    """A table in Markdown, which draws the code and the formulas in a slip."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _student(need):
    """The cells of a row. All that a student can choose is escaped."""
    work, student = need.work, need.student
    minutes = f", {round(need.seconds / 60)} min" if need.state == IDLE else ""
    slip = _slip(work.message) if work and not work.solved else ""
    tried = [plain_with_formulas(title(work.item)), work.tries] if work else ["", ""]
    state = f"{SIGNS[need.state]} {need.state}{minutes}"
    return [f"**{plain(student.pseudonym)}**", state, *tried, slip, need.solved, student.runs or "", plain(_page(student))]


def _slip(message):
    return plain_with_formulas(message).replace("|", "\\|").replace("\\\\|", "\\|")


def _exercise(each, slips):
    usual = [f"{_slip(slip.message)} ({slip.students})" for slip in slips if exercise_of(slip.item) == each.item][:SLIPS]
    return [plain_with_formulas(title(each.item)), each.tried, each.solved, " · ".join(usual)]


@st.cache_data(show_spinner=False)
def _titles():
    return {each.id: each.title for each in [*exercises(), *number_exercises()]}


def title(item: str) -> str:
    """The title of an exercise; of a variant, that of its exercise."""
    return _titles().get(exercise_of(item), item)


def _page(student):
    path, _, part = student.page.partition("?part=")
    names = {each.key: each.title for each in (*LESSONS, *LIVE_PAGES, *PRACTICE_PAGES, *CLASS_PAGES)}
    lesson = next((each for each in LESSONS if each.key == path), None)
    name = names.get(path, "Home" if not path else path)
    return f"{name}, {lesson.names.get(part, part)}" if lesson and part else name


def _remove(students):
    """A pseudonym that nobody wants to see goes, with all of it."""
    with st.popover("Remove a student", icon=":material/person_remove:", type="tertiary"):
        names = {each.id: each.pseudonym for each in students}
        chosen = st.selectbox("Student", list(names), None, format_func=names.get, key="remove_whom")
        st.button("Remove with all their data", key="remove_member", disabled=chosen is None, on_click=_removed, args=(chosen,))


def _removed(member):
    done(lambda store, secret: store.remove_member(secret, member))

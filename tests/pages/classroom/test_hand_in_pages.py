"""An assignment is made, opened, worked on and handed in, and the hand-ins are checked, without a browser."""

import time

import pytest
import streamlit as st

from nnlib.classroom.assignment import new_assignment, to_token
from nnlib.classroom.cookies import MEMBER, TEACHER
from nnlib.classroom.hand_in import CHANGED, read_hand_in, signed
from nnlib.practice import own_exercise, question_for
from nnlib.runs.server.browser_session import COOKIE, BrowserSessions
from nnlib.runs.store import RunFolder
from nnlib.symbolic.exercise import exercise_named
from pages.hand_in.experiments import label_of
from pages.hand_in.work import Student, content
from pages.lesson.progress import Exam, NumberWork, Progress, Work
from pages.live import prediction
from pages.live.this_browser import this_browser
from pages.settings.settings_url import read_link
from pages.train.settings import TRAIN
from pages.ui.plain_text import plain
from tests.pages.opened import opened

FORMULA, NUMBER, MISSION, EXPERIMENT = "softmax-row", "softmax-number-entry", "bend", "train?hidden=3&dataset=xor"


@pytest.fixture
def cookies(monkeypatch):
    """Gives the browser of the AppTest cookies."""
    held = {}
    monkeypatch.setattr(type(st.context), "cookies", property(lambda context: held))
    return held


@pytest.fixture
def assignment(store, secret):
    """An assignment of one item of each kind, due tomorrow."""
    lesson, due = store.lesson(secret), int(time.time()) + 86400
    return new_assignment("Week 3", lesson.name, lesson.key, due, [FORMULA, NUMBER], [MISSION], [EXPERIMENT])


@pytest.fixture
def ada(store, secret, cookies):
    cookies[MEMBER] = store.join(store.lesson(secret).code, "Ada")
    return cookies[MEMBER]


def shown(at):
    return "\n".join(each.value for kind in (at.markdown, at.title, at.caption, at.info, at.error, at.warning) for each in kind)


def of(store, token):
    return Student(store.membership(token), store.attempts(token), this_browser())


def handed_in(store, token, assignment=None):
    return read_hand_in(signed(content(of(store, token), assignment, [])))


def click(at, label):
    next(each for each in at.button if each.label == label).click().run()
    assert not at.exception


def answer(at, text):
    at.text_input[0].set_value(text)
    click(at, "Check")


def test_a_teacher_makes_an_assignment_whose_link_opens(store, secret, cookies):
    cookies[TEACHER] = secret
    at = opened("teach", part="assignments")
    at.text_input(key="assignment_title").set_value("Week **3**")
    at.multiselect(key="assignment_exercises").set_value([FORMULA])
    at.text_area(key="assignment_experiments").set_value("https://evil.example/pay?now=1")
    click(at, "Make the link")
    assert "is not a link to an experiment" in shown(at) and not at.code
    at.text_area(key="assignment_experiments").set_value(f"https://lab.example.org/lab/{EXPERIMENT}\n")
    click(at, "Make the link")
    token = at.code[0].value.partition("assignment=")[2]
    cookies.clear()
    at = opened("hand_in", assignment=token)
    assert "2 tasks" in shown(at) and "While you are in a class" in shown(at) and "Week \\*\\*3\\*\\*" in shown(at)


def test_exercises_of_an_assignment_are_the_students_own_and_count(store, ada, assignment):
    student = of(store, ada)
    formula, number = (student.own(assignment, each) for each in (FORMULA, NUMBER))
    assert formula.id.startswith(f"{FORMULA}~") and number.id.startswith(f"{NUMBER}~")
    at = opened("hand_in", assignment=to_token(assignment))
    assert formula.prompt in shown(at) and "New numbers" not in [each.label for each in at.button]
    answer(at, "1")
    answer(at, exercise_named(formula.id).solution)
    handed = handed_in(store, ada, assignment)
    assert [(each["done"] is not None, each["tries"]) for each in handed["assignment"]["items"]][:2] == [(True, 2), (False, 0)]
    at = opened("hand_in", assignment=to_token(assignment))  # another visit: the class has the ticks, and the next one is open
    assert at.get("progress")[0].proto.text == "1 of 4 done"
    assert question_for(number.id, 0).prompt in shown(at)
    answer(at, repr(question_for(number.id, 0).solution))
    assert [each["in_time"] for each in handed_in(store, ada, assignment)["assignment"]["items"]] == [True, True, False, False]


def test_missions_and_runs_of_this_browser_count(store, ada, assignment, cookies):
    session = "browser-of-ada"
    cookies[COOKIE] = BrowserSessions()._signer.sign(session).decode()
    page, query = EXPERIMENT.split("?")
    settings = read_link(TRAIN, dict(pair.split("=") for pair in query.split("&")))[0]
    other = settings.having(hidden=(4,))
    for each, owner in [(settings, "another"), (other, session)]:
        RunFolder.create(each.to_dict(), session=owner).set_state("finished")
    assert [each.at for each in of(store, ada).done(assignment)] == [None] * 4
    RunFolder.create(settings.having(seed=7).to_dict(), session=session).set_state("stopped")
    store.record(ada, "mission", MISSION, "3 units", True)
    handed = handed_in(store, ada, assignment)
    assert [each["done"] is not None for each in handed["assignment"]["items"]] == [False, False, True, True]
    assert [each["label"] for each in handed["runs"]][0] == label_of(EXPERIMENT).partition(", ")[2]
    assert len(handed["runs"]) == 2


def test_a_progress_that_was_edited_counts_for_nothing(store, ada, assignment):
    own = of(store, ada).own(assignment, FORMULA)
    perfect = Progress(
        exercises={own.id: Work(own.solution, 1, own.solution)},
        numbers={NUMBER: NumberWork("1", 1, "1", 3)},
        missions={MISSION: "x"},
    )
    at = opened("hand_in", assignment=to_token(assignment))
    at.session_state["progress"] = perfect
    at.run()
    assert "not seen by this server" in shown(at)
    handed = handed_in(store, ada, assignment)
    assert not any(each["done"] for each in handed["assignment"]["items"])
    assert (handed["exercises"], handed["missions"], handed["exams"]) == ([], [], [])


def test_an_assignment_of_another_class_or_a_changed_link_is_refused(store, ada, assignment):
    there = store.lesson(store.open_class("10b"))
    elsewhere = new_assignment("Week 3", there.name, there.key, assignment.due, [FORMULA], [], [])
    assert "you are in another one" in shown(opened("hand_in", assignment=to_token(elsewhere)))
    assert "not the link of an assignment" in shown(opened("hand_in", assignment=to_token(assignment)[:-3]))
    assert "As **Ada** in class **10b**" in shown(opened("hand_in"))


def test_teach_checks_the_files_and_writes_the_csv(store, secret, ada, assignment, cookies):
    good = signed(content(of(store, ada), assignment, []))
    cookies.clear()
    cookies[TEACHER] = secret
    at = opened("teach", part="hand-ins")
    at.file_uploader[0].upload("ada.json", good).upload("bob.json", good.replace(b'"Ada"', b'"Bob"')).run()
    assert not at.exception
    assert [each.value for each in at.error] == [rf"**bob\.json**: {plain(CHANGED)}"]
    assert "| **Ada** | Week 3 **0** of 4 |" in shown(at)


def test_own_exercises_are_many_and_stay():
    forms = {own_exercise(FORMULA, seed).id for seed in range(40)}
    numbers = {question_for(own_exercise(NUMBER, seed).id, 0).prompt for seed in range(40)}
    assert len(forms) > 1 and len(numbers) > 20
    assert own_exercise(NUMBER, 5) == own_exercise(NUMBER, 5)
    with pytest.raises(ValueError, match="must be the id"):
        own_exercise("none", 1)


def test_the_clock_and_the_points_of_an_exam_are_the_servers(store, ada):
    at = opened("exam")
    at.session_state["progress"] = Progress(exams={"1700000000": Exam(3, 1_700_000_000, 1_700_000_060, listing="forged")})
    at.run()  # an exam that the server did not see begin
    assert handed_in(store, ada)["exams"] == []
    click(at, "Start another exam")
    click(at, "Hand in now")
    (exam,) = handed_in(store, ada)["exams"]
    assert (exam["minutes_allowed"], exam["points"]) == (20, 0) and exam["started"] <= exam["ended"]


def test_what_the_browser_alone_judges_is_not_right_in_a_class(store, ada):
    record = {"run": "a", "label": "H 3", "dataset": "xor", "expectation": "learns", "outcome": "learns"}
    prediction.record_live_prediction("train", record)
    assert [each["right"] for each in handed_in(store, ada)["predictions"]] == [None]

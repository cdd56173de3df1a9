"""The routes of a class: a teacher and students over HTTP, and clients that send anything."""

import subprocess
import sys
import time

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from nnlib.classroom.assignment import new_assignment, to_token
from nnlib.classroom.cookies import MEMBER, TEACHER
from nnlib.classroom.errors import TooMany
from nnlib.classroom.rate_limit import RateLimit
from nnlib.classroom.routes import LONGEST, ClassRoutes
from nnlib.classroom.store import open_store
from nnlib.runs.server.browser_session import set_cookie

ACTIONS = ("open", "teach", "join", "leave", "state", "vote", "invite", "close")


@pytest.fixture
def app(runs):
    """The routes, below /lab, for pages of any origin but one."""

    def refusal(connection):
        return "This origin is not allowed." if connection.headers.get("origin") == "https://evil.example" else None

    return Starlette(routes=ClassRoutes("/lab", refusal, lambda connection: 2, set_cookie).routes)


@pytest.fixture
def browser(app):
    """Makes browsers with cookies of their own."""
    return lambda: TestClient(app, base_url="https://lab.example")


def ask(browser, action, **content):
    """The answer, and the sentence of a refusal if there is one."""
    answer = browser.post(f"/lab/class/{action}", json=content)
    assert answer.headers["cache-control"] == "no-store"
    return answer.json() if answer.is_success else (answer.status_code, answer.json()["error"])


@pytest.fixture
def teacher(browser):
    teacher = browser()
    assert ask(teacher, "open", name="10b") == {}
    return teacher


@pytest.fixture
def student(browser, teacher):
    student = browser()
    code = ask(teacher, "state")["teacher"]["code"]
    assert ask(student, "join", code=code, pseudonym="Ada") == {}
    return student


def test_a_lesson(teacher, student):
    assert ask(teacher, "state")["teacher"]["members"] == 1
    open_store().open_poll(teacher.cookies[TEACHER], "Which?", ["a", "b"])
    poll = ask(student, "state", page="softmax?part=jacobian")["member"]["poll"]
    assert (poll["question"], poll["choices"], poll["mine"]) == ("Which?", ["a", "b"], None)
    assert ask(student, "vote", poll=poll["id"], choice=1) == {}
    assert ask(student, "state")["member"]["poll"]["mine"] == 1
    assert ask(teacher, "state")["teacher"]["votes"] == 1
    assert ask(teacher, "close") == {}
    assert ask(student, "vote", poll=poll["id"], choice=0)[0] == 409
    assert ask(teacher, "invite", address="train?hidden=3", title="Train") == {}
    assert ask(student, "state")["member"]["invitation"]["address"] == "train?hidden=3"
    (seen,) = open_store().students(teacher.cookies[TEACHER])
    assert seen.runs == 2
    assert ask(student, "leave") == {}
    assert MEMBER not in student.cookies
    assert ask(student, "state") == {"member": None, "teacher": None}


def test_a_student_joins_by_the_link_of_an_assignment_until_its_date(browser, teacher):
    store = open_store()
    lesson = store.lesson(teacher.cookies[TEACHER])
    ask(teacher, "state")
    store.end_lesson(teacher.cookies[TEACHER])
    tokens = [
        to_token(new_assignment("Week 3", lesson.name, key, int(time.time()) + seconds, ["a"], [], []))
        for key, seconds in [(lesson.key, 60), (lesson.key, -60), ("999-1", 60)]
    ]
    bob = browser()
    assert ask(bob, "join", assignment=tokens[0], pseudonym="Bob") == {}
    assert store.membership(bob.cookies[MEMBER]).class_key == lesson.key
    assert ask(browser(), "join", assignment=tokens[0], pseudonym="bob")[0] == 409
    for forged in [*tokens[1:], tokens[0][:-2], None, 7, {}, "x" * 3000]:
        assert ask(browser(), "join", assignment=forged, pseudonym="Eve")[0] == 403


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(browser, teacher):
    given = browser().post("/lab/class/open", json={"name": "10b"}).headers["set-cookie"].lower()
    assert all(part in given for part in ("httponly", "samesite=lax", "secure", "path=/lab"))


def test_a_cookie_of_a_class_that_is_gone_is_deleted(teacher, student):
    open_store().delete_class(teacher.cookies[TEACHER])
    assert ask(student, "state") == {"member": None, "teacher": None}
    assert MEMBER not in student.cookies


def test_a_teachers_link_opens_the_class_elsewhere(browser, teacher):
    elsewhere = browser()
    assert ask(elsewhere, "teach", secret=teacher.cookies[TEACHER]) == {}
    assert ask(elsewhere, "state")["teacher"]["name"] == "10b"
    assert ask(browser(), "teach", secret="x" * 32)[0] == 403


@pytest.mark.parametrize("action", ACTIONS)
def test_pages_of_other_origins_are_refused(browser, action):
    answer = browser().post(f"/lab/class/{action}", json={}, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["error"]) == (403, "This origin is not allowed.")


VALUES = [None, True, -1, 10**30, 1.5, "", "x" * 3000, "\x00\u202e", [], {}, ["a"] * 100]


@pytest.mark.parametrize("action", ACTIONS)
def test_any_value_gets_one_sentence(student, teacher, action):
    for value in VALUES:
        content = dict.fromkeys(("name", "secret", "code", "pseudonym", "page", "poll", "choice", "address", "title"), value)
        for browser in (student, teacher):
            answer = browser.post(f"/lab/class/{action}", json=content)
            assert answer.is_success or 400 <= answer.status_code < 500 and len(answer.json()["error"].splitlines()) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 10_000, b'"' + b"x" * LONGEST + b'"'])
def test_what_is_not_an_object_is_refused(browser, body):
    assert browser().post("/lab/class/join", content=body).status_code == 400


def test_guesses_are_limited_by_network_and_right_codes_are_not(browser, teacher):
    guesser = browser()
    answers = [ask(guesser, "join", code="AAAAAA", pseudonym="Eve") for _ in range(61)]
    assert {answer[0] for answer in answers[:60]} == {403}
    assert answers[60][0] == 429
    assert "wait a minute" in answers[60][1]


def test_a_class_joins_from_one_address(browser, teacher):
    code = ask(teacher, "state")["teacher"]["code"]
    for number in range(70):
        assert ask(browser(), "join", code=code, pseudonym=f"student {number}") == {}


def test_a_limit_counts_networks_and_forgets(monkeypatch):
    limit = RateLimit(1, 10.0)
    limit.spend("2001:db8:1:2::1")
    with pytest.raises(TooMany):
        limit.spend("2001:db8:1:2::2")
    limit.spend("192.0.2.1")
    limit.refund("192.0.2.1")
    limit.spend("192.0.2.1")
    now = time.monotonic()
    monkeypatch.setattr("nnlib.classroom.rate_limit.time.monotonic", lambda: now + 11)
    limit.spend("192.0.2.1")


def test_without_a_class_nothing_is_imported_or_made(browser, runs):
    assert ask(browser(), "state", page="train") == {"member": None, "teacher": None}
    assert not runs.exists()
    code = "import sys, nnlib.classroom.routes, pages.classroom.component; print('sqlalchemy' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "False"


def test_a_database_that_is_gone_keeps_the_cookies(student, monkeypatch):
    monkeypatch.setenv("NNLIB_STORAGE", "mysql+pymysql://user@host/x")
    assert ask(student, "state")[0] == 503
    assert MEMBER in student.cookies

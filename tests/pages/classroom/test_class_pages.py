"""Teach, Join, and what pages do for a browser that is in a class, without a browser."""

import ast
import re

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from nnlib.classroom.codes import spaced
from nnlib.classroom.cookies import MEMBER, TEACHER
from nnlib.classroom.tickets import new_ticket, redeemed
from nnlib.teaching.listing import LISTING
from nnlib.teaching.missions import MISSIONS
from pages.assets import PAGES
from pages.classroom.membership import CHANGED
from pages.teach.guide import GUIDE
from tests.pages.opened import opened
from tests.patience import PATIENCE

HOSTILE = "**x** | [a](http://evil) <b>"


@pytest.fixture
def cookies(monkeypatch):
    """Gives the browser of the AppTest cookies."""
    held = {}
    monkeypatch.setattr(type(st.context), "cookies", property(lambda context: held))
    return held


def shown(at):
    return "\n".join(each.value for each in [*at.markdown, *at.title, *at.caption])


def test_a_teacher_without_a_class_reads_what_it_is_and_the_guide(runs):
    at = opened("teach")
    assert "Open a class" in shown(at)
    assert "five lessons" in shown(at)
    assert not runs.exists()
    assert GUIDE.exists()


def test_join_says_what_is_stored_in_five_sentences_and_so_does_the_document(runs):
    from pages.join.words import what_is_stored

    assert len(re.findall(r"[.?!](?=\s|$)", what_is_stored())) == 5
    assert " ".join(what_is_stored().split()) in " ".join(
        (GUIDE.parent / "privacy.md").read_text().replace("\n>", "\n").split()
    )
    assert what_is_stored() in shown(opened("join", join="KMT4RW"))


def test_the_class_its_end_and_its_deletion(store, secret, cookies):
    cookies[TEACHER] = secret
    at = opened("teach")
    code = store.lesson(secret).code
    assert any(spaced(code) in each.proto.body for each in at.get("html"))
    at.button(key="end_lesson").click().run()
    assert not store.lesson(secret).is_open
    at.button(key="begin_lesson").click().run()
    assert store.lesson(secret).is_open
    at.button(key="delete_class").click().run()
    assert "Open a class" in shown(at)


def test_a_vote_on_a_prediction_of_a_lesson_and_the_tally(store, secret, join, cookies):
    ada = join("Ada")
    cookies[TEACHER] = secret
    at = opened("softmax", part="one-entry")
    next(each for each in at.button if each.label == "Put it to the class").click().run()
    poll = store.membership(ada).poll
    assert poll.is_markdown and r"$\psi_1$" in poll.question and poll.choices[-1] == "I do not know yet"
    store.vote(ada, poll.id, 0)
    at = opened("teach", part="vote")
    assert "**1** voted" in shown(at)
    assert not at.toggle
    at.button(key="close_vote").click().run()
    assert not any('data-testid="tally-' in each.proto.body for each in at.get("html"))  # a tally now would tell whom to follow
    at.button(key="vote_again").click().run()
    store.close_poll(secret)
    at.run()
    bars = [each.proto.body for each in at.get("html") if 'data-testid="tally-' in each.proto.body]
    assert "<b>1</b> <small>vote 1, 100%" in bars[0] and "<b>0</b> <small>vote 2, 0%" in bars[0]
    at.toggle[1].set_value(True).run()
    assert ":material/check_circle: 3" in shown(at)


def test_a_question_of_ones_own_is_shown_as_it_was_typed(store, secret, cookies):
    cookies[TEACHER] = secret
    at = opened("teach", part="vote")
    at.text_input(key="own_question_text").set_value("Is $a$ <b>?")
    at.text_area(key="own_question_answers").set_value("yes\n\n no \n")
    next(each for each in at.button if each.label == "Put it to the class").click().run()
    (tally,) = store.tallies(secret)
    assert (tally.question, tally.choices, tally.is_markdown) == ("Is $a$ <b>?", ["yes", "no"], False)
    assert r"Is \$a\$ \<b\>\?" in shown(at)


def test_answers_of_a_member_are_seen_by_the_teacher_and_escaped(store, secret, join, cookies):
    cookies[MEMBER] = join(HOSTILE)
    at = opened("softmax", part="exercises")
    field = next(each for each in at.text_input if each.label == "Your answer")
    check = next(each for each in at.button if each.label == "Check")
    for answer in ("psi_1 + 1", "psi_1 +", "psi_1 + 2"):
        field.set_value(answer)
        check.click().run()
    assert [each.right for each in store.attempts(cookies[MEMBER])] == [False, None, False]
    cookies.clear()
    cookies[TEACHER] = secret
    said = shown(opened("teach", part="stuck"))
    assert "third wrong try" in said and "Two different indices" in said
    assert r"\*\*x\*\* \|" in said and HOSTILE not in said


def test_a_prediction_of_a_member_is_recorded_and_of_nobody_else(store, secret, join, cookies):
    def predict():
        at = opened("softmax", part="one-entry")
        at.radio[0].set_value(at.radio[0].options[0])
        next(each for each in at.button if each.label == "This is my answer").click().run()
        assert not at.exception

    predict()
    cookies[MEMBER] = join("Ada")
    predict()
    assert [(each.kind, each.item, each.right) for each in store.attempts(cookies[MEMBER])] == [
        ("prediction", "softmax_one_entry", False)
    ]


TASKS = """
from nnlib.symbolic.derivation.softmax import softmax_derivative
from pages.backpropagation.ordering import ordering
from pages.gradient_check.bug_hunt import bug_hunt
from pages.lesson.derivation_view import derivation_view
ordering(), bug_hunt(), derivation_view(softmax_derivative(3, 1, 2), "here")
"""


def test_tasks_are_recorded_as_exercises_in_a_tab_that_was_opened_before_joining(store, secret, join, cookies, monkeypatch):
    def press(label):
        next(each for each in at.button if each.label == label).click().run()
        assert not at.exception, at.exception

    monkeypatch.setattr(st, "page_link", lambda *arguments, **options: None)  # to pages that this script does not have
    at = AppTest.from_string(TASKS, default_timeout=PATIENCE).run()
    at.session_state[CHANGED] = (join("Ada"), None)
    at.radio[0].set_value("Most")
    press("This is my answer")
    next(each for each in at.radio if str(each.key).startswith("guess_")).set_value(1)
    press("This is my answer")
    press(f"`{LISTING[0]}`")
    press("Check the order")
    at.segmented_control[0].set_value("last").run()
    at.text_input[0].set_value("psi_1")
    press("Check")
    (ada,) = store.students(secret)
    assert all(work.message and (work.tries, work.solved) == (1, False) for work in ada.works)
    assert {work.item for work in ada.works} == {
        "Bug lab, bug 1",
        "Put the backward pass in order",
        r"$\partial\psi_1/\partial z_2$ for 3 classes, line 5",
    }
    cookies[TEACHER] = secret
    assert r"| $\partial\psi_1/\partial z_2$ for 3 classes" in shown(opened("teach", part="stuck"))


def test_the_leaderboard_shows_what_was_won_and_begins_a_new_round(store, secret, join, cookies):
    cookies[TEACHER] = secret
    mission = next(iter(MISSIONS.values()))
    store.record(join(HOSTILE), "mission", mission.id, "", True)
    at = opened("teach", part="board")
    assert r"| 1 | **\*\*x\*\* " in shown(at) and f"**1** · {mission.title}" in shown(at)
    at.button(key="new_round").click().run()
    assert "Nobody has won" in shown(at)


def test_a_tab_learns_by_a_ticket_used_once_that_its_browser_has_joined():
    ticket = new_ticket("student", None)
    assert redeemed(ticket) == ("student", None)
    assert redeemed(ticket) is None


def test_a_class_that_cannot_store_an_answer_leaves_the_learner_the_verdict(store, secret, join, cookies, monkeypatch):
    cookies[MEMBER] = join("Ada")
    at = opened("softmax", part="exercises")
    monkeypatch.setattr("nnlib.classroom.store.MOST_ATTEMPTS", 0)
    next(each for each in at.text_input if each.label == "Your answer").set_value("psi_1 + 1")
    next(each for each in at.button if each.label == "Check").click().run()
    assert at.warning[0].value
    assert "could not store" in at.toast[0].value


COMMAND = re.compile(r"\\([a-zA-Z]+)")


def test_the_bar_can_draw_every_question_of_the_app():
    script = (PAGES / "classroom" / "browser" / "formula.js").read_text()
    signs = set(re.findall(r"(\w+):", script[script.index("SIGNS") : script.index("};")]))
    calls = [
        node
        for path in PAGES.glob("**/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "predict"
    ]
    texts = [
        each.value for call in calls for node in call.args[1:3] for each in ast.walk(node) if isinstance(each, ast.Constant)
    ]
    used = {command for text in texts for command in COMMAND.findall(str(text))}
    assert len(calls) > 20
    assert used - signs - {"frac", "tfrac", "tilde"} == set()

"""Teach, Join, and what pages do for a browser that is in a class, without a browser."""

import ast
import re

import pytest
import streamlit as st

from nnlib.classroom.codes import spaced
from nnlib.classroom.cookies import MEMBER, TEACHER
from nnlib.classroom.store import open_store
from pages.assets import PAGES
from pages.teach.guide import GUIDE
from tests.pages.opened import opened

HOSTILE = "**x** | [a](http://evil) <b>"


@pytest.fixture
def store(runs):
    return open_store(create=True)


@pytest.fixture
def secret(store):
    return store.open_class("10b")


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


def test_a_vote_on_a_prediction_of_a_lesson_and_the_tally(store, secret, cookies):
    ada = store.join(store.lesson(secret).code, "Ada")
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


def test_answers_of_a_member_are_seen_by_the_teacher_and_escaped(store, secret, cookies):
    cookies[MEMBER] = store.join(store.lesson(secret).code, HOSTILE)
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


def test_a_prediction_of_a_member_is_recorded_and_of_nobody_else(store, secret, cookies):
    def predict():
        at = opened("softmax", part="one-entry")
        at.radio[0].set_value(at.radio[0].options[0])
        next(each for each in at.button if each.label == "This is my answer").click().run()
        assert not at.exception

    predict()
    cookies[MEMBER] = store.join(store.lesson(secret).code, "Ada")
    predict()
    assert [(each.kind, each.item, each.right) for each in store.attempts(cookies[MEMBER])] == [
        ("prediction", "softmax_one_entry", False)
    ]


def test_a_class_that_cannot_store_an_answer_leaves_the_learner_the_verdict(store, secret, cookies, monkeypatch):
    cookies[MEMBER] = store.join(store.lesson(secret).code, "Ada")
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

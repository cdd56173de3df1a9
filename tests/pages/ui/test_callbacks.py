import sys
from types import SimpleNamespace

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils import script_requests
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.testing.v1 import AppTest

from pages.ui.callbacks import let_callbacks_finish

PAGE = """
import streamlit as st
import learner

def typed():
    learner.in_callback()
    learner.heard.append(st.session_state["text"])

st.text_input("Text", key="text", on_change=typed)
st.button("Count", key="count", on_click=lambda: learner.heard.append("count"))
learner.on_page()
learner.drawn.append(st.session_state["text"])
"""


@pytest.fixture(autouse=True)
def finishing_callbacks(monkeypatch):
    for place, name in (
        (ScriptRunner, "_maybe_handle_execution_control_request"),
        (script_requests, "_coalesce_widget_states"),
    ):
        monkeypatch.setattr(place, name, getattr(place, name))  # set back after the test
    let_callbacks_finish()


@pytest.fixture
def learner(monkeypatch):
    """What the learner does while PAGE runs, the texts that callbacks heard, and those that the page has drawn."""
    learner = SimpleNamespace(in_callback=lambda: None, on_page=lambda: None, heard=[], drawn=[])
    monkeypatch.setitem(sys.modules, "learner", learner)
    return learner


@pytest.fixture
def page(learner):
    page = AppTest.from_string(PAGE).run()
    learner.drawn.clear()
    return page


def ask(**states):
    """Ask for a run of the page, as the browser does. states: of widgets, by their ids."""
    sent = WidgetStates()
    for name, value in states.items():
        sent.widgets.add(id=name, **value)
    get_script_run_ctx().script_requests.request_rerun(RerunData(widget_states=sent))


def once(action):
    """The action, for its first call alone."""
    waiting = [action]
    return lambda: waiting and waiting.pop()()


def test_a_callback_finishes_although_the_browser_has_asked_for_another_run(page, learner):
    learner.in_callback = ask
    page.text_input(key="text").set_value("x").run()
    assert learner.heard == ["x"]
    assert learner.drawn == ["x"], "the page is ended early, and drawn by the run after it"


def test_callbacks_run_although_the_browser_has_asked_for_another_run_before_them(page, learner, monkeypatch):
    before, run_callbacks = once(ask), SafeSessionState.on_script_will_rerun

    def asked_before(*args, **kwargs):
        before()
        run_callbacks(*args, **kwargs)

    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", asked_before)
    page.button(key="count").click().run()
    assert learner.heard == ["count"]


def test_two_requests_that_wait_become_one_that_has_the_widgets_of_both(page, learner):
    text, button = page.text_input(key="text").proto.id, page.button(key="count").proto.id

    def type_click_and_follow_a_link():
        ask(**{text: {"string_value": "x"}})
        ask(**{text: {"string_value": "xy"}, button: {"trigger_value": True}})
        ask()

    learner.on_page = once(type_click_and_follow_a_link)
    page.run()
    assert sorted(learner.heard) == ["count", "xy"]
    assert learner.drawn == ["xy"]


def test_a_page_that_runs_hears_of_the_next_request_and_no_other_thread_begins_beside_it():
    received = []
    running = SimpleNamespace(request_rerun=lambda request: received.append(request) or True)
    session = SimpleNamespace(_state=AppSessionState.APP_IS_RUNNING, _scriptrunner=running)
    AppSession.request_rerun(session, ClientState(page_script_hash="softmax"))
    assert [request.page_script_hash for request in received] == ["softmax"]

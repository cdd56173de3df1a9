import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession

from pages.ui import late_messages
from pages.ui.late_messages import ignore_late_messages


class Session:
    """Stands for a visitor's session: records the requests that reach Streamlit."""

    def __init__(self):
        self.requests = []

    def open(self, page):
        self.ask(ClientState(page_script_hash=page))

    def use_widget(self, page, fragment=""):
        state = ClientState(page_script_hash=page, fragment_id=fragment)
        state.widget_states.widgets.add(id="slider", int_value=3)
        self.ask(state)

    def ask(self, state):
        AppSession.request_rerun(self, state)


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setattr(late_messages, "_request_rerun", lambda session, state: session.requests.append(state))
    monkeypatch.setattr(AppSession, "request_rerun", None)  # set back after the test
    ignore_late_messages()
    return Session()


def pages(session):
    return [request and request.page_script_hash for request in session.requests]


@pytest.mark.parametrize("fragment", ["", "a part of the page"])
def test_what_a_page_sends_after_the_learner_has_left_it_is_ignored(session, fragment):
    session.use_widget("softmax")
    session.open("forward")
    session.use_widget("softmax", fragment)
    session.use_widget("softmax", fragment)
    session.use_widget("forward", fragment)
    assert pages(session) == ["softmax", "forward", "forward"]


def test_the_last_of_several_links_counts_and_pages_can_be_opened_again(session):
    for page in ("softmax", "forward", "softmax"):
        session.open(page)
    session.use_widget("forward")
    session.use_widget("softmax")
    assert pages(session) == ["softmax", "forward", "softmax", "softmax"]


def test_a_page_that_the_app_has_opened_itself_may_send(session):
    session.open("home")
    session.use_widget("home")  # a button that calls st.switch_page
    session.use_widget("forward")
    assert pages(session) == ["home", "home", "forward"]


def test_the_first_page_is_asked_for_by_name_and_may_send(session):
    session.ask(ClientState(page_name="softmax"))
    session.use_widget("softmax")
    assert pages(session) == ["", "softmax"]


def test_a_page_that_is_still_there_after_a_lost_connection_may_send(session, monkeypatch):
    session.open("forward")
    monkeypatch.setattr(late_messages, "LATE_SECONDS", 0.0)
    session.use_widget("softmax")
    assert pages(session) == ["forward", "softmax"]


def test_a_run_that_the_server_wants_is_never_late(session):
    session.open("forward")
    session.ask(None)
    assert pages(session) == ["forward", None]


def test_visitors_do_not_disturb_each_other(session):
    other = Session()
    session.open("forward")
    other.use_widget("softmax")
    assert pages(other) == ["softmax"]

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner import ScriptRunnerEvent

from pages.ui import fragment_runs
from pages.ui.fragment_runs import deliver_before_fragments


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    for place, names in (
        (ForwardMsgQueue, ["clear"]),
        (AppSession, ["_create_scriptrunner", "_handle_scriptrunner_event_on_event_loop"]),
    ):
        for name in names:
            monkeypatch.setattr(place, name, getattr(place, name))  # set back after the test
    deliver_before_fragments()


def drawn(text, *path, fragment=""):
    message = ForwardMsg()
    message.delta.new_element.markdown.body = text
    message.delta.fragment_id = fragment
    message.metadata.delta_path.extend(path)
    return message


@pytest.fixture
def queue():
    """What a run of the page has drawn, not delivered yet: a field, its fragment, and a verdict."""
    queue = ForwardMsgQueue()
    for message in (drawn("field", 0, 0), drawn("read as", 0, 1, 0, fragment="typed"), drawn("verdict", 0, 2)):
        queue.enqueue(message)
    return queue


def texts(queue):
    return [message.delta.new_element.markdown.body for message in queue.flush()]


def test_a_fragment_is_delivered_as_the_page_has_drawn_it_and_then_as_its_own_run_does(queue):
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["typed"])
    queue.enqueue(drawn("read anew", 0, 1, 0, fragment="typed"))
    assert texts(queue) == ["field", "read as", "verdict", "read anew"]


def test_another_run_of_the_page_replaces_what_waits(queue):
    queue.clear(retain_lifecycle_msgs=True)
    queue.enqueue(drawn("field again", 0, 0))
    assert texts(queue) == ["field again"]


class Session:
    """Stands for a visitor's session: records the events that it handles, and not those of a runner before."""

    def __init__(self):
        self._scriptrunner = None
        self.handled = []

    def run(self, runner):
        self.next = runner
        AppSession._create_scriptrunner(self, None)

    def report(self, runner, event):
        AppSession._handle_scriptrunner_event_on_event_loop(self, runner, event, forward_msg=None)

    def create(self, _):
        self._scriptrunner = self.next

    def handle(self, sender, event, **_):
        if sender is self._scriptrunner:
            self.handled.append(event)


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setattr(fragment_runs, "_create_scriptrunner", Session.create)
    monkeypatch.setattr(fragment_runs, "_handle_event", Session.handle)
    return Session()


DRAWN, FINISHED = ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS


def test_the_last_messages_of_a_page_are_delivered_though_a_fragment_runs_already(session):
    session.run("page")
    session.run("fragment")
    for event in (DRAWN, FINISHED, ScriptRunnerEvent.SHUTDOWN):
        session.report("page", event)
    session.report("fragment", DRAWN)
    assert session.handled == [DRAWN, FINISHED, DRAWN]

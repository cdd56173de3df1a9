from threading import Event, Thread

import pytest
from streamlit.runtime.scriptrunner_utils.exceptions import StopException
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

from pages.ui.callbacks import _run_callbacks, let_callbacks_finish


@pytest.fixture(autouse=True)
def finishing_callbacks(monkeypatch):
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", _run_callbacks)  # set back after the test
    let_callbacks_finish()


class State(SessionState):
    """`callback(run)` is what the callbacks of a run of the page do; `run` is the widget states that it was given."""

    def on_script_will_rerun(self, run, **kwargs):
        self.callback(run)


class Run(SafeSessionState):
    """A run of the page on this state. `stop()` is what Streamlit does when the browser asks for another."""

    def __init__(self, state):
        stopped = Event()

        def interrupt():
            if stopped.is_set():
                raise StopException

        super().__init__(state, interrupt)
        object.__setattr__(self, "stop", stopped.set)


def test_a_callback_finishes_although_the_browser_has_asked_for_another_run():
    received, state = [], State()
    state["choice"] = 3
    run = Run(state)

    def callback(_):
        run.stop()
        received.append(run["choice"])

    state.callback = callback
    run.on_script_will_rerun("the first click")
    assert received == [3]
    with pytest.raises(StopException):
        run["choice"]


def test_callbacks_of_a_run_that_another_has_replaced_do_not_begin():
    received, state = [], State()
    state.callback = received.append
    old, new = Run(state), Run(state)
    old.stop()
    new.on_script_will_rerun("new")
    with pytest.raises(StopException):
        old.on_script_will_rerun("old")
    assert received == ["new"]


def test_callbacks_of_the_next_run_wait_for_those_of_the_run_before():
    received, state, begun, may_end = [], State(), Event(), Event()

    def callback(run):
        if run == "old":
            begun.set()
            assert may_end.wait(60)
        received.append(run)

    state.callback = callback
    old = Thread(target=Run(state).on_script_will_rerun, args=("old",))
    old.start()
    assert begun.wait(60)
    new = Thread(target=Run(state).on_script_will_rerun, args=("new",))
    new.start()
    new.join(0.2)
    assert new.is_alive() and received == []
    may_end.set()
    for thread in (old, new):
        thread.join(60)
    assert received == ["old", "new"]

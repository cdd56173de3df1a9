import pytest
from streamlit.runtime.scriptrunner_utils.exceptions import StopException
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

from pages.ui.callbacks import let_callbacks_finish


def test_a_callback_finishes_although_the_browser_has_asked_for_another_run(monkeypatch):
    # what let_callbacks_finish replaces is set back after the test
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", SafeSessionState.on_script_will_rerun)
    received = []

    class State(SessionState):
        def on_script_will_rerun(self, *args, **kwargs):
            received.append(session_state["choice"])  # as a callback does

    def another_run_is_wanted():
        raise StopException

    state = State()
    state["choice"] = 3
    session_state = SafeSessionState(state, another_run_is_wanted)
    let_callbacks_finish()
    session_state.on_script_will_rerun(None)
    assert received == [3]
    with pytest.raises(StopException):
        session_state["choice"]

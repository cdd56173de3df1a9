"""Lets callbacks of widgets finish. Streamlit otherwise ends some of them early, and what they were to do is lost.

Every use of `st.session_state` is a point at which Streamlit ends the run of the page if the browser has asked for another.
If that happens in a callback, the callback never runs again: its widget's new value already counts as the old one. A second
click, or a second message of a component, then undoes the first.

Source: streamlit/runtime/state/safe_session_state.py and session_state.py of the pinned version.
"""

from threading import RLock

from streamlit.runtime.state.safe_session_state import SafeSessionState

# Two runs of one session take the same lock. Sessions may share one, too: callbacks are short.
LOCKS = tuple(RLock() for _ in range(61))

_run_callbacks = SafeSessionState.on_script_will_rerun


def let_callbacks_finish() -> None:
    """From now on, only the page itself is ended early, never a callback before it."""
    SafeSessionState.on_script_will_rerun = _without_interruption


def _without_interruption(self, *args, **kwargs):
    """Run the callbacks. Those of the next run of the page, in another thread, wait for them."""
    interrupt = self._yield_callback
    with LOCKS[id(self._state) % len(LOCKS)]:
        interrupt()  # before anything is changed: a newer run may have its values in place
        object.__setattr__(self, "_yield_callback", lambda: None)  # its own __setattr__ would set session state
        try:
            _run_callbacks(self, *args, **kwargs)
        finally:
            object.__setattr__(self, "_yield_callback", interrupt)

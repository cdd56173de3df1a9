"""Keeps all that a page has drawn when one of its fragments runs right after it, as an answer field does while it is typed in.

When the run of a fragment begins, Streamlit drops messages that are on their way to the browser, at two places:

- The queue drops the fragment's own messages. The browser then takes the fragment for removed at the end of the page's run, and
  what follows moves up. The fragment is drawn over it.
- If the thread that ran the page has just ended, the session ignores its last messages once the next run has a new thread.

Source: streamlit/runtime/forward_msg_queue.py and app_session.py of the pinned version; applyDelta of its frontend.
"""

from weakref import WeakKeyDictionary

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner, ScriptRunnerEvent

# What ran a session's script before.
_ended: WeakKeyDictionary[AppSession, ScriptRunner | None] = WeakKeyDictionary()

_clear = ForwardMsgQueue.clear
_create_scriptrunner = AppSession._create_scriptrunner
_handle_event = AppSession._handle_scriptrunner_event_on_event_loop


def deliver_before_fragments() -> None:
    """From now on, the browser gets what a page has drawn before what its fragments draw."""
    ForwardMsgQueue.clear = _clear_unless_fragment
    AppSession._create_scriptrunner = _remember_ended
    AppSession._handle_scriptrunner_event_on_event_loop = _handle_late_event


def _clear_unless_fragment(
    self: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
) -> None:
    waiting = self._queue
    _clear(self, retain_lifecycle_msgs, fragment_ids_this_run)
    if fragment_ids_this_run:
        self._queue = waiting


def _remember_ended(self: AppSession, initial_rerun_data: RerunData) -> None:
    _ended[self] = self._scriptrunner  # None if the session has handled its end
    _create_scriptrunner(self, initial_rerun_data)


def _handle_late_event(self: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, *args, **kwargs) -> None:
    """Handle an event. Those of a thread that has ended arrive before those of the next one."""
    if sender and sender is _ended.get(self) and event != ScriptRunnerEvent.SHUTDOWN:
        sender = self._scriptrunner
    _handle_event(self, sender, event, *args, **kwargs)

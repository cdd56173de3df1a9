"""Ignores what a page sends after the learner has left it.

A click on a link asks for another page. Until that page arrives, the browser still shows the old one, whose widgets and
components may send their values. Streamlit would run the old page again: the click is lost, or the new page is cleared.

Source: streamlit/runtime/app_session.py of the pinned version; onPageChange of its frontend.
"""

import time
from weakref import WeakKeyDictionary

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession

# Longer than the browser needs to show another page. A page that still sends is on view: the connection was lost meanwhile.
LATE_SECONDS = 10.0

# The hash of the page that a visitor has asked for, and when, until the browser sends something from there.
_asked: WeakKeyDictionary[AppSession, tuple[str, float]] = WeakKeyDictionary()

_request_rerun = AppSession.request_rerun


def ignore_late_messages() -> None:
    """From now on, a visitor who has asked for a page gets it, whatever the page before still sends."""
    AppSession.request_rerun = _unless_late


def _unless_late(self: AppSession, client_state: ClientState | None) -> None:
    if client_state is None or not _is_late(self, client_state):
        _request_rerun(self, client_state)


def _is_late(session: AppSession, sent: ClientState) -> bool:
    page, now = sent.page_script_hash, time.monotonic()
    asked, since = _asked.get(session, ("", now))
    # A link and the back button send no widget's value, since what surrounds the pages (navigation.py) has none.
    from_widget = bool(sent.fragment_id or sent.widget_states.widgets)
    if from_widget and asked and page != asked and now - since < LATE_SECONDS:
        return True
    _asked[session] = ("" if from_widget else page, now)
    return False

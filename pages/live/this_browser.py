"""Which browser the page is shown to, as the server of the runs knows it."""

from typing import cast

import streamlit as st
from starlette.requests import HTTPConnection

from nnlib.runs.server.browser_session import BrowserSessions


def this_browser() -> str | None:
    """The session in this browser's cookie; None before its first reload, or where it stores no cookies."""
    return BrowserSessions().session_of(cast(HTTPConnection, st.context))

"""What a fault of the app looks like: one sentence for the learner, and for the operator a log that says where it happened."""

import asyncio
import logging
from datetime import datetime

import streamlit as st
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from nnlib.classroom.belonging import class_of
from nnlib.support.validation import shown
from pages.ui.address import PAGE

SENTENCE = (
    "This page failed at {time} through a fault of the app, not of yours: reload it, and if it fails again, give this time to "
    "whoever runs the server."
)
RUN_SHOWN = 8  # characters of a run's id that name it in the log

logger = logging.getLogger(__name__)


def report_page_error(error: Exception) -> bool:
    """Show the sentence in place of the traceback, which Streamlit has just logged, and log which page and run it belongs to.

    Returns True: Streamlit shows nothing more.
    """
    run = st.query_params.get("run")
    with_run = f" with the run {shown(run[:RUN_SHOWN])}" if run else ""
    page = st.session_state.get(PAGE, "")
    logger.error("The traceback above is that of the page /%s%s%s.", page, with_run, _in_class(st.context.cookies))
    st.error(SENTENCE.format(time=f"{datetime.now():%H:%M:%S}"))
    return True


class NamedErrors:
    """Middleware that logs which route failed, as the web server's traceback does not say so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            await self.app(scope, receive, send)
        except Exception:
            run = scope.get("path_params", {}).get("run") or ""
            path = scope["path"].replace(run, run[:RUN_SHOWN]) if run else scope["path"]
            cookies = HTTPConnection(scope).cookies if scope["type"] in ("http", "websocket") else {}
            logger.error("The route %s failed%s:", shown(path, 200), await asyncio.to_thread(_in_class, cookies))
            raise


def _in_class(cookies):
    number, _ = class_of(cookies)
    return "" if number is None else f" in class {number}"

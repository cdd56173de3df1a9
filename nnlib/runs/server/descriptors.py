"""File descriptors: as many as the system gives, and one line in the log when they run out."""

import asyncio
import errno
import logging
from contextlib import suppress
from typing import Any

MOST = 65_536
REPORT_SECONDS = 60.0  # between two lines
NONE_LEFT = (errno.EMFILE, errno.ENFILE)

logger = logging.getLogger(__name__)


def take_all_descriptors() -> None:
    """Raise the number of files and connections that this process may open to what the system allows."""
    try:
        import resource
    except ImportError:  # on Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # macOS allows less than it says
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, MOST)), hard))


class ErrorHandler:
    """The handler of errors in an event loop: where descriptors have run out, one line instead of thousands.

    The loop of Python 3.11 reports each of up to 2,048 connections that it could not accept, with a traceback, every second.
    """

    def __init__(self) -> None:
        self._next_report = 0.0

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Handle an error."""
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in NONE_LEFT):
            loop.default_exception_handler(context)
        elif loop.time() >= self._next_report:
            self._next_report = loop.time() + REPORT_SECONDS
            logger.warning("No more files or connections can be opened (%s): new ones wait.", error.strerror)

"""The web server around the app. Streamlit starts it, without options for what this module sets.

Its connections are limited: how much of a WebSocket message waits for the rest, and how long a client may take nothing of what
is sent to it. And it ends within seconds, whatever its clients do.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable

import uvicorn
from websockets.exceptions import InvalidState

from nnlib.runs.protocol import LONGEST_MESSAGE

MESSAGE_BYTES = 4 * LONGEST_MESSAGE  # of a WebSocket message; a character takes four bytes at most
SEND_SECONDS = 20.0  # after which a client that takes nothing of what is sent to it is gone
SEND_BYTES = 256 * 1024  # on their way to one client: more of them would be frames of many seconds ago
CLOSE_SECONDS = 1.0  # for clients to take what is on its way when the server ends
END_SECONDS = 4.5  # after which the process ends in any case, for example in the middle of a page's computation
POLL_SECONDS = 0.1
NOT_LIMITED = (
    "The app runs, but its connections are not limited, and it may end late (%s): this was tested with uvicorn 0.54.0."
)

logger = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def limited(on_end: Callable[[], None]) -> AsyncIterator[None]:
    """Limit the web server that this process runs.

    Parameters
    ----------
    on_end : called in the event loop as soon as the server has been asked to end, while its connections are still open
    """
    server = _server()
    if server is None:
        logger.warning(NOT_LIMITED, "it is served by other means")
        yield
        return
    server.config.ws_max_size = MESSAGE_BYTES
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(_is_worth_logging)
    watching = asyncio.create_task(_watch_if_known(server, on_end))
    try:
        yield
    finally:
        watching.cancel()


def _server() -> uvicorn.Server | None:
    """The server, to which the process's handler of signals belongs."""
    owner = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return owner if isinstance(owner, uvicorn.Server) else None


def _is_worth_logging(record: logging.LogRecord) -> bool:
    """Not what uvicorn finds in the bytes of a client, such as text that is not UTF-8: it closes the connection."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, UnicodeDecodeError | InvalidState)


async def _watch_if_known(server: uvicorn.Server, on_end: Callable[[], None]) -> None:
    """Watch the server through attributes that uvicorn does not document."""
    try:
        await _watch(server, on_end)
    except AttributeError as error:
        logger.warning(NOT_LIMITED, error)


async def _watch(server: uvicorn.Server, on_end: Callable[[], None]) -> None:
    while not server.started:
        await asyncio.sleep(POLL_SECONDS)
    for listener in (listener for each in server.servers for listener in each.sockets):
        _limit_sending(listener.fileno())
    while not server.should_exit:
        await asyncio.sleep(POLL_SECONDS)
    last = threading.Timer(END_SECONDS, os._exit, (1,))
    last.daemon = True
    last.start()
    on_end()
    await asyncio.sleep(CLOSE_SECONDS)
    while True:
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(POLL_SECONDS)


def _limit_sending(descriptor: int) -> None:
    """Connections that a listening socket accepts inherit its options."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # on Linux; elsewhere only the live view has this deadline, its own
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * SEND_SECONDS))

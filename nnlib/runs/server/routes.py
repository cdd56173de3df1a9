"""The routes of a server to its runs, above all the WebSocket of the live view. No client is trusted."""

import asyncio
import contextlib
import json
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from nnlib.runs.environment import check_database, check_environment
from nnlib.runs.protocol import Command, command_from_browser
from nnlib.runs.server.browser_session import BrowserSessions
from nnlib.runs.server.downloads import download_routes
from nnlib.runs.server.health import Health
from nnlib.runs.server.hub import Hub
from nnlib.runs.server.limits import Limits
from nnlib.runs.server.live_run import LiveRun, Refused
from nnlib.runs.server.watcher import Watcher

CONNECTIONS = 16  # of one browser session
MESSAGE_SECONDS = 0.01  # for a message at least: nobody drags a slider faster, and no client floods a run


class Runs:
    """The hub of one server with its routes and its lifespan.

    Parameters
    ----------
    base : path under which all routes are served, such as "/lab"

    Raises
    ------
    ValueError
        If the environment sets a limit, a folder, an address or a database to an invalid value.
    """

    def __init__(self, base: str = "") -> None:
        check_environment()
        check_database()
        self.hub = Hub(Limits.from_environment())
        self.lifespan = self.hub.lifespan
        self._sessions = BrowserSessions()
        self.routes: list[BaseRoute] = [
            Route(f"{base}/health", Health(self.hub).check),
            WebSocketRoute(f"{base}/live", self._live),
            Route(f"{base}/runs/session", self._sessions.identify),
            *download_routes(base),
        ]
        self._connections: dict[str, int] = {}

    async def _live(self, websocket: WebSocket) -> None:
        """The WebSocket of one live view: commands in, event lines out."""
        if not _same_origin(websocket):
            await websocket.close(code=4403, reason="This page was not served by this server.")
            return
        await websocket.accept()
        session = self._sessions.session_of(websocket)
        if session is None or self._connections.get(session, 0) >= CONNECTIONS:
            why = "Allow cookies for this page and reload it." if session is None else "Too many tabs are open: close some."
            await websocket.send_text(_refusal(why))
            await websocket.close(code=4429)
            return
        with self._counted(session):
            await _View(self.hub, websocket, session).serve()

    @contextlib.contextmanager
    def _counted(self, session: str) -> Iterator[None]:
        self._connections[session] = self._connections.get(session, 0) + 1
        try:
            yield
        finally:
            self._connections[session] -= 1
            if not self._connections[session]:
                del self._connections[session]


class _View:
    """One connected browser."""

    def __init__(self, hub: Hub, websocket: WebSocket, session: str) -> None:
        self.hub, self.websocket, self.session = hub, websocket, session
        self.watcher = Watcher()
        self.run: LiveRun | None = None

    async def serve(self) -> None:
        """Receive and send until the browser closes the connection, or can no longer be reached."""
        both = [asyncio.create_task(self._receive()), asyncio.create_task(self._send())]
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self.hub.leave(self.watcher)
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _receive(self):
        while (message := await self.websocket.receive())["type"] != "websocket.disconnect":
            try:
                await self._carry_out(command_from_browser(message.get("text")))
            except (Refused, ValueError) as error:
                self.watcher.push(_refusal(str(error)))
            await asyncio.sleep(MESSAGE_SECONDS)

    async def _send(self):
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await self.websocket.send_text(await self.watcher.take())

    async def _carry_out(self, command: Command) -> None:
        do = command["do"]
        if do == "start":
            self.run = await self.hub.start(
                command["settings"], command["expectation"], self.session, self.watcher, command["kind"]
            )
        elif do == "watch":
            self.run = await self.hub.watch(command["run"], self.watcher)
            self.hub.reopen(self.run)
        elif do == "leave":
            self.hub.leave(self.watcher)
            self.run = None
        elif self.run is None:
            raise Refused("Start a run first.")
        else:
            self.hub.command(self.run, command)


def _refusal(message: str) -> str:
    return json.dumps({"event": "refused", "message": message})


def _same_origin(websocket: WebSocket) -> bool:
    """Whether the page that opens the WebSocket came from this server, or from an origin that the operator allows."""
    origin = websocket.headers.get("origin", "")
    allowed = [entry.strip() for entry in os.environ.get("NNLIB_ALLOWED_ORIGINS", "").split(",")]
    try:
        host = urlsplit(origin).netloc
    except ValueError:  # not even a URL
        return False
    return host != "" and (origin in allowed or host == websocket.headers.get("host"))

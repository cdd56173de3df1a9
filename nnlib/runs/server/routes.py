"""The routes of a server to its runs, above all the WebSocket of the live view. No client is trusted."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from nnlib.runs.environment import check_database, check_environment
from nnlib.runs.protocol import Command, command_from_browser
from nnlib.runs.server import web_server
from nnlib.runs.server.browser_session import BrowserSessions
from nnlib.runs.server.control_keys import ControlLinks
from nnlib.runs.server.downloads import download_routes
from nnlib.runs.server.health import Health
from nnlib.runs.server.hub import Hub
from nnlib.runs.server.limits import Limits
from nnlib.runs.server.live_run import LiveRun, Refused
from nnlib.runs.server.origins import Origins, frame_sites
from nnlib.runs.server.watcher import Watcher

CONNECTIONS = 16  # of one browser session
REFUSED_ORIGIN, REFUSED_COOKIE, REFUSED_NUMBER = 4403, 4401, 4429  # codes of closed connections
REASON_BYTES = 123  # that a WebSocket can be closed with
NO_COOKIE = "The live view needs a cookie: allow cookies, or open this page in a tab of its own."
FRAME_NEEDS_HTTPS = " In a frame, it takes HTTPS."
WATCHES_ONLY = "You watch this run. The browser that started it controls it, and whoever has its controlling link."
MESSAGE_SECONDS = 0.01  # for a message at least: nobody drags a slider faster, and no client floods a run


class Runs:
    """The hub of one server with its routes and its lifespan.

    Parameters
    ----------
    base : path under which all routes are served, such as "/lab"
    class_of : from the cookies of a browser, returns the number of its class or None, and whether it is the teacher's

    Raises
    ------
    ValueError
        If the environment sets a limit, a folder, an address, a database or an origin to an invalid value.
    """

    def __init__(
        self, base: str = "", class_of: Callable[[Mapping[str, str]], tuple[int | None, bool]] = lambda cookies: (None, False)
    ) -> None:
        check_environment()
        check_database()
        self.hub = Hub(Limits.from_environment())
        self._sessions = BrowserSessions()
        self._origins = Origins()
        self._class_of = class_of
        self.routes: list[BaseRoute] = [
            Route(f"{base}/health", Health(self.hub).check),
            WebSocketRoute(f"{base}/live", self._live),
            Route(f"{base}/runs/session", self._sessions.identify),
            *download_routes(base),
        ]
        self.middleware = [Middleware(ControlLinks, keys=self.hub.keys, base=base)]
        self._connections: dict[str, int] = {}

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """From the server's start to its end."""
        async with self.hub.lifespan(), web_server.limited(on_end=self.hub.end):
            yield

    def refusal(self, connection: HTTPConnection) -> str | None:
        """Return why a page of the origin of this request may not ask, None if it may."""
        headers = connection.headers
        return self._origins.refusal(headers.get("origin", ""), headers.get("host", ""))

    def going_on(self, connection: HTTPConnection) -> int:
        """Return how many runs of this browser are working or queued here. Call it in the event loop."""
        session, places = self._sessions.session_of(connection), self.hub.places
        of_browser = [run for run in places.runs.values() if session and run.session == session]
        return sum(run.is_working or run in places.queue for run in of_browser)

    async def _live(self, websocket: WebSocket) -> None:
        """The WebSocket of one live view: commands in, event lines out."""
        await websocket.accept()  # a browser learns the reason of a refusal only from an open connection
        session = self._sessions.session_of(websocket)
        if why := self.refusal(websocket):
            await _close(websocket, REFUSED_ORIGIN, why)
        elif session is None:
            in_frames = frame_sites() and websocket.url.scheme == "ws"
            await _close(websocket, REFUSED_COOKIE, NO_COOKIE + (FRAME_NEEDS_HTTPS if in_frames else ""))
        elif self._connections.get(session, 0) >= CONNECTIONS:
            why = f"{CONNECTIONS} tabs of this browser show a live view, the most that it may have: close one."
            await _close(websocket, REFUSED_NUMBER, why)
        else:
            with self._counted(session):
                address = websocket.client.host if websocket.client else None
                in_class = await asyncio.to_thread(self._class_of, websocket.cookies)
                await _View(self.hub, websocket, Watcher(session, address, websocket.cookies, *in_class)).serve()

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

    def __init__(self, hub: Hub, websocket: WebSocket, watcher: Watcher) -> None:
        self.hub, self.websocket, self.watcher = hub, websocket, watcher
        self.run: LiveRun | None = None
        self._command: asyncio.Future[None] = asyncio.Future()  # the newest that the browser sent
        self._command.set_result(None)

    async def serve(self) -> None:
        """Receive and send until the browser closes the connection, or takes nothing of what is sent to it any more."""
        both = [asyncio.create_task(self._receive()), asyncio.create_task(self._send())]
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, self._command, return_exceptions=True)  # no run is left half made
            self.hub.leave(self.watcher)

    async def _receive(self):
        while (message := await self.websocket.receive())["type"] != "websocket.disconnect":
            try:
                self._command = asyncio.ensure_future(self._carry_out(command_from_browser(message.get("text"))))
                await asyncio.shield(self._command)
            except (Refused, ValueError) as error:
                self.watcher.push(_refusal(str(error)))
            await asyncio.sleep(MESSAGE_SECONDS)

    async def _send(self):
        with contextlib.suppress(WebSocketDisconnect, TimeoutError):
            while True:
                lines = await self.watcher.take()
                await asyncio.wait_for(self.websocket.send_text(lines), web_server.SEND_SECONDS)

    async def _carry_out(self, command: Command) -> None:
        do = command["do"]
        if do == "start":
            self.run = await self.hub.start(
                command["settings"], command["expectation"], self.watcher, command["kind"], command["from"]
            )
        elif do == "watch":
            self.run = await self.hub.watch(command["run"], self.watcher)
            if self.hub.may_control(self.run, self.watcher):
                self.hub.reopen(self.run)
        elif do == "leave":
            self.hub.leave(self.watcher)
            self.run = None
        elif do == "mark":
            await self.hub.mark(self.watcher.session, command)
        elif self.run is None:
            raise Refused("Start a run first.")
        elif not self.hub.may_control(self.run, self.watcher):
            raise Refused(WATCHES_ONLY)
        else:
            self.hub.command(self.run, command)


def _refusal(message: str) -> str:
    return json.dumps({"event": "refused", "message": message})


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    await websocket.close(code, reason.encode()[:REASON_BYTES].decode(errors="ignore"))

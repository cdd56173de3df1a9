"""The routes of a server to its runs: a WebSocket for the live view, downloads, and a health check. No client is trusted."""

import asyncio
import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import urlsplit

from itsdangerous import BadSignature, Signer
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from nnlib.runs.protocol import Command, command_from_browser
from nnlib.runs.server.health import Health
from nnlib.runs.server.hub import Hub
from nnlib.runs.server.limits import Limits
from nnlib.runs.server.live_run import LiveRun, Refused
from nnlib.runs.server.watcher import Watcher
from nnlib.runs.store import RunFolder
from nnlib.support.atomic import write_atomically
from nnlib.support.folders import runs_folder

CONNECTIONS = 16  # of one browser session
MESSAGE_SECONDS = 0.01  # for a message at least: nobody drags a slider faster, and no client floods a run
PIECE = 1024**2  # bytes of a file that are read at once
COOKIE = "backprop_lab"
COOKIE_SECONDS = 30 * 86400


class Runs:
    """The hub of one server with its routes and its lifespan.

    Parameters
    ----------
    base : path under which all routes are served, such as "/lab"

    Raises
    ------
    ValueError
        If the environment sets a limit to an invalid value.
    """

    def __init__(self, base: str = "") -> None:
        self.hub = Hub(Limits.from_environment())
        self.lifespan = self.hub.lifespan
        self.routes: list[BaseRoute] = [
            Route(f"{base}/health", Health(self.hub).check),
            WebSocketRoute(f"{base}/live", self._live),
            Route(f"{base}/runs/session", self._session),
            Route(f"{base}/runs/{{run}}/metrics.csv", _metrics),
            Route(f"{base}/runs/{{run}}/checkpoint.npz", _file("checkpoint.npz")),
            Route(f"{base}/runs/{{run}}/network.pt", _file("network.pt")),
            Route(f"{base}/runs/{{run}}/network.json", _file("network.json")),
        ]
        self._signer = Signer(_secret(), salt="browser session")
        self._connections: dict[str, int] = {}

    async def _session(self, request: Request) -> Response:
        """Give the browser an identity, in a signed cookie, unless it has one."""
        response = JSONResponse({}, headers={"Cache-Control": "no-store"})
        session = self._session_of(request) or secrets.token_urlsafe(16)
        signed = self._signer.sign(session).decode()
        response.set_cookie(COOKIE, signed, max_age=COOKIE_SECONDS, httponly=True, samesite="lax")
        return response

    def _session_of(self, connection: HTTPConnection) -> str | None:
        """The identity of the browser behind a request or WebSocket, or None if its cookie is missing or forged."""
        try:
            return self._signer.unsign(connection.cookies.get(COOKIE, "")).decode()
        except (BadSignature, UnicodeError):
            return None

    async def _live(self, websocket: WebSocket) -> None:
        """The WebSocket of one live view: commands in, event lines out."""
        if not _same_origin(websocket):
            await websocket.close(code=4403, reason="This page was not served by this server.")
            return
        await websocket.accept()
        session = self._session_of(websocket)
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


def _secret() -> str:
    """The key that signs session cookies: made once, stored beside the runs, readable by this user alone."""
    path = runs_folder() / "cookie.key"
    if not path.exists():
        with write_atomically(path) as file:
            os.chmod(file.name, 0o600)
            file.write(secrets.token_hex(32).encode())
    return path.read_text()


# Starlette calls functions that are not async in threads of their own: they may wait for the disk.


def _metrics(request: Request) -> Response:
    """Every metric row of a run as CSV: step, loss, and at evaluations the accuracies."""
    run = RunFolder.find(request.path_params["run"])
    if run is None:
        return _no_such_run()
    return StreamingResponse(_csv(run), media_type="text/csv", headers=_download(run, "csv"))


def _csv(run: RunFolder) -> Iterator[str]:
    """The text, piece by piece. Nothing in it needs quoting: there are only numbers."""
    columns = ("train_accuracy", "val_loss", "val_accuracy")
    evaluations = {event["step"]: event for event in run.events() if event["event"] == "evaluation"}
    yield ",".join(("step", "loss", *columns)) + "\r\n"
    for event in run.events():
        if event["event"] == "metrics":
            rows = []
            for step, loss in enumerate(event["loss"], start=event["first"]):
                values = [step, loss, *(evaluations.get(step, {}).get(name) for name in columns)]
                rows.append(",".join("" if value is None else str(value) for value in values) + "\r\n")
            yield "".join(rows)


def _file(name):
    """The route to a file of a run: the newest checkpoint of a NumPy network, or a trained PyTorch network and its settings."""

    def send(request: Request) -> Response:
        run = RunFolder.find(request.path_params["run"])
        if run is None:
            return _no_such_run()
        try:
            file = open(run.path / name, "rb")  # stays the same file when another takes its name
        except FileNotFoundError:
            return _no_such_run()
        size = os.fstat(file.fileno()).st_size
        headers = _download(run, name.rpartition(".")[2]) | {"Content-Length": str(size)}
        return StreamingResponse(_pieces(file), media_type="application/octet-stream", headers=headers)

    return send


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _download(run: RunFolder, suffix: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="run-{run.id[:8]}.{suffix}"'}


def _no_such_run() -> Response:
    return PlainTextResponse("There is no such run here.", status_code=404)

"""The doors of a server to its runs: one WebSocket for the live view, and downloads. Nothing a client sends is trusted."""

import asyncio
import contextlib
import csv
import io
import json
import os
import secrets
from urllib.parse import urlsplit

from itsdangerous import BadSignature, Signer
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect, WebSocketState

from nnlib.atomic import write_atomically
from nnlib.experiment import FIELDS
from nnlib.folders import runs_folder
from nnlib.pictures import OUTCOMES
from nnlib.runs.hub import Hub, Refused
from nnlib.runs.limits import Limits
from nnlib.runs.store import RunFolder
from nnlib.runs.watcher import Watcher
from nnlib.validation import number, one_of

LONGEST_MESSAGE = 64 * 1024  # characters
CONNECTIONS = 16  # of one browser session
COOKIE = "backprop_lab"
COOKIE_SECONDS = 30 * 86400
CHANGEABLE = ("learning_rate", "reg", "batch_size")
PACES = (1, 100_000)  # steps a second


class Runs:
    """The hub of one server with its routes, all below the path `base`, and its lifespan.

    Raises ValueError if the environment sets a limit to what is none.
    """

    def __init__(self, base=""):
        self.hub = Hub(Limits.from_environment())
        self.lifespan = self.hub.lifespan
        self.routes = [
            WebSocketRoute(f"{base}/live", self._live),
            Route(f"{base}/runs/session", self._session),
            Route(f"{base}/runs/{{run}}/metrics.csv", _metrics),
            Route(f"{base}/runs/{{run}}/checkpoint.npz", _checkpoint),
        ]
        self._signer = Signer(_secret(), salt="browser session")
        self._connections = {}

    async def _session(self, request):
        """Give the browser an identity, in a signed cookie, unless it has one."""
        response = JSONResponse({}, headers={"Cache-Control": "no-store"})
        session = self._session_of(request) or secrets.token_urlsafe(16)
        signed = self._signer.sign(session).decode()
        response.set_cookie(COOKIE, signed, max_age=COOKIE_SECONDS, httponly=True, samesite="lax")
        return response

    def _session_of(self, connection):
        """The identity of the browser behind a request or WebSocket, or None if its cookie is missing or forged."""
        try:
            return self._signer.unsign(connection.cookies.get(COOKIE, "")).decode()
        except (BadSignature, UnicodeDecodeError):
            return None

    async def _live(self, websocket):
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
        self._connections[session] = self._connections.get(session, 0) + 1
        view = _View(self.hub, websocket, session)
        try:
            await view.serve()
        finally:
            self._connections[session] -= 1
            if not self._connections[session]:
                del self._connections[session]


class _View:
    """One connected browser."""

    def __init__(self, hub, websocket, session):
        self.hub, self.websocket, self.session = hub, websocket, session
        self.watcher = Watcher()
        self.run = None

    async def serve(self):
        sending = asyncio.create_task(self._send())
        try:
            while True:
                message = await self.websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                try:
                    await self._obey(_command(message.get("text")))
                except (Refused, ValueError) as error:
                    self.watcher.push(_refusal(str(error)))
        finally:
            self.hub.leave(self.watcher)
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await sending

    async def _send(self):
        while self.websocket.application_state is WebSocketState.CONNECTED:
            if self.watcher.fell_behind and self.run:
                await self.hub.tell_story(self.run, self.watcher)
            await self.websocket.send_text(await self.watcher.take())

    async def _obey(self, command):
        do = command["do"]
        if do == "start":
            run = await self.hub.start(command["settings"], command["expectation"], self.session)
            self.run = await self.hub.watch(run.id, self.watcher)
        elif do == "watch":
            self.run = await self.hub.watch(command["run"], self.watcher)
        elif do == "leave":
            self.hub.leave(self.watcher)
            self.watcher.clear()
            self.run = None
        elif self.run is None:
            raise Refused("Start a run first.")
        else:
            self.hub.command(self.run, command)


def _command(message):
    """The command in a browser's message, every value of it checked. None, a binary message, is none. Raises ValueError."""
    if message is None:
        raise ValueError("The message is not text.")
    if len(message) > LONGEST_MESSAGE:
        raise ValueError(f"The message is longer than {LONGEST_MESSAGE:,} characters.")
    try:
        given = json.loads(message)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("The message is not JSON.") from None
    if not isinstance(given, dict):
        raise ValueError("The message must be a JSON object.")
    do = one_of("do", given.get("do"), COMMANDS)
    return {"do": do, **COMMANDS[do](given)}


def _start(given):
    expectation = given.get("expectation")
    return {
        "settings": given.get("settings"),
        "expectation": None if expectation is None else one_of("expectation", expectation, OUTCOMES),
    }


def _change(given):
    values = {name: FIELDS[name].check(name, given[name]) for name in CHANGEABLE if name in given}
    if not values:
        raise ValueError(f"change needs one of {', '.join(CHANGEABLE)}.")
    return values


def _pace(given):
    pace = given.get("steps_per_second")
    return {"steps_per_second": None if pace is None else number("steps_per_second", pace, *PACES)}


def _nothing(given):
    return {}


COMMANDS = {
    "start": _start,
    "watch": lambda given: {"run": given.get("run")},
    "leave": _nothing,
    "pause": _nothing,
    "resume": _nothing,
    "step": _nothing,
    "epoch": _nothing,
    "stop": _nothing,
    "change": _change,
    "pace": _pace,
}


def _refusal(message):
    return json.dumps({"event": "refused", "message": message})


def _same_origin(websocket):
    """Whether the page that opens the WebSocket came from this server, or from an origin that the operator allows."""
    origin = websocket.headers.get("origin", "")
    allowed = [entry.strip() for entry in os.environ.get("NNLIB_ALLOWED_ORIGINS", "").split(",") if entry.strip()]
    return origin in allowed or urlsplit(origin).netloc == websocket.headers.get("host")


def _secret():
    """The key that signs session cookies: made once, kept beside the runs, readable by this user alone."""
    path = runs_folder() / "cookie.key"
    if not path.exists():
        with write_atomically(path) as file:
            os.chmod(file.name, 0o600)
            file.write(secrets.token_hex(32).encode())
    return path.read_text()


def _metrics(request):
    """Every metric row of a run as CSV: step, loss, and at evaluations the accuracies."""
    run = RunFolder.find(request.path_params["run"])
    if run is None:
        return _no_such_run()
    losses, evaluations = {}, {}
    for event in run.events():
        if event["event"] == "metrics":
            losses.update(enumerate(event["loss"], start=event["first"]))
        elif event["event"] == "evaluation":
            evaluations[event["step"]] = event
    out = io.StringIO()
    writer = csv.writer(out)
    columns = ("train_accuracy", "val_loss", "val_accuracy")
    writer.writerow(["step", "loss", *columns])
    for step, loss in losses.items():
        writer.writerow([step, "" if loss is None else loss, *(evaluations.get(step, {}).get(name, "") for name in columns)])
    name = f'attachment; filename="run-{run.id[:8]}.csv"'
    return Response(out.getvalue(), media_type="text/csv", headers={"Content-Disposition": name})


def _checkpoint(request):
    run = RunFolder.find(request.path_params["run"])
    if run is None or not (run.path / "checkpoint.npz").is_file():
        return _no_such_run()
    return FileResponse(run.path / "checkpoint.npz", filename=f"run-{run.id[:8]}.npz")


def _no_such_run():
    return PlainTextResponse("There is no such run here.", status_code=404)

"""One connected browser, as the server sees it."""

import asyncio
import json
import time

from nnlib.runs.server import web_server
from nnlib.runs.server.hub import Hub
from nnlib.runs.server.limits import Limits
from nnlib.runs.server.live_run import LiveRun
from nnlib.runs.server.routes import MESSAGE_SECONDS, Runs, _View
from nnlib.runs.server.watcher import Watcher
from nnlib.runs.store import all_runs
from tests.runs.runs_helpers import ENDLESS, hub_test


class Browser:
    """A WebSocket that receives `messages` and takes nothing of what is sent to it."""

    def __init__(self, *messages):
        self.messages = list(messages)

    async def receive(self):
        if not self.messages:
            await asyncio.Event().wait()
        return self.messages.pop(0)

    async def send_text(self, lines):
        await asyncio.Event().wait()


@hub_test
async def test_the_run_of_a_browser_that_stops_reading_is_no_longer_watched(monkeypatch, stand_ins):
    monkeypatch.setattr(web_server, "SEND_SECONDS", 0.2)
    hub = Hub(Limits(max_runs=1))
    async with hub.lifespan():
        view = _View(hub, Browser(), Watcher("s", "192.0.2.1"))
        run = await hub.start(ENDLESS, None, view.watcher)
        assert run.watchers and run.address == "192.0.2.1"
        await view.serve()
        assert not run.watchers


@hub_test
async def test_a_run_that_is_made_while_its_browser_goes_is_known_to_the_server(monkeypatch, stand_ins):
    """Else it would be queued until the server ends, and nobody could remove it."""
    made = LiveRun.create

    def slowly(*about):
        time.sleep(0.5)
        return made(*about)

    monkeypatch.setattr(web_server, "SEND_SECONDS", 0.1)
    monkeypatch.setattr(LiveRun, "create", slowly)
    hub = Hub(Limits(max_runs=1))
    async with hub.lifespan():
        start = json.dumps({"do": "start", "settings": ENDLESS})
        view = _View(hub, Browser({"type": "websocket.receive", "text": start}), Watcher("s"))
        view.watcher.push("a line that the browser does not take")
        await view.serve()
        [run] = all_runs()
        assert not hub.places.runs[run.id].watchers


@hub_test
async def test_a_client_that_floods_the_server_waits():
    hub = Hub(Limits(max_runs=1))
    async with hub.lifespan():
        started = time.monotonic()
        messages = [{"type": "websocket.receive", "text": "?"}] * 30
        await _View(hub, Browser(*messages, {"type": "websocket.disconnect"}), Watcher("s")).serve()
        assert time.monotonic() - started >= 29 * MESSAGE_SECONDS


def test_a_closed_connection_leaves_no_trace_of_its_session():
    runs = Runs()
    with runs._counted("s"), runs._counted("s"):
        assert runs._connections == {"s": 2}
    assert runs._connections == {}

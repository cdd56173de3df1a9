"""Clients that stop reading: they hold up neither runs nor the end of the server."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from types import SimpleNamespace

import psutil
import pytest

from nnlib.runs import store
from nnlib.runs.server import hub, web_server
from nnlib.runs.store import RunFolder
from tests.patience import PATIENCE
from tests.runs.runs_helpers import ENDLESS, settings
from tests.runs.server.server_helpers import Server, all_gone

IN_ORDER = {"END_SECONDS": "3600", "SEND_SECONDS": "3600"}  # no deadline that a busy machine might miss


@pytest.fixture
def server(tmp_path, request):
    server = Server(tmp_path / "runs", **getattr(request, "param", {}))
    yield server
    if server.process.poll() is None:
        server.end()
    server.process.stdout.close()


def long_run():
    """A run that has ended, whose metrics are a table of a megabyte."""
    folder = RunFolder.create(settings(), None, None)
    with open(folder.log, "w") as log:
        for step in range(1, 40_001, 100):
            log.write(json.dumps({"event": "metrics", "first": step, "loss": [0.12345678901234567] * 100}) + "\n")
    folder.set_state("finished")
    return folder


def stalled(server, request):
    """A connection that sends `request` and reads nothing."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host, port = server.host.split(":")
    connection.connect((host, int(port)))
    connection.sendall(request.encode())
    return connection


def stalled_download(server, run):
    return stalled(server, f"GET /runs/{run.id}/metrics.csv HTTP/1.1\r\nHost: {server.host}\r\n\r\n")


@pytest.mark.skipif(sys.platform != "linux", reason="the deadline of the operating system is Linux's")
@pytest.mark.parametrize("server", [{"SEND_SECONDS": "1"}], indirect=True)
def test_a_connection_whose_client_stops_reading_is_closed(server):
    def open_ports():
        connections = psutil.Process(server.process.pid).net_connections()
        return {each.raddr.port for each in connections if each.status == "ESTABLISHED"}

    connection = stalled_download(server, long_run())
    port = connection.getsockname()[1]
    deadline = time.monotonic() + PATIENCE
    while port not in open_ports():
        assert time.monotonic() < deadline, "it was never accepted"
    while port in open_ports():
        assert time.monotonic() < deadline, "it stays open"
        time.sleep(0.1)
    connection.close()
    server.get("/runs/session")
    server.end()
    assert server.log() == ""


@pytest.mark.parametrize("server", [IN_ORDER], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_whatever_its_clients_and_workers_do(server, number):
    long = long_run()
    connections = [stalled_download(server, long) for _ in range(2)]
    connections.append(stalled(server, f"GET /half HTTP/1.1\r\nHost: {server.host}\r\n"))
    lines = [server.live() for _ in range(3)]
    for line in lines:
        line.send({"do": "start", "settings": ENDLESS})
        line.until("frame")
    lines[0].send({"do": "pause"})
    lines[0].until("state", state="paused")
    lines[1].send({"do": "watch", "run": long.id})  # whose history is not read
    workers = server.workers()
    assert len(workers) == 3
    workers[2].suspend()  # as if it were in the middle of a long step

    server.process.send_signal(number)
    server.process.wait(PATIENCE)
    assert not any(worker.is_running() for worker in workers)
    assert sorted(run.status[0] for run in store.all_runs()) == ["finished", "paused", "released", "released"]
    assert server.log() == ""
    for connection in [*connections, *(line.socket for line in lines)]:
        connection.close()


def test_a_thread_that_never_ends_does_not_hold_up_the_end(server):
    folder = RunFolder.create(settings(), None, None)
    folder.set_state("finished")
    os.mkfifo(folder.path / "checkpoint.npz")  # to open it waits for someone who writes into it
    connection = stalled(server, f"GET /runs/{folder.id}/checkpoint.npz HTTP/1.1\r\nHost: {server.host}\r\n\r\n")
    with server.live() as line:
        line.send({"do": "start", "settings": ENDLESS})
        line.until("frame")
        line.send({"do": "pause"})
        line.until("state", state="paused")
        workers = server.workers()
        server.process.send_signal(signal.SIGINT)
        server.process.wait(PATIENCE)
    assert all_gone(workers)
    assert sorted(run.status[0] for run in store.all_runs()) == ["finished", "paused"]
    connection.close()


ANOTHER_UVICORN = SimpleNamespace(config=SimpleNamespace(), started=True)


@pytest.mark.parametrize("server, what", [(None, "served by other means"), (ANOTHER_UVICORN, "no attribute 'servers'")])
def test_the_app_can_be_served_by_other_means_and_the_log_says_what_it_lacks(monkeypatch, caplog, server, what):
    async def serve():
        async with web_server.limited(on_end=lambda: None):
            while not caplog.messages:
                await asyncio.sleep(0.01)

    monkeypatch.setattr(web_server, "_server", lambda: server)
    asyncio.run(asyncio.wait_for(serve(), PATIENCE))
    assert len(caplog.messages) == 1 and "its connections are not limited" in caplog.text and what in caplog.text


def test_the_deadlines_of_the_end_fit_into_five_seconds():
    assert hub.END_SECONDS + web_server.CLOSE_SECONDS < web_server.END_SECONDS < 5

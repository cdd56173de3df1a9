"""Clients that stop reading: they hold up neither runs nor the end of the server."""

import asyncio
import json
import os
import signal
import socket
import sys
import time

import psutil
import pytest

from nnlib.runs import store
from nnlib.runs.server import web_server
from nnlib.runs.store import RunFolder
from tests.runs.runs_helpers import ENDLESS, settings
from tests.runs.server.server_helpers import Server, all_gone

END_SECONDS = 15  # 5 on a machine that is not busy


@pytest.fixture
def server(tmp_path, request):
    server = Server(tmp_path / "runs", **getattr(request, "param", {}))
    yield server
    if server.process.poll() is None:
        server.end()
    server.process.stdout.close()


def long_run():
    """A run that has ended, whose history and metrics are megabytes."""
    folder = RunFolder.create(settings(), None, None)
    with open(folder.log, "w") as log:
        for step in range(1, 40_001):
            log.write(json.dumps({"event": "metrics", "first": step, "loss": [0.123456789]}) + "\n")
            log.write(json.dumps({"event": "evaluation", "step": step, "train_accuracy": 0.123456789}) + "\n")
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
    deadline = time.monotonic() + 30
    while port not in open_ports():
        assert time.monotonic() < deadline, "it was never accepted"
    while port in open_ports():
        assert time.monotonic() < deadline, "it stays open"
        time.sleep(0.1)
    connection.close()
    server.get("/runs/session")
    server.end()
    assert server.log() == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_within_seconds_whatever_its_clients_do(server, number):
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

    started = time.monotonic()
    server.process.send_signal(number)
    server.process.wait(60)
    assert time.monotonic() - started < END_SECONDS
    assert not any(worker.is_running() for worker in workers)
    assert sorted(run.status[0] for run in store.all_runs()) == ["finished", "paused", "released", "released"]
    assert server.log() == ""
    for connection in [*connections, *(line.socket for line in lines)]:
        connection.close()


def test_a_worker_in_the_middle_of_a_long_step_does_not_hold_up_the_end(server):
    with server.live() as line:
        line.send({"do": "start", "settings": ENDLESS})
        line.until("frame")
        workers = server.workers()
        workers[0].suspend()
        started = time.monotonic()
        server.process.terminate()
        server.process.wait(60)
    assert time.monotonic() - started < END_SECONDS
    assert all_gone(workers)
    assert [run.status[0] for run in store.all_runs()] == ["released"]


def test_a_thread_that_never_ends_does_not_hold_up_the_end(server):
    folder = long_run()
    os.mkfifo(folder.path / "checkpoint.npz")  # to open it waits for someone who writes into it
    connection = stalled(server, f"GET /runs/{folder.id}/checkpoint.npz HTTP/1.1\r\nHost: {server.host}\r\n\r\n")
    with server.live() as line:
        line.send({"do": "start", "settings": ENDLESS})
        line.until("frame")
        workers = server.workers()
        started = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        server.process.wait(60)
    assert time.monotonic() - started < END_SECONDS
    assert all_gone(workers)
    assert sorted(run.status[0] for run in store.all_runs()) == ["finished", "released"]
    connection.close()


def test_the_app_can_be_served_by_other_means():
    async def serve():
        async with web_server.limited(on_end=lambda: None):
            return True

    assert asyncio.run(serve())

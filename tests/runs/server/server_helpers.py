"""A real server with the routes alone, in a process of its own, and connections to it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync import client

from tests.patience import PATIENCE

# Opens a WebSocket. On a busy machine it neither gives up while it opens nor closes because an answer is late.
connect = partial(client.connect, open_timeout=PATIENCE, ping_interval=None)


class Server:
    """A server in a separate process."""

    def __init__(self, runs, **environment):
        self.runs, self.errors = runs, tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("serve.py"))],
            stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env={**os.environ, "NNLIB_RUNS": str(runs), "PYTHONPATH": os.getcwd(), **environment},
        )  # fmt: skip
        self.host = f"127.0.0.1:{int(self.process.stdout.readline())}"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                self.get("/runs/session")
                return
            except urllib.error.URLError:
                time.sleep(0.05)

    def get(self, path, cookie=None):
        request = urllib.request.Request(f"http://{self.host}{path}", headers={"Cookie": cookie} if cookie else {})
        return urllib.request.urlopen(request, timeout=PATIENCE)

    def cookie(self):
        """A new browser session."""
        return self.get("/runs/session").headers["Set-Cookie"].split(";")[0]

    def live(self, cookie=None, origin=None):
        headers = {"Cookie": cookie or self.cookie()}
        return Line(
            connect(
                f"ws://{self.host}/live",
                origin=origin or f"http://{self.host}",
                additional_headers=headers,
                legacy=True,
                close_timeout=1,  # a client that has not read everything waits so long for the answer to its farewell
            )
        )

    def handshake(self, cookie):
        """A socket on which the server expects frames of a WebSocket."""
        host, port = self.host.split(":")
        connection = socket.create_connection((host, int(port)), timeout=PATIENCE)
        connection.sendall(
            f"GET /live HTTP/1.1\r\nHost: {self.host}\r\nOrigin: http://{self.host}\r\nCookie: {cookie}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += connection.recv(1)
        assert answer.startswith(b"HTTP/1.1 101")
        return connection

    def workers(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def log(self):
        return os.pread(self.errors.fileno(), 2**20, 0).decode()  # without moving the position, at which the server writes

    def end(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


class Line:
    """A WebSocket of events, one per line, several per message."""

    def __init__(self, socket):
        self.socket, self.waiting = socket, []

    def send(self, message):
        self.socket.send(message if isinstance(message, (str, bytes)) else json.dumps(message))

    def next(self):
        if not self.waiting:
            self.waiting = [json.loads(line) for line in self.socket.recv(timeout=PATIENCE).split("\n")]
        return self.waiting.pop(0)

    def refusal(self):
        """(code, reason) of a connection that the server closes before it has sent anything."""
        with pytest.raises(ConnectionClosed) as closed:
            self.socket.recv(timeout=PATIENCE)
        return closed.value.rcvd.code, closed.value.rcvd.reason

    def until(self, kind, **content):
        while True:
            event = self.next()
            if event["event"] == kind and all(event.get(name) == value for name, value in content.items()):
                return event

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def all_gone(processes):
    """Whether none works any more after a while; reaping the orphans of a dead server may take longer."""
    deadline = time.monotonic() + PATIENCE
    while any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True

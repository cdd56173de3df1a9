"""The door of the app itself, as Streamlit opens it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from websockets.sync.client import connect


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def streamlit(port, *options, **environment):
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment}
    )


@pytest.mark.parametrize("base", ["", "lab/one"])
def test_pages_files_and_runs_are_served_under_one_path(base):
    port = free_port()
    process = streamlit(port, f"--server.baseUrlPath={base}")
    root = f"127.0.0.1:{port}/{base}".rstrip("/")
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                cookie = urllib.request.urlopen(f"http://{root}/runs/session", timeout=5).headers["Set-Cookie"].split(";")[0]
                break
            except urllib.error.URLError:
                assert time.monotonic() < deadline and process.poll() is None
                time.sleep(0.1)
        script = urllib.request.urlopen(f"http://{root}/live-view/view.js", timeout=5)
        assert "javascript" in script.headers["Content-Type"] and script.headers["Cache-Control"] == "no-cache"
        assert urllib.request.urlopen(f"http://{root}/_stcore/health", timeout=5).read() == b"ok"
        headers = {"Cookie": cookie}
        with connect(f"ws://{root}/live", origin=f"http://127.0.0.1:{port}", additional_headers=headers) as line:
            line.send("?")
            assert "refused" in line.recv(timeout=5)
    finally:
        process.terminate()
        process.communicate(timeout=15)


def test_a_bad_limit_is_told_when_the_app_starts():
    process = streamlit(free_port(), NNLIB_RUNS_KEPT="plenty")
    try:
        told, _ = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (
        told.strip().splitlines()[-1]
        == "Backprop Lab cannot start. NNLIB_RUNS_KEPT = 'plenty': must be a whole number from 1 to 1,000,000."
    )
    assert process.returncode == 1 and "Traceback" not in told

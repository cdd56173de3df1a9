"""The app itself, as Streamlit starts it."""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus

from nnlib.runs import store
from nnlib.runs.server.origins import frame_sites
from nnlib.runs.server.routes import Runs
from tests.patience import PATIENCE
from tests.ports import free_port
from tests.runs.runs_helpers import ENDLESS
from tests.runs.server.server_helpers import connect

# Streamlit with no deadline for the end that a busy machine might miss.
PATIENT = """
import sys
from nnlib.runs.server import hub, web_server
from streamlit.web.cli import main
hub.END_SECONDS = web_server.END_SECONDS = 3600.0
sys.exit(main())
"""


# Streamlit with a fault in every page, which no reader of its log or its pages may mistake.
FAULTY = """
import sys
from pages.ui import page_script
from streamlit.web.cli import main
def fails():
    raise RuntimeError("fault 4711")
page_script.page_script = fails
sys.exit(main())
"""


def streamlit(port, *options, start=("-m", "streamlit"), start_new_session=False, **environment):
    command = [sys.executable, *start, "run", "app.py", f"--server.port={port}", *options]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
        start_new_session=start_new_session,
    )


def wait_for_cookie(process, root):
    """The cookie of a new browser session, as soon as the server answers."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return urllib.request.urlopen(f"http://{root}/runs/session", timeout=PATIENCE).headers["Set-Cookie"].split(";")[0]
        except urllib.error.URLError:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.1)


# Executed by Python at its start: every address that a process connects to, or looks up, is written to a file.
RECORD_ADDRESSES = """
import os, socket
def recording(function, place):
    def record(*arguments, **options):
        with open(os.environ["ADDRESSES"], "a") as file:
            print(arguments[place], file=file)
        return function(*arguments, **options)
    return record
socket.getaddrinfo = recording(socket.getaddrinfo, 0)
class Recorded(socket.socket):
    connect = recording(socket.socket.connect, 1)
    connect_ex = recording(socket.socket.connect_ex, 1)
socket.socket = Recorded
"""
NO_PACKET = "('8.8.8.8', 1)"  # Streamlit's UDP socket that finds the machine's own address sends nothing


@pytest.mark.parametrize(
    ("base", "options", "allowed"),
    [("", [], {"127.0.0.1", "::1"}), ("lab/one", ["--server.address=0.0.0.0"], {"0.0.0.0"})],
)
def test_the_app_serves_one_path_on_this_machine_alone_unless_asked_and_asks_no_other(tmp_path, base, options, allowed):
    (tmp_path / "sitecustomize.py").write_text(RECORD_ADDRESSES)
    addresses, port = tmp_path / "addresses", free_port()
    options = [f"--server.baseUrlPath={base}", *options]
    process = streamlit(port, *options, PYTHONPATH=str(tmp_path), ADDRESSES=str(addresses))
    root = f"127.0.0.1:{port}/{base}".rstrip("/")
    try:
        cookie = wait_for_cookie(process, root)
        pages_files_and_runs_are_served(root, f"http://127.0.0.1:{port}", cookie)
        listening = [each.laddr.ip for each in psutil.Process(process.pid).net_connections() if each.status == "LISTEN"]
        with pytest.raises(InvalidStatus), connect(f"ws://{root}/_stcore/stream", origin="http://elsewhere.example"):
            pass
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert listening and set(listening) <= allowed
    asked = set(addresses.read_text().splitlines())
    assert asked == {NO_PACKET}


def pages_files_and_runs_are_served(root, origin, cookie):
    script = urllib.request.urlopen(f"http://{root}/modules/any/live-view/view.js", timeout=PATIENCE)
    assert "javascript" in script.headers["Content-Type"] and script.headers["Cache-Control"] == "no-cache"
    assert urllib.request.urlopen(f"http://{root}/_stcore/health", timeout=PATIENCE).read() == b"ok"
    for path in ("", "_stcore/health", "modules/any/live-view/view.js", "health"):
        with urllib.request.urlopen(f"http://{root}/{path}", timeout=PATIENCE) as answer:
            assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    with connect(f"ws://{root}/live", origin=origin, additional_headers={"Cookie": cookie}) as line:
        line.send("?")
        assert "refused" in line.recv(timeout=PATIENCE)


def test_streamlit_does_not_look_at_all_imported_modules_after_every_run_of_a_page():
    """It would, in the event loop: a class that opened a lesson together then waited more than ten seconds for everything."""
    settings = tomllib.loads((Path(__file__).parents[3] / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["fileWatcherType"] == "none"


def page_messages(port, query=""):
    """What Streamlit sends to a browser that opens a page."""
    asks = BackMsg(rerun_script=ClientState(query_string=query))
    origin, found = f"http://127.0.0.1:{port}", []
    with connect(f"ws://127.0.0.1:{port}/_stcore/stream", origin=origin, subprotocols=["streamlit"]) as line:
        line.send(asks.SerializeToString())
        while not found or found[-1].WhichOneof("type") != "script_finished":
            found.append(ForwardMsg.FromString(line.recv(timeout=PATIENCE)))
    return found


def test_a_page_that_fails_shows_one_sentence_and_the_log_has_the_traceback():
    port = free_port()
    process = streamlit(port, start=("-c", FAULTY))
    try:
        cookie = wait_for_cookie(process, f"127.0.0.1:{port}")
        messages = page_messages(port, "run=" + "r" * 22)
    finally:
        process.terminate()
        log, _ = process.communicate(timeout=PATIENCE)
    shown = [str(message) for message in messages]
    assert "fault 4711" not in "".join(shown) and "Traceback" not in "".join(shown)
    assert [message.delta.new_element.WhichOneof("type") for message in messages].count("exception") == 0
    assert sum("through a fault of the app" in text for text in shown) == 1
    assert "Traceback" in log and "fault 4711" in log
    assert "The traceback above is that of the page / with the run 'rrrrrrrr'." in log
    assert "r" * 22 not in log and cookie.partition("=")[2] not in log


INVALID = {
    "NNLIB_RUNS_KEPT=plenty": "NNLIB_RUNS_KEPT = 'plenty': must be a whole number from 1 to 1,000,000,000.",
    "NNLIB_RUNS=/dev/null": "NNLIB_RUNS = '/dev/null': must name a folder.",
    "NNLIB_ALLOWED_ORIGINS=lab.example": (
        "NNLIB_ALLOWED_ORIGINS = 'lab.example': must be origins such as https://lab.example.org, separated by commas."
    ),
    "NNLIB_FRAME_SITES=*": "NNLIB_FRAME_SITES = '*': must be origins such as https://lab.example.org, separated by commas.",
    "NNLIB_STORAGE=nonsense": ("NNLIB_STORAGE = 'nonsense': must be a URL such as postgresql+psycopg://user@host/studies."),
}


@pytest.mark.parametrize("setting", ["NNLIB_RUNS_KEPT=plenty", "NNLIB_FRAME_SITES=*"])
def test_an_invalid_setting_of_the_environment_is_reported_when_the_app_starts(setting):
    name, _, value = setting.partition("=")
    process = streamlit(free_port(), **{name: value})
    try:
        output, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert output == f"Backprop Lab cannot start. {INVALID[setting]}\n"
    assert process.returncode == 2 and "Traceback" not in output


@pytest.mark.parametrize("setting", INVALID)
def test_an_invalid_setting_of_the_environment_is_named(setting, monkeypatch):
    name, _, value = setting.partition("=")
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError) as error:
        Runs()
        frame_sites()
    assert str(error.value) == INVALID[setting]


def test_ctrl_c_in_the_terminal_ends_every_worker_and_releases_the_runs(tmp_path):
    """The terminal signals every process of its foreground group at once, not only the server."""
    port = free_port()
    process = streamlit(port, start=("-c", PATIENT), NNLIB_RUNS=str(tmp_path / "runs"), start_new_session=True)
    try:
        cookie = wait_for_cookie(process, f"127.0.0.1:{port}")
        origin = f"http://127.0.0.1:{port}"
        with connect(f"ws://127.0.0.1:{port}/live", origin=origin, additional_headers={"Cookie": cookie}) as line:
            for seed in (1, 2):  # the second start leaves the first run unwatched
                line.send(json.dumps({"do": "start", "settings": {**ENDLESS, "seed": seed}}))
                for event in ("started", "frame"):  # frames of the run before may still come in
                    while f'{{"event": "{event}"' not in line.recv(timeout=PATIENCE):
                        pass
            workers = [child for child in psutil.Process(process.pid).children() if "nnlib" in child.cmdline()]
            os.killpg(process.pid, signal.SIGINT)
            process.wait(PATIENCE)
        assert len(workers) == 2 and not any(worker.is_running() for worker in workers)
        assert [run.status[0] for run in store.all_runs()] == ["released"] * 2
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

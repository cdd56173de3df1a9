"""The routes of a real server: what it accepts, what it rejects, and what happens when it dies."""

import asyncio
import contextlib
import csv
import http.client
import io
import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.requests import Request
from websockets.exceptions import ConnectionClosed

from nnlib.experiment.checkpoint import load_checkpoint
from nnlib.runs.protocol import BROWSER_COMMANDS, LONGEST_MESSAGE
from nnlib.runs.server import web_server
from nnlib.runs.server.browser_session import BrowserSessions
from nnlib.runs.server.routes import CONNECTIONS
from nnlib.runs.store import RunFolder
from tests.patience import PATIENCE
from tests.runs.runs_helpers import ENDLESS, new_run, rows, settings, weights, work_on
from tests.runs.server.server_helpers import Line, Server, all_gone, connect


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(
        tmp_path_factory.mktemp("served"), NNLIB_ALLOWED_ORIGINS="https://friend.example", NNLIB_RUNS_PER_SESSION="2"
    )
    yield server
    server.end()


@pytest.fixture
def own_server(tmp_path):
    servers = []

    def start(**environment):
        servers.append(Server(tmp_path / "runs", **environment))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.end()
        server.process.stdout.close()


def test_the_cookie_is_http_only_and_stays_the_same(server):
    given = server.get("/runs/session").headers["Set-Cookie"].lower()
    assert "httponly" in given and "samesite=lax" in given and f"max-age={30 * 86400}" in given
    cookie = server.cookie()
    assert server.get("/runs/session", cookie).headers["Set-Cookie"].split(";")[0] == cookie


@pytest.mark.parametrize(
    ("scheme", "sites", "attributes"),
    [
        ("http", "", "samesite=lax"),
        ("http", "https://moodle.example.edu", "samesite=lax"),
        ("https", "", "samesite=lax; secure"),
        ("https", "https://moodle.example.edu", "samesite=none; secure; partitioned"),
    ],
)
def test_the_cookie_reaches_frames_of_other_sites_under_https_where_the_operator_allows_them(
    runs, monkeypatch, scheme, sites, attributes
):
    monkeypatch.setenv("NNLIB_FRAME_SITES", sites)
    request = Request({"type": "http", "scheme": scheme, "path": "/", "headers": [(b"host", b"lab")], "query_string": b""})
    answer = asyncio.run(BrowserSessions().identify(request))
    assert answer.headers["Set-Cookie"].lower().endswith(f"path=/; {attributes}")


def test_the_health_route_needs_no_session(server):
    with server.get("/health") as answer:
        assert answer.status == 200 and json.load(answer) == {"failing": []}


def test_the_secret_is_readable_only_by_this_user(server):
    key = server.runs / "cookie.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and len(key.read_text()) == 64


@pytest.mark.parametrize("forged", [None, "backprop_lab=me.forged", "backprop_lab=", "backprop_lab=%ff"])
def test_a_connection_without_a_session_is_rejected_with_a_reason(server, forged):
    with server.live(forged or "other=1") as line:
        code, reason = line.refusal()
        assert code == 4401 and "allow cookies" in reason


OTHER_ORIGINS = [
    "https://evil.example", "http://127.0.0.1:1", "null", "http://", "file://", "http://[", "", None, "https://friend.example/",
    f"https://{'x' * 300}.example",
]  # fmt: skip


@pytest.mark.parametrize("origin", OTHER_ORIGINS)
def test_connections_from_other_origins_are_rejected_with_a_reason(server, origin):
    headers = {"Cookie": server.cookie()}
    with Line(connect(f"ws://{server.host}/live", origin=origin, additional_headers=headers, legacy=True)) as line:
        code, reason = line.refusal()
        assert code == 4403 and (origin or "pages without an origin")[:60] in reason
        assert "NNLIB_ALLOWED_ORIGINS" in reason or len(origin) > 60


def test_a_refused_origin_is_logged_once(server):
    before = len(server.log())
    for origin in ("https://a.example", "https://b.example", "https://a.example"):
        with server.live(origin=origin) as line:
            line.refusal()
    logged = server.log()[before:]
    assert logged.count("https://a.example") == logged.count("https://b.example") == 1
    assert logged.count("NNLIB_ALLOWED_ORIGINS") == len(logged.splitlines()) == 2


def test_an_origin_allowed_by_the_operator_is_accepted(server):
    with server.live(origin="https://friend.example") as line:
        line.send({"do": "nonsense"})
        assert line.next()["event"] == "refused"


HOSTILE = [
    "", "{", "null", "[]", "3", '"start"', "{}", "[" * 50_000, '{"do": ' * 9_000, "9" * 5_000, b"\x00\xff",
    *('{"do": "start", "settings": {"hidden": ' + "[" * depth + "]" * depth + "}}" for depth in (90, 966)),
    '{"do": null}', '{"do": ["start"]}', '{"do": {"start": 1}}', '{"do": "release"}', '{"do": "watched", "value": true}',
    '{"do": "threads", "value": 1000}', '{"do": "pause"}', '{"do": "change"}', '{"do": "change", "learning_rate": NaN}',
    '{"do": "change", "learning_rate": "1"}', '{"do": "change", "learning_rate": -1}', '{"do": "change", "batch_size": 1e9}',
    '{"do": "change", "batch_size": true}', '{"do": "watch"}', '{"do": "watch", "run": {}}', '{"do": "watch", "run": "../.."}',
    '{"do": "watch", "run": "' + "x" * 22 + '"}', '{"do": "start"}', '{"do": "start", "settings": 3}',
    '{"do": "start", "settings": {"hidden": [1e9]}}', '{"do": "start", "settings": {"__class__": 1}}',
    '{"do": "start", "settings": {"iterations": 1e400}}', '{"do": "start", "settings": {}, "expectation": "wins"}',
    '{"do": "start", "settings": {}, "expectation": ["learns"]}', '{"do": "start", "settings": {"dataset": "\\ud800"}}',
    "x" * (LONGEST_MESSAGE + 1),
]  # fmt: skip


def test_invalid_commands_are_rejected_and_the_connection_stays_open(server):
    with server.live() as line:
        for message in HOSTILE:
            line.send(message)
            event = line.next()
            assert event["event"] == "refused", message[:80]
            assert 0 < len(event["message"]) < 400 and "Traceback" not in event["message"]
        line.send({"do": "start", "settings": settings(iterations=50)})
        line.until("state", state="finished")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
commands = st.builds(
    lambda do, rest: {**rest, "do": do},
    st.sampled_from([do for do in BROWSER_COMMANDS if do != "start"]) | anything,
    st.dictionaries(st.sampled_from(["run", "learning_rate", "reg", "batch_size", "steps_per_second"]), anything),
)


def test_invalid_commands_leave_the_connection_and_its_run_as_they_are(server):
    with server.live() as line:
        line.send({"do": "start", "settings": ENDLESS})
        run = line.until("run")["run"]
        line.send({"do": "pace", "steps_per_second": 30})

        @hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given((commands | anything).map(json.dumps))
        def try_it(message):
            line.send(message)
            line.send({"do": "are you there?"})
            while "are you there?" not in line.until("refused")["message"]:
                pass

        try_it()
        stop(line, run)


def stop(line, run):
    """Stop a run, also one that the browser has left: it would train on, beside the tests to come."""
    line.send({"do": "watch", "run": run})
    line.send({"do": "stop"})
    line.until("state", state="stopped")


texts = st.text(max_size=300) | (commands | anything).map(json.dumps) | st.integers(1, 1500).map(lambda n: "[" * n + "]" * n)


def frame(first, payload):
    return bytes([first, 0xFE]) + len(payload).to_bytes(2, "big") + bytes(4) + payload


NOT_UTF_8 = frame(0x81, b"\xff\xfe")
frames = st.builds(
    frame,
    st.sampled_from([0x81, 0x82, 0x01, 0x80, 0x88, 0x89]) | st.integers(0, 255),  # whole and partial messages, ends and pings
    st.binary(max_size=300) | texts.map(lambda text: text.encode(errors="replace")),
)
CLOSE = bytes([0x88, 0x80, 0, 0, 0, 0])


def test_whatever_bytes_a_client_sends_the_server_closes_the_connection_without_an_error(own_server):
    server = own_server()
    cookie = server.cookie()

    @hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(frames, max_size=4))
    @example([NOT_UTF_8])
    @example([frame(0x01, b"half a message"), NOT_UTF_8])
    def try_it(sent):
        with server.handshake(cookie) as connection:
            with contextlib.suppress(ConnectionError):
                connection.sendall(b"".join(sent) + CLOSE)
                while connection.recv(65536):  # raises TimeoutError if the server does not close the connection
                    pass

    try_it()
    assert accepts(server, cookie)
    server.end()
    assert server.log() == ""


def test_a_message_longer_than_any_command_closes_the_connection(server):
    """It is not even received: the server holds no more of it than the longest command."""
    with server.live() as line:
        line.send("é" * LONGEST_MESSAGE)
        assert line.next()["event"] == "refused"
        line.send("x" * (web_server.MESSAGE_BYTES + 1))
        with pytest.raises(ConnectionClosed) as closed:
            line.next()
        assert closed.value.rcvd.code == 1009


def test_a_session_is_limited_in_runs_and_in_connections(server):
    cookie = server.cookie()
    lines = [server.live(cookie) for _ in range(CONNECTIONS)]
    with server.live(cookie) as surplus:
        code, reason = surplus.refusal()
        assert code == 4429 and "close one" in reason
    for line in lines[:3]:
        line.send({"do": "start", "settings": ENDLESS})
    assert sorted(line.next()["event"] for line in lines[:3]) == ["refused", "run", "run"]
    for line in lines[:3]:
        line.send({"do": "stop"})
    for line in lines:
        line.socket.close()
    deadline = time.monotonic() + PATIENCE
    while not accepts(server, cookie):  # once it has noticed that the others are closed
        assert time.monotonic() < deadline


def accepts(server, cookie):
    with server.live(cookie) as line:
        line.send("?")
        try:
            return line.next()["event"] == "refused"  # a command, not the connection
        except ConnectionClosed:
            return False


def test_a_released_run_goes_on_when_it_is_opened(server, monkeypatch):
    monkeypatch.setenv("NNLIB_RUNS", str(server.runs))
    folder = new_run()
    folder.set_state("released")
    with server.live() as line:
        line.send({"do": "watch", "run": folder.id})
        line.until("state", state="running")
        line.send({"do": "stop"})
        line.until("state", state="stopped")


def test_a_browser_that_left_a_run_does_not_control_it(server):
    with server.live() as line:
        line.send({"do": "start", "settings": ENDLESS})
        run = line.until("run")["run"]
        line.until("frame")
        line.send({"do": "leave"})
        line.send({"do": "stop"})
        assert line.until("refused")["message"] == "Start a run first."
        stop(line, run)


def opened(server, address, cookie=""):
    """(status, where it leads, the cookie that is set or None) of a link, opened by a browser with this cookie."""
    connection = http.client.HTTPConnection(server.host, timeout=PATIENCE)
    connection.request("GET", address, headers={"Cookie": cookie})
    answer = connection.getresponse()
    connection.close()
    return answer.status, answer.headers["Location"], answer.headers["Set-Cookie"]


CONTROLS = [
    {"do": "pause"}, {"do": "stop"}, {"do": "resume"}, {"do": "step"}, {"do": "epoch"}, {"do": "change", "learning_rate": 0.5},
    {"do": "change", "W1[0,0]": 1.0}, {"do": "pace", "steps_per_second": 10},
]  # fmt: skip


def test_any_number_of_browsers_watch_a_run_and_its_owner_alone_controls_it(server):
    with contextlib.ExitStack() as stack:
        owner = stack.enter_context(server.live())
        owner.send({"do": "start", "settings": {**ENDLESS, "schedule": "constant"}})
        about = owner.until("run")
        owner.until("metrics")
        owner.send({"do": "change", "learning_rate": 0.01})
        assert owner.until("control")["step"] <= owner.until("frame")["step"]
        owner.send({"do": "pause"})
        owner.until("state", state="paused")  # the server closes connections that do not read what a running one sends
        others = [stack.enter_context(server.live()) for _ in range(8)]
        for line in others:
            line.send({"do": "watch", "run": about["run"]})
            seen = line.until("run")
            assert seen["key"] is None and about["key"] not in json.dumps(seen)
        for control in CONTROLS:
            others[0].send(control)
            assert "You watch this run" in others[0].until("refused")["message"]
        owner.send({"do": "change", "learning_rate": 0.002})
        for line in (owner, *others):  # nothing that the others sent came before it
            assert line.until("control")["learning_rate"] == pytest.approx(0.002)
        owner.send({"do": "stop"})
        for line in (owner, *others):
            line.until("finished", stopped=True)


def test_whoever_opens_the_controlling_link_controls_the_run_and_the_address_loses_its_key(server):
    with server.live() as owner:
        owner.send({"do": "start", "settings": ENDLESS})
        about = owner.until("run")
        run, key = about["run"], about["key"]
        status, leads_to, given = opened(server, f"/train?hidden=4,5&run={run}&key={key}")
        assert status == 303 and leads_to == f"?hidden=4,5&run={run}"
        assert "HttpOnly" in given and "Path=/live" in given
        with server.live(f"{server.cookie()}; {given.split(';')[0]}") as device:
            device.send({"do": "watch", "run": run})
            assert device.until("run")["key"] == key
            device.send({"do": "pause"})
            owner.until("state", state="paused")
            device.send({"do": "stop"})
            owner.until("state", state="stopped")


@pytest.mark.parametrize("run", ["x" * 22, "../..", "é", ""])
@pytest.mark.parametrize("key", ["", "forged", "é", "x" * 27])
def test_a_forged_controlling_link_gives_nothing(server, run, key):
    status, leads_to, given = opened(server, "/train?" + urllib.parse.urlencode({"run": run, "key": key}))
    assert status == 303 and given is None and leads_to == "?" + urllib.parse.urlencode({"run": run})


def test_a_key_of_one_run_is_none_of_another(server):
    with server.live() as owner:
        owner.send({"do": "start", "settings": settings(iterations=50)})
        about = owner.until("run")
        with server.live(f"{server.cookie()}; control_{about['run']}={'x' * 27}; control_{'y' * 22}={about['key']}") as other:
            other.send({"do": "watch", "run": about["run"]})
            assert other.until("run")["key"] is None


def test_a_spectator_does_not_wake_a_run_that_was_saved(server, monkeypatch):
    monkeypatch.setenv("NNLIB_RUNS", str(server.runs))
    folder = RunFolder.create(settings(), session="its owner")
    folder.set_state("released")
    with server.live() as line:
        line.send({"do": "watch", "run": folder.id})
        assert line.until("state")["state"] == "released"
        line.send({"do": "resume"})
        assert "You watch this run" in line.until("refused")["message"]


def test_new_cookies_do_not_fill_the_queue(own_server):
    server = own_server(NNLIB_MAX_RUNS="1", NNLIB_MAX_QUEUED="2")
    lines = [server.live() for _ in range(3)]
    answers = []
    for line in lines:
        line.send({"do": "start", "settings": ENDLESS})
        answers.append(line.next())
    assert [answer["event"] for answer in answers] == ["run", "run", "refused"]
    assert "from your network" in answers[2]["message"]


def test_files_of_a_run_can_be_downloaded(server):
    with server.live() as line:
        line.send({"do": "start", "settings": settings(iterations=300)})
        run = line.until("run")["run"]
        line.until("state", state="finished")
    table = list(csv.DictReader(server.get(f"/runs/{run}/metrics.csv").read().decode().splitlines()))
    assert [int(row["step"]) for row in table] == list(range(1, 301))
    assert all(float(row["loss"]) >= 0 for row in table)
    assert 0 <= float(table[-1]["val_accuracy"]) <= 1
    losses = [loss for event in RunFolder(server.runs / run).events() if event["event"] == "metrics" for loss in event["loss"]]
    assert [float(row["loss"]) for row in table] == losses
    assert downloaded_step(server, run) == 300
    answer = server.get(f"/runs/{run}/export/script")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="run-{run[:8]}.py"'
    assert "STEPS = 300\n" in answer.read().decode()
    weights = np.load(io.BytesIO(server.get(f"/runs/{run}/export/weights").read()))
    assert {name: weights[name].shape for name in weights} == {"W1": (2, 12), "b1": (12,), "W2": (12, 2), "b2": (2,)}


def downloaded_step(server, run):
    """The step of the downloaded checkpoint. The last one is saved just after the end is reported."""
    saved, deadline = server.runs / "downloaded.npz", time.monotonic() + PATIENCE
    while True:
        answer = server.get(f"/runs/{run}/checkpoint.npz")
        size = saved.write_bytes(answer.read())
        assert answer.headers["Content-Length"] == str(size)  # so that the browser can show its progress
        step = load_checkpoint(saved)[0]["values"]["step"]
        if step == 300 or time.monotonic() > deadline:
            return step


@pytest.mark.parametrize(
    "path",
    [
        "..%2F..%2Fetc/metrics.csv",
        "%2e%2e/metrics.csv",
        "x" * 22 + "/checkpoint.npz",
        "x" * 22 + "/network.pt",
        "cookie.key/metrics.csv",
        "x" * 22 + "%0a/metrics.csv",
        "x" * 22 + "/export/script",
    ],
)
def test_only_files_of_a_run_can_be_downloaded(server, path):
    with pytest.raises(urllib.error.HTTPError) as error:
        server.get(f"/runs/{path}")
    assert error.value.code == 404


def test_a_killed_server_leaves_no_process_and_its_runs_resume_to_the_same_numbers(own_server, tmp_path, monkeypatch):
    server = own_server()
    cookie = server.cookie()
    with server.live(cookie) as line:
        line.send({"do": "start", "settings": settings(iterations=2000)})
        run = line.until("run")["run"]
        line.send({"do": "pace", "steps_per_second": 600})
        while line.until("frame")["step"] < 1000:
            pass
        workers = server.workers()
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    assert workers and all_gone(workers)
    server = own_server()
    with server.live(cookie) as line:  # that of the server before
        line.send({"do": "watch", "run": run})
        history = line.until("history")
        assert line.until("state")["state"] == "interrupted"
        line.send({"do": "pace", "steps_per_second": None})
        line.send({"do": "resume"})
        line.until("state", state="running")
        assert line.until("metrics")["first"] <= history["loss"]["step"][-1] + 1
        line.until("state", state="finished")
    assert all_gone(server.workers())  # the last checkpoint is saved just after the end is reported
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path / "whole"))
    whole, resumed = new_run(iterations=2000), RunFolder(server.runs / run)
    work_on(whole)
    assert history["loss"]["step"][-1] > 850
    assert (rows(resumed), weights(resumed)) == (rows(whole), weights(whole))


def test_ctrl_c_ends_the_server_and_every_worker_while_browsers_watch(own_server):
    server = own_server(END_SECONDS="3600")  # no deadline that a busy machine might miss
    with server.live() as line:
        line.send({"do": "start", "settings": ENDLESS})
        run = line.until("run")["run"]
        line.until("metrics")
        workers = server.workers()
        server.process.send_signal(signal.SIGINT)
        server.process.wait(PATIENCE)
    assert workers and all_gone(workers)
    assert RunFolder(server.runs / run).status[0] == "released"


def test_an_invalid_limit_stops_the_server_with_one_clear_error(tmp_path):
    environment = {**os.environ, "NNLIB_RUNS": str(tmp_path), "PYTHONPATH": os.getcwd(), "NNLIB_MAX_RUNS": "many"}
    command = [sys.executable, str(Path(__file__).with_name("serve.py"))]
    error = subprocess.run(command, env=environment, capture_output=True, text=True).stderr
    assert "NNLIB_MAX_RUNS = 'many': must be a whole number" in error


def test_a_run_of_another_browser_can_be_opened_by_its_link(server, monkeypatch):
    monkeypatch.setenv("NNLIB_RUNS", str(server.runs))
    folder = new_run()
    folder.set_state("interrupted")
    with server.live() as line:
        line.send({"do": "watch", "run": folder.id})
        assert line.next()["run"] == folder.id
